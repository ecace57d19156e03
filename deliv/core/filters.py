"""Filters of mailbox operators: what may keep order mail from the customer, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deliv.core.text import Source, Text


class FilterDefault(StrEnum):
    """How a filter is set when nobody has touched it."""

    ON = "on"
    OFF = "off"
    USER = "user"
    """It acts only where the customer has chosen it."""
    UNKNOWN = "unknown"
    """No source says."""


class FilterEffect(StrEnum):
    """What a filter does to the mail that it catches."""

    JUNK = "junk"
    """Files it in the junk folder."""
    WARN = "warn"
    """Delivers it with a warning or a mark."""
    REFUSE = "refuse"
    """Refuses it; the sender gets an error, or no source says that none comes."""
    REFUSE_SILENTLY = "refuse_silently"
    """Refuses it, and the sender is not told."""
    DROP = "drop"
    """Takes it and deletes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of one operator, as it works in one period."""

    id: str
    """Stable name, kebab-case; two periods of one filter share it."""
    names: Text
    """What the operator calls it."""
    default: FilterDefault
    """How it is set when nobody has touched it."""
    effect: FilterEffect
    """What it does to the mail that it catches."""
    sources: tuple[Source, ...]
    """Who says so; at least one."""
    order: int | None = None
    """Its place in the operator's order of application; None when no source says."""
    beats_allow_list: bool | None = None
    """Whether it catches even mail of a sender on the customer's allow list; None when no source says."""
    effective_from: date | None = None
    """First day on which it worked so."""
    effective_until: date | None = None
    """Last day on which it worked so."""
    note: Text | None = None
    """What it catches, and what is to be known about it."""
    customer: Text | None = None
    """What the customer must do so that the shop's mail passes."""
    url: str = ""
    """The operator's own page about it; empty when none is known."""

    @property
    def is_verified(self) -> bool:
        """Whether a source supports it."""
        return any(source.verified for source in self.sources)

    def holds_on(self, day: date) -> bool:
        """Whether it works so on `day`."""
        from_, until = self.effective_from, self.effective_until
        return (from_ is None or from_ <= day) and (until is None or day <= until)

    def meets(self, other: "Filter") -> bool:
        """Whether there is a day on which both hold."""
        return _begin(self) <= _end(other) and _begin(other) <= _end(self)


def filters_on(filters: Iterable[Filter], day: date) -> tuple[Filter, ...]:
    """Return the filters in force on `day` by their order of application; those without a place come last."""
    in_force = [each for each in filters if each.holds_on(day)]
    return tuple(sorted(in_force, key=lambda each: (each.order is None, each.order or 0)))


def _begin(each: Filter) -> date:
    return each.effective_from or date.min


def _end(each: Filter) -> date:
    return each.effective_until or date.max
