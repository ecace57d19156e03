"""A placement as three rates: refused; in the inbox, of what was accepted; in the junk folder, of the rest.

A Dirichlet over refused, lost in silence, junk folder and inbox is the same as these three
independent Betas (its stick-breaking form; Connor and Mosimann 1969, JASA 64, 194). So each of
them can learn from what has a denominator of its own, and without any data they are the prior of
the rule book, exactly.
"""

import math
from dataclasses import dataclass
from typing import Final

from deliv.core.beta import product_interval
from deliv.core.explanation import Parts, Shares
from deliv.core.likelihood.pooling import Beta
from deliv.core.placement import interval

_NEARLY: Final = 0.1
"""How far from one Dirichlet two rates may be, so that the Beta of their moments is right to 0.0015."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The three rates."""

    refused: Beta
    """Refused, of what is sent."""
    inbox: Beta
    """In the inbox, of what is accepted."""
    junk: Beta
    """In the junk folder, of what is accepted and not in the inbox."""

    @classmethod
    def of(cls, shares: Shares, strength: float, bounces: float) -> "Belief":
        """Return the Dirichlet of these means, worth so many mails.

        bounces: the share of missing that comes back as a bounce.
        """
        refused, lost = shares.missing * bounces, shares.missing * (1.0 - bounces)
        return cls(
            refused=Beta(yes=strength * refused, no=strength * (1.0 - refused)),
            inbox=Beta(yes=strength * shares.inbox, no=strength * (shares.spam + lost)),
            junk=Beta(yes=strength * shares.spam, no=strength * lost),
        )

    @classmethod
    def from_parts(cls, parts: Parts) -> "Belief":
        """Return the rates that these counts stand for."""
        return cls(
            refused=Beta(yes=parts.refused, no=parts.taken),
            inbox=Beta(yes=parts.inbox, no=parts.elsewhere),
            junk=Beta(yes=parts.junk, no=parts.lost),
        )

    @property
    def parts(self) -> Parts:
        """The counts behind it."""
        return Parts(
            refused=self.refused.yes,
            taken=self.refused.no,
            inbox=self.inbox.yes,
            elsewhere=self.inbox.no,
            junk=self.junk.yes,
            lost=self.junk.no,
        )

    @property
    def shares(self) -> Shares:
        """Mean of inbox, junk folder and nowhere."""
        taken = 1.0 - self.refused.mean
        inbox = taken * self.inbox.mean
        spam = taken * (1.0 - self.inbox.mean) * self.junk.mean
        return Shares(inbox=inbox, spam=spam, missing=max(0.0, 1.0 - inbox - spam))

    @property
    def strength(self) -> float:
        """Mails that the Beta of the same mean and variance as the share of the inbox is worth.

        That share is a product of two independent Betas. Where they stem from one Dirichlet it is a
        Beta itself, of just this strength (Fan 1991, Communications in Statistics - Theory and Methods
        20, 4043, on the approximation of others).
        """
        taken = Beta(yes=self.refused.no, no=self.refused.yes)
        mean = taken.mean * self.inbox.mean
        variance = taken.square * self.inbox.square - mean * mean
        if variance <= 0 or not 0 < mean < 1:
            return math.inf
        return mean * (1.0 - mean) / variance - 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the share of the inbox, right to 0.005."""
        mean, taken = self.shares.inbox, self.refused.no
        whole = self.inbox.strength
        if abs(taken - whole) <= _NEARLY * whole or min(taken, self.inbox.yes, self.inbox.no) <= 0:
            strength = self.strength
            return interval(mean, strength) if math.isfinite(strength) else (mean, mean)
        numbers = (taken, self.refused.yes, self.inbox.yes, self.inbox.no)
        low, high = product_interval(*(max(float(f"{n:.3g}"), 1e-4) for n in numbers))  # many are alike
        return min(low, mean), max(high, mean)
