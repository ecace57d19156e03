"""How good probabilities are: Brier score, log loss, calibration error, each with its uncertainty.

Brier score: mean squared difference between the probability and what happened (Brier 1950, Monthly
Weather Review 78, 1). Calibration error: mean difference between probability and frequency over
bins, by number of mails (ECE of Naeini, Cooper and Hauskrecht 2015, AAAI 29, 2901), with bins of
about the same number of mails (Nguyen and O'Connor 2015, EMNLP, 1587), since most of these
probabilities are small. Chance alone makes such an error, too: with few mails even perfect
probabilities do not show 0. Every mail weighs the same.

Mails are not independent: those to one provider share its filters, and those of one month what
the shop did in it. So intervals come from the pigeonhole bootstrap (Owen 2007, Annals of Applied
Statistics 1, 386), which draws groups and months anew, each for itself, and takes a case as often
as its group times as its month was drawn. It errs on the side of wider intervals. Bins stay those
of the whole while they are drawn from.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final

from deliv.core.beta import beta_quantile

_CLIP: Final = 1e-3  # for the log loss: one surprise must not decide it all
_BINS: Final = 10
_ROUNDS: Final = 500
_LEAST_ROUNDS: Final = 100
_WORK: Final = 30_000_000  # multiplications in one bootstrap: two seconds
_SEED: Final = 20261122


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Mails of which the same was predicted."""

    predicted: float
    """Probability of the event."""
    events: float
    """How often it happened."""
    mails: float
    """How often it could have."""
    group: str = ""
    """Who received them: a provider, or a domain of which none is known."""
    month: int = 0
    """In which block of days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How good one way of predicting is; less is better."""

    brier: Score
    log_loss: Score
    calibration: Score
    """Calibration error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Mails with about the same prediction: one dot of the reliability diagram."""

    predicted: float
    """Mean probability."""
    observed: float
    """How often it happened, as a share."""
    low: float
    """Lower end of its 90 % interval."""
    high: float
    """Upper end."""
    mails: float
    """How many there are."""


def brier(case: Case) -> float:
    """Return the sum of squared differences."""
    p = case.predicted
    return case.events * (1.0 - p) ** 2 + (case.mails - case.events) * p * p


def log_loss(case: Case) -> float:
    """Return the sum of the negative log-likelihoods."""
    p = min(max(case.predicted, _CLIP), 1.0 - _CLIP)
    return -case.events * math.log(p) - (case.mails - case.events) * math.log1p(-p)


def bins_of(cases: Sequence[Case], most: int = _BINS) -> tuple[Bin, ...]:
    """Return the cases by prediction, in bins of about the same number of mails.

    The interval of what happened is the wider one of two: the bootstrap of its distance from the
    prediction, linearised, as a bin may lack its largest group in a round; and Jeffreys' interval, which
    takes mails for independent and is good where few things happened (Brown, Cai and DasGupta 2001,
    Statistical Science 16, 101).
    """
    places = _places(cases, most)
    mails = _by_place(places, [case.mails for case in cases])
    events = _by_place(places, [case.events for case in cases])
    said = _by_place(places, [case.predicted * case.mails for case in cases])
    sums = [(sum(a), sum(b), sum(c)) for a, b, c in zip(mails, events, said, strict=True)]
    rounds: list[list[float]] = [[] for _ in sums]
    for drawn in _resampled(cases, [*mails, *events, *said]):
        for at, (whole, happened, promised) in enumerate(sums):
            miss = (happened - promised) / whole
            n, again, said_again = drawn[at :: len(sums)]
            rounds[at].append(miss + (again - said_again - miss * n) / whole)
    return tuple(_bin(*each, misses) for each, misses in zip(sums, rounds, strict=True))


def _bin(mails: float, events: float, said: float, misses: Sequence[float]) -> Bin:
    predicted, alone = said / mails, jeffreys(events, mails)
    miss = _interval((events - said) / mails, misses)
    return Bin(
        predicted=predicted,
        observed=alone.value,
        low=max(0.0, min(predicted + miss.low, alone.low)),
        high=min(1.0, max(predicted + miss.high, alone.high)),
        mails=mails,
    )


def jeffreys(events: float, mails: float) -> Score:
    """Return the share with its 90 % interval, as if mails were independent."""
    share = events / mails
    yes, no = round(events + 0.5, 6), round(mails - events + 0.5, 6)
    return Score(
        value=share,
        low=min(share, beta_quantile(0.05, yes, no)),
        high=max(share, beta_quantile(0.95, yes, no)),
    )


