"""The words that people read for the codes that machines read: none is missing."""

from datetime import date

import pytest

from deliv.core.address import Mend
from deliv.core.advice import Action, Advice
from deliv.core.auth.dmarc import DmarcStatus
from deliv.core.canary import Trust
from deliv.core.facts import Route, SpfStatus
from deliv.core.placement import NOWHERE, Placement, Risk
from deliv.core.providers import ProviderKind
from deliv.core.rules import Basis, Reason, Severity
from deliv.core.text import Text
from deliv.formats import labels
from deliv.locale import translator

TABLES = {
    Risk: labels.RISK,
    Reason: labels.REASON,
    Action: labels.ACTION,
    Mend: labels.MEND,
    ProviderKind: labels.KIND,
    Severity: labels.SEVERITY,
    SpfStatus: labels.SPF,
    DmarcStatus: labels.DMARC,
    Route: labels.REPLIES,
}


@pytest.mark.parametrize("words", TABLES, ids=lambda words: words.__name__)
def test_every_code_has_its_words(words):
    assert set(TABLES[words]) == set(words)
    assert all(TABLES[words].values())


def test_every_kind_of_distrust_has_its_words():
    assert set(labels.DISTRUST) == set(Trust) - {Trust.TRUSTED}


@pytest.mark.parametrize("words", TABLES, ids=lambda words: words.__name__)
def test_every_code_has_japanese_words(words):
    translate = translator("ja")
    assert [text for text in TABLES[words].values() if translate(text) == text] == []


def placement(basis: Basis = Basis.ESTIMATE) -> Placement:
    return Placement(inbox=0.7, spam=0.2, missing=0.1, inbox_low=0.384, inbox_high=0.936, basis=basis)


def test_an_estimate_says_so():
    assert labels.share(placement(), translator("en")) == "70% (estimate)"
    assert "推定" in labels.share(placement(), translator("ja"))


@pytest.mark.parametrize("basis", [Basis.PUBLISHED, Basis.HISTORY])
def test_what_has_a_basis_does_not(basis):
    assert labels.share(placement(basis), translator("en")) == "70%"
    assert "推定" not in labels.share(placement(basis), translator("ja"))


def test_a_likelihood_has_its_interval():
    assert "38" in labels.likelihood(placement(), translator("en"))
    assert "94" in labels.likelihood(placement(), translator("en"))


def test_what_is_certain_has_no_interval():
    assert labels.likelihood(NOWHERE, translator("en")) == "0%"


def test_nothing_is_said_where_nothing_is_known():
    assert labels.likelihood(None, translator("en")) == ""


def advice(action: Action, due: date | None, window: str = "10:00-19:00") -> Advice:
    return Advice(action=action, text=Text(ja="", en=""), due=due, phone_window=window)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (advice(Action.SEND, None, ""), "Send as usual"),
        (advice(Action.PHONE_FIRST, date(2026, 11, 24)), "Phone the customer (11/24)"),
        (advice(Action.PHONE_FIRST, date(2027, 1, 5)), "Phone the customer (1/5)"),
        (advice(Action.SEND_WITH_NOTICE, date(2026, 12, 1)), "Send with a notice; phone on 12/1 if silent"),
        (advice(Action.RECHECK, date(2026, 11, 24), ""), "Check again later"),
    ],
    ids=["nothing due", "call", "single digits", "notice", "no call"],
)
def test_the_next_step_names_its_day(step, words):
    assert labels.next_step(step, translator("en")) == words
