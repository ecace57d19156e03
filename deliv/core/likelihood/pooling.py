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

Providers of one kind are less alike than domains of one provider. All that they share is a shift
of the log-odds against what the rule book says, for which a normal prior around 0 is stated; it is
found by penalised quasi-likelihood (Breslow and Clayton 1993, JASA 88, 9), each provider counting
less the more providers vary (extra-binomial variation; Williams 1982, Applied Statistics 31, 144).
So five bounces at one provider say little of the next, and no single provider says much. The
strength of a prior covers the doubt about the kind, too; it is kept when the shift is learned,
which errs on the side of wider intervals.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_STEPS: Final = 44  # halvings of a range of 60: to 1e-11
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
    expected: Beta
    """What was believed of it."""


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
    if all(abs(member.expected.mean - target) < _TINY for member in members):
        return yes / n
    if yes <= 0:
        return 0.0
    if yes >= n:
        return 1.0
    return _shifted(
        target,
        _root(lambda shift: yes - sum(m.seen.strength * _shifted(m.expected.mean, shift) for m in members)),
    )


def common_shift(members: Sequence[Trials], spread: float) -> float:
    """Return by how much all of them together differ from what was believed of them, in log-odds.

    spread: standard deviation that is expected of it.
    """
    if spread <= 0:
        return 0.0
    heard = []
    for member in members:
        n = member.seen.strength
        # A provider counts less the more providers vary around what was believed of them.
        weight = 1.0 / (1.0 + max(0.0, n - 1.0) / (member.expected.strength + 1.0))
        heard.append((member.seen.yes * weight, n * weight, _logit(member.expected.mean)))
    if not any(n for _, n, _ in heard):
        return 0.0

    def pull(shift: float) -> float:
        score = sum(yes - n / (1.0 + math.exp(-(logit + shift))) for yes, n, logit in heard)
        return score - shift / spread**2

    return _root(pull)


def lean(target: Beta, shift: float) -> Beta:
    """Return what moves a belief so far, its strength kept: what comes on one side goes on the other."""
    moved = target.strength * _shifted(target.mean, shift) - target.yes if shift else 0.0
    return Beta(yes=moved, no=-moved)


def _root(falling: Callable[[float], float]) -> float:
    """Return where a falling function is 0."""
    low, high = -30.0, 30.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _shifted(rate: float, shift: float) -> float:
    return 1.0 / (1.0 + math.exp(-(_logit(rate) + shift)))


def _logit(rate: float) -> float:
    rate = min(max(rate, _TINY), 1.0 - _TINY)
    return math.log(rate / (1.0 - rate))
