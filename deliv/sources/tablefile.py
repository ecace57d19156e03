"""Files with rows below headings: CSV and TSV, read row by row, never whole; and sheets of workbooks.

Two things can go wrong, and they are kept apart. A fault inside one cell is the business of that
row. A fault that hides where rows begin (a quotation mark that is never closed, a line without
end) ends the run before anything is written.
"""

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from deliv.core.errors import InputError
from deliv.core.exports import fold_heading
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


class TableFile:
    """A table on disk or from standard input, of which the headings are known.

    source: path, ``-``, or an open binary file. encoding: where it is not to be guessed. is_known:
    whether headings are those of the table that is looked for; it settles the delimiter, and the sheet of
    a workbook.

    Raises InputError when the file is no table.
    """

    def __init__(
        self,
        source: str | Path | BinaryIO,
        *,
        is_known: Callable[[Sequence[str]], bool],
        encoding: str | None = None,
    ) -> None:
        given = source if isinstance(source, str | Path) else getattr(source, "name", source)
        self.name = "stdin" if source == "-" else str(given)
        """What the file is called in messages."""
        self.undecodable: list[UndecodableCell] = []
        """The first cells with bytes that are no characters, known after the first pass."""
        self.undecodable_count = 0
        """How many there are of them."""
        self._is_known = is_known
        self._sheet: Sheet | None = None
        self._delimiter = ","
        self._file = open_source(source)
        self._owns_file = self._file is not source
        try:
            self.encoding, header = self._open(encoding)
            """How its bytes are read; UTF-8 for a workbook."""
        except BaseException:
            self.close()
            raise
        self.columns: tuple[str, ...] = header
        """Headings of all columns."""
        self._width = len(header)

    @property
    def delimiter(self) -> str:
        """What stands between its cells; empty for a workbook."""
        return "" if self._sheet else self._delimiter

    @property
    def sheet(self) -> str:
        """Name of the sheet of a workbook that is read; empty for a text."""
        return self._sheet.name if self._sheet else ""

    @property
    def shown_headings(self) -> str:
        """Its headings, for messages; only some, when there are many."""
        shown = [heading.strip()[:40] for heading in self.columns[:_MOST_HEADINGS_SHOWN]]
        return " / ".join(shown) + (" / …" if len(self.columns) > _MOST_HEADINGS_SHOWN else "")

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

    def rows(self, address_index: int = -1) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row begins, and its cells; the headings come first.

        address_index: number of the column with mail addresses, from 0, where there is one.
        """
        if self._sheet is not None:
            return self._sheet.rows()
        rows = self._text_rows(address_index)
        return self._noting_undecodable(rows) if self.encoding.broken_lines else rows

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

    def _text_rows(self, address_index: int) -> Iterator[tuple[int, list[str]]]:
        text = open_text(self._file, self.encoding)
        try:
            framing = Framing(
                text.readline,
                self.name,
                delimiter=self._delimiter,
                width=self._width,
                address_index=address_index,
            )
            yield from framing.rows()
        finally:
            text.detach()  # the file stays open for the next pass

    def _open(self, encoding: str | None) -> tuple[Encoding, tuple[str, ...]]:
        """Find out how the file is read, and return its headings."""
        if is_workbook(self._file):
            self._sheet, header = self._find_sheet(Workbook(self._file, self.name))
            return Encoding(name="utf-8"), header
        found = settle_encoding(self._file, self.name, encoding)
        header, self._delimiter = self._read_header(found)
        return found, header

    def _find_sheet(self, book: Workbook) -> tuple[Sheet, tuple[str, ...]]:
        """Return the first sheet that begins with known headings, else the first that holds anything."""
        first: tuple[Sheet, tuple[str, ...]] | None = None
        for sheet in book.sheets():
            header = tuple(next(sheet.rows(), (0, []))[1])
            if self._is_known(header):
                return sheet, header
            if header and first is None:
                first = (sheet, header)
        if first is None:
            raise InputError("{path} is empty; nothing was checked", path=self.name)
        return first

    def _read_header(self, encoding: Encoding) -> tuple[tuple[str, ...], str]:
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
                score = len(cells) + (1000 if self._is_known(cells) else 0)
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


def best_heading(columns: Sequence[str], known: Sequence[str]) -> int | None:
    """Return which column has the first of the known headings that is there; None when none is."""
    folded = {fold_heading(heading): index for index, heading in reversed(list(enumerate(columns)))}
    return next((folded[name] for name in map(fold_heading, known) if name in folded), None)
