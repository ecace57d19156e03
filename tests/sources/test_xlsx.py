"""Workbooks of Excel: what a sheet says, and what no list would ever be."""

import io
import zipfile

import pytest

from deliv.core.errors import InputError
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.sources.orders import OrderFile, read_orders
from tests.exports import DAY, EXPORTS, MOMENT, Export, cell, sheet_of, workbook


def rows_of(content: bytes, rules: RuleBook) -> list[Order]:
    return list(read_orders(io.BytesIO(content), rules=rules))


def refusal(content: bytes, rules: RuleBook) -> str:
    with pytest.raises(InputError) as caught:
        rows_of(content, rules)
    return str(caught.value)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_the_export_of_every_system_may_come_as_a_workbook(export: Export, rules: RuleBook) -> None:
    content = workbook(sheet_of(export.rows()))
    with OrderFile(io.BytesIO(content), rules, column=export.column) as file:
        assert file.system is not None
        assert (file.system.id, file.address_column) == (export.system, export.address)
        assert (file.sheet, file.delimiter) == ("1", "")
        for _ in range(2):
            assert [order.cells for order in file] == [tuple(row) for row in export.rows()[1:]]


def test_rows_and_lines_are_those_that_excel_shows(rules: RuleBook) -> None:
    rows = [[], [], [None, "email", "name"], [None, "a@x.example", "x"], [], [None, "b@x.example"], ["", ""]]
    orders = rows_of(workbook(sheet_of(rows)), rules)
    assert [(order.row, order.line, order.address) for order in orders] == [
        (1, 4, "a@x.example"),
        (2, 5, ""),
        (3, 6, "b@x.example"),
    ]
    assert orders[0].cells == ("", "a@x.example", "x")


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (cell("B2", 9012345678), "9012345678"),
        (cell("B2", 250.5), "250.5"),
        (cell("B2", 123456789012345), "123456789012345"),
        (cell("B2", True), "TRUE"),
        (cell("B2", 46348.5, MOMENT), "2026-11-22 12:00:00"),
        (cell("B2", 46348, DAY), "2026-11-22"),
        (cell("B2", "0901"), "0901"),
        (cell("B2", "髙﨑①～"), "髙﨑①～"),
        ('<c r="B2" t="e"><v>#N/A</v></c>', ""),
    ],
)
def test_numbers_and_days_become_text(xml: str, text: str, rules: RuleBook) -> None:
    headings = f'<row r="1">{cell("A1", "email")}{cell("B1", "x")}</row>'
    row = f'<row r="2">{cell("A2", "a@x.example")}{xml}</row>'
    (order,) = rows_of(workbook(headings + row), rules)
    assert order.cells == ("a@x.example", text)


def test_the_first_sheet_with_headings_is_read_and_hidden_ones_come_last(rules: RuleBook) -> None:
    hidden, remarks, orders = (
        sheet_of(rows)
        for rows in (
            [["email"], ["hidden@x.example"]],
            [["Dear all"]],
            [["email", "id"], ["a@x.example", 1.0]],
        )
    )
    with OrderFile(io.BytesIO(workbook("", hidden, remarks, orders, hidden=[2])), rules) as file:
        assert file.sheet == "4"
        assert [order.address for order in file] == ["a@x.example"]


def test_a_named_column_is_looked_for_in_the_first_sheet_that_holds_anything(rules: RuleBook) -> None:
    content = workbook("", sheet_of([["宛先"], ["a@x.example"]]))
    with OrderFile(io.BytesIO(content), rules, column="宛先") as file:
        assert [order.address for order in file] == ["a@x.example"]


def test_shared_texts_are_read(rules: RuleBook) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = (
        f'<sst xmlns="{main}"><si><t>email</t></si><si><r><t>a@x</t></r><r><t>.example</t></r></si></sst>'
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    plain = workbook(rows)
    relation = (
        b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("workbook.xml.rels"):
                content = content.replace(b"</Relationships>", relation)
            new.writestr(part.filename, content)
        new.writestr("xl/sharedStrings.xml", shared)
    assert [order.address for order in rows_of(file.getvalue(), rules)] == ["a@x.example"]


# --- what is no list ------------------------------------------------------------------------------


def test_an_empty_workbook_is_refused(rules: RuleBook) -> None:
    assert "is empty" in refusal(workbook("", ""), rules)


def test_other_archives_are_refused(rules: RuleBook) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("list.csv", "email\na@x.example\n")
    assert "cannot be read as an Excel workbook" in refusal(file.getvalue(), rules)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_workbook_that_was_cut_off_is_refused(share: float, rules: RuleBook) -> None:
    content = workbook(sheet_of([["email"], ["a@x.example"]]))
    assert "cannot be read as an Excel workbook" in refusal(content[: int(len(content) * share)], rules)


def test_a_workbook_with_damaged_parts_is_refused(rules: RuleBook) -> None:
    content = bytearray(workbook(sheet_of([["email"], *[[f"{n}@x.example"] for n in range(500)]])))
    middle = content.rindex(b"xl/worksheets/sheet1.xml", 0, len(content) // 2 + 2000) + 100
    content[middle : middle + 40] = bytes(40)
    assert "cannot be read as an Excel workbook" in refusal(bytes(content), rules)


def test_broken_xml_is_refused(rules: RuleBook) -> None:
    assert "cannot be read as an Excel workbook" in refusal(
        workbook("<row r='1'><c r='A1'><v>1</row>"), rules
    )


FAR = [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    '<row r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row>',
    '<row r="1048576"><c\n t="n"  r = \'XFD1048576\'><v>1</v></c></row>',
    '<row r="1048576"><c r="ZZ1048576"><v>1</v></c></row>',
    '<row r="99999999999"><c><v>1</v></c></row>',
    '<row r="2"><c r="XFD2"><v>1</v></c></row>',
]


@pytest.mark.parametrize("far", FAR, ids=range(len(FAR)))
def test_a_sheet_with_corners_far_apart_is_refused_before_it_is_laid_out(far: str, rules: RuleBook) -> None:
    content = workbook(f'<row r="1">{cell("A1", "email")}</row>{far}')
    assert "of a size that no list has" in refusal(content, rules)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(
    rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deliv.sources.workbook._MOST_BYTES", 1_000_000)
    content = workbook(sheet_of([["email"]]), more={"xl/big.xml": b" " * 2_000_000})
    assert len(content) < 10_000
    assert "of a size that no list has" in refusal(content, rules)


def test_pictures_and_macros_are_left_where_they_are(
    rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deliv.sources.workbook._MOST_BYTES", 1_000_000)
    more = {"xl/media/image1.png": b" " * 2_000_000, "xl/vbaProject.bin": b" " * 2_000_000}
    content = workbook(sheet_of([["email"], ["a@x.example"]]), more=more)
    assert [order.address for order in rows_of(content, rules)] == ["a@x.example"]


def test_a_part_that_lies_about_its_size_is_never_unpacked_beyond_it(rules: RuleBook) -> None:
    content = workbook(sheet_of([["email"], *[["a@x.example"]] * 5000]))
    size = len(zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml"))
    lying = content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != content
    assert "cannot be read as an Excel workbook" in refusal(lying, rules)
