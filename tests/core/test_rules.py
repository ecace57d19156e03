"""Conditions in three-valued logic, and what a rule knows of itself."""

from datetime import date

import pytest

from deliv.core.rules import (
    All,
    AnyOf,
    Basis,
    Bounds,
    Decision,
    Effect,
    Example,
    Not,
    Rule,
    Severity,
    decide,
    facts_of,
)
from deliv.core.rules import Test as FactTest
from deliv.core.text import Source, Text

YES, NO, UNDECIDED = Decision.YES, Decision.NO, Decision.UNDECIDED
FACTS = {"yes": True, "no": False, "open": None, "word": "mx"}
NAMED = {YES: "yes", NO: "no", UNDECIDED: "open"}
NOTHING = Example(address="taro@shop.example", zone={})


def holds(decision):
    """Return a condition that is decided so over FACTS."""
    return FactTest(fact=NAMED[decision], values=frozenset({True}))


def rule(**changes):
    given = {
        "id": "some-rule",
        "severity": Severity.LOW,
        "when": holds(YES),
        "message": Text(ja="何か", en="something"),
        "sources": (Source(title="made up", checked=date(2026, 11, 1)),),
        "fires": NOTHING,
        "silent": NOTHING,
    }
    return Rule(**(given | changes))


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        pytest.param(FactTest(fact="word", values=frozenset({"mx"})), YES, id="is"),
        pytest.param(FactTest(fact="word", values=frozenset({"null_mx"})), NO, id="is-something-else"),
        pytest.param(FactTest(fact="word", values=frozenset({"a", "mx"})), YES, id="in"),
        pytest.param(FactTest(fact="word", values=frozenset({"a", "b"})), NO, id="in-none"),
        pytest.param(FactTest(fact="word", values=frozenset({"a"}), negated=True), YES, id="is-not"),
        pytest.param(FactTest(fact="word", values=frozenset({"mx"}), negated=True), NO, id="is-not-but-is"),
        pytest.param(FactTest(fact="open", values=frozenset({"mx"})), UNDECIDED, id="not-known"),
        pytest.param(
            FactTest(fact="open", values=frozenset({"mx"}), negated=True), UNDECIDED, id="not-known-negated"
        ),
        pytest.param(FactTest(fact="no", values=frozenset({False})), YES, id="a-flag-that-is-false"),
    ],
)
def test_a_fact_is_compared_with_values(test, expected):
    assert decide(test, FACTS) is expected


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(FactTest(fact="sender.spf", values=frozenset({"valid"})), id="test"),
        pytest.param(FactTest(fact="sender.spf", values=frozenset({"valid"}), negated=True), id="negated"),
        pytest.param(Bounds(fact="sender.spf_lookups", at_least=11), id="bounds"),
    ],
)
def test_a_fact_that_nobody_looked_at_decides_nothing(condition):
    assert decide(condition, FACTS) is UNDECIDED
    assert decide(All(conditions=(condition, holds(NO))), FACTS) is NO
    assert decide(AnyOf(conditions=(condition, holds(YES))), FACTS) is YES


@pytest.mark.parametrize(
    ("bounds", "value", "expected"),
    [
        pytest.param({"at_least": 11}, 11, YES, id="the-least"),
        pytest.param({"at_least": 11}, 10, NO, id="too-little"),
        pytest.param({"at_most": 3}, 3, YES, id="the-most"),
        pytest.param({"at_most": 3}, 4, NO, id="too-much"),
        pytest.param({"at_least": 1, "at_most": 3}, 2, YES, id="between"),
        pytest.param({"at_least": 0}, "2", NO, id="no-number"),
        pytest.param({"at_least": 0}, None, UNDECIDED, id="not-known"),
    ],
)
def test_a_number_is_compared_with_limits(bounds, value, expected):
    assert decide(Bounds(fact="n", **bounds), {"n": value}) is expected
    assert facts_of(Bounds(fact="n", **bounds)) == {"n"}


@pytest.mark.parametrize(("inner", "expected"), [(YES, NO), (NO, YES), (UNDECIDED, UNDECIDED)])
def test_not(inner, expected):
    assert decide(Not(condition=holds(inner)), FACTS) is expected


