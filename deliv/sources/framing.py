"""Where the rows of a CSV or TSV begin and end; whatever hides that ends the run."""

import csv
import re
from collections.abc import Callable, Iterator
from typing import Final

from deliv.core.errors import InputError
from deliv.sources.textfile import LONGEST_LINE

ADDRESS: Final = re.compile(r"[^\s@＠][@＠][^\s@＠]")
"""Found in a text that holds a mail address, or what somebody took for one."""

_FEWEST_DELIMITERS: Final = 3  # with fewer, a note with commas and an address looks like rows


class Framing:
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
        """Yield the line on which each row begins, and its cells; the headings come first."""
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        while True:
            start = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if self._ended or self._line > start:
                    raise open_quote(self._name, start) from error
                cells = self._read_leniently()
            if self._line > start and (len(cells) != self._width or self._holds_rows(cells)):
                raise open_quote(self._name, start)
            yield start, cells

    def _holds_rows(self, cells: list[str]) -> bool:
        """Whether a cell seems to have swallowed whole rows, which nobody would see missing."""
        delimiters = self._width - 1
        for index, cell in enumerate(cells):
            fewest = 1 if index == self._address_index else _FEWEST_DELIMITERS
            lines = cell.splitlines()[1:] if delimiters >= fewest else []
            if any(line.count(self._delimiter) >= delimiters and ADDRESS.search(line) for line in lines):
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


def open_quote(name: str, line: int) -> InputError:
    """Return the error for a quotation mark behind which rows may be hidden."""
    template = (
        "in {path}, a quotation mark that opens on line {line} seems never to be closed, so it is not "
        "clear where the rows begin; correct that line; nothing was checked"
    )
    return InputError(template, path=name, line=line)
