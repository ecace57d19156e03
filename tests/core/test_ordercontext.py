"""What a row says of its order: gift, numbers, amount, deadline."""

from datetime import date
from decimal import Decimal

import pytest

from deliv.core.exports import Role
from deliv.core.ordercontext import GiftSign, OrderReader, combined, without_honorific
from tests.usecases.agenda import TOKYO

BUYER, OTHER = "090-1234-5678", "080-8765-4321"


@pytest.fixture
def read(rules):
    reader = OrderReader(words=rules.advice.words, zone=TOKYO)
    return lambda **fields: reader.read({Role(name): text for name, text in fields.items() if text})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"gift": "のし(御祝)"}, GiftSign.FLAG, id="noshi"),
        pytest.param({"gift": "1"}, GiftSign.FLAG, id="flag"),
        pytest.param({"gift": "100円"}, GiftSign.FLAG, id="a-price"),
        pytest.param({"gift": "kimono"}, GiftSign.FLAG, id="ends-like-a-denial"),
        pytest.param({"gift": "不要\nリボン"}, GiftSign.FLAG, id="one-of-two-columns"),
        pytest.param({"gift": "のしあり、ラッピングなし"}, GiftSign.FLAG, id="one-of-two-wishes"),
        pytest.param({"gift": "0"}, None, id="zero"),
        pytest.param({"gift": "¥0"}, None, id="no-price"),
        pytest.param({"gift": "０円"}, None, id="no-price-in-yen"),
        pytest.param({"gift": "なし"}, None, id="none"),
        pytest.param({"gift": "のし不要"}, None, id="no-noshi"),
        pytest.param({"gift": "のし: 不要\nFALSE"}, None, id="twice-none"),
        pytest.param({"gift": "Gift wrap: No"}, None, id="english-no"),
        pytest.param({"buyer_name": "山田 太郎", "recipient_name": "山田太郎"}, None, id="spaces"),
        pytest.param({"buyer_name": "山田太郎", "recipient_name": "山田　太郎　様"}, None, id="honorific"),
        pytest.param({"buyer_name": "YAMADA", "recipient_name": "ｙａｍａｄａ"}, None, id="full-width"),
        pytest.param(
            {"buyer_name": "山田太郎", "recipient_name": "山田花子"}, GiftSign.RECIPIENT, id="another"
        ),
        pytest.param({"recipient_name": "山田花子"}, None, id="buyer-unknown"),
        pytest.param({"note": "誕生日に間に合いますか"}, GiftSign.NOTE, id="birthday"),
        pytest.param({"note": "ないしょで"}, GiftSign.NOTE, id="secret"),
        pytest.param({"note": "It is a Birthday present"}, GiftSign.NOTE, id="english"),
        pytest.param({"note": "玄関先へ"}, None, id="some-note"),
    ],
)
def test_what_looks_like_a_gift(read, fields, expected):
    assert read(**fields).gift is expected


@pytest.mark.parametrize(
    ("fields", "called", "shares"),
    [
        pytest.param({"recipient_name": "山田花子", "recipient_phone": OTHER}, [BUYER], False, id="own"),
        pytest.param({"recipient_name": "山田花子", "recipient_phone": BUYER}, [], True, id="the-same"),
        pytest.param(
            {"recipient_name": "山田太郎様", "recipient_phone": BUYER}, [BUYER], False, id="to-oneself"
        ),
        pytest.param({"buyer_phone": "", "recipient_phone": OTHER}, [], False, id="only-the-recipients"),
        pytest.param(
            {
                "buyer_phone": f"{OTHER}\n{BUYER}",
                "recipient_name": "山田花子",
                "recipient_phone": "8087654321",
            },
            [BUYER],
            True,
            id="one-of-two",
        ),
    ],
)
def test_only_the_buyers_numbers_are_called(read, fields, called, shares):
    order = read(**({"buyer_name": "山田太郎", "buyer_phone": BUYER} | fields))
    assert ([number.national for number in order.phones], order.shares_phone) == (called, shares)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥30,000", 30000),
        ("３００００円(税込)", 30000),
        ("1,234.50", Decimal("1234.50")),
        ("-", None),
        ("無料", None),
    ],
)
def test_amounts(read, text, expected):
    assert read(amount=text).amount == expected


def test_what_nobody_could_make_sense_of_is_named(read):
    order = read(
        ordered_at="03/04/2026", need_by="なるべく早く", amount="無料", buyer_phone="000-0000-0000", note="x"
    )
    assert order.unread == (Role.ORDERED_AT, Role.AMOUNT, Role.NEED_BY, Role.BUYER_PHONE)
    assert order.written_phone == "000-0000-0000"


def test_a_deadline_without_its_year_is_the_next_one_after_the_order(read):
    assert read(ordered_at="2026-12-28", need_by="1/5").need_by == date(2027, 1, 5)
    assert read(need_by="1/5").need_by is None


def test_the_lines_of_an_order_are_understood_together(read):
    buyer = {"order_id": "1001", "buyer_name": "山田太郎", "buyer_phone": BUYER}
    plain = read(**buyer, recipient_name="山田太郎", amount="500", need_by="2026-12-24", note="玄関先へ")
    gift = read(**buyer, recipient_name="山田花子", recipient_phone=BUYER, amount="900", need_by="2026-12-20")
    found = combined([plain, gift])
    assert (found.gift, found.phones, found.shares_phone) == (GiftSign.RECIPIENT, (), True)
    assert (found.amount, found.need_by, found.note) == (900, date(2026, 12, 20), "玄関先へ")
    assert combined([plain, plain]) is plain


@pytest.mark.parametrize("name", ["山田太郎", "山田太郎様", "山田太郎 様", "山田太郎さん"])
def test_politeness_is_no_part_of_a_name(name):
    assert without_honorific(name) == "山田太郎"
