"""Workbooks of Excel (.xlsx) as lists: one sheet, its cells as text.

A workbook is a ZIP archive from strangers: some kilobytes of it can stand for gigabytes, and two cells
in opposite corners for a table of seventeen thousand million. So its parts are unpacked here, within
limits, the corners of each sheet are looked for, and only what passed is handed to the reader.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, BinaryIO, Final

from deliv.core.errors import InputError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_ZIP: Final = b"PK\x03\x04"
_MOST_BYTES: Final = 300_000_000  # unpacked; a sheet of 100,000 orders with 60 columns has about 200 MB
_MOST_PARTS: Final = 2_000
_MOST_CELLS: Final = 20_000_000  # of the rectangle that holds all cells of a sheet
_MOST_COLUMNS: Final = 2_000
_PARTS: Final = re.compile(  # pictures, macros and the like are left behind
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/(_rels/)?[^/]+\.(xml|rels)|xl/worksheets/[^/]+\.xml)",
    re.IGNORECASE,
)
_CELL: Final = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^<]*?\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")
# What the ZIP reader raises for damaged, encrypted and unknown archives.
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)
_PLAIN: Final = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")


def is_workbook(file: BinaryIO) -> bool:
    """Whether the file begins like a workbook; the position is at its start again."""
    file.seek(0)
    head = file.read(len(_ZIP))
    file.seek(0)
    return head == _ZIP


class Workbook:
    """One workbook, opened; `name` is what its file is called in messages.

    Raises InputError for what is no workbook, or a sheet beyond all measure.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._book = self._open(file)

    def sheets(self) -> Iterator["Sheet"]:
        """Yield the sheets that hold something; those that are hidden come last."""
        from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

        known = [each for each in self._book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        for each in sorted(known, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible):
            try:
                sheet = Sheet(self._book.get_sheet_by_name(each.name))
            except (CalamineError, ValueError, OSError) as error:
                raise self._no_workbook() from error
            if sheet.has_rows:
                yield sheet

    def _open(self, file: BinaryIO) -> "CalamineWorkbook":
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            return CalamineWorkbook.from_filelike(self._unpacked(file))
        except (*_UNREADABLE, CalamineError) as error:
            raise self._no_workbook() from error

    def _unpacked(self, file: BinaryIO) -> io.BytesIO:
        """Return an archive that holds only what is needed, and no byte more than it says."""
        copy, total = io.BytesIO(), 0
        with zipfile.ZipFile(file) as archive, zipfile.ZipFile(copy, "w") as new:
            parts = [part for part in archive.infolist() if _PARTS.fullmatch(part.filename)]
            if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
                raise self._no_workbook()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
                raise self._too_large()
            for part in parts:
                content = archive.read(part)
                total += len(content)
                if total > _MOST_BYTES or _is_absurd(content):
                    raise self._too_large()
                new.writestr(part.filename, content)
        copy.seek(0)
        return copy

    def _no_workbook(self) -> InputError:
        template = "{path} cannot be read as an Excel workbook; save the list as CSV; nothing was checked"
        return InputError(template, path=self._name)

    def _too_large(self) -> InputError:
        template = (
            "{path} is a workbook of a size that no list has; copy the list to a new sheet, or save it as "
            "CSV; nothing was checked"
        )
        return InputError(template, path=self._name)


class Sheet:
    """One sheet; iterate over its rows as often as needed."""

    def __init__(self, sheet: "CalamineSheet") -> None:
        self._sheet = sheet
        self.name = sheet.name
        """What it is called."""

    @property
    def has_rows(self) -> bool:
        """Whether it holds anything."""
        return self._sheet.start is not None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each row of the sheet, from 1, and its cells; a row without any is blank.

        It begins with the first row that holds something.
        """
        start = self._sheet.start
        began = False
        if start is None:
            return
        left = [""] * start[1]  # so that columns are counted as Excel shows them
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            texts = [cell if isinstance(cell, str) else cell_text(cell) for cell in cells]
            began = began or any(map(str.strip, texts))
            if began:
                yield number, (left + texts if any(texts) else [])


def cell_text(value: object) -> str:
    """Return a cell as one reads it: no “.0” behind order numbers, days as 2026-11-22."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _is_absurd(content: bytes) -> bool:
    """Whether the rectangle around all cells of a sheet is larger than any list."""
    lines = 0
    names = set()
    for found in _CELL.finditer(content):
        name, number = found.groups()
        if len(number) > 9 or len(name) > 9:
            return True
        lines = max(lines, int(number))
        names.add(name)
    columns = max(map(_column, names), default=0)
    unnamed = sum(1 for _ in _PLAIN.finditer(content))  # those may stand anywhere behind the others
    return columns > _MOST_COLUMNS or lines * max(columns, 1) > _MOST_CELLS or unnamed > _MOST_CELLS


def _column(name: Sequence[int]) -> int:
    """Return the number of a column such as AB."""
    number = 0
    for letter in name:
        number = number * 26 + (letter & 0x1F)
    return number
