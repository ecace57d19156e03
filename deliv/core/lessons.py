"""What learning from a source came to, and what a history holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from deliv.core.outcomes import Outcome, OutcomeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a history took from one source, counted in mails."""

    new: Mapping[OutcomeKind, int]
    """Mails that were not known, by what became of them."""
    known: Mapping[OutcomeKind, int]
    """Mails that were known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Rows, or mails, of one source from which nothing was learned for the same reason."""

    template: str
    """Why, as an English template."""
    fields: tuple[tuple[str, object], ...]
    """Values of the template's fields."""
    count: int
    """How many."""
    lines: tuple[int, ...]
    """The first of their lines; none of mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What learning from one source came to."""

    name: str
    """What the source is called in messages."""
    rows: int
    """Rows, or mails, that were read."""
    understood: int
    """Those of them that say what became of a mail; of a bounce each of its recipients counts."""
    taken: Taken
    """What the history took from it."""
    complaints: tuple[Complaint, ...]
    """Why some were not understood, the commonest reason first."""
    aside: tuple[Complaint, ...] = ()
    """Why others were understood and say nothing of a mail's fate, likewise."""
    unknown_reasons: Complaint | None = None
    """Bounces whose reason is in words that nobody knows; they were learned without one."""
    is_mail: bool = False
    """Whether it holds mails, not rows."""

    @property
    def set_aside(self) -> int:
        """Those that were understood and say nothing of a mail's fate."""
        return sum(complaint.count for complaint in self.aside)

    @property
    def not_understood(self) -> int:
        """Those that could not be understood."""
        return sum(complaint.count for complaint in self.complaints)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedSource:
    """A source that brought something new, as a history remembers it."""

    name: str
    """Name of the file, without its folder."""
    learned_on: date
    """When."""
    mails: int
    """New mails that it brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryContent:
    """What a history holds, all in all or of one domain or address."""

    first_day: date | None
    """Day of the oldest outcome; None when there is none."""
    last_day: date | None
    """Day of the newest one."""
    by_domain: Mapping[str, Mapping[OutcomeKind, int]]
    """Mails by domain and by what became of them."""
    addresses: int
    """How many addresses it knows."""
    plain_addresses: int = 0
    """How many of them it knows in plain text."""
    other_keys: tuple[str, ...] = ()
    """Fingerprints of keys other than the present one under which addresses were learned."""
    sources: tuple[LearnedSource, ...] = ()
    """What it was learned from, the newest first; only of a whole history."""
    outcomes: tuple[Outcome, ...] = field(default=())
    """Every outcome; only of one address."""

    @property
    def without_sent(self) -> int:
        """Domains with bounces and without a count of sent mails: no rate can be learned there."""
        bounce, sent = OutcomeKind.BOUNCE, OutcomeKind.SENT
        return sum(bounce in counts and sent not in counts for counts in self.by_domain.values())

    @property
    def by_kind(self) -> dict[OutcomeKind, int]:
        """Mails by what became of them."""
        return {
            kind: total
            for kind in OutcomeKind
            if (total := sum(counts.get(kind, 0) for counts in self.by_domain.values()))
        }
