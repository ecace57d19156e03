"""Counting outcomes: what a domain or an address has behind it, faded by age and by sender state."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

from deliv.core.historybook import Channel
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind

GONE: Final = frozenset({BounceReason.USERUNKNOWN, BounceReason.HASMOVED})
"""Reasons that say of the mailbox, and of nothing else, that it is no longer there."""

CHANNEL_OF: Final[Mapping[OutcomeKind, Channel]] = {
    OutcomeKind.REPLY: Channel.REPLY,
    OutcomeKind.CLICK: Channel.CLICK,
    OutcomeKind.OPEN: Channel.OPEN,
    OutcomeKind.JUNK: Channel.REPORT,
    OutcomeKind.MISSING: Channel.REPORT,
}
"""By which channel a customer's act is counted."""

_AROUND: Final = 31  # days between a count of mails and what became of them
_ALIVE: Final = frozenset({OutcomeKind.REPLY, OutcomeKind.CLICK, OutcomeKind.OPEN, OutcomeKind.JUNK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is known of some mails; may be fractions, since old outcomes fade."""

    mails: float = 0.0
    """Mails sent: what every rate is counted against; 0 where nobody counted them."""
    bounced: float = 0.0
    """Those of them that were refused, or came back."""
    replies: float = 0.0
    clicks: float = 0.0
    opens: float = 0.0
    junk: float = 0.0
    """Reports of customers that it was in the junk folder."""
    missing: float = 0.0
    """Reports of customers that it never came."""
    seed_inbox: float = 0.0
    """Test mails found in the inbox."""
    seed_junk: float = 0.0
    """… in the junk folder."""
    seed_missing: float = 0.0
    """… nowhere."""
    uncounted: float = 0.0
    """Bounces where nobody counted the mails sent: they teach no rate."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in _NAMES})

    def __sub__(self, other: "Counts") -> "Counts":
        # Sums of fractions do not cancel exactly, and no count is below 0.
        return Counts(**{name: max(0.0, getattr(self, name) - getattr(other, name)) for name in _NAMES})

    @property
    def accepted(self) -> float:
        """Mails that did not bounce."""
        return max(0.0, self.mails - self.bounced)

    @property
    def seeds(self) -> float:
        """Test mails."""
        return self.seed_inbox + self.seed_junk + self.seed_missing

    @property
    def observations(self) -> int:
        """How many mails with a known denominator stand behind it."""
        return round(self.mails + self.seeds)

    @property
    def noted(self) -> int:
        """How many single events stand behind it, with a denominator or without."""
        acts = self.replies + self.clicks + self.opens + self.junk + self.missing
        return round(self.bounced + self.uncounted + acts + self.seeds)

    def events(self, channel: Channel) -> float:
        """Return how often customers did something."""
        match channel:
            case Channel.REPLY:
                return self.replies
            case Channel.CLICK:
                return self.clicks
            case Channel.OPEN:
                return self.opens
            case Channel.REPORT:
                return self.junk + self.missing


_NAMES: Final = tuple(each.name for each in fields(Counts))


@dataclass(slots=True)
class Tally:
    """Outcomes added up one by one: as they are, and as much as they still weigh."""

    raw: dict[OutcomeKind, float] = field(default_factory=dict)
    weighed: dict[OutcomeKind, float] = field(default_factory=dict)
    loose: tuple[float, float] = (0.0, 0.0)
    """Bounces of days around which nobody counted mails: as they are, and as much as they still weigh."""

    def add_loose(self, count: float, weight: float) -> None:
        """Count bounces that have no denominator."""
        raw, weighed = self.loose
        self.loose = (raw + count, weighed + count * weight)

    def add(self, kind: OutcomeKind, count: float, weight: float) -> None:
        """Count one outcome."""
        self.raw[kind] = self.raw.get(kind, 0.0) + count
        self.weighed[kind] = self.weighed.get(kind, 0.0) + count * weight


@dataclass(slots=True)
class AddressTally(Tally):
    """The same for one address, with the days that matter."""

    dead_on: date | None = None
    """Last day on which its server said for good that the mailbox is gone."""
    bounced_on: date | None = None
    """Last day on which a mail came back."""
    alive_on: date | None = None
    """Last day on which its owner did something with a mail."""
    accepted_on: date | None = None
    """Last day on which its server took a mail."""

    def note(self, outcome: Outcome) -> None:
        """Take in the day of an outcome."""
        kind, day = outcome.kind, outcome.day
        if kind is OutcomeKind.BOUNCE:
            self.bounced_on = _later(self.bounced_on, day)
            # Who writes down “unknown user” and nothing else means for good.
            if outcome.permanent is not False and outcome.reason in GONE:
                self.dead_on = _later(self.dead_on, day)
        elif kind in _ALIVE:
            self.alive_on = _later(self.alive_on, day)
        elif kind is OutcomeKind.DELIVERED:
            self.accepted_on = _later(self.accepted_on, day)

    @property
    def last_bounce(self) -> date | None:
        """Day of the last bounce, unless something arrived since.

        A carrier may say 250 and send a bounce on the same day, so a delivery must be later; what the
        customer did on the very day counts for the address.
        """
        return self._unless_alive(self.bounced_on)

    def is_dead(self, as_of: date, dead_for_days: int) -> bool:
        """Whether the mailbox is known to be gone.

        Only a permanent refusal of the mailbox itself says so, and only for a while, since numbers
        and names are given out again. Filters, full mailboxes and suspensions never do.
        """
        day = self._unless_alive(self.dead_on)
        return day is not None and (as_of - day).days <= dead_for_days

    def _unless_alive(self, day: date | None) -> date | None:
        if day is None:
            return None
        is_refuted = (self.alive_on is not None and self.alive_on >= day) or (
            self.accepted_on is not None and self.accepted_on > day
        )
        return None if is_refuted else day


def counts_of(numbers: Mapping[OutcomeKind, float]) -> Counts:
    """Return what these numbers of outcomes come to.

    Mails sent are those counted, or those with a known end where these are more. Without either,
    bounces have no denominator.
    """

    def number(kind: OutcomeKind) -> float:
        return numbers.get(kind, 0.0)

    sent, delivered, bounced = map(number, (OutcomeKind.SENT, OutcomeKind.DELIVERED, OutcomeKind.BOUNCE))
    has_denominator = sent + delivered > 0
    return Counts(
        mails=max(sent, delivered + bounced) if has_denominator else 0.0,
        bounced=bounced if has_denominator else 0.0,
        uncounted=0.0 if has_denominator else bounced,
        replies=number(OutcomeKind.REPLY),
        clicks=number(OutcomeKind.CLICK),
        opens=number(OutcomeKind.OPEN),
        junk=number(OutcomeKind.JUNK),
        missing=number(OutcomeKind.MISSING),
        seed_inbox=number(OutcomeKind.SEED_INBOX),
        seed_junk=number(OutcomeKind.SEED_JUNK),
        seed_missing=number(OutcomeKind.SEED_MISSING),
    )


class Coverage:
    """The days that have a denominator: around those on which mails were counted.

    Before them, too, since a count may stand for the month that it ends.
    """

    def __init__(self, days: Iterable[date]) -> None:
        self._days = sorted(set(days))

    def __contains__(self, day: date) -> bool:
        place = bisect_right(self._days, day)
        near = self._days[max(0, place - 1) : place + 1]
        return any(abs((day - counted).days) <= _AROUND for counted in near)


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum."""
    return sum(counts, Counts())


def weight_of(
    outcome: Outcome, *, as_of: date, half_life_days: float, sender_state: str, other_state: float
) -> float:
    """Return what an outcome still counts: half after each half-life, less under another sender state.

    A state that nobody knows, then or now, is taken to be the same.
    """
    weight = math.exp2(-(as_of - outcome.day).days / half_life_days)
    differs = bool(outcome.sender_state and sender_state and outcome.sender_state != sender_state)
    return weight * other_state if differs else weight


def _later(known: date | None, day: date) -> date:
    return day if known is None or day > known else known