def score(cases: Sequence[Case]) -> Scores:
    """Return how good these predictions are."""
    gaps = _by_place(_places(cases, _BINS), [case.predicted * case.mails - case.events for case in cases])
    columns = [
        [case.mails for case in cases],
        [brier(case) for case in cases],
        [log_loss(case) for case in cases],
        *gaps,
    ]

    def figures(sums: Sequence[float]) -> tuple[float, float, float]:
        mails, squares, logs, *missed = sums
        return squares / mails, logs / mails, sum(map(abs, missed)) / mails

    rounds = [figures(sums) for sums in _resampled(cases, columns) if sums[0] > 0]
    values = figures([sum(column) for column in columns])
    first, second, third = (_interval(value, [each[i] for each in rounds]) for i, value in enumerate(values))
    return Scores(brier=first, log_loss=second, calibration=third)


def gains(ours: Sequence[Case], theirs: Sequence[Case]) -> tuple[Score, Score]:
    """Return by how much our Brier score and our log loss are less than theirs, on the same cases.

    Drawn in pairs, so that what makes a month hard for both does not blur the difference.
    """
    columns = [
        [case.mails for case in ours],
        *(
            [measure(b) - measure(a) for a, b in zip(ours, theirs, strict=True)]
            for measure in (brier, log_loss)
        ),
    ]
    rounds = [(squares / n, logs / n) for n, squares, logs in _resampled(ours, columns) if n > 0]
    mails, squares, logs = map(sum, columns)
    return (
        _interval(squares / mails, [each[0] for each in rounds]),
        _interval(logs / mails, [each[1] for each in rounds]),
    )


def units_of(cases: Sequence[Case]) -> int:
    """Return how many different things happened: months at a group, of which mails share their fate."""
    return len({(case.group, case.month) for case in cases})


def _places(cases: Sequence[Case], most: int) -> list[int]:
    """Return the bin of each case; those with the same prediction are never parted."""
    order = sorted(range(len(cases)), key=lambda i: cases[i].predicted)
    share = sum(case.mails for case in cases) / most
    places = [0] * len(cases)
    number, filled = 0, 0.0
    for before, i in zip([None, *order], order, strict=False):
        is_new = before is None or cases[before].predicted != cases[i].predicted
        if filled >= share and is_new:
            number, filled = number + 1, 0.0
        places[i] = number
        filled += cases[i].mails
    return places


def _by_place(places: Sequence[int], values: Sequence[float]) -> list[list[float]]:
    """Return a column for each bin: the values of its cases, and 0 for all others."""
    return [
        [value if place == number else 0.0 for place, value in zip(places, values, strict=True)]
        for number in sorted(set(places))
    ]


def _resampled(cases: Sequence[Case], columns: Sequence[Sequence[float]]) -> Iterator[list[float]]:
    """Yield the sums of the columns in each round of the bootstrap, the same in every run."""
    cells: dict[tuple[str, int], int] = {}
    where = [cells.setdefault((case.group, case.month), len(cells)) for case in cases]
    table = []
    for column in columns:
        sums = [0.0] * len(cells)
        for at, value in zip(where, column, strict=True):
            sums[at] += value
        table.append(sums)
    groups, months = sorted({group for group, _ in cells}), sorted({month for _, month in cells})
    dice = random.Random(_SEED)  # noqa: S311 - a bootstrap, no secret
    work = max(1, len(cells) * (len(columns) + 2))
    for _ in range(max(_LEAST_ROUNDS, min(_ROUNDS, _WORK // work)) if cases else 0):
        of_group = Counter(dice.choices(groups, k=len(groups)))
        of_month = Counter(dice.choices(months, k=len(months)))
        weights = [of_group[group] * of_month[month] for group, month in cells]
        yield [sum(map(mul, weights, sums)) for sums in table]


def _interval(value: float, rounds: Sequence[float]) -> Score:
    ordered = sorted(rounds) or [value]
    last = len(ordered) - 1
    # Chance alone makes calibration errors, so resampled ones are larger than the one they stem from.
    return Score(
        value=value,
        low=min(value, ordered[round(0.05 * last)]),
        high=max(value, ordered[round(0.95 * last)]),
    )
