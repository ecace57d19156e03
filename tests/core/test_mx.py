"""MX records (RFC 5321 section 5.1, RFC 7505)."""

import pytest

from deliv.core.mx import MxRecord, is_null_mx, parse_mx


@pytest.mark.parametrize(
    ("text", "preference", "exchange"),
    [
        pytest.param("10 mx.shop.example.", 10, "mx.shop.example", id="plain"),
        pytest.param("10 mx.shop.example", 10, "mx.shop.example", id="without-final-dot"),
        pytest.param("0 MX.Shop.Example.", 0, "mx.shop.example", id="capitals"),
        pytest.param("0 .", 0, "", id="null-mx"),
        pytest.param("  5   mx.shop.example.  ", 5, "mx.shop.example", id="spaces"),
    ],
)
def test_a_record_is_read(text, preference, exchange):
    assert MxRecord.parse(text) == MxRecord(preference=preference, exchange=exchange)


@pytest.mark.parametrize("text", ["10 mx.shop.example.", "0 ."])
def test_a_record_is_written_as_it_was_read(text):
    assert str(MxRecord.parse(text)) == text


@pytest.mark.parametrize("text", ["", "10", "mx.shop.example.", "ten mx.shop.example.", "10 mx. example."])
def test_anything_else_is_an_error(text):
    with pytest.raises(ValueError, match=r"."):
        MxRecord.parse(text)


def test_records_come_in_the_order_in_which_a_mailer_tries_them():
    records = parse_mx(["20 b.example.", "5 z.example.", "20 a.example.", "100 c.example."])

    assert [str(record) for record in records] == [
        "5 z.example.",
        "20 a.example.",
        "20 b.example.",
        "100 c.example.",
    ]


def test_records_that_cannot_be_read_are_left_out():
    assert parse_mx(["nonsense", "10 mx.shop.example."]) == (
        MxRecord(preference=10, exchange="mx.shop.example"),
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["0 ."], True, id="null"),
        pytest.param(["10 ."], True, id="null-with-another-preference"),
        pytest.param(["0 .", "10 ."], True, id="null-twice"),
        pytest.param(["0 .", "10 mx.shop.example."], False, id="null-beside-a-host"),
        pytest.param(["10 mx.shop.example."], False, id="a-host"),
        pytest.param([], False, id="none"),
    ],
)
def test_only_a_null_mx_that_stands_alone_says_no(texts, expected):
    assert is_null_mx(parse_mx(texts)) is expected
