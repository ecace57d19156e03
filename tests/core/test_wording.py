"""The words of the rule book: complete, short enough, and discreet."""

import re
import unicodedata
from dataclasses import replace

import pytest

from deliv.core.advicebook import Remark
from deliv.core.settings import Settings, ShopSettings
from deliv.core.text import Text
from deliv.core.wording import PLACEHOLDERS, fill, same, shop_fields
from deliv.sources.rulefiles import load_rules

BOOK = load_rules().advice
SHOP = Settings(shop=ShopSettings(name="はんこ堂", phone="03-1234-5678", hours="平日10-18時"))
EMPTY, FULL = shop_fields(Settings()), dict.fromkeys(PLACEHOLDERS, same("値"))
TEXTS = [
    *((f"{each.id}-body", each.body) for each in BOOK.templates.values()),
    *((f"{each.id}-subject", each.subject) for each in BOOK.templates.values() if each.subject),
    *((f"remark-{name}", text) for name, text in BOOK.remarks.items()),
    *((f"avoid-{number}", text) for number, text in enumerate((*BOOK.avoid, *BOOK.avoid_gift))),
    *((f"advice-{number}", each.text) for number, each in enumerate(BOOK.entries)),
    *((f"say-{number}", each.say) for number, each in enumerate(BOOK.entries) if each.say),
]


@pytest.mark.parametrize("text", [text for _, text in TEXTS], ids=[name for name, _ in TEXTS])
@pytest.mark.parametrize("fields", [EMPTY, FULL], ids=["empty", "full"])
def test_no_placeholder_stays_open(text, fields):
    filled = fill(text, fields)
    for words in (filled.ja, filled.en):
        assert words.strip()
        assert not set("{}") & set(words)


def test_every_remark_and_every_text_that_the_code_names_is_in_the_book():
    assert set(BOOK.remarks) == set(Remark)
    assert {"sms", "letter", "call-gift"} <= set(BOOK.templates)
    assert all(
        step.text in BOOK.templates for each in BOOK.ladders.values() for step in each.steps if step.text
    )


@pytest.mark.parametrize("order", ["1001", "#10234", "YS-10001234"])
def test_the_sms_fits_into_one_message(order):
    fields = shop_fields(SHOP) | {"order": same(order), "shop_phone": same(SHOP.shop.phone)}
    sms = fill(BOOK.templates["sms"].body, fields)
    assert len(sms.ja) <= 70
    assert len(sms.en) <= 160
    for words in (sms.ja, sms.en):
        assert not re.search(r"https?:|www\.|\.jp|\.com", words)
        assert all(word in words for word in ("はんこ堂", order, "03-1234-5678"))


def test_a_call_about_a_gift_names_neither_goods_nor_recipient():
    body = BOOK.templates["call-gift"].body
    named = set(re.findall(r"{(\w+)}", body.ja + body.en))
    assert named <= {"customer", "shop", "order"}
    for word in ("品", "商品", "贈", "プレゼント", "届け先"):
        assert word not in body.ja
    for word in ("gift", "present", "goods", "item"):
        assert word not in body.en.casefold()


def test_what_stands_in_a_field_is_never_filled_again():
    text = Text(ja="{customer}様", en="Dear {customer}")
    assert fill(text, {"customer": same("{shop}")}) == Text(ja="{shop}様", en="Dear {shop}")


def test_unknown_shops_get_words_in_brackets():
    fields = shop_fields(replace(SHOP, shop=ShopSettings()))
    assert (fields["shop"].ja, fields["shop_phone"].ja) == ("(店名)", "(店の電話番号)")
    assert shop_fields(SHOP)["shop_phone"].ja == "03-1234-5678 (平日10-18時)"
    assert unicodedata.normalize("NFKC", fields["order"].ja) == "(注文番号)"
