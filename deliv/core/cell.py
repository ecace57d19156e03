"""One cell of a list: the address in it, mended where that can be done."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from deliv.core.address import Address, Mend, mend_address, parse_address, parse_ordinary
from deliv.core.errors import AddressSyntaxError

_SEPARATORS = re.compile(r"[,;，；、|\s]+")
# Surrogate escapes stand for bytes that were no characters; U+FFFD for those that an earlier
# program could not read.
_GARBLED = re.compile("[\ud800-\udfff\ufffd]")
_LONGEST = 10_000  # characters; in a longer cell no further addresses are looked for


@dataclass(frozen=True, slots=True)
class Cell:
    """What was read out of a cell: an address, or what is wrong with it."""

    address: Address | None = None
    """The address to judge."""
    mends: tuple[Mend, ...] = ()
    """What had to be done to get at it."""
    several: bool = False
    """Whether the cell holds further addresses."""
    fault: AddressSyntaxError | None = None
    """Why there is no address."""
    is_garbled: bool = False
    """Whether it holds bytes that are no characters in the file's encoding."""


def read_cell(text: str, lenient_domains: Collection[str]) -> Cell:
    """Return what is in a cell; of several addresses the first valid one."""
    if (ordinary := parse_ordinary(text)) is not None:
        return Cell(address=ordinary)
    if not text.isascii() and _GARBLED.search(text):
        return Cell(is_garbled=True)
    pieces = split_addresses(text) if not text.startswith('"') else (text,)
    fault: AddressSyntaxError | None = None
    for piece in pieces:
        mended, mends = mend_address(piece)
        try:
            address = parse_address(mended, lenient_domains=lenient_domains)
        except AddressSyntaxError as error:
            fault = fault or error
        else:
            return Cell(address=address, mends=mends, several=len(pieces) > 1)
    return Cell(fault=fault, several=len(pieces) > 1)


def split_addresses(cell: str) -> tuple[str, ...]:
    """Return the pieces of a cell that look like addresses, each once, in their order.

    A cell with at most one @ is one piece, whatever else it holds.
    """
    if cell.count("@") + cell.count("＠") < 2 or len(cell) > _LONGEST:
        return (cell,)
    pieces = [piece.strip("\"'()") for piece in _SEPARATORS.split(cell) if "@" in piece or "＠" in piece]
    distinct: dict[str, str] = {}
    for piece in pieces:
        distinct.setdefault(mend_address(piece)[0], piece)
    return tuple(distinct.values()) or (cell,)
