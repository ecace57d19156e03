"""The facts that rules may name, and their values."""

from datetime import date

import pytest

from deliv.core.address import parse_address
from deliv.core.auth.aggregate import CollectedReports
from deliv.core.discovery import Scope, discover_recipient, discover_sender
from deliv.core.facts import FACTS, address_facts, message_facts, recipient_facts, sender_facts
from deliv.core.sending import sending_of
from deliv.core.services import SendingService, ServiceBook
from deliv.core.settings import SenderProfile
from deliv.core.text import Source, Text
from deliv.sources.message import read_message
from deliv.sources.reportxml import read_report
from tests.sources.test_aggregatereports import xml
from tests.zone import TEMPERROR, ask, sending

LIVING = {"MX": ["10 mx.living.example."]}
HOST = {"mx.living.example": {"A": ["192.0.2.1"]}}


@pytest.mark.parametrize(
    ("text", "odd_dots", "smtputf8"),
    [
        pytest.param("taro@shop.example", False, False, id="plain"),
        pytest.param("a..b@docomo.ne.jp", True, False, id="odd-dots"),
        pytest.param("太郎@shop.example", False, True, id="japanese"),
    ],
)
def test_facts_of_an_address(text, odd_dots, smtputf8):
    assert address_facts(parse_address(text)) == {
        "address.nonrfc_local_part": odd_dots,
        "address.smtputf8": smtputf8,
        "address.role": False,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("info@shop.example", True),
        ("Info@shop.example", True),
        ("info+order@shop.example", True),
        ("postmaster@shop.example", True),
        ("soumu@shop.example", True),
        ("infoo@shop.example", False),
        ("taro.info@shop.example", False),
    ],
)
def test_addresses_of_a_role_are_known_by_the_part_before_the_at(rules, text, expected):
    facts = address_facts(parse_address(text), role_accounts=rules.role_accounts)

    assert facts["address.role"] is expected


@pytest.mark.parametrize(
    ("domain", "zone", "expected"),
    [
        pytest.param(
            "living.example",
            {"living.example": LIVING, **HOST},
            ("mx", "", "", "no", False, False),
            id="nobody-known",
        ),
        pytest.param(
            "docomo.ne.jp",
            {"docomo.ne.jp": LIVING, **HOST},
            ("mx", "docomo", "carrier", "no", False, False),
            id="carrier",
        ),
        pytest.param(
            "privaterelay.appleid.com",
            {"privaterelay.appleid.com": LIVING, **HOST},
            ("mx", "apple-private-relay", "relay", "no", True, False),
            id="relay",
        ),
        pytest.param("gmial.com", {}, ("no_domain", "", "", "no", False, True), id="typo"),
        pytest.param(
            "excite.co.jp", {}, ("no_domain", "excite", "retired", "dated", False, False), id="retired"
        ),
        pytest.param(
            "living.example",
            {"living.example": TEMPERROR},
            (None, None, None, "no", None, False),
            id="not-known",
        ),
        pytest.param(
            "docomo.ne.jp",
            {"docomo.ne.jp": TEMPERROR},
            (None, "docomo", "carrier", "no", False, False),
            id="a-listed-domain-needs-no-dns",
        ),
    ],
)
def test_facts_of_a_recipient(rules, domain, zone, expected):
    facts = recipient_facts(ask(discover_recipient(domain, rules.providers), zone))

    names = ("route", "provider", "kind", "retired", "relay_path", "possible_typo")
    assert facts == {f"recipient.{name}": value for name, value in zip(names, expected, strict=True)}


ALWAYS = {"route", "reply_route", "kind", "spf", "dmarc", "dmarc_policy"}
"""What is known, or known to be unknown, of every sender."""
SPF_RESULT = {"spf_envelope", "spf_header_from"}
"""What can be said without an address only where it holds for every address."""
SPF_RECORD = {
    *("spf_lookups", "spf_soft_end", "spf_no_end", "spf_uses_ptr", "spf_missing_include"),
    *("spf_broken_include", "spf_duplicate_include", "spf_loop", "spf_void_lookups", "spf_unreachable_terms"),
}
"""What a record that can be read shows."""
DMARC_RECORD = {"dmarc_testing", "dmarc_obsolete", "dmarc_no_policy", "dmarc_reports"}


