"""Phone numbers as shops have them."""

import pytest

from deliv.core.phone import read_phones

MOBILE, FIXED = "090-1234-5678", "03-1234-5678"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("090-1234-5678", [MOBILE], id="plain"),
        pytest.param("09012345678", [MOBILE], id="no-hyphens"),
        pytest.param("9012345678", [MOBILE], id="zero-eaten-by-a-spreadsheet"),
        pytest.param("312345678", [FIXED], id="zero-of-tokyo-eaten"),
        pytest.param("9012345678.0", [MOBILE], id="made-a-fraction"),
        pytest.param("'9012345678", [MOBILE], id="apostrophe"),
        pytest.param("+81 90 1234 5678", [MOBILE], id="country-code"),
        pytest.param("819012345678", [MOBILE], id="country-code-without-plus"),
        pytest.param("+81(0)90-1234-5678", [MOBILE], id="both-zero-and-country-code"),
        pytest.param("０９０－１２３４－５６７８", [MOBILE], id="full-width"),
        pytest.param("090ー1234ー5678", [MOBILE], id="long-vowel-marks"),
        pytest.param("(03)1234-5678", [FIXED], id="brackets"),
        pytest.param("03-1234-5678 内線12", [FIXED], id="extension"),
        pytest.param("03-1234-5678 ext. 12", [FIXED], id="english-extension"),
        pytest.param("090-1234-5678(携帯)", [MOBILE], id="with-a-word"),
        pytest.param("03-1234-5678/090-1234-5678", [MOBILE, FIXED], id="mobile-first"),
        pytest.param("03-1234-5678\n090-1234-5678", [MOBILE, FIXED], id="two-columns"),
        pytest.param("03-1234-5678 090-1234-5678", [MOBILE, FIXED], id="parted-by-a-space"),
        pytest.param("03-1234-5678または090-1234-5678", [MOBILE, FIXED], id="parted-by-a-word"),
        pytest.param("090-1234-5678、09012345678", [MOBILE], id="twice-the-same"),
        pytest.param("050-1234-5678", ["050-1234-5678"], id="ip-phone"),
        pytest.param("0120-123-456", ["0120-123-456"], id="toll-free"),
        pytest.param("+1 212-555-0123", ["+1 212-555-0123"], id="abroad"),
        pytest.param("", [], id="empty"),
        pytest.param("000-0000-0000", [], id="filler"),
        pytest.param("111-1111-1111", [], id="another-filler"),
        pytest.param("090-0000-0000", [], id="mobile-filler"),
        pytest.param("080-1234-567", [], id="a-digit-is-missing"),
        pytest.param("110", [], id="police"),
        pytest.param("9.01235E+09", [], id="digits-lost-in-a-spreadsheet"),
        pytest.param("なし", [], id="words"),
        pytest.param("1" * 1000, [], id="endless"),
    ],
)
def test_numbers_of_a_cell(cell, expected):
    assert [number.national for number in read_phones(cell)] == expected


@pytest.mark.parametrize(
    ("cell", "e164", "is_mobile"),
    [
        ("090-1234-5678", "+819012345678", True),
        ("080-1234-5678", "+818012345678", True),
        ("070-1234-5678", "+817012345678", True),
        ("050-1234-5678", "+815012345678", False),
        ("03-1234-5678", "+81312345678", False),
        ("0120-123-456", "+81120123456", False),
        ("+44 7911 123456", "+447911123456", True),
    ],
)
def test_which_numbers_take_an_sms(cell, e164, is_mobile):
    (number,) = read_phones(cell)
    assert (number.e164, number.is_mobile) == (e164, is_mobile)


def test_numbers_of_the_shops_own_country_need_no_country_code():
    (number,) = read_phones("(212) 555-0123", "US")
    assert (number.e164, number.national) == ("+12125550123", "(212) 555-0123")
