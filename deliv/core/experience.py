"""The door through which the shop's own history comes in; a store of any make fits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from deliv.core.outcomes import Outcome


class Experience(Protocol):
    """Everything that the shop knows to have become of its mails."""

    def outcomes(self) -> Iterable[Outcome]:
        """Return all of it, in any order; `Outcome.who` is a key as `key_of` makes it."""
        ...

    def key_of(self, normalized: str) -> str:
        """Return the key under which outcomes of this address are kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A history held in memory, whose keys are the addresses themselves."""

    known: tuple[Outcome, ...]
    """All outcomes."""

    def outcomes(self) -> Iterable[Outcome]:
        """Return all of them."""
        return self.known

    def key_of(self, normalized: str) -> str:
        """Return the address."""
        return normalized
