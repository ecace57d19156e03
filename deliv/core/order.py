"""One row of the user's list, before anything is known about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A customer or an order."""

    address: str
    """The cell that holds the address, as written."""
    row: int = 1
    """Number of the row, from 1, headings not counted."""
    line: int = 1
    """Line of the file on which the row begins, from 1."""
    cells: tuple[str, ...] = ()
    """All cells of the row, as written."""


@runtime_checkable
class OrderTable(Protocol):
    """A list with headings that can be read as often as needed."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of all columns."""
        ...

    @property
    def address_column(self) -> str:
        """Heading of the column that holds the addresses."""
        ...

    @property
    def skipped(self) -> int:
        """Blank lines at the end, known after the first pass."""
        ...

    def __iter__(self) -> Iterator[Order]:
        """Yield the rows in their order."""
        ...
