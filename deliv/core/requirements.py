"""What mailbox providers demand of those who send to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deliv.core.text import Source, Text


class Consequence(StrEnum):
    """What a provider does with mail that breaks a demand; the worst first."""

    REJECT = "reject"
    """Refuses it, or drops it in silence."""
    JUNK = "junk"
    """Files it as junk."""
    WARNING = "warning"
    """Shows it with a warning."""
    ADVICE = "advice"
    """Nothing is known to happen; the provider asks for it all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Something that providers ask for, whoever asks."""

    id: str
    """Stable name, kebab-case."""
    names: Text
    """What must hold, in a few words."""
    broken_by: tuple[str, ...]
    """Ids of the rules of which each breaks it when it fires; empty when deliv cannot check it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One requirement as one provider makes it."""

    requirement: str
    """Id of the requirement."""
    consequence: Consequence
    """What happens to mail that breaks it."""
    sources: tuple[Source, ...]
    """Who says so; at least one."""
    is_for_bulk: bool = False
    """Whether only bulk senders are held to it."""
    bulk_from: int | None = None
    """Mails a day from which on a sender counts as bulk; None where the provider names no number."""
    effective_from: date | None = None
    """First day on which it was enforced."""
    note: Text | None = None
    """What is to be known about it."""

    @property
    def is_verified(self) -> bool:
        """Whether a source supports it."""
        return any(source.verified for source in self.sources)

    def applies(self, volume_per_day: int | None, as_of: date) -> bool:
        """Whether it holds for a sender of so many mails a day; an unknown number is a small one."""
        if self.effective_from is not None and as_of < self.effective_from:
            return False
        if not self.is_for_bulk:
            return True
        return self.bulk_from is not None and (volume_per_day or 0) >= self.bulk_from


def broken_demands(
    demands: Iterable[Demand],
    requirements: Iterable[Requirement],
    fired: Iterable[str],
    *,
    volume_per_day: int | None,
    as_of: date,
) -> tuple[Demand, ...]:
    """Return the demands in force that the rules which fired (their ids) break."""
    ids = set(fired)
    broken = {requirement.id for requirement in requirements if not ids.isdisjoint(requirement.broken_by)}
    return tuple(d for d in demands if d.requirement in broken and d.applies(volume_per_day, as_of))
