"""Exports of shop systems, written by the tests from headings that were transcribed by hand."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

_DATA = Path(__file__).parent / "data" / "exports.yaml"
ADDRESSES = ("taro@docomo.ne.jp", "mei@gmail.com", "ken@gone.example")
"""Addresses of the rows of each file; the first stands in two rows."""


@dataclass(frozen=True)
class Export:
    """One file of one system."""

    system: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    address: str
    column: str | None
    cells: dict[str, str]
    fields: dict[str, str]

    def rows(self, addresses: Sequence[str] = (ADDRESSES[0], *ADDRESSES)) -> list[list[str]]:
        """Return the headings and the rows."""
        rows = [
            [address if name == self.address else self.cells.get(name, "") for name in self.headings]
            for address in addresses
        ]
        return [list(self.headings), *rows]

    def content(self, rows: list[list[str]] | None = None) -> bytes:
        """Return the file."""
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows or self.rows())
        return file.getvalue().encode(self.encoding)


def _export(system: str, entry: dict[str, Any]) -> Export:
    cells, fields = ({key: str(value) for key, value in entry[name].items()} for name in ("cells", "fields"))
    return Export(
        system=system,
        encoding=entry["encoding"],
        delimiter=entry.get("delimiter", ","),
        headings=tuple(entry["headings"]),
        address=entry["address"],
        column=entry.get("column"),
        cells=cells,
        fields=fields,
    )


EXPORTS = tuple(
    _export(system, entry) for system, entry in yaml.safe_load(_DATA.read_text(encoding="utf-8")).items()
)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
MOMENT, DAY = 1, 2
"""Styles of cells that hold a moment, and a day."""


def cell(place: str, value: object, style: int = 0) -> str:
    """Return the XML of one cell: text, or a number."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def letters(number: int) -> str:
    """Return the name of a column, from 1."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheet_of(rows: Sequence[Sequence[object]]) -> str:
    """Return the XML of rows of texts and numbers; None is an empty cell."""
    return "".join(
        f'<row r="{line}">'
        + "".join(
            cell(f"{letters(number)}{line}", value)
            for number, value in enumerate(row, 1)
            if value is not None
        )
        + "</row>"
        for line, row in enumerate(rows, 1)
    )


def workbook(*sheets: str, hidden: Sequence[int] = (), more: dict[str, bytes] | None = None) -> bytes:
    """Return a workbook with these sheets, called 1, 2 …, each given as the XML of its rows."""
    file = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    state = {True: ' state="hidden"', False: ""}
    names = "".join(
        f'<sheet name="{number}" sheetId="{number}" r:id="rId{number}"{state[number in hidden]}/>'
        for number in numbers
    )
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rIdStyles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{types}"></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{root}</Relationships>',
        "xl/workbook.xml": (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{targets}{styles}</Relationships>'
        ),
        "xl/styles.xml": _STYLES,
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for number, rows in zip(numbers, sheets, strict=True):
            text = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            archive.writestr(f"xl/worksheets/sheet{number}.xml", text)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return file.getvalue()
