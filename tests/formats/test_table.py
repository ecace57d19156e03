"""The table for people, and the whole report on the sample as it was last agreed on.

    DELIV_UPDATE_GOLDEN=1 python -m pytest tests/formats/test_table.py -n 0

writes the files under tests/data/golden anew; look at the difference before you keep it.
"""

import io
import os
import unicodedata
from pathlib import Path

import pytest

import deliv
from deliv.cli import run
from deliv.formats.table import TableWriter

GOLDEN = Path(__file__).parent.parent / "data" / "golden"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_demo_looks_as_agreed(lang, capfdbinary, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"COLUMNS": "100", "LANG": "C.UTF-8"})
    assert run(["demo", "--lang", lang, "--as-of", "2026-11-24"]) == 0
    monkeypatch.undo()
    shown = capfdbinary.readouterr().out.decode("utf-8")
    golden = GOLDEN / f"demo.{lang}.txt"
    if os.environ.get("DELIV_UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8", newline="\n")
    assert shown.replace("\r\n", "\n") == golden.read_text(encoding="utf-8")


def table(report, *, width: int = 100, lang: str = "en", color: bool = False) -> str:
    file = io.StringIO()
    writer = TableWriter(file, lang, color=color, width=width)
    writer.begin(report.header)
    for assessment in report.assessments:
        writer.add(assessment)
    writer.end(report.summary)
    return file.getvalue()


def columns_of(line: str) -> int:
    """Return how wide a line is on a terminal: Japanese characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [72, 80, 100, 120, 200])
def test_no_row_is_wider_than_the_terminal(report_on, width, lang):
    report = report_on(
        f"{'long' * 20}@customer.example", "見本 太郎 <taro@docomo.ne.jp>", "x@takes-no-mail.example"
    )
    lines = table(report, width=width, lang=lang).splitlines()
    rule = next(number for number, line in enumerate(lines) if line.startswith("─"))
    body = lines[rule : rule + 6]
    assert max(map(columns_of, body)) <= width


def test_a_very_narrow_terminal_gets_the_narrowest_table(report_on):
    report = report_on("mei@gmail.com")
    assert table(report, width=10) == table(report, width=72)


def test_a_long_address_is_folded_and_not_cut(report_on):
    address = f"{'long' * 16}@{'very.' * 20}example"
    lines = table(report_on(address)).splitlines()
    start, end = lines[0].index("Address"), lines[0].index("Verdict")
    assert "".join(line[start:end].strip() for line in lines[2:9]).startswith(address)


def test_hundreds_of_rows_stand_below_each_other_under_one_heading(report_on):
    report = report_on(*["taro@docomo.ne.jp", "mei@gmail.com"] * 80)
    shown = table(report)
    assert shown.count("What to do") == 1
    rows = [line for line in shown.splitlines() if "@" in line]
    assert [int(line.split()[0]) for line in rows] == list(range(1, 161))
    assert len({len(line) - len(line.lstrip("0123456789 ")) for line in rows}) == 1


def test_colours_only_where_they_are_wanted(report_on):
    report = report_on("mei@gmail.com", "x@takes-no-mail.example")
    assert "\x1b[" not in table(report)
    assert "\x1b[" in table(report, color=True)


@pytest.mark.parametrize("address", ["[red]x[/red]@gmail.com", ":smile:@gmail.com", "[/]@gmail.com"])
def test_data_is_never_markup(report_on, address):
    assert address in table(report_on(address))


def test_what_is_wrong_with_the_sender_is_said_once_above_the_table(report_on):
    shown = table(report_on("taro@docomo.ne.jp", "mei@gmail.com", sender="order@shop.example"))
    assert shown.count("There is no DMARC record") == 1
    assert shown.index("There is no DMARC record") < shown.index("taro@docomo.ne.jp")
    assert "your SPF or DMARC is missing" not in shown


def test_the_steps_for_the_customers_stand_once_for_each_provider(report_on):
    shown = table(report_on(*["taro@docomo.ne.jp"] * 3))
    assert shown.count("What to tell the customer") == 1
    assert shown.count("    1. ") == 1


def test_the_summary_counts_what_was_mended_and_repeated(report_on):
    shown = table(report_on("mei@gmail.com", "mei@gmail.com", " mei@gmail.com "))
    assert "Rows checked: 3" in shown
    assert "repeat an address of an earlier row: 2" in shown
    assert shown.endswith("\n")


def test_render_gives_the_same_table(report_on):
    report = report_on("taro@docomo.ne.jp", "no address")
    assert deliv.render(report, "table") == table(report)
