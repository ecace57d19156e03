"""What a backtest says: how well each kind of outcome was foreseen, and whether there was enough to tell."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.tally import Counts
from deliv.core.scores import Bin, Score, Scores

_LEAST_MAILS: Final = 100  # before the split, and after it
_LEAST_TESTS: Final = 20  # test mails, likewise
LEAST_EVENTS: Final = 5  # of either sort, after it
LEAST_UNITS: Final = 5  # months at a provider, after it


class Event(StrEnum):
    """What is predicted."""

    REFUSED = "refused"
    """A mail comes back."""
    INBOX = "inbox"
    """A test mail is in the inbox."""
    JUNK = "junk"
    """A test mail is in the junk folder."""
    MISSING = "missing"
    """A test mail is nowhere."""

    def happened(self, counts: Counts) -> tuple[float, float]:
        """Return how often it happened, and how often it could have."""
        match self:
            case Event.REFUSED:
                return min(counts.bounced, counts.mails), counts.mails
            case Event.INBOX:
                return counts.seed_inbox, counts.seeds
            case Event.JUNK:
                return counts.seed_junk, counts.seeds
            case Event.MISSING:
                return counts.seed_missing, counts.seeds

    def chance(self, belief: Belief) -> float:
        """Return how likely it is."""
        elsewhere = 1.0 - belief.inbox.mean
        match self:
            case Event.REFUSED:
                return belief.refused.mean
            case Event.INBOX:
                return belief.inbox.mean
            case Event.JUNK:
                return elsewhere * belief.junk.mean
            case Event.MISSING:
                return elsewhere * (1.0 - belief.junk.mean)

    @property
    def least(self) -> int:
        """How many mails it takes, before the split and after it, to say anything."""
        return _LEAST_MAILS if self is Event.REFUSED else _LEAST_TESTS


class Lack(StrEnum):
    """Why there is not enough data to say anything."""

    EARLIER = "earlier"
    """Too few mails before the split."""
    LATER = "later"
    """Too few mails after it."""
    EVENTS = "events"
    """It happened too seldom, or nearly always."""
    UNITS = "units"
    """All of it in too few months at too few providers."""


class Verdict(StrEnum):
    """How the model does beside a baseline."""

    BETTER = "better"
    """Both scores are better, by more than chance explains."""
    ALIKE = "alike"
    """Neither; the difference may be chance."""
    WORSE = "worse"
    """Both scores are worse, by more than chance explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """By how much the model is better than a baseline; above 0 is better."""

    brier: Score
    log_loss: Score

    @property
    def verdict(self) -> Verdict:
        """What that comes to, in a word: only where 90 % intervals of both scores leave no doubt."""
        both = (self.brier, self.log_loss)
        if all(each.low > 0 for each in both):
            return Verdict.BETTER
        return Verdict.WORSE if all(each.high < 0 for each in both) else Verdict.ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How well one event was predicted."""

    event: Event
    earlier: int
    """Mails before the split."""
    mails: int
    """Mails predicted."""
    events: int
    """How often it happened among them."""
    units: int
    """Months at a provider, or at a domain of which none is known, in which they were sent."""
    lack: Lack | None
    """What is missing; then the scores are not to be leant on. None when there is enough."""
    model: Scores | None = None
    """Scores of the model; None where nothing was predicted, like all that follow."""
    global_rate: Scores | None = None
    """Scores of one rate for everybody."""
    priors: Scores | None = None
    """Scores of the rule book, untouched."""
    over_global: Gain | None = None
    """Gain of the model over one rate for everybody."""
    over_priors: Gain | None = None
    """Gain of the model over the rule book."""
    bins: tuple[Bin, ...] = ()
    """The reliability diagram of the model."""

    @property
    def enough(self) -> bool:
        """Whether there is enough data."""
        return self.lack is None

    @property
    def have(self) -> int:
        """How many there are of what is missing; 0 when there is enough."""
        match self.lack:
            case Lack.EARLIER:
                return self.earlier
            case Lack.LATER:
                return self.mails
            case Lack.EVENTS:
                return min(self.events, self.mails - self.events)
            case Lack.UNITS:
                return self.units
            case None:
                return 0

    @property
    def need(self) -> int:
        """How many there would have to be."""
        match self.lack:
            case Lack.EARLIER | Lack.LATER:
                return self.event.least
            case Lack.EVENTS:
                return LEAST_EVENTS
            case Lack.UNITS:
                return LEAST_UNITS
            case None:
                return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The whole result."""

    first: date | None
    """Day of the first outcome; None for an empty history, as the other days are."""
    last: date | None
    """Day of the last one."""
    split: date | None
    """First day that was predicted."""
    months: int
    """How many blocks of 30 days were predicted."""
    trials: tuple[Trial, ...]
    """One for each event."""

    @property
    def enough(self) -> bool:
        """Whether anything can be said."""
        return any(trial.enough for trial in self.trials)
