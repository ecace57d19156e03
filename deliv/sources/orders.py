"""Customer lists and order exports: CSV and TSV, read row by row, never whole.

Two things can go wrong, and they are kept apart. A fault inside one cell is the business of that
row. A fault that hides where rows begin (a quotation mark that is never closed, a line without
end) ends the run before anything is written.
"""

import csv
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from deliv.core.errors import InputError
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.sources.textfile import LONGEST_LINE, Encoding, open_source, open_text, settle_encoding

_DELIMITERS: Final = (",", "\t", ";")
_MOST_HEADINGS_SHOWN: Final = 12
_MOST_HEADING_LINES: Final = 100
_FEWEST_DELIMITERS: Final = 3  # with fewer, a note with commas and an address looks like rows
_ADDRESS = re.compile(r"[^\s@＠][@＠][^\s@＠]")  # a heading that holds one is no heading


class OrderFile:
    """A list on disk or from standard input; iterate over it as often as needed.

    source: path, ``-``, or an open binary file. column: heading or number (from 1) of the address
    column, where it is not found by its heading. encoding: where it is not to be guessed.

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
    ) -> None:
        given = source if isinstance(source, str | Path) else getattr(source, "name", source)
        self.name = "stdin" if source == "-" else str(given)
        """What the file is called in messages."""
        self.skipped = 0
        """Blank lines at the end, known after the first pass."""
        self._file = open_source(source)
        self._owns_file = self._file is not source
        try:
            self.encoding: Encoding = settle_encoding(self._file, self.name, encoding)
            """How its bytes are read."""
            header, self._delimiter = self._read_header(rules)
            self.columns: tuple[str, ...] = header
            """Headings of all columns; rows that are longer add nameless ones in the first pass."""
            self._width = len(header)
            self._address_index = self._find_column(column, rules)
        except BaseException:
            self.close()
            raise

    @property
    def address_column(self) -> str:
        """Heading of the column that holds the addresses."""
        return self.columns[self._address_index]

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
        rows = self._rows()
        next(rows)
        number = 0
        blank: list[int] = []
        index = self._address_index
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
            yield Order(address=address, row=number, line=line, cells=tuple(cells))
        self.skipped = len(blank)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row begins, and its cells; the headings come first."""
        text = open_text(self._file, self.encoding)
        try:
            framing = _Framing(
                text.readline,
                self.name,
                delimiter=self._delimiter,
                width=self._width,
                address_index=self._address_index,
            )
            yield from framing.rows()
        finally:
            text.detach()  # the file stays open for the next pass

    def _read_header(self, rules: RuleBook) -> tuple[tuple[str, ...], str]:
        text = open_text(self._file, self.encoding)
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
        if any("\n" in heading and _ADDRESS.search(heading) for heading in best[1]):
            raise _open_quote(self.name, 1)
        return best[1], best[2]

    def _no_headings(self) -> InputError:
        return InputError("the first line of {path} holds no headings; nothing was checked", path=self.name)

    def _find_column(self, wanted: str | None, rules: RuleBook) -> int:
        known = _best_heading(self.columns, rules.address_headings)
        if known is None and any(map(_ADDRESS.search, self.columns)):  # and its first row must not be lost
            template = (
                "the first line of {path} holds an address where headings should be; "
                "add a line with headings above it (such as email); nothing was checked"
            )
            raise InputError(template, path=self.name)
        if wanted is None and known is not None:
            return known
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

    def _shown_headings(self) -> str:
        shown = [heading.strip()[:40] for heading in self.columns[:_MOST_HEADINGS_SHOWN]]
        return " / ".join(shown) + (" / …" if len(self.columns) > _MOST_HEADINGS_SHOWN else "")


class _Framing:
    """Finds where rows begin and end, and gives up rather than guess."""

    def __init__(
        self, readline: Callable[[int], str], name: str, *, delimiter: str, width: int, address_index: int
    ) -> None:
        self._readline = readline
        self._name = name
        self._delimiter = delimiter
        self._width = width
        self._address_index = address_index
        self._line = 0
        self._last = ""
        self._ended = False

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        while True:
            start = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if self._ended or self._line > start:
                    raise _open_quote(self._name, start) from error
                cells = self._read_leniently()
            if self._line > start and (len(cells) != self._width or self._holds_rows(cells)):
                raise _open_quote(self._name, start)
            yield start, cells

    def _holds_rows(self, cells: list[str]) -> bool:
        """Whether a cell seems to have swallowed whole rows, which nobody would see missing."""
        delimiters = self._width - 1
        for index, cell in enumerate(cells):
            fewest = 1 if index == self._address_index else _FEWEST_DELIMITERS
            lines = cell.splitlines()[1:] if delimiters >= fewest else []
            if any(line.count(self._delimiter) >= delimiters and _ADDRESS.search(line) for line in lines):
                return True
        return False

    def _read_leniently(self) -> list[str]:
        """Return the cells of a line with a stray quotation mark that stays within it."""
        try:
            return next(csv.reader([self._last], delimiter=self._delimiter))
        except csv.Error as error:  # a cell beyond the limit of the csv module
            raise self._endless_line() from error

    def _lines(self) -> Iterator[str]:
        while line := self._readline(LONGEST_LINE):
            self._line += 1
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                raise self._endless_line()
            self._last = line
            yield line
        self._ended = True

    def _endless_line(self) -> InputError:
        template = "line {line} of {path} is too long to be a row of a list; nothing was checked"
        return InputError(template, line=self._line, path=self._name)


def _open_quote(name: str, line: int) -> InputError:
    template = (
        "in {path}, a quotation mark that opens on line {line} seems never to be closed, so it is not "
        "clear where the rows begin; correct that line; nothing was checked"
    )
    return InputError(template, path=name, line=line)


def fold_heading(heading: str) -> str:
    """Return the spelling by which headings are compared."""
    folded = unicodedata.normalize("NFKC", heading).strip().strip('"\ufeff').casefold()
    return " ".join(folded.split())


def _best_heading(columns: Sequence[str], known: Sequence[str]) -> int | None:
    folded = {fold_heading(heading): index for index, heading in reversed(list(enumerate(columns)))}
    return next((folded[name] for name in map(fold_heading, known) if name in folded), None)


def read_orders(
    source: str | Path | BinaryIO,
    *,
    rules: RuleBook,
    column: str | None = None,
    encoding: str | None = None,
) -> Iterator[Order]:
    """Yield the rows of a customer list or order export, in their order.

    source: path, ``-`` for standard input, or an open binary file. column and encoding: where they
    are not to be found out. Raises InputError as `OrderFile` does.
    """
    with OrderFile(source, rules, column=column, encoding=encoding) as orders:
        yield from orders
