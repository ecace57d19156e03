"""One cell of a list."""

import pytest

from deliv.core.address import LENIENT_DOMAINS, Mend
from deliv.core.cell import Cell, read_cell, split_addresses


def test_a_plain_cell_is_its_address():
    cell = read_cell("taro@shop.example", LENIENT_DOMAINS)

    assert cell.address is not None
    assert cell.address.normalized == "taro@shop.example"
    assert (cell.mends, cell.several, cell.fault, cell.is_garbled) == ((), False, None, False)


def test_a_mended_cell_says_so():
    cell = read_cell("　山田 <taro@shop.example>", LENIENT_DOMAINS)

    assert cell.address is not None
    assert cell.address.normalized == "taro@shop.example"
    assert cell.mends == (Mend.WHITESPACE, Mend.DISPLAY_NAME)


@pytest.mark.parametrize("text", ["", "   ", "電話のみ", "taro", "taro@", "taro@shop"])
def test_a_cell_without_an_address_says_why(text):
    cell = read_cell(text, LENIENT_DOMAINS)

    assert cell.address is None
    assert cell.fault is not None
    assert not cell.several
    assert not cell.is_garbled


def test_bytes_that_are_no_characters_are_not_the_customers_fault():
    cell = read_cell("ta\udc83ro@shop.example", LENIENT_DOMAINS)

    assert cell.is_garbled
    assert cell.address is None
    assert cell.fault is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("taro@shop.example,jiro@shop.example", id="comma"),
        pytest.param("taro@shop.example; jiro@shop.example", id="semicolon"),
        pytest.param("taro@shop.example jiro@shop.example", id="space"),
        pytest.param("taro@shop.example\njiro@shop.example", id="newline"),
        pytest.param("taro@shop.example、jiro@shop.example", id="japanese-comma"),
        pytest.param("taro＠shop.example　jiro＠shop.example", id="full-width-ats"),
        pytest.param("太郎 <taro@shop.example>, 次郎 <jiro@shop.example>", id="names"),
        pytest.param("(taro@shop.example) 'jiro@shop.example'", id="brackets-and-quotes"),
        pytest.param("wrong@@shop.example taro@shop.example", id="the-first-is-no-address"),
    ],
)
def test_of_several_addresses_the_first_valid_one_is_judged(text):
    cell = read_cell(text, LENIENT_DOMAINS)

    assert cell.several
    if cell.address is None:
        pytest.fail(str(cell.fault))
    assert cell.address.normalized == "taro@shop.example"


def test_of_several_wrong_addresses_the_first_fault_is_told():
    cell = read_cell("taro@shop, jiro@@shop.example", LENIENT_DOMAINS)

    assert cell.address is None
    assert cell.several
    assert str(cell.fault) == "there is no dot behind the @, so the domain is not complete"


def test_the_same_address_twice_is_one():
    assert not read_cell("taro@shop.example, taro@shop.example", LENIENT_DOMAINS).several
    assert split_addresses("taro@shop.example; <taro@shop.example>") == ("taro@shop.example",)


def test_an_at_inside_quotation_marks_is_not_taken_for_a_second_address():
    cell = read_cell('"taro@home"@shop.example', LENIENT_DOMAINS)

    assert cell.address is not None
    assert cell.address.normalized == '"taro@home"@shop.example'
    assert not cell.several


@pytest.mark.parametrize(
    ("cell", "pieces"),
    [
        pytest.param("", ("",), id="empty"),
        pytest.param("taro, taro@shop.example", ("taro, taro@shop.example",), id="one-at-is-one-piece"),
        pytest.param("a@x.example,b@y.example", ("a@x.example", "b@y.example"), id="two"),
        pytest.param("@,@", ("@",), id="only-ats"),
        pytest.param("a@x.example," * 1000, ("a@x.example," * 1000,), id="huge"),
    ],
)
def test_splitting(cell, pieces):
    assert split_addresses(cell) == pieces


def test_only_the_lenient_domains_that_are_given_count():
    assert read_cell("a..b@shop.example", {"shop.example"}).address is not None
    assert read_cell("a..b@docomo.ne.jp", ()).fault is not None


@pytest.mark.parametrize(
    "cell", ["taro\udc81@shop.example", "\ufffdtaro@shop.example"], ids=["bytes", "lost-before"]
)
def test_characters_that_were_lost_are_nobodys_fault(cell):
    assert read_cell(cell, LENIENT_DOMAINS) == Cell(is_garbled=True)
