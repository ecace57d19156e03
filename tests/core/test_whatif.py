"""What if: the facts of a sender as they would be, and what follows for its customers."""

from dataclasses import replace

import pytest

from deliv.core.discovery import discover_sender
from deliv.core.errors import InputError
from deliv.core.facts import FACTS, WHAT_IF, parse_what_if, sender_facts
from deliv.core.facts.whatif import suppose
from deliv.core.findings import find
from tests.core.judging import A_DAY
from tests.shop import BROKEN, HEALTHY
from tests.zone import ask, sending

SENDER = "order@shop.example"


def facts(zone, changes=()):
    return replace(ask(discover_sender(sending(SENDER)), zone), supposed=changes)


def fired(rules, zone, text):
    values = sender_facts(facts(zone, parse_what_if([text])))
    return {finding.rule.id for finding in find(rules.rules, values, (), A_DAY).fired}


@pytest.mark.parametrize(
    ("texts", "changes"),
    [
        ([], ()),
        (["dmarc=none"], (("dmarc", "none"),)),
        (["dmarc=none,spf=pass", "DKIM = Pass"], (("dmarc", "none"), ("spf", "pass"), ("dkim", "pass"))),
        (["spf=pass,,spf=fail"], (("spf", "fail"),)),
    ],
)
def test_words_are_read(texts, changes):
    assert parse_what_if(texts) == changes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dmark=none", ("dmark=none", *(f"{name}=…" for name in WHAT_IF))),
        ("dmarc", ("“dmarc”", "spf=…")),
        ("dmarc=quarantine", ("dmarc is one of: pass, fail, none", "quarantine")),
    ],
)
def test_a_slip_names_the_known_words(text, words):
    with pytest.raises(InputError) as caught:
        parse_what_if([text])
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("zone", [BROKEN, HEALTHY, {}], ids=["broken", "healthy", "nothing"])
@pytest.mark.parametrize("change", [(name, value) for name, values in WHAT_IF.items() for value in values])
def test_every_supposition_gives_facts_of_the_catalogue(zone, change):
    for name, value in sender_facts(facts(zone, (change,))).items():
        spec = FACTS[name]
        assert value is None or spec.words is None or value in spec.words
        assert value is None or isinstance(value, bool) is spec.is_flag


def test_supposing_nothing_changes_nothing():
    assert suppose({"sender.spf": "valid"}, ()) == {"sender.spf": "valid"}


@pytest.mark.parametrize(
    ("zone", "text", "rule", "fires"),
    [
        (HEALTHY, "dmarc=none", "sender-dmarc-missing", True),
        (BROKEN, "dmarc=pass", "sender-dmarc-missing", False),
        (HEALTHY, "spf=none", "sender-spf-missing", True),
        (BROKEN, "spf=pass", "sender-spf-several", False),
        (HEALTHY, "spf=none,dkim=none,dmarc=none", "sender-unauthenticated", True),
        (HEALTHY, "ptr=none", "sender-reverse-missing", True),
        (HEALTHY, "dkim=none", "sender-dkim-unsigned", True),
        (HEALTHY, "policy=none", "sender-dmarc-policy-none", True),
        (HEALTHY, "spf=fail,dkim=fail", "sender-dmarc-fail", True),
        (HEALTHY, "spf=fail,dkim=pass", "sender-dmarc-fail", False),
        (HEALTHY, "spf=pass,dkim=pass,alignment=no", "sender-dmarc-fail", True),
    ],
)
def test_rules_fire_as_they_would(rules, zone, text, rule, fires):
    assert (rule in fired(rules, zone, text)) is fires
