"""What a domain reads as, in whatever script it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliv.core.lookalikes import mixes_scripts, reading


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("gmail.com", "gmail.com", id="ascii"),
        pytest.param("ｇｍａｉｌ．ｃｏｍ", "gmail.com", id="full-width"),
        pytest.param("gmail。com", "gmail.com", id="ideographic-full-stop"),
        pytest.param("gmаil.com", "gmail.com", id="cyrillic-a"),
        pytest.param("уаһоо.co.jp", "yahoo.co.jp", id="all-cyrillic"),
        pytest.param("xn--gmil-63d.com", "gmail.com", id="an-a-label-of-it"),
        pytest.param("icloυd.com", "iclovd.com".replace("v", "u"), id="greek-upsilon"),
        pytest.param("gmàil.com", "gmail.com", id="accent"),
        pytest.param("gmaıl.com", "gmail.com", id="dotless-i"),
        pytest.param("例え.jp", "例え.jp", id="japanese"),
        pytest.param("xn--\x80.jp", "xn--\x80.jp", id="no-a-label-at-all"),
    ],
)
def test_a_domain_reads_as_its_letters_look(written, expected):
    assert reading(written) == expected


@given(st.text())
def test_any_text_reads_as_something_and_reading_twice_changes_nothing_in_ascii(text):
    read = reading(text)
    assert not read.isascii() or "xn--" in read or reading(read) == read


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("gmail.com", False),
        ("gmаil.com", True),
        ("xn--gmil-63d.com", True),
        ("уаһоо.com", False),
        ("日本gmail.jp", False),
        ("ｇｍａｉｌ.com", False),
    ],
)
def test_latin_and_cyrillic_letters_in_one_label_are_noticed(domain, expected):
    assert mixes_scripts(domain) is expected
