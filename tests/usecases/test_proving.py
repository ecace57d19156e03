"""A rule proves itself by its two examples; whatever else they show is no proof."""

from dataclasses import replace
from datetime import date

import pytest

from deliv.core.errors import AddressSyntaxError, InputError
from deliv.core.facts import message_facts
from deliv.core.rulebook import RuleBook
from deliv.core.rules import All, Bounds, Example
from deliv.core.rules import Test as FactTest
from deliv.core.settings import SenderProfile
from deliv.proving import SHOP_NAME, Outcome, prove
from deliv.sources.message import read_message
from tests.core.test_rules import rule

ALIVE = {"shop.example": {"A": ("192.0.2.1",)}}
DEAD = {"shop.example": {"TEMPERROR": ()}}
NULL = {"shop.example": {"MX": ("0 .",)}}
TAKES_NO_MAIL = FactTest(fact="recipient.route", values=frozenset({"null_mx"}))
HAS_DMARC = FactTest(fact="sender.dmarc", values=frozenset({"found"}))

MAIL = """\
From: =?utf-8?B?5L6L44Gu5bqX?= <order@shop.example>
To: taro@shop.example
Subject: Order 1001
Content-Type: text/plain; charset=utf-8

Thank you.
"""


def case(zone=None, address="taro@shop.example", **more):
    return Example(address=address, zone=ALIVE if zone is None else zone, **more)


def proof(rules: RuleBook, *, when=TAKES_NO_MAIL, fires=None, silent=None, **more):
    examples = {"fires": fires or case(NULL), "silent": silent or case()}
    return prove(rule(when=when, **examples, **more), rules, read_mail=read_message)


def test_a_rule_that_fires_in_one_and_is_silent_in_the_other_holds(rules):
    found = proof(rules)

    assert found.holds
    assert (found.fires.outcome, found.silent.outcome) == (Outcome.FIRES, Outcome.SILENT)
    assert found.fires.finding.evidence == ("shop.example MX: 0 .",)
    assert found.silent.facts == (("recipient.route", "implicit_mx"),)


def test_examples_the_wrong_way_round_prove_nothing(rules):
    found = proof(rules, fires=case(), silent=case(NULL))

    assert not found.holds
    assert (found.fires.outcome, found.fires.expected) == (Outcome.SILENT, Outcome.FIRES)
    assert (found.silent.outcome, found.silent.expected) == (Outcome.FIRES, Outcome.SILENT)


def test_a_dns_that_does_not_tell_proves_nothing(rules):
    found = proof(rules, silent=case(DEAD))

    assert not found.holds
    assert found.silent.outcome is Outcome.UNDECIDED
    assert found.silent.facts == (("recipient.route", None),)
    assert found.silent.not_looked_at == ()


def test_a_rule_about_the_sender_needs_one(rules):
    """Without a sender it would be silent, too, whatever it says."""
    found = proof(rules, when=HAS_DMARC, fires=case(), silent=case())

    assert found.fires.outcome is found.silent.outcome is Outcome.UNDECIDED
    assert found.silent.not_looked_at == ("sender.dmarc",)


def test_with_a_sender_it_is_decided(rules):
    sender = SenderProfile(from_address="order@shop.example")
    zone = ALIVE | {"_dmarc.shop.example": {"TXT": ("v=DMARC1; p=none",)}}

    assert proof(rules, when=HAS_DMARC, fires=case(zone, sender=sender), silent=case(sender=sender)).holds


def test_a_mail_is_read_and_speaks_for_the_shop_of_the_examples(rules):
    when = FactTest(fact="message.display_name", values=frozenset({"shop"}))
    other = MAIL.replace("=?utf-8?B?5L6L44Gu5bqX?=", "Somebody")

    assert proof(rules, when=when, fires=case(message=MAIL), silent=case(message=other)).holds
    assert message_facts(read_message(MAIL.encode()).facts, shop_name=SHOP_NAME)["message.display_name"] == (
        "shop"
    )


@pytest.mark.parametrize("size", [1, 400, 4_000, 4_001, 100_000])
def test_a_mail_is_filled_up_to_its_size(rules, size):
    when = Bounds(fact="message.size", at_least=size)
    found = proof(rules, when=when, fires=case(message=MAIL, message_size=size), silent=case(message=MAIL))

    assert found.fires.facts == (("message.size", max(size, len(MAIL.encode()))),)


@pytest.mark.parametrize(
    ("example", "fault"),
    [
        (case(address="no address"), AddressSyntaxError),
        (case(sender=SenderProfile(from_address="@")), InputError),
        (
            case(sender=SenderProfile(from_address="x@shop.example", sends_through=("nobody",))),
            InputError,
        ),
    ],
    ids=["address", "sender", "service"],
)
def test_an_example_that_makes_no_sense_is_told_from_one_that_fails(rules, example, fault):
    found = proof(rules, fires=example)

    assert found.fires.outcome is Outcome.UNUSABLE
    assert isinstance(found.fires.fault, fault)
    assert not found.holds
    assert found.silent.is_as_expected


@pytest.mark.parametrize(
    "days",
    [
        {"effective_from": date(2030, 1, 1)},
        {"effective_until": date(2010, 1, 1)},
        {"effective_from": date(2010, 1, 1), "effective_until": date(2010, 1, 1)},
    ],
    ids=["not yet", "no longer", "one day"],
)
def test_a_rule_is_proved_on_a_day_on_which_it_is_in_force(rules, days):
    found = proof(rules, **days)

    assert found.holds
    assert found.fires.finding is not None


def test_what_decides_is_enough(rules):
    """One part that says no settles an “all”, although nobody looked at the other."""
    found = proof(rules, when=All(conditions=(TAKES_NO_MAIL, HAS_DMARC)))

    assert found.silent.outcome is Outcome.SILENT
    assert found.silent.not_looked_at == ("sender.dmarc",)
    assert found.fires.outcome is Outcome.UNDECIDED


def test_every_packaged_rule_holds(rules):
    """Each of them has a test of its own in tests/core/test_rulebook.py; here they run as users run them."""
    assert [r.id for r in rules.rules if not prove(r, rules, read_mail=read_message).holds] == []


def test_a_rule_that_was_changed_no_longer_holds(rules):
    (null,) = (one for one in rules.rules if one.id == "mx-null")
    spoilt = replace(null, when=replace(null.when, negated=True))

    assert not prove(spoilt, rules, read_mail=read_message).holds