TABLE = [
    # left       right      all        any
    (YES, YES, YES, YES),
    (YES, NO, NO, YES),
    (YES, UNDECIDED, UNDECIDED, YES),
    (NO, YES, NO, YES),
    (NO, NO, NO, NO),
    (NO, UNDECIDED, NO, UNDECIDED),
    (UNDECIDED, YES, UNDECIDED, YES),
    (UNDECIDED, NO, NO, UNDECIDED),
    (UNDECIDED, UNDECIDED, UNDECIDED, UNDECIDED),
]


@pytest.mark.parametrize(("left", "right", "every", "some"), TABLE)
def test_kleenes_table(left, right, every, some):
    parts = (holds(left), holds(right))

    assert decide(All(conditions=parts), FACTS) is every
    assert decide(AnyOf(conditions=parts), FACTS) is some


@pytest.mark.parametrize(("left", "right", "every", "some"), TABLE)
def test_de_morgan(left, right, every, some):
    negated = (Not(condition=holds(left)), Not(condition=holds(right)))

    assert decide(Not(condition=AnyOf(conditions=negated)), FACTS) is every
    assert decide(Not(condition=All(conditions=negated)), FACTS) is some


def test_all_of_nothing_holds_and_any_of_nothing_does_not():
    assert decide(All(conditions=()), FACTS) is YES
    assert decide(AnyOf(conditions=()), FACTS) is NO


def test_conditions_nest():
    nested = All(
        conditions=(
            AnyOf(conditions=(holds(NO), Not(condition=holds(NO)))),
            Not(condition=All(conditions=(holds(UNDECIDED), holds(NO)))),
        )
    )

    assert decide(nested, FACTS) is YES
    assert facts_of(nested) == {"no", "open"}
    assert facts_of(All(conditions=())) == frozenset()


@pytest.mark.parametrize(
    ("from_", "until", "day", "expected"),
    [
        pytest.param(None, None, date(1999, 1, 1), True, id="always"),
        pytest.param(date(2025, 3, 13), None, date(2025, 3, 12), False, id="the-day-before"),
        pytest.param(date(2025, 3, 13), None, date(2025, 3, 13), True, id="the-first-day"),
        pytest.param(None, date(2025, 3, 13), date(2025, 3, 13), True, id="the-last-day"),
        pytest.param(None, date(2025, 3, 13), date(2025, 3, 14), False, id="the-day-after"),
        pytest.param(date(2025, 1, 1), date(2025, 2, 1), date(2025, 1, 15), True, id="between"),
    ],
)
def test_a_rule_is_in_force_from_its_first_to_its_last_day(from_, until, day, expected):
    assert rule(effective_from=from_, effective_until=until).holds_on(day) is expected


def test_a_rule_was_checked_when_its_latest_source_was():
    sources = [Source(title="x", checked=date(2026, month, 1)) for month in (3, 9, 6)]

    assert rule(sources=tuple(sources)).checked == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(["sender.spf"], True, id="sender"),
        pytest.param(["sender.spf", "sender.dmarc"], True, id="sender-twice"),
        pytest.param(["message.body"], True, id="mail"),
        pytest.param(["sender.spf", "message.body"], True, id="sender-and-mail"),
        pytest.param(["sender.spf", "recipient.kind"], False, id="both-sides"),
        pytest.param(["recipient.kind"], False, id="recipient"),
    ],
)
def test_a_rule_is_about_the_sender_when_it_reads_nothing_else(facts, expected):
    parts = tuple(FactTest(fact=name, values=frozenset({"x"})) for name in facts)

    assert rule(when=All(conditions=parts)).is_about_sender is expected


def test_severities_are_ordered():
    assert sorted(Severity, key=lambda severity: severity.rank) == [
        Severity.INFO,
        Severity.LOW,
        Severity.MEDIUM,
        Severity.HIGH,
    ]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect(), True),
        (Effect(undeliverable=True), False),
        (Effect(spam=0.1), False),
        (Effect(missing=0.1), False),
        (Effect(least_spam=0.1), False),
        (Effect(least_missing=0.1), False),
    ],
)
def test_an_effect_without_figures_is_neutral(effect, expected):
    assert effect.is_neutral is expected


def test_half_an_effect_keeps_its_certainty_and_is_an_estimate():
    whole = Effect(
        undeliverable=True, spam=0.4, missing=0.2, least_spam=0.5, least_missing=0.6, basis=Basis.PUBLISHED
    )

    assert whole.halved() == Effect(
        undeliverable=True, spam=0.2, missing=0.1, least_spam=0.25, least_missing=0.3, basis=Basis.ESTIMATE
    )
