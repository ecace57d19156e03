"""Who waits for whom."""

from datetime import date

import pytest

from deliv.core.conversation import conversation_of
from deliv.core.moments import read_moment
from deliv.core.ordercontext import OrderContext
from tests.usecases.agenda import TOKYO, said

TODAY = date(2026, 11, 24)
ORDERED = "2026-11-10"


def order(**moments):
    read = {
        name: read_moment(text, TOKYO) for name, text in ({"ordered_at": ORDERED} | moments).items() if text
    }
    return OrderContext(order_id="1001", **read)


def situation(rules, *contacts, **moments):
    found = conversation_of(order(**moments), contacts, rules.advice.words, today=TODAY)
    return str(found.situation), f"{found.since:%m-%d}"


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        pytest.param([], ("silent", "11-10"), id="nothing"),
        pytest.param([said("mail", "2026-11-12")], ("silent", "11-10"), id="mail"),
        pytest.param([said("bounce", "2026-11-11")], ("bounced", "11-11"), id="bounce"),
        pytest.param(
            [said("bounce", "2026-11-11"), said("bounce", "2026-11-13")],
            ("bounced", "11-11"),
            id="the-first-bounce-counts",
        ),
        pytest.param(
            [said("bounce", "2026-11-11"), said("reply", "2026-11-12")], ("answered", "11-12"), id="answered"
        ),
        pytest.param(
            [said("reply", "2026-11-12"), said("bounce", "2026-11-13")],
            ("bounced", "11-13"),
            id="bounce-later",
        ),
        pytest.param(
            [said("mail", "2026-11-12"), said("reply", "2026-11-12")], ("answered", "11-12"), id="same-day"
        ),
        pytest.param(
            [said("reply", "2026-11-12 09:00"), said("mail", "2026-11-12 10:00")],
            ("dialogue", "11-12"),
            id="same-day-with-times",
        ),
        pytest.param([said("reply", "2026-11-12", note="返金して")], ("complaint", "11-12"), id="complaint"),
        pytest.param(
            [said("reply", "2026-11-12", note="まだ届かない"), said("reply", "2026-11-14", note="もしもし")],
            ("complaint", "11-12"),
            id="a-complaint-stays-one",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="返金して"), said("mail", "2026-11-13")],
            ("dialogue", "11-13"),
            id="the-shop-answered",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="返金して"), said("bounce", "2026-11-13")],
            ("complaint", "11-12"),
            id="complaint-and-bounce",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="返金して"), said("phone", "2026-11-13", note="電話で解決。")],
            ("dialogue", "11-13"),
            id="a-word-within-others-closes-nothing",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="返金して"), said("phone", "2026-11-13", note="電話 対応完了")],
            ("closed", "11-13"),
            id="closed",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="破損。未解決")],
            ("complaint", "11-12"),
            id="unsolved-in-japanese",
        ),
        pytest.param(
            [said("reply", "2026-11-12", note="broken; not resolved")], ("complaint", "11-12"), id="unsolved"
        ),
        pytest.param(
            [said("phone", "2026-11-12", note="closed"), said("reply", "2026-11-13")],
            ("answered", "11-13"),
            id="a-reply-opens-it-again",
        ),
    ],
)
def test_where_things_stand(rules, contacts, expected):
    assert situation(rules, *contacts) == expected


def test_what_the_export_says_counts(rules):
    assert situation(rules, replied_at="2026-11-12") == ("answered", "11-12")
    assert situation(rules, replied_at="2026-12-12") == ("silent", "11-10")  # has not come yet
    assert situation(rules, replied_at="2026-11-09") == ("silent", "11-10")  # about an older order


def test_a_mail_of_the_shop_system_answers_no_complaint(rules):
    complaint = said("reply", "2026-11-12", note="届かない")
    assert situation(rules, complaint, mailed_at="2026-11-13") == ("complaint", "11-12")


def test_without_a_date_the_first_contact_or_today_stands_for_it(rules):
    assert situation(rules, ordered_at="") == ("silent", "11-24")
    assert situation(rules, said("mail", "2026-11-12"), ordered_at="") == ("silent", "11-12")
