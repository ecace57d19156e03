"""What the rule book knows of misspelt domains: which ones, which are meant, and which are no slips."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from deliv.core.text import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipEntry:
    """One entry of the rule book: facts that rest on the same sources."""

    id: str
    """Stable name, kebab-case."""
    sources: tuple[Source, ...]
    """Where it comes from; at least one."""
    common: tuple[str, ...] = ()
    """Mail domains that very many customers have."""
    frequent: tuple[str, ...] = ()
    """Mail domains that many customers have."""
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What people meant → what they wrote."""
    traps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A well-known domain → domains of strangers that take in the mail meant for it."""
    wrong_endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """An ending → slips in it; behind the right name, they leave no doubt."""
    confused_endings: tuple[str, ...] = ()
    """Endings that are written for each other."""
    neighbours: tuple[str, ...] = ()
    """Lawful domains that only look like a slip."""

    @property
    def checked(self) -> date:
        """When somebody last looked at one of its sources."""
        return max(source.checked for source in self.sources)

    @property
    def domains(self) -> frozenset[str]:
        """Everything that it says something of, endings among them."""
        tables = (self.slips, self.traps, self.wrong_endings)
        written = frozenset(name for table in tables for names in table.values() for name in names)
        return written.union(self.common, self.frequent, self.confused_endings, self.neighbours)


class SlipBook:
    """All entries together."""

    def __init__(self, entries: Iterable[SlipEntry] = ()) -> None:
        self.entries = tuple(entries)
        """In the order of the files."""
        self.common = frozenset(name for entry in self.entries for name in entry.common)
        """Mail domains that very many customers have."""
        self.frequent = frozenset(name for entry in self.entries for name in entry.frequent)
        """Mail domains that many customers have."""
        self.slips = _inverted(entry.slips for entry in self.entries)
        """What people wrote → what they meant."""
        self.traps = _inverted(entry.traps for entry in self.entries)
        """Domains of strangers → the well-known one whose mail they take in."""
        self.wrong_endings = _inverted(entry.wrong_endings for entry in self.entries)
        """Misspelt endings → what was meant; with a leading dot."""
        self.confused_endings = frozenset(name for entry in self.entries for name in entry.confused_endings)
        """Endings that are written for each other; with a leading dot."""
        self.neighbours = frozenset(name for entry in self.entries for name in entry.neighbours)
        """Lawful domains that only look like a slip."""


def _inverted(mappings: Iterable[Mapping[str, tuple[str, ...]]]) -> Mapping[str, str]:
    return {wrong: right for mapping in mappings for right, wrongs in mapping.items() for wrong in wrongs}
