"""The facts about one order mail that rules may name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from deliv.core.errors import DelivError
from deliv.core.facts.message import (
    JAPAN,
    MESSAGE_FACTS,
    SHORTENERS,
    AuthenticationResult,
    MessageFacts,
    SpamReport,
    message_facts,
)


def fact(name: str, shop_name: str = "", **fields):
    return message_facts(MessageFacts(**fields), shop_name=shop_name)[f"message.{name}"]


def test_every_fact_of_the_catalogue_has_a_value_and_no_other():
    sent = MessageFacts(sent_at=datetime(2026, 11, 22, 12, 0, tzinfo=JAPAN))

    assert message_facts(sent).keys() == MESSAGE_FACTS.keys()


def test_without_a_date_nobody_can_say_whether_it_was_night():
    facts = message_facts(MessageFacts())

    assert facts.keys() == MESSAGE_FACTS.keys() - {"message.sent_at_night"}
    assert facts["message.has_date"] is False


@pytest.mark.parametrize(
    "fields", [{}, {"sent_at": datetime.now(UTC), "display_name": "x", "url_hosts": ("bit.ly",)}]
)
def test_every_value_is_of_its_kind(fields):
    for name, value in message_facts(MessageFacts(**fields)).items():
        spec = MESSAGE_FACTS[name]
        if spec.is_flag or spec.is_number:
            assert type(value) is (bool if spec.is_flag else int)
        else:
            assert spec.words is not None
            assert value in spec.words


@pytest.mark.parametrize(
    ("name", "shop", "expected"),
    [
        ("", "", "missing"),
        (" \u3000", "あおぞら店", "missing"),
        ("あおぞら店", "", "present"),
        ("あおぞら店", "あおぞら店", "shop"),
        ("【公式】あおぞら 店 受付", "あおぞら店", "shop"),
        ("ＳＨＯＰ Ａ", "Shop a", "shop"),
        ("info", "あおぞら店", "other"),
    ],
)
def test_display_name(name, shop, expected):
    assert fact("display_name", shop, display_name=name) == expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (None, "none"),
        ("shop.example", "same"),
        ("mail.shop.example", "same"),
        ("example", "same"),
        ("notshop.example", "other"),
        ("gmail.com", "other"),
        ("", "other"),
    ],
)
def test_reply_to(domain, expected):
    assert fact("reply_to", from_domain="shop.example", reply_to_domain=domain) == expected


def test_links():
    assert fact("has_url", url_hosts=("shop.example",))
    assert not fact("has_url")
    assert fact("url_shortener", url_hosts=("shop.example", "bit.ly"))
    assert fact("url_shortener", url_hosts=("www.tinyurl.com",))
    assert not fact("url_shortener", url_hosts=("notbit.ly", "shop.example"))
    assert all(host == host.lower() for host in SHORTENERS)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 22, 20, 59, tzinfo=JAPAN), False),
        (datetime(2026, 11, 22, 21, 0, tzinfo=JAPAN), True),
        (datetime(2026, 11, 22, 7, 59, tzinfo=JAPAN), True),
        (datetime(2026, 11, 22, 8, 0, tzinfo=JAPAN), False),
        (datetime(2026, 11, 22, 13, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=-8))), True),
    ],
)
def test_night_is_night_where_the_customer_is(moment, expected):
    assert fact("sent_at_night", sent_at=moment) is expected


def test_another_clock():
    facts = MessageFacts(sent_at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC))

    assert message_facts(facts, clock=UTC)["message.sent_at_night"] is False


def test_a_result_and_its_properties():
    result = AuthenticationResult("dkim", "pass", (("header.d", "shop.example"),))

    assert result.get("header.d") == "shop.example"
    assert result.get("header.s") is None


@pytest.mark.parametrize(("score", "expected"), [(4.9, False), (5.0, True), (None, None)])
def test_a_spam_report(score, expected):
    assert SpamReport(score=score, threshold=5.0).is_spam is expected
    assert SpamReport(failure=DelivError("no")).is_spam is None
