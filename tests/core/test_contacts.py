"""The log of contacts: which lines count for an order, and in which order."""

from datetime import date

import pytest

from deliv.core.contacts import Contact, ContactKind, ContactLog, fold_order_id, in_time
from tests.usecases.agenda import said

TODAY = date(2026, 11, 24)


def of(log, order_id="1001", address="taro@docomo.ne.jp", *, since=date(2026, 11, 20)):
    return [each.kind.value for each in ContactLog(log).of(order_id, address, since=since, until=TODAY)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("1001", "#1001"), ("1001", "1001.0"), ("A-7", "a-7"), ("１００１", "1001"), (" 1001 ", "1001")],
)
def test_spellings_of_one_number(one, other):
    assert fold_order_id(one) == fold_order_id(other)


def test_zeros_tell_orders_apart():
    assert fold_order_id("00123") != fold_order_id("123")


@pytest.mark.parametrize(("in_log", "in_list"), [("123", "00123"), ("00123", "123"), ("123.0", "#00123")])
def test_a_spreadsheet_may_have_eaten_the_zeros_of_the_log_or_the_list(in_log, in_list):
    assert of([said("phone", "2026-11-24", in_log)], in_list) == ["phone"]


def test_lines_by_order_and_by_address_count():
    log = [
        said("sms", "2026-11-24"),
        said("phone", "2026-11-23", address="Taro@docomo.ne.jp"),
        said("mail", "2026-11-22", "1002"),
        said("mail", "2026-11-22", address="hanako@docomo.ne.jp"),
    ]
    assert of(log) == ["phone", "sms"]
    assert of(log, "1002") == ["mail", "phone"]
    assert of(log, "", None) == []


def test_plans_days_to_come_and_days_before_the_order_do_not_count():
    log = [
        said("planned", "2026-11-24"),
        said("phone", "2026-11-25"),
        said("mail", "2026-11-19"),
        said("reply", "2026-11-19", address="taro@docomo.ne.jp"),
    ]
    assert of(log) == []
    assert of(log, since=None) == ["mail", "reply"]


def test_a_line_that_stands_there_twice_counts_once():
    assert of([said("phone", "2026-11-24")] * 2 + [said("phone", "2026-11-24", note="留守")]) == [
        "phone",
        "phone",
    ]


def test_lines_that_count_for_nothing_are_named():
    counted, lost = (
        said("phone", "2026-11-24"),
        [said("mail", "2026-11-24", "999"), said("sms", "2026-12-24")],
    )
    nobody = Contact(kind=ContactKind.SMS, when=counted.when)
    log = ContactLog([counted, *lost, nobody, said("planned", "2026-11-24", "999")])
    used = log.of("1001", None, since=None, until=TODAY)
    assert log.unmatched(used) == (*lost, nobody)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param(said("reply", "2026-11-23"), said("mail", "2026-11-24"), id="days"),
        pytest.param(said("reply", "2026-11-24 09:00"), said("mail", "2026-11-24 10:00"), id="times"),
        pytest.param(said("mail", "2026-11-24"), said("reply", "2026-11-24"), id="no-times"),
        pytest.param(said("mail", "2026-11-24 10:00"), said("reply", "2026-11-24"), id="reply-without-time"),
        pytest.param(said("mail", "2026-11-24"), said("reply", "2026-11-24 09:00"), id="mail-without-time"),
        pytest.param(said("mail", "2026-11-24"), said("bounce", "2026-11-24"), id="bounce"),
        pytest.param(said("bounce", "2026-11-24"), said("reply", "2026-11-24"), id="reply-ends-bounce"),
    ],
)
def test_what_came_first(earlier, later):
    assert sorted([later, earlier], key=in_time) == [earlier, later]
