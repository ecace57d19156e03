"""Customer lists and order exports: CSV and TSV, read row by row, never whole; and sheets of workbooks.

Two things can go wrong, and they are kept apart. A fault inside one cell is the business of that
row. A fault that hides where rows begin (a quotation mark that is never closed, a line without
end) ends the run before anything is written.
"""

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from deliv.core.errors import InputError
from deliv.core.exports import ExportSystem, Layout, Role, RowFields, fold_heading, layout_of, recognise
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.sources.framing import ADDRESS, Framing, open_quote
from deliv.sources.textfile import (
    LONGEST_LINE,
    Encoding,
    open_source,
    open_text,
    settle_encoding,
    undecodable,
)
from deliv.sources.workbook import Sheet, Workbook, is_workbook

_DELIMITERS: Final = (",", "\t", ";")
_MOST_HEADINGS_SHOWN: Final = 12
_MOST_HEADING_LINES: Final = 100
_MOST_UNDECODABLE_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class UndecodableCell:
    """A cell with bytes that are no characters."""

    line: int
    """Line of the file on which its row begins, from 1."""
    column: int
    """Number of its column, from 1."""
    heading: str
    """Heading of its column."""


class OrderFile:
    """A list on disk or from standard input; iterate over it as often as needed.

    source: path, ``-``, or an open binary file. column: heading or number (from 1) of the address
    column, where it is not found by its heading. encoding: where it is not to be guessed. system: id of
    the shop system whose export it is, where its headings do not tell.

    Raises InputError when the file is no list with an address column; iterating raises it too,
    when a fault hides where rows begin.
    """

    def __init__(
        self,
        source: str | Path | BinaryIO,
        rules: RuleBook,
        *,
        column: str | None = None,
        encoding: str | None = None,
        system: str | None = None,
    ) -> None:
        wanted = None if system is None else _named_system(system, rules)
        given = source if isinstance(source, str | Path) else getattr(source, "name", source)
        self.name = "stdin" if source == "-" else str(given)
        """What the file is called in messages."""
        self.skipped = 0
        """Blank lines at the end, known after the first pass."""
        self.undecodable: list[UndecodableCell] = []
        """The first cells with bytes that are no characters, known after the first pass."""
        self.undecodable_count = 0
        """How many there are of them."""
        self._sheet: Sheet | None = None
        self._delimiter = ","
        self._file = open_source(source)
        self._owns_file = self._file is not source
        try:
            self.encoding, header = self._open(rules, encoding)
            """How its bytes are read; UTF-8 for a workbook."""
            self.columns: tuple[str, ...] = header
            """Headings of all columns; rows that are longer add nameless ones in the first pass."""
            self._width = len(header)
            self.system: ExportSystem | None = wanted or recognise(header, rules.exports)
            """Whose export it is; None when no system is recognised."""
            self._address_index = self._find_column(column, rules)
            self.roles: Layout = self._find_roles(rules)
            """Where the roles stand; that of the address is the column that is checked."""
        except BaseException:
            self.close()
            raise

    @property
    def address_column(self) -> str:
        """Heading of the column that holds the addresses."""
        return self.columns[self._address_index]

    @property
    def delimiter(self) -> str:
        """What stands between its cells; empty for a workbook."""
        return "" if self._sheet else self._delimiter

    @property
    def sheet(self) -> str:
        """Name of the sheet of a workbook that is read; empty for a text."""
        return self._sheet.name if self._sheet else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._owns_file:
            self._file.close()

    def __iter__(self) -> Iterator[Order]:
        """Yield the rows in their order; a blank line counts as a row unless only such follow."""
        orders = self._orders()
        if self.system is not None and not self.system.repeats_order and Role.ORDER_ID in self.roles:
            orders = _inheriting(orders, self.roles[Role.ORDER_ID][0][0])
        return orders

    def _orders(self) -> Iterator[Order]:
        rows = self._rows()
        next(rows)
        number = 0
        blank: list[int] = []
        index = self._address_index
        layout = self.roles if self.roles.keys() - {Role.BUYER_EMAIL} else None  # addresses alone: no fields
        for line, cells in rows:
            if not cells:
                blank.append(line)
                continue
            for blank_line in blank:
                number += 1
                yield Order(address="", row=number, line=blank_line)
            blank.clear()
            number += 1
            if len(cells) > len(self.columns):
                self.columns += ("",) * (len(cells) - len(self.columns))
            address = cells[index] if index < len(cells) else ""
            row = tuple(cells)
            if layout is None:
                yield Order(address=address, row=number, line=line, cells=row)
            else:
                fields = RowFields(row, layout)
                yield Order(address=address, row=number, line=line, cells=row, fields=fields)
        self.skipped = len(blank)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row begins, and its cells; the headings come first."""
        if self._sheet is not None:
            return self._sheet.rows()
        return (
            self._noting_undecodable(self._text_rows()) if self.encoding.broken_lines else self._text_rows()
        )

    def _noting_undecodable(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Pass the rows on, and note which cells hold bytes that are no characters."""
        self.undecodable, self.undecodable_count = [], 0
        for line, cells in rows:
            for index, cell in enumerate(cells):
                escaped = undecodable(cell, self.encoding)
                if escaped is None:
                    continue
                cells[index] = escaped
                self.undecodable_count += 1
                if len(self.undecodable) < _MOST_UNDECODABLE_KEPT:
                    heading = self.columns[index] if index < len(self.columns) else ""
                    self.undecodable.append(UndecodableCell(line, index + 1, heading))
            yield line, cells

    def _text_rows(self) -> Iterator[tuple[int, list[str]]]:
        text = open_text(self._file, self.encoding)
        try:
            framing = Framing(
                text.readline,
                self.name,
                delimiter=self._delimiter,
                width=self._width,
                address_index=self._address_index,
            )
            yield from framing.rows()
        finally:
            text.detach()  # the file stays open for the next pass

    def _open(self, rules: RuleBook, encoding: str | None) -> tuple[Encoding, tuple[str, ...]]:
        """Find out how the file is read, and return its headings."""
        if is_workbook(self._file):
            self._sheet, header = self._find_sheet(Workbook(self._file, self.name), rules)
            return Encoding(name="utf-8"), header
        found = settle_encoding(self._file, self.name, encoding)
        header, self._delimiter = self._read_header(rules, found)
        return found, header

    def _find_sheet(self, book: Workbook, rules: RuleBook) -> tuple[Sheet, tuple[str, ...]]:
        """Return the first sheet that begins with known headings, else the first that holds anything."""
        first: tuple[Sheet, tuple[str, ...]] | None = None
        for sheet in book.sheets():
            header = tuple(next(sheet.rows(), (0, []))[1])
            if _best_heading(header, rules.address_headings) is not None or recognise(header, rules.exports):
                return sheet, header
            if header and first is None:
                first = (sheet, header)
        if first is None:
            raise InputError("{path} is empty; nothing was checked", path=self.name)
        return first

    def _read_header(self, rules: RuleBook, encoding: Encoding) -> tuple[tuple[str, ...], str]:
        text = open_text(self._file, encoding)
        try:
            lines = [text.readline(LONGEST_LINE)]
            if lines[0].count('"') % 2:  # a heading may hold line breaks
                lines += itertools.islice(iter(lambda: text.readline(LONGEST_LINE), ""), _MOST_HEADING_LINES)
            best: tuple[int, tuple[str, ...], str] | None = None
            for delimiter in _DELIMITERS:
                try:
                    cells = tuple(next(csv.reader(lines, delimiter=delimiter), []))
                except csv.Error:  # a cell beyond the limit of the csv module: not this delimiter
                    continue
                known = _best_heading(cells, rules.address_headings) is not None
                score = len(cells) + (1000 if known else 0)
                if best is None or score > best[0]:
                    best = (score, cells, delimiter)
        finally:
            text.detach()
        if best is None or not any(cell.strip() for cell in best[1]):
            raise self._no_headings()
        if any("\n" in heading and ADDRESS.search(heading) for heading in best[1]):
            raise open_quote(self.name, 1)
        return best[1], best[2]

    def _no_headings(self) -> InputError:
        return InputError("the first line of {path} holds no headings; nothing was checked", path=self.name)

    def _find_column(self, wanted: str | None, rules: RuleBook) -> int:
        own = self.system.columns.get(Role.BUYER_EMAIL, ()) if self.system else ()
        known = _best_heading(self.columns, (*own, *rules.address_headings))
        if known is None and any(map(ADDRESS.search, self.columns)):  # and its first row must not be lost
            template = (
                "the first line of {path} holds an address where headings should be; "
                "add a line with headings above it (such as email); nothing was checked"
            )
            raise InputError(template, path=self.name)
        if wanted is None and known is not None:
            return known
        if wanted is None and self.system is not None and not self.system.has_email:
            template = (
                "{path} is an export of a system that gives shops no mail addresses ({system}); "
                "name a column of your own with --column (found: {headings}); nothing was checked"
            )
            raise InputError(template, path=self.name, system=self.system.id, headings=self._shown_headings())
        if wanted is None:
            template = (
                "{path} has no column with mail addresses that deliv knows by its heading; "
                "name it with --column (found: {headings}); nothing was checked"
            )
            raise InputError(template, path=self.name, headings=self._shown_headings())
        folded = [fold_heading(heading) for heading in self.columns]
        if fold_heading(wanted) in folded:
            return folded.index(fold_heading(wanted))
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(self.columns):
            return int(wanted) - 1
        template = "{path} has no column “{column}” (found: {headings}); nothing was checked"
        raise InputError(template, path=self.name, column=wanted, headings=self._shown_headings())

    def _find_roles(self, rules: RuleBook) -> Layout:
        own = self.system.columns if self.system else {}
        found = dict(layout_of(self.columns, own, rules.order_headings))
        return found | {Role.BUYER_EMAIL: ((self._address_index,),)}

    def _shown_headings(self) -> str:
        shown = [heading.strip()[:40] for heading in self.columns[:_MOST_HEADINGS_SHOWN]]
        return " / ".join(shown) + (" / …" if len(self.columns) > _MOST_HEADINGS_SHOWN else "")