@pytest.mark.parametrize(
    ("zone", "expected", "more"),
    [
        pytest.param({}, ("no_domain", "missing", "missing", ""), SPF_RESULT, id="nothing"),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 ~all"], "A": ["192.0.2.1"]}},
            ("implicit_mx", "valid", "missing", ""),
            SPF_RECORD,
            id="spf",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 a"]}},
            ("no_host", "valid", "missing", ""),
            SPF_RECORD,
            id="spf-without-all",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 mx +all"]}},
            ("no_host", "plus_all", "missing", ""),
            SPF_RECORD,
            id="spf-for-everybody",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 moo"]}},
            ("no_host", "invalid", "missing", ""),
            SPF_RESULT,
            id="invalid-spf",
        ),
        pytest.param(
            {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; t=y"]}, "shop.example": {"TXT": ["x"]}},
            ("no_host", "missing", "found", "quarantine"),
            SPF_RESULT | DMARC_RECORD,
            id="dmarc-as-applied-and-its-result-open-without-dkim",
        ),
        pytest.param(
            {"shop.example": TEMPERROR},
            (None, None, "missing", ""),
            SPF_RESULT,
            id="spf-not-known",
        ),
        pytest.param(
            {"shop.example": {"A": ["192.0.2.1"]}, "_dmarc.example": TEMPERROR},
            ("implicit_mx", "missing", None, None),
            SPF_RESULT | {"dmarc_result"},
            id="dmarc-not-known",
        ),
    ],
)
def test_facts_of_a_sender(zone, expected, more):
    facts = sender_facts(ask(discover_sender(sending("shop.example")), zone))

    names = ("route", "spf", "dmarc", "dmarc_policy")
    assert tuple(facts[f"sender.{name}"] for name in names) == expected
    assert facts.keys() == {f"sender.{name}" for name in ALWAYS | more}


def test_what_the_dns_did_not_tell_is_unknown_and_what_nobody_looked_at_is_absent():
    zone = {"shop.example": TEMPERROR, "_dmarc.shop.example": TEMPERROR}
    facts = sender_facts(ask(discover_sender(sending("shop.example")), zone))

    assert {name for name, value in facts.items() if value is None} == {
        *(
            "sender.route",
            "sender.reply_route",
            "sender.spf",
            "sender.spf_envelope",
            "sender.spf_header_from",
        ),
        *("sender.dmarc", "sender.dmarc_policy", "sender.dmarc_result"),
    }
    assert facts.keys().isdisjoint({"sender.dkim", "sender.alias", "sender.reverse", "sender.listed"})


SERVICE = SendingService(
    id="esp",
    names=Text(ja="配信", en="ESP"),
    sources=(Source(title="made up", checked=date(2026, 11, 1)),),
    includes=("spf.esp.example",),
    selectors=("s1",),
)
WORLD = {
    "shop.example": {
        "MX": ["10 mx.shop.example."],
        "TXT": ["v=spf1 include:spf.esp.example ip4:192.0.2.25 ~all"],
        "A": ["192.0.2.1"],
    },
    "mx.shop.example": {"A": ["192.0.2.1"]},
    "spf.esp.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
    "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@shop.example"]},
    "s1._domainkey.shop.example": {
        "TXT": ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]
    },
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example."]},
    "mail.shop.example": {"A": ["192.0.2.25"]},
}
PROFILES = [
    SenderProfile(from_address="shop.example"),
    SenderProfile(from_address="shop.example", ips=("192.0.2.25",), selectors=("s1",), volume_per_day=6000),
    SenderProfile(from_address="shop.example", sends_through=("esp",), envelope="bounce.shop.example"),
]
MAIL = b"From: order@shop.example\nDate: Sun, 22 Nov 2026 10:00:00 +0900\nReceived: from x\n\nHello"


def all_that_can_be_known(rules):
    """Yield the facts of several situations, which together show everything there is to know."""
    yield address_facts(parse_address("taro@shop.example"))
    yield recipient_facts(ask(discover_recipient("shop.example", rules.providers), {}))
    yield message_facts(read_message(MAIL).facts)
    scope = Scope(providers=rules.providers, block_lists=rules.block_lists, is_thorough=True)
    lists = {"2.0.0.127.zen.spamhaus.org": {"A": ["127.0.0.2"]}}
    for zone in ({}, WORLD, WORLD | lists):
        for profile in PROFILES:
            for mail in (None, read_message(MAIL)):
                how = sending_of(profile, ServiceBook([SERVICE]), mail=mail, guess_selectors=True)
                found = ask(discover_sender(how, scope), zone)
                yield sender_facts(found)
    yield sender_facts(found.with_reports(CollectedReports(reports=(read_report(xml()),))))


def test_the_catalogue_names_exactly_the_facts_that_there_are(rules):
    known = list(all_that_can_be_known(rules))

    assert {name for facts in known for name in facts} == FACTS.keys()
    for name, value in (pair for facts in known for pair in facts.items()):
        spec = FACTS[name]
        assert isinstance(value, bool) is spec.is_flag, name
        assert (type(value) is int) is spec.is_number, name
        assert spec.words is None or value in spec.words, (name, value)
        assert spec.meaning


@pytest.mark.parametrize("name", [name for name, spec in FACTS.items() if spec.words is not None])
def test_a_failure_is_no_word_that_a_rule_may_ask_for(name):
    assert FACTS[name].words.isdisjoint({"unknown", "temperror"})
