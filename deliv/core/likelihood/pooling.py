"""Partial pooling: what others have seen helps a little, one's own outcomes decide.

Every rate is a Beta, and each level above hands down observations that count as such: `n` mails
of it weigh like 1 / (1/n + 1/cap), the precision that a mean of n observations has for a member of
a group whose members differ (Efron and Morris 1975, JASA 70, 311; Gelman and Hill 2007, Data
Analysis Using Regression and Multilevel/Hierarchical Models, chapter 12). The cap is thus how
alike the members are. Fixed weights of borrowed data are the power prior of Ibrahim and Chen
(2000, Statistical Science 15, 46). What one level hands down never holds what the level below
holds itself, so that nothing counts twice.

Where the members were expected to differ, they hand down not the rate but by how much it differs
from what was expected, in log-odds: indirect standardisation on the scale of the effects.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_STEPS: Final = 60  # halvings of a range of 60: far below what is printed
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """Counts for and against."""

    yes: float
    no: float

    def __add__(self, other: "Beta") -> "Beta":
        return Beta(yes=self.yes + other.yes, no=self.no + other.no)

    @property
    def strength(self) -> float:
        """How many observed mails it is worth."""
        return self.yes + self.no

    @property
    def mean(self) -> float:
        """Mean; one half where there is nothing."""
        return self.yes / self.strength if self.strength > 0 else 0.5

    @property
    def square(self) -> float:
        """Mean of the square."""
        n = self.strength
        return self.mean * (self.yes + 1) / (n + 1)

    def limited(self, most: float) -> "Beta":
        """Return the same mean, worth at most so many mails."""
        scale = min(1.0, most / self.strength) if self.strength > 0 else 1.0
        return Beta(yes=self.yes * scale, no=self.no * scale)


NOTHING: Final = Beta(yes=0.0, no=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Observations of one member of a group."""

    seen: Beta
    """For and against."""
    expected: float
    """Rate that was expected of it."""


def hand_down(members: Sequence[Trials], target: float, cap: float = math.inf) -> Beta:
    """Return what these observations are worth for somebody of whom the rate `target` was expected."""
    n = sum(member.seen.strength for member in members)
    if n <= 0:
        return NOTHING
    rate = _carry(members, target)
    worth = n if math.isinf(cap) else n * cap / (n + cap)
    return Beta(yes=worth * rate, no=worth * (1.0 - rate))


def _carry(members: Sequence[Trials], target: float) -> float:
    """Return the rate at the target when it differs from what was expected as theirs do."""
    yes = sum(member.seen.yes for member in members)
    n = sum(member.seen.strength for member in members)
    if all(abs(member.expected - target) < _TINY for member in members):
        return yes / n
    if yes <= 0:
        return 0.0
    if yes >= n:
        return 1.0
    low, high = -30.0, 30.0
    for _ in range(_STEPS):
        shift = (low + high) / 2
        if sum(m.seen.strength * _shifted(m.expected, shift) for m in members) < yes:
            low = shift
        else:
            high = shift
    return _shifted(target, (low + high) / 2)


def _shifted(rate: float, shift: float) -> float:
    rate = min(max(rate, _TINY), 1.0 - _TINY)
    return 1.0 / (1.0 + math.exp(-(math.log(rate / (1.0 - rate)) + shift)))
