"""Where the shop stands with what providers demand: met, not met, or not checked."""

from dataclasses import replace
from datetime import date

import pytest

from deliv.core.compliance import Compliance, comply, provider_compliance
from deliv.core.requirements import Requirement
from deliv.core.rules import Test as FactTest
from tests.core.test_providers import provider
from tests.core.test_requirements import DAY, demand, requirement
from tests.core.test_rules import rule

MET, NOT_MET, NOT_CHECKED = Compliance.MET, Compliance.NOT_MET, Compliance.NOT_CHECKED


def breaks(name: str, fact: str, **changes):
    return rule(id=name, when=FactTest(fact=fact, values=frozenset({"bad"})), **changes)


RULES = {one.id: one for one in (breaks("a-bad", "sender.a"), breaks("b-bad", "sender.b"))}
BOTH = requirement("both", "a-bad", "b-bad")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"sender.a": "good", "sender.b": "good"}, MET, id="all-rules-say-no"),
        pytest.param({"sender.a": "good", "sender.b": "bad"}, NOT_MET, id="one-fires"),
        pytest.param({"sender.a": "bad", "sender.b": None}, NOT_MET, id="one-fires-the-other-is-not-known"),
        pytest.param({"sender.a": "bad"}, NOT_MET, id="one-fires-nobody-looked-at-the-other"),
        pytest.param({"sender.a": "good", "sender.b": None}, NOT_CHECKED, id="one-is-not-known"),
        pytest.param({"sender.a": "good"}, NOT_CHECKED, id="nobody-looked-at-one"),
        pytest.param({}, NOT_CHECKED, id="nobody-looked"),
    ],
)
def test_a_requirement_is_met_only_where_every_rule_says_so(facts, expected):
    assert comply(BOTH, RULES, facts, DAY) is expected


@pytest.mark.parametrize(
    "broken_by", [(), ("no-such-rule",)], ids=["nothing-can-break-it", "its-rule-is-switched-off"]
)
def test_what_deliv_cannot_check_it_does_not_call_met(broken_by):
    unchecked = Requirement(id="tls", names=BOTH.names, broken_by=broken_by)

    assert comply(unchecked, RULES, {"sender.a": "good"}, DAY) is NOT_CHECKED


def test_a_rule_out_of_force_breaks_nothing():
    later = {"a-bad": breaks("a-bad", "sender.a", effective_from=date(2027, 1, 1)), "b-bad": RULES["b-bad"]}
    facts = {"sender.a": "bad", "sender.b": "good"}

    assert comply(BOTH, later, facts, DAY) is MET
    assert comply(BOTH, later, facts, date(2027, 1, 1)) is NOT_MET
    assert comply(requirement("a", "a-bad"), later, facts, DAY) is NOT_CHECKED


def test_every_provider_that_demands_something_has_its_states_in_its_own_order():
    strict = replace(
        provider("strict"), requires=(demand("b"), demand("a", is_for_bulk=True, bulk_from=5000))
    )
    requirements = [requirement("a", "a-bad"), requirement("b", "b-bad")]

    (found,) = provider_compliance(
        [provider("easy-going"), strict],
        requirements,
        RULES.values(),
        {"sender.a": "bad", "sender.b": "good"},
        volume_per_day=10,
        as_of=DAY,
    )

    assert found.provider is strict
    assert [(s.demand.requirement, s.compliance, s.applies) for s in found.states] == [
        ("b", MET, True),
        ("a", NOT_MET, False),
    ]
    assert found.get("a") is found.states[1]
    assert found.get("c") is None


def test_the_whole_book_calls_nothing_met_of_which_nothing_is_known(rules):
    found = provider_compliance(
        rules.providers.providers, rules.requirements, rules.rules, {}, volume_per_day=None, as_of=DAY
    )

    assert {state.compliance for one in found for state in one.states} == {NOT_CHECKED}
    assert {one.provider.id for one in found} >= {
        "docomo",
        "au",
        "softbank",
        "gmail",
        "yahoo-japan",
        "icloud",
    }
