"""How good probabilities are: Brier score, log loss, calibration error, each with its uncertainty.

Brier score: mean squared difference between the probability and what happened (Brier 1950, Monthly
Weather Review 78, 1). Calibration error: mean difference between probability and frequency over
bins of about the same number of mails (ECE of Naeini, Cooper and Hauskrecht 2015, AAAI 29, 2901,
with bins of equal mass, since most of these probabilities are small). Intervals are percentiles of
a bootstrap over whole cases, since mails of the same domain and month share their fate (Efron
and Tibshirani 1993, An Introduction to the Bootstrap, section 8.5).
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_CLIP: Final = 1e-3  # for the log loss: one surprise must not decide it all
_BINS: Final = 10
_ROUNDS: Final = 500
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
    """Return the cases by prediction, in bins of about the same number of mails."""
    places = _places(cases, most)
    bins = []
    for number in sorted(set(places)):
        inside = [case for case, place in zip(cases, places, strict=True) if place == number]
        mails = sum(case.mails for case in inside)
        if mails > 0:
            bins.append(
                Bin(
                    predicted=sum(case.predicted * case.mails for case in inside) / mails,
                    observed=sum(case.events for case in inside) / mails,
                    mails=mails,
                )
            )
    return tuple(bins)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance between prediction and frequency."""
    mails = sum(each.mails for each in bins)
    return sum(each.mails * abs(each.predicted - each.observed) for each in bins) / mails if mails else 0.0


def score(cases: Sequence[Case]) -> Scores:
    """Return how good these predictions are."""
    columns = [
        [case.mails for case in cases],
        [brier(case) for case in cases],
        [log_loss(case) for case in cases],
    ]
    places = _places(cases, _BINS)
    gaps = [case.predicted * case.mails - case.events for case in cases]
    rounds = []
    for chosen in _resamples(len(cases)):
        mails, squares, logs = (sum(column[i] for i in chosen) for column in columns)
        if mails <= 0:
            continue
        by_bin: dict[int, float] = {}
        for i in chosen:
            by_bin[places[i]] = by_bin.get(places[i], 0.0) + gaps[i]
        rounds.append((squares / mails, logs / mails, sum(map(abs, by_bin.values())) / mails))
    whole, squares, logs = map(sum, columns)
    values = (squares / whole, logs / whole, calibration_error(bins_of(cases)))
    first, second, third = (_interval(value, [each[i] for each in rounds]) for i, value in enumerate(values))
    return Scores(brier=first, log_loss=second, calibration=third)


def gains(ours: Sequence[Case], theirs: Sequence[Case]) -> tuple[Score, Score]:
    """Return by how much our Brier score and our log loss are less than theirs, on the same cases.

    Resampled in pairs, so that what makes a month hard for both does not blur the difference.
    """
    mails = [case.mails for case in ours]
    scores = []
    for measure in (brier, log_loss):
        differences = [measure(b) - measure(a) for a, b in zip(ours, theirs, strict=True)]
        rounds = [
            sum(differences[i] for i in chosen) / total
            for chosen in _resamples(len(ours))
            if (total := sum(mails[i] for i in chosen)) > 0
        ]
        scores.append(_interval(sum(differences) / sum(mails), rounds))
    return scores[0], scores[1]


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


def _resamples(size: int) -> list[list[int]]:
    """Return the rounds of the bootstrap: always the same, so that two runs agree."""
    dice = random.Random(_SEED)  # noqa: S311 - a bootstrap, no secret
    everything = range(size)
    return [dice.choices(everything, k=size) for _ in range(_ROUNDS)] if size else []


def _interval(value: float, rounds: Sequence[float]) -> Score:
    ordered = sorted(rounds) or [value]
    last = len(ordered) - 1
    # Chance alone makes calibration errors, so resampled ones are larger than the one they stem from.
    return Score(
        value=value,
        low=min(value, ordered[round(0.05 * last)]),
        high=max(value, ordered[round(0.95 * last)]),
    )