def _inheriting(orders: Iterator[Order], id_index: int) -> Iterator[Order]:
    """Pass the rows on; one without an address gets that of the order's line before it."""
    last, address = "", ""
    for order in orders:
        name = order.cells[id_index].strip() if id_index < len(order.cells) else ""
        if order.address.strip() or not name:
            last, address = name, order.address
        elif name == last and address:
            order = replace(order, address=address, inherited=True)  # noqa: PLW2901 - the row as it is read
        else:
            last, address = name, ""
        yield order


def _named_system(name: str, rules: RuleBook) -> ExportSystem:
    """Return the system with this id."""
    known = {system.id: system for system in rules.exports}
    if name.casefold() not in known:
        template = "there is no system “{system}”; use one of: {choices}; nothing was checked"
        raise InputError(template, system=name, choices=", ".join(sorted(known)))
    return known[name.casefold()]


def _best_heading(columns: Sequence[str], known: Sequence[str]) -> int | None:
    folded = {fold_heading(heading): index for index, heading in reversed(list(enumerate(columns)))}
    return next((folded[name] for name in map(fold_heading, known) if name in folded), None)


def read_orders(
    source: str | Path | BinaryIO,
    *,
    rules: RuleBook,
    column: str | None = None,
    encoding: str | None = None,
    system: str | None = None,
) -> Iterator[Order]:
    """Yield the rows of a customer list or order export, in their order.

    source: path, ``-`` for standard input, or an open binary file. column, encoding and
    system: where they are not to be found out. Raises InputError as `OrderFile` does.
    """
    with OrderFile(source, rules, column=column, encoding=encoding, system=system) as orders:
        yield from orders
