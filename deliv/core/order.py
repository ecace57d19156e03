"""One row of the user's list, before anything is known about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable


class _NoFields(Mapping[str, str]):
    """An empty mapping that dataclasses take as a default, so that no row pays for a new one."""

    __slots__ = ()

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return 0


_NOTHING: Final = _NoFields()


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
    inherited: bool = False
    """Whether the address is that of the order's first line, as this line has none of its own."""
    fields: Mapping[str, str] = field(default=_NOTHING, compare=False, repr=False)
    """What is known of the order, by `deliv.core.exports.Role`; what the file does not say is absent.

    Rows of an `OrderFile` look it up in their cells when it is asked for.
    """

    @property
    def has_fields(self) -> bool:
        """Whether the list has columns that say something of orders."""
        return self.fields is not _NOTHING


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
