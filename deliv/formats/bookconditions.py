"""Conditions of rules, and what follows when they hold, in words."""

import math
from collections.abc import Iterator
from typing import Final

from deliv.core.facts import FACTS
from deliv.core.rules import All, AnyOf, Basis, Bounds, Condition, Effect, Not, Test
from deliv.formats.booklabels import fact_value
from deliv.locale import Translate

_INDENT: Final = "  "


def fact_meaning(name: str, translate: Translate) -> str:
    """Return what a fact says; the name itself for one that there is not."""
    spec = FACTS.get(name)
    return translate(spec.meaning) if spec else name


def condition_lines(condition: Condition, translate: Translate) -> Iterator[str]:
    """Yield a condition as indented lines, each with the name of its fact."""
    match condition:
        case Test() | Bounds():
            yield _comparison(condition, translate)
        case Not(condition=inner):
            yield translate("this does not hold:")
            yield from _indented(inner, translate)
        case All(conditions=parts):
            yield translate("all of this holds:")
            for part in parts:
                yield from _indented(part, translate)
        case AnyOf(conditions=parts):
            yield translate("at least one of these holds:")
            for part in parts:
                yield from _indented(part, translate)


def _indented(condition: Condition, translate: Translate) -> Iterator[str]:
    yield from (f"{_INDENT}{line}" for line in condition_lines(condition, translate))


def _comparison(test: Test | Bounds, translate: Translate) -> str:
    """Return ``what the fact means: the values [its name]``."""
    # What stands behind a semicolon or in brackets explains the words of the fact to authors of rules.
    meaning = fact_meaning(test.fact, translate).partition("; ")[0].partition("（")[0]
    values = _limits(test, translate) if isinstance(test, Bounds) else _values(test, translate)
    return translate("{meaning}: {values} [{fact}]").format(meaning=meaning, values=values, fact=test.fact)


def _values(test: Test, translate: Translate) -> str:
    words = [fact_value(test.fact, value, translate) for value in sorted(test.values, key=str)]
    shown = translate(" or ").join(words)
    return translate("anything but {values}").format(values=shown) if test.negated else shown


def _limits(test: Bounds, translate: Translate) -> str:
    least, most = f"{test.at_least:,.15g}", f"{test.at_most:,.15g}"
    if math.isinf(test.at_most):
        return translate("at least {number}").format(number=least)
    if math.isinf(test.at_least):
        return translate("at most {number}").format(number=most)
    return translate("from {least} to {most}").format(least=least, most=most)


def effect_lines(effect: Effect, translate: Translate) -> Iterator[str]:
    """Yield what a finding does to the chances of a mail."""
    if effect.undeliverable:
        yield translate("no mail can arrive")
        return
    if effect.is_neutral:
        yield translate("it says what is to be known, and leaves the likelihood as it is")
        return
    doubt = translate(" (estimate)") if effect.basis is Basis.ESTIMATE else ""
    if effect.spam:
        times = f"{math.exp(effect.spam):.1f}"
        yield translate("the odds of the junk folder grow {times} times{doubt}").format(
            times=times, doubt=doubt
        )
    if effect.missing:
        times = f"{math.exp(effect.missing):.1f}"
        yield translate("the odds of being refused or lost grow {times} times{doubt}").format(
            times=times, doubt=doubt
        )
    if effect.least_spam:
        share = f"{effect.least_spam:.0%}"
        yield translate("at least {share} of the mail is filed as junk{doubt}").format(
            share=share, doubt=doubt
        )
    if effect.least_missing:
        share = f"{effect.least_missing:.0%}"
        yield translate("at least {share} of the mail is refused or lost{doubt}").format(
            share=share, doubt=doubt
        )
