"""The printed sum can be checked by hand: here a test does it, with nothing but the printed numbers."""

import math
import re

import pytest

from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.formats.explanation import explanation_document, explanation_lines
from deliv.locale import translator
from tests.core.likelihood.past import judged, note

K = OutcomeKind
DOCOMO = "taro@docomo.ne.jp"
HISTORY = [
    note(K.SENT, "docomo.ne.jp", 500),
    note(K.BOUNCE, "docomo.ne.jp", 30),
    note(K.SENT, "gmail.com", 800),
    note(K.REPLY, "gmail.com", 80),
    note(K.REPLY, "docomo.ne.jp", 20),
    note(K.SENT, "ezweb.ne.jp", 100),
    note(K.BOUNCE, "ezweb.ne.jp", 3),
    note(K.JUNK, "docomo.ne.jp", 6),
    note(K.JUNK, "gmail.com", 1),
    note(K.SEED_INBOX, "docomo.ne.jp", 8),
    note(K.SEED_JUNK, "docomo.ne.jp", 3),
    note(K.BOUNCE, "docomo.ne.jp", who=DOCOMO, reason=BounceReason.MAILBOXFULL),
]
PAIRS = (("refused", "taken"), ("inbox", "elsewhere"), ("junk", "lost"))


def recomputed(document):
    """Return inbox, spam and missing from the parts of the sum."""
    parts = dict(document["start"])
    for level in document["levels"]:
        if level["level"] == "address":
            for one, other in PAIRS:
                whole = parts[one] + parts[other]
                if level["added"][one] + level["added"][other] > 0 and whole > document["limited_to"]:
                    parts[one] *= document["limited_to"] / whole
                    parts[other] *= document["limited_to"] / whole
        for name, number in level["added"].items():
            parts[name] += number
    if document["total"] is not None:
        assert parts == pytest.approx(document["total"], abs=1e-4)
    taken = parts["taken"] / (parts["refused"] + parts["taken"])
    inbox = parts["inbox"] / (parts["inbox"] + parts["elsewhere"])
    junk = parts["junk"] / (parts["junk"] + parts["lost"])
    return taken * inbox, taken * (1 - inbox) * junk, 1 - taken * inbox - taken * (1 - inbox) * junk


CASES = {
    "no history": (DOCOMO, None),
    "history of others": (DOCOMO, HISTORY[5:7]),
    "domain": ("other@docomo.ne.jp", HISTORY),
    "own address": (DOCOMO, HISTORY),
    "a good address": (DOCOMO, [*HISTORY, note(K.REPLY, "docomo.ne.jp", who=DOCOMO)]),
    "spelling": ("taro..x@docomo.ne.jp", HISTORY),
    "other kind": ("x@nifty.com", HISTORY),
}


@pytest.mark.parametrize(("text", "history"), CASES.values(), ids=CASES)
def test_the_sum_can_be_checked(rules, text, history):
    placement = judged(rules, text, history, explain=True).placement

    shares = recomputed(explanation_document(placement))

    assert shares == pytest.approx((placement.inbox, placement.spam, placement.missing), abs=1e-4)


def test_prior_and_effects_give_what_is_believed_before(rules):
    document = explanation_document(judged(rules, "taro..x@docomo.ne.jp", explain=True).placement)
    spam = document["prior"]["spam"] * math.exp(sum(each["spam"] for each in document["effects"]))
    missing = document["prior"]["missing"] * math.exp(sum(each["missing"] for each in document["effects"]))
    total = document["prior"]["inbox"] + spam + missing
    floor = max(each["least_missing"] for each in document["effects"])

    assert document["before"]["missing"] == pytest.approx(max(missing / total, floor))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_printed_result_follows_from_the_printed_sum(rules, lang):
    placement = judged(rules, DOCOMO, HISTORY, explain=True).placement
    lines = list(explanation_lines(placement, translator(lang), lang))
    (line,) = [line for line in lines if re.match(r"  (Inbox|受信箱) = ", line)]
    numbers = [float(number) for number in re.findall(r"\d+\.\d+", line)]

    assert numbers[0] / numbers[1] * numbers[2] / numbers[3] == pytest.approx(numbers[4] / 100, abs=1e-3)
    assert numbers[4] / 100 == pytest.approx(placement.inbox, abs=1e-4)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_assumption_stands_where_engagement_was_counted(rules, lang):
    def lines(history):
        placement = judged(rules, "other@docomo.ne.jp", history, explain=True).placement
        return "\n".join(explanation_lines(placement, translator(lang), lang))

    word = {"ja": "仮定", "en": "Assumption"}[lang]
    assert word in lines(HISTORY)
    assert word not in lines(HISTORY[:2])


def test_every_level_says_what_it_counted(rules):
    document = explanation_document(judged(rules, DOCOMO, HISTORY, explain=True).placement)
    levels = {level["level"]: level for level in document["levels"]}

    assert list(levels) == ["kind", "domain", "reply", "report", "address"]
    assert (levels["kind"]["mails"], levels["kind"]["bounced"]) == (100, 3)
    assert (levels["domain"]["mails"], levels["domain"]["bounced"]) == (499, 30)
    assert levels["domain"]["events"] == 11
    assert levels["reply"]["events"] == 20
    assert document["limited_to"] == rules.placement.history.for_address


def test_what_is_certain_is_not_added_up(rules):
    gone = {"reason": BounceReason.USERUNKNOWN, "permanent": True}
    placement = judged(
        rules, DOCOMO, [note(K.BOUNCE, "docomo.ne.jp", who=DOCOMO, **gone)], explain=True
    ).placement

    assert explanation_document(placement)["certain"]
    assert list(explanation_lines(placement, translator("en"), "en"))[-1].endswith("nothing is added up.")


def test_it_costs_nothing_when_nobody_asks(rules):
    placement = judged(rules, DOCOMO, HISTORY).placement

    assert placement.explanation is explanation_document(placement) is None
    assert list(explanation_lines(placement, translator("en"), "en")) == []
