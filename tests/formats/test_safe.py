"""Hostile text made harmless."""

import pytest

from deliv.core.spreadsheet import defused, is_formula
from deliv.formats.safe import encodable, printable


@pytest.mark.parametrize(
    "text",
    [
        "taro@docomo.ne.jp",
        "見本 太郎 <taro@docomo.ne.jp>",
        "🎁 = +1 [red]",
        "",
        "ｔａｒｏ＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ",
        "naïve — “quoted”",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    "character",
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *("\u2028", "\u2029"),
        *("\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))),
        *("\ud800", "\udcfe"),
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_whatever_a_terminal_or_a_reader_could_be_tricked_by_is_replaced(character):
    assert printable(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_lone_surrogates_become_something_that_utf8_can_hold():
    assert encodable("見本\udcff").encode() == "見本\N{REPLACEMENT CHARACTER}".encode()


@pytest.mark.parametrize(
    "cell", ["=1+1", "+a", "-a", "@x", "\tx", "\rx", "=", "+1=2", "-1+cmd|' /C calc'!A0", "@", "+８１"]
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert is_formula(cell)
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    ["", "a=b", " =1", "'=1", "x@y.example", "+81 90-0000-0000", "-1.5", "+", "-", "(03) 0000-0000", "－1"],
)
def test_phone_numbers_and_other_cells_are_left_alone(cell):
    assert not is_formula(cell)
    assert defused(cell) == cell
