"""What each level of the history hands down, and what is known of one address."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from deliv.core.explanation import LevelName
from deliv.core.historybook import Channel
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.pooling import NOTHING, Beta, Trials, common_shift
from deliv.core.likelihood.tally import Counts, Tally, counts_of, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Counts as they are, and as much as they still weigh."""

    raw: Counts
    """As they are."""
    weighed: Counts
    """Faded by age and by other states of the sender."""

    @classmethod
    def of(cls, tally: Tally) -> "Seen":
        """Return what a tally comes to."""
        raw, weighed = tally.loose
        return cls(
            raw=counts_of(tally.raw) + Counts(uncounted=raw),
            weighed=counts_of(tally.weighed) + Counts(uncounted=weighed),
        )

    def without(self, other: "Seen") -> "Seen":
        """Return the rest."""
        return Seen(raw=self.raw - other.raw, weighed=self.weighed - other.weighed)

    @property
    def counted(self) -> "Seen":
        """The same where bounces without a denominator were mails, as they are for their domain."""
        raw, weighed = (
            counts if counts.mails > 0 else replace(counts, mails=counts.uncounted, bounced=counts.uncounted)
            for counts in (self.raw, self.weighed)
        )
        return Seen(raw=raw, weighed=weighed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What one level hands down."""

    name: LevelName
    subject: str
    seen: Seen
    refused: tuple[Trials, ...] = ()
    """Refused or not, for each member; the names are those of `Belief`."""
    inbox: tuple[Trials, ...] = ()
    """In the inbox or not, of accepted mail."""
    junk: tuple[Trials, ...] = ()
    """In the junk folder or nowhere, of accepted mail that is not in the inbox."""
    cap: float = math.inf
    """Mails that all of it is worth at most."""
    shifts: Mapping[str, float] | None = None
    """Where it moves the belief instead of adding mails to it: by how much each rate, in log-odds."""
    events: int = 0
    """Test mails, or acts of customers."""
    rate: float = 0.0
    """Common rate of those acts."""
    is_own_domain: bool = False
    """Whether it is the domain itself, of which the very same was expected."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.refused or self.inbox or self.junk)

    def leaning(self, spread: float) -> "Level":
        """Return a level that moves the belief by what its members have in common."""
        names = ("refused", "inbox", "junk")
        return replace(self, shifts={name: common_shift(getattr(self, name), spread) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBounce:
    """A mail that came back, and that nothing has refuted since."""

    day: date
    """When."""
    is_for_good: bool
    """Whether the customer's server said that the mailbox is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is known of one address: equal for addresses that fared alike."""

    seen: Seen
    past_bounce: PastBounce | None = None
    """The refusal that still counts: that for good, else the last one; None when something arrived since."""

    @property
    def is_dead(self) -> bool:
        """Whether the mailbox is known to be gone."""
        return self.past_bounce is not None and self.past_bounce.is_for_good


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that the history says of one address."""

    levels: tuple[Level, ...]
    """From far to near."""
    own: Own | None
    """Of the address itself."""
    observations: int
    """Outcomes at its provider, its domain and itself."""
    heard: frozenset[Channel]
    """Channels that say something at its provider."""


def pooled(name: LevelName, subject: str, members: list[tuple[Seen, Belief]], cap: float = math.inf) -> Level:
    """Return what others hand down: what each of them saw, and what was believed of it."""
    counted = [(seen, belief) for seen, belief in members if seen.weighed.mails > 0 or seen.weighed.seeds > 0]
    return Level(
        name=name,
        subject=subject,
        seen=Seen(raw=total(s.raw for s, _ in counted), weighed=total(s.weighed for s, _ in counted)),
        refused=trials_of([(refused_of(s.weighed), b.refused) for s, b in counted]),
        inbox=trials_of([(inbox_of(s.weighed), b.inbox) for s, b in counted]),
        junk=trials_of([(junk_of(s.weighed), b.junk) for s, b in counted]),
        cap=cap,
        events=round(sum(s.raw.seeds for s, _ in counted)),
    )


def domain_level(domain: str, seen: Seen) -> Level:
    """Return what a domain saw itself; what was believed of it is known when an address is judged."""
    counts = seen.weighed
    return Level(
        name=LevelName.DOMAIN,
        subject=domain,
        seen=seen,
        refused=trials_of([(refused_of(counts), NOTHING)]),
        inbox=trials_of([(inbox_of(counts), NOTHING)]),
        junk=trials_of([(junk_of(counts), NOTHING)]),
        events=round(seen.raw.seeds),
        is_own_domain=True,
    )


def trials_of(members: list[tuple[Beta, Beta]]) -> tuple[Trials, ...]:
    """Return those who saw something."""
    return tuple(Trials(seen=seen, expected=expected) for seen, expected in members if seen.strength > 0)


def refused_of(counts: Counts) -> Beta:
    """Return bounces out of mails sent."""
    return Beta(yes=min(counts.bounced, counts.mails), no=counts.accepted)


def inbox_of(counts: Counts) -> Beta:
    """Return test mails in the inbox; a test mail counts in full."""
    return Beta(yes=counts.seed_inbox, no=counts.seed_junk + counts.seed_missing)


def junk_of(counts: Counts) -> Beta:
    """Return test mails in the junk folder, out of those that were not in the inbox."""
    return Beta(yes=counts.seed_junk, no=counts.seed_missing)
