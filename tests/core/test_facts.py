"""The facts that rules may name, and their values."""

import pytest

from deliv.core.address import parse_address
from deliv.core.discovery import discover_recipient, discover_sender
from deliv.core.facts import FACTS, address_facts, recipient_facts, sender_facts
from tests.zone import TEMPERROR, ask

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
    }


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


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, ("no_domain", "missing", "missing", ""), id="nothing"),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 ~all"], "A": ["192.0.2.1"]}},
            ("implicit_mx", "valid", "missing", ""),
            id="spf",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 a"]}},
            ("no_host", "valid", "missing", ""),
            id="spf-without-all",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 mx +all"]}},
            ("no_host", "plus_all", "missing", ""),
            id="spf-for-everybody",
        ),
        pytest.param(
            {"shop.example": {"TXT": ["v=spf1 moo"]}},
            ("no_host", "invalid", "missing", ""),
            id="invalid-spf",
        ),
        pytest.param(
            {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject; t=y"]}, "shop.example": {"TXT": ["x"]}},
            ("no_host", "missing", "found", "quarantine"),
            id="dmarc-as-applied",
        ),
        pytest.param({"shop.example": TEMPERROR}, (None, None, "missing", ""), id="spf-not-known"),
        pytest.param(
            {"shop.example": {"A": ["192.0.2.1"]}, "_dmarc.example": TEMPERROR},
            ("implicit_mx", "missing", None, None),
            id="dmarc-not-known",
        ),
    ],
)
def test_facts_of_a_sender(zone, expected):
    facts = sender_facts(ask(discover_sender("shop.example"), zone))

    names = ("route", "spf", "dmarc", "dmarc_policy")
    assert facts == {f"sender.{name}": value for name, value in zip(names, expected, strict=True)}


def test_the_catalogue_names_exactly_the_facts_that_there_are(rules):
    known = {
        **address_facts(parse_address("taro@shop.example")),
        **recipient_facts(ask(discover_recipient("shop.example", rules.providers), {})),
        **sender_facts(ask(discover_sender("shop.example"), {})),
    }

    assert known.keys() == FACTS.keys()
    for name, value in known.items():
        spec = FACTS[name]
        assert isinstance(value, bool) is spec.is_flag
        assert spec.words is None or value in spec.words
        assert spec.meaning


@pytest.mark.parametrize("name", ["recipient.route", "sender.route", "sender.spf", "sender.dmarc"])
def test_a_failure_is_no_word_that_a_rule_may_ask_for(name):
    assert FACTS[name].words.isdisjoint({"unknown", "temperror"})
