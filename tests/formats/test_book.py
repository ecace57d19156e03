"""The words for what rules hang on: every value of every fact has some, in both languages."""

import math

import pytest

from deliv.core.facts import FACTS
from deliv.core.rules import AnyOf, Basis, Bounds, Effect, Not
from deliv.core.rules import Test as FactTest
from deliv.formats.bookconditions import condition_lines, effect_lines, fact_meaning
from deliv.formats.booklabels import fact_value
from deliv.locale import translator

WORDS = [(name, word) for name, spec in FACTS.items() for word in sorted(spec.words or ()) if word]


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_every_word_of_every_fact_is_explained(name, word):
    shown = fact_value(name, word, str)
    assert shown.endswith(f" ({word})")


@pytest.mark.parametrize(
    ("value", "english", "japanese"),
    [
        (None, "not known", None),
        (True, "yes", "はい"),
        (False, "no", "いいえ"),
        (1_000_000, "1,000,000", "1,000,000"),
        ("", "none", None),
        ("some-provider", "some-provider", "some-provider"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
    ],
)
def test_other_values_are_plain(value, english, japanese):
    assert fact_value("recipient.provider", value, str) == english
    if japanese is not None:
        assert fact_value("recipient.provider", value, translator("ja")) == japanese


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_says_what_it_means_in_japanese(name):
    meaning = fact_meaning(name, translator("ja"))
    assert meaning != FACTS[name].meaning
    assert "; " not in meaning, "what conditions leave out stands in （brackets） in Japanese"


def test_hints_for_authors_are_left_out_of_conditions():
    condition = FactTest(fact="recipient.kind", values=frozenset({""}))
    assert list(condition_lines(condition, str)) == ["kind of the mailbox provider: none [recipient.kind]"]
    (line,) = condition_lines(condition, translator("ja"))
    assert line.startswith("メール会社の種類: ")


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (1_048_577, math.inf, "at least 1,048,577"),
        (-math.inf, 10, "at most 10"),
        (0, 1, "from 0 to 1"),
        (2.5, math.inf, "at least 2.5"),
    ],
)
def test_limits_are_exact(least, most, words):
    bounds = Bounds(fact="message.size", at_least=least, at_most=most)
    assert list(condition_lines(bounds, str)) == [f"bytes of the whole mail: {words} [message.size]"]


def test_a_fact_that_there_is_not_is_shown_by_its_name():
    assert list(condition_lines(FactTest(fact="x.y", values=frozenset({"z"})), str)) == ["x.y: z [x.y]"]


def test_conditions_are_indented_by_what_they_stand_in():
    inner = FactTest(fact="message.has_url", values=frozenset({True}))
    assert list(condition_lines(Not(condition=AnyOf(conditions=(inner, inner))), str)) == [
        "this does not hold:",
        "  at least one of these holds:",
        "    a link in the text: yes [message.has_url]",
        "    a link in the text: yes [message.has_url]",
    ]


@pytest.mark.parametrize(
    ("effect", "lines"),
    [
        (Effect(undeliverable=True, spam=1), ["no mail can arrive"]),
        (Effect(), ["it says what is to be known, and leaves the likelihood as it is"]),
        (
            Effect(spam=1, missing=2, basis=Basis.PUBLISHED),
            [
                "the odds of the junk folder grow 2.7 times",
                "the odds of being refused or lost grow 7.4 times",
            ],
        ),
        (
            Effect(least_spam=0.6, least_missing=0.25),
            [
                "at least 60% of the mail is filed as junk (estimate)",
                "at least 25% of the mail is refused or lost (estimate)",
            ],
        ),
    ],
    ids=["certain", "neutral", "shifts", "floors"],
)
def test_effects_are_told_as_odds_and_floors(effect, lines):
    assert list(effect_lines(effect, str)) == lines
