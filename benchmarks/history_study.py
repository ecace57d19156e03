"""What the likelihood is worth in shops that keep to its assumptions, and in shops that break them.

    python -m benchmarks.history_study

prints for each made-up shop how well the later half of its year was foreseen from the earlier one:
Brier scores of the model, of one rate for everybody and of the untouched rule book, in how many
shops the model is clearly better or worse (the verdict of the backtest: 90 % intervals of both
scores, drawn over providers and months), calibration errors, and the share of the 90 % intervals
for the inbox that cover the truth. Every shop is drawn with fixed seeds, so the table is the same
in every run. What it showed on 2026-11-22, with 20 shops of 12 providers each:

* Honest shops with 300 mails a provider: 88.8 % of the intervals cover the truth (with test mails
  94.6 %). Brier score 0.0305; one rate for everybody 0.0349, the rule book 0.0331. Clearly better
  than the one in 18 shops of 20, than the other in 14, clearly worse in none.
* Honest shops with 24 mails a provider: 12 of 20 have enough data; clearly better than one rate in
  2, than the rule book in none, clearly worse in none. Coverage 88.3 %.
* One provider breaks in month 9: coverage falls to 80.8 %, since the half-life of 180 days mixes the
  good months with the bad ones. Brier score 0.0637 against 0.0802 and 0.0819; but as nearly all of
  that is one provider of twelve, it is called clear in 2 shops and in 9 only.
* Drift of 20 points in a year: coverage 75.4 %, calibration error 0.084: the figures lag behind.
  Never clearly worse than a baseline, nor clearly better than one rate.
* Customers of half of the providers answer a third as often for reasons of their own: coverage
  85.0 % instead of 88.8 %; bounces are foreseen as well as ever. This is the assumption that hurts.
* 20 mails in all: coverage 87.5 %; no shop has enough data for a backtest, and the backtest says so.
"""

import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from deliv.core.backtest import backtest
from deliv.core.experience import Remembered
from deliv.core.learning import learn_from
from deliv.core.outcomes import Outcome
from deliv.core.rulebook import RuleBook
from deliv.core.trials import Event, Verdict
from deliv.core.weighing import Scales
from deliv.sources.rulefiles import load_rules
from tests.simulation import DAY, MONTHS, PRIORS, REPLIES, Truth, book_of, draw, live, reply_rate

SEEDS = range(20)
PROVIDERS = 12

Year = Callable[[Truth, int, RuleBook, random.Random], list[Outcome]]
"""Returns a year at one provider, which is the one of this number."""


@dataclass(frozen=True)
class Shop:
    """A shop, and how it breaks what is assumed."""

    name: str
    live: Year
    truth_at_the_end: Callable[[Truth, int], Truth] = lambda truth, _: truth


def honest(mails: int, seeds: int) -> Year:
    def year(truth: Truth, _: int, book: RuleBook, dice: random.Random) -> list[Outcome]:
        return live(truth, dice, mails=mails, seeds=seeds, replies=reply_rate(book, dice))

    return year


def broken_at_the_end(truth: Truth, number: int) -> Truth:
    return replace(truth, refused=0.9) if number == 0 else truth


def one_provider_breaks(truth: Truth, number: int, book: RuleBook, dice: random.Random) -> list[Outcome]:
    """The first provider refuses nine mails out of ten from the ninth month on."""

    def refused(month: int) -> float:
        return 0.9 if number == 0 and month >= 8 else truth.refused

    return live(truth, dice, mails=300, replies=reply_rate(book, dice), refused_in=refused)


def drifted(truth: Truth, _: int) -> Truth:
    return replace(truth, refused=min(0.9, truth.refused + 0.20))


def drift(truth: Truth, _: int, book: RuleBook, dice: random.Random) -> list[Outcome]:
    """Every provider refuses more from month to month: 20 points in a year."""

    def refused(month: int) -> float:
        return min(0.9, truth.refused + 0.20 * month / (MONTHS - 1))

    return live(truth, dice, mails=300, replies=reply_rate(book, dice), refused_in=refused)


def replies_differ(truth: Truth, number: int, _: RuleBook, dice: random.Random) -> list[Outcome]:
    """Customers of every other provider answer a third as often, wherever the mail lands."""
    return live(truth, dice, mails=300, replies=REPLIES / 3 if number % 2 else REPLIES)


def twenty_in_all(truth: Truth, number: int, _: RuleBook, dice: random.Random) -> list[Outcome]:
    return live(truth, dice, mails=2 if number < 8 else 1)


SHOPS = (
    Shop("honest, 300 mails each", honest(300, 0)),
    Shop("honest, 300 mails and 24 test mails each", honest(300, 24)),
    Shop("honest, 24 mails each", honest(24, 0)),
    Shop("one provider breaks in month 9", one_provider_breaks, broken_at_the_end),
    Shop("drift: 20 points more refused in a year", drift, drifted),
    Shop("replies differ by provider, times 3", replies_differ),
    Shop("20 mails in all", twenty_in_all),
)


def coverage(book: RuleBook, truths: dict[str, Truth], outcomes: Iterable[Outcome], shop: Shop) -> list[bool]:
    learned = learn_from(Remembered(known=tuple(outcomes)), book, as_of=DAY)
    hits = []
    for number, provider in enumerate(book.providers.providers):
        truth = shop.truth_at_the_end(truths[provider.id], number)
        past = learned.evidence(truth.domain, provider)
        scales = Scales(rules=book, provider=provider, volume_per_day=None, as_of=DAY, past=past)
        placement = scales.place(())
        hits.append(placement.inbox_low <= truth.seen <= placement.inbox_high)
    return hits


def study(rules: RuleBook, shop: Shop) -> None:
    hits: list[bool] = []
    trials = []
    for seed in SEEDS:
        dice = random.Random(seed)
        book = book_of(rules, [PRIORS[number % len(PRIORS)] for number in range(PROVIDERS)])
        truths = draw(book, dice)
        outcomes = [
            outcome
            for number, truth in enumerate(truths.values())
            for outcome in shop.live(truth, number, book, dice)
        ]
        hits += coverage(book, truths, outcomes, shop)
        result = backtest(outcomes, book)
        trials.append(next(trial for trial in result.trials if trial.event is Event.REFUSED))
    enough = [trial for trial in trials if trial.enough]
    print(f"{shop.name}")
    print(f"  intervals of the inbox that cover the truth: {sum(hits) / len(hits):.1%} of {len(hits)}")
    print(f"  shops with enough data for a backtest: {len(enough)} of {len(trials)}")
    if not enough:
        return
    mean = {
        name: sum(getattr(trial, name).brier.value for trial in enough) / len(enough)
        for name in ("model", "global_rate", "priors")
    }
    error = sum(trial.model.calibration.value for trial in enough) / len(enough)
    better = {
        name: sum(getattr(trial, name).verdict is Verdict.BETTER for trial in enough)
        for name in ("over_global", "over_priors")
    }
    worse = {
        name: sum(getattr(trial, name).verdict is Verdict.WORSE for trial in enough)
        for name in ("over_global", "over_priors")
    }
    print("  mean Brier score: " + ", ".join(f"{name} {value:.4f}" for name, value in mean.items()))
    print(f"  mean calibration error of the model: {error:.4f}")
    for name, label in (("over_global", "one rate"), ("over_priors", "the rule book")):
        print(f"  against {label}: clearly better in {better[name]}, clearly worse in {worse[name]}")


def main() -> int:
    rules = load_rules()
    for shop in SHOPS:
        study(rules, shop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
