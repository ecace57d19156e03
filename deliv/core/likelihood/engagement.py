"""What replies, clicks, opens and reports tell of where mail lands.

The assumption, which every report states: customers of all providers who see a mail act on it at
one common rate, but for a spread that the rule book names. So that docomo's customers answer half
as often as Gmail's says something of docomo, as far as Gmail's placement is known: the common rate
and the placements are inferred together, and providers whose prior is firm hold it in place.

For one channel, with e events out of n accepted mails at each provider, e ~ Binomial(n, rate × p),
where p is the probability of the inbox of accepted mail (reports: of anything else), p ~ Beta, and
log(rate) is flat. The rate is on a grid, p is integrated out on a grid (an empirical-Bayes model
in which the common rate is integrated rather than estimated; Kass and Steffey 1989, JASA 84, 717).
The likelihood is tempered so that it never says more of log(rate × p) than the spread allows, and
by the weight of the channel. Channels follow one another, each with the outcome of the last, as a
Beta of the same mean and variance, for its prior (assumed density filtering; Minka 2001, UAI 17).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deliv.core.historybook import ChannelBook
from deliv.core.likelihood.pooling import NOTHING, Beta

_RATES: Final = 41  # points of the common rate
_POINTS: Final = 31  # points of a placement
_REACH: Final = 4.5  # standard deviations on either side of its mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Engaged:
    """One provider's share in a channel."""

    prior: Beta
    """Inbox against the rest, of accepted mail, before this channel."""
    accepted: float
    """Accepted mails."""
    events: float
    """How often customers acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gleaned:
    """What a channel says."""

    rate: float
    """Common rate of those who see the mail; 0 where nothing happened."""
    worth: tuple[Beta, ...]
    """For each provider, the observations of inbox and rest that it counts as."""


def glean(groups: Sequence[Engaged], channel: ChannelBook, *, of_rest: bool = False) -> Gleaned:
    """Return what one channel says; `of_rest` for acts of those who did not find the mail in the inbox."""
    accepted = sum(group.accepted for group in groups)
    events = sum(min(group.events, group.accepted) for group in groups)
    if events <= 0 or accepted <= 0 or channel.weight <= 0:
        return Gleaned(rate=0.0, worth=tuple(NOTHING for _ in groups))
    mean_rate = events / accepted
    rates = _rates(mean_rate)
    curves = [_Curve.of(group, channel, rates, mean_rate, of_rest=of_rest) for group in groups]
    logs = [sum(curve.evidence[i] for curve in curves) for i in range(_RATES)]
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    whole = sum(weights)
    weights = [weight / whole for weight in weights]
    return Gleaned(
        rate=sum(weight * rate for weight, rate in zip(weights, rates, strict=True)),
        worth=tuple(_worth(group.prior, curve, weights) for group, curve in zip(groups, curves, strict=True)),
    )


def _rates(mean: float) -> list[float]:
    """Return the grid of the common rate: nobody acts more often than on every mail."""
    low = math.log(mean) - 0.5
    high = min(-1e-6, math.log(mean) + 3.5)
    return [math.exp(low + (high - low) * i / (_RATES - 1)) for i in range(_RATES)]


@dataclass(frozen=True, slots=True)
class _Curve:
    """One provider against the grid of rates."""

    evidence: list[float]
    """Log of the probability of its events at each rate."""
    means: list[float]
    """Mean of its placement at each rate."""
    squares: list[float]
    """Mean of the square of it."""
    prior_mean: float
    """Mean of the prior on the same grid, which has a little error of its own."""
    prior_variance: float
    """Its variance there."""

    @classmethod
    def of(
        cls, group: Engaged, channel: ChannelBook, rates: Sequence[float], mean_rate: float, *, of_rest: bool
    ) -> "_Curve":
        """Integrate the placement out, at each rate."""
        points = _points(group.prior)
        n, events = group.accepted, min(group.events, group.accepted)
        temper = channel.weight / (1.0 + n * mean_rate * channel.spread**2)
        evidence, means, squares = [], [], []
        for rate in rates:
            logs = []
            for p, log_density in points:
                chance = min(rate * ((1.0 - p) if of_rest else p), 1.0 - 1e-12)
                log_chance = math.log(max(chance, 1e-300))
                logs.append(log_density + temper * (events * log_chance + (n - events) * math.log1p(-chance)))
            top = max(logs)
            masses = [math.exp(value - top) for value in logs]
            mass = sum(masses)
            evidence.append(top + math.log(mass))
            means.append(sum(m * p for m, (p, _) in zip(masses, points, strict=True)) / mass)
            squares.append(sum(m * p * p for m, (p, _) in zip(masses, points, strict=True)) / mass)
        highest = max(log_density for _, log_density in points)
        densities = [math.exp(log_density - highest) for _, log_density in points]
        mass = sum(densities)
        mean = sum(d * p for d, (p, _) in zip(densities, points, strict=True)) / mass
        square = sum(d * p * p for d, (p, _) in zip(densities, points, strict=True)) / mass
        return cls(evidence, means, squares, mean, max(square - mean * mean, 1e-12))


def _points(prior: Beta) -> list[tuple[float, float]]:
    """Return points of the placement, evenly spaced where its prior has its mass, with its log density."""
    mean = prior.mean
    sd = math.sqrt(max(prior.square - mean * mean, 1e-12))
    low, high = max(0.0, mean - _REACH * sd), min(1.0, mean + _REACH * sd)
    step = (high - low) / _POINTS
    middles = [low + (i + 0.5) * step for i in range(_POINTS)]
    return [(p, (prior.yes - 1) * math.log(p) + (prior.no - 1) * math.log1p(-p)) for p in middles]


def _worth(prior: Beta, curve: _Curve, weights: Sequence[float]) -> Beta:
    """Return the observations that take the prior to the mean found.

    There are as many of them as the variance found allows, and never less than it takes to get there.
    """
    raw = sum(w * m for w, m in zip(weights, curve.means, strict=True))
    square = sum(w * s for w, s in zip(weights, curve.squares, strict=True))
    # The error of the grid must not pass for evidence, so the change is taken, not the value.
    mean = min(max(prior.mean + raw - curve.prior_mean, 1e-6), 1.0 - 1e-6)
    shrunk = max(square - raw * raw, 1e-12) / curve.prior_variance
    variance = (prior.square - prior.mean**2) * shrunk
    strength = max(mean * (1.0 - mean) / variance - 1.0, prior.yes / mean, prior.no / (1.0 - mean))
    return Beta(yes=max(0.0, mean * strength - prior.yes), no=max(0.0, (1.0 - mean) * strength - prior.no))
