"""From rows and a log to the list of the day: every order once, with all that belongs to it."""

from datetime import date, datetime

import pytest

from deliv.core.settings import Settings, ShopSettings
from tests.usecases.agenda import NEW_YORK, TOKYO, ZONE, agenda, only, row, said


def rows_of(found):
    return sorted(entry.subject.rows for entry in found.entries)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param([row(order_id="1"), row(order_id="2")], [(1,), (2,)], id="two-orders"),
        pytest.param(
            [row(order_id="1"), row(order_id="2"), row(order_id="#1")], [(1, 3), (2,)], id="two-lines"
        ),
        pytest.param([row(order_id="01"), row(order_id="1")], [(1,), (2,)], id="leading-zero"),
        pytest.param(
            [row("a@docomo.ne.jp", order_id="1"), row("b@docomo.ne.jp", order_id="1")],
            [(1,), (2,)],
            id="two-shops",
        ),
        pytest.param([row(order_id="1"), row("", order_id="1")], [(1, 2)], id="a-line-without-address"),
        pytest.param(
            [row("", order_id="1"), row(order_id="1")], [(1, 2)], id="the-first-line-without-address"
        ),
        pytest.param(
            [row("", order_id="-", buyer_name="A"), row("", order_id="-", buyer_name="B")],
            [(1,), (2,)],
            id="no-number-is-none",
        ),
        pytest.param(
            [row("", order_id="1"), row("", order_id="1", buyer_name="", buyer_phone="", ordered_at="")],
            [(1, 2)],
            id="empty-repeated-cells",
        ),
        pytest.param([row(), row()], [(1, 2)], id="no-numbers-the-same"),
        pytest.param([row(), row(ordered_at="2026-11-19")], [(1,), (2,)], id="no-numbers-two-days"),
        pytest.param([row(""), row("")], [(1,), (2,)], id="neither-number-nor-address"),
    ],
)
def test_rows_of_one_order_make_one_entry(rules, listed, expected):
    assert rows_of(agenda(listed, rules)) == expected


def test_what_any_line_says_holds_for_the_order(rules):
    (found,) = agenda(
        [
            row(order_id="1", ordered_at="2026-11-16"),
            row(
                order_id="1", ordered_at="2026-11-16", recipient_name="花子", recipient_phone="090-1234-5678"
            ),
        ],
        rules,
    ).entries
    assert (str(found.do), found.phone) == ("letter", None)


def test_other_open_orders_of_the_customer_are_named(rules):
    found = agenda([row(order_id=str(number)) for number in range(1, 9)], rules)
    (first,) = (entry for entry in found.entries if entry.order_id == "1")
    (text,) = (remark.en for remark in first.remarks if "other open orders" in remark.en)
    assert "(2, 3, 4, 5, 6)" in text


def test_a_line_about_an_address_counts_for_all_orders_that_had_been_placed(rules):
    listed = [row(order_id="1", ordered_at="2026-11-10"), row(order_id="2", ordered_at="2026-11-20")]
    found = agenda(listed, rules, [said("reply", "2026-11-16", address="taro@docomo.ne.jp")])
    assert {entry.order_id: str(entry.status) for entry in found.entries} == {"1": "done", "2": "today"}


def test_lines_that_count_for_nothing_are_returned(rules):
    lost = [said("phone", "2026-11-24", "999"), said("phone", "2026-12-24"), said("mail", "2026-11-01")]
    found = agenda(
        [row(order_id="1001")], rules, [*lost, said("mail", "2026-11-24"), said("planned", "2026-11-24", "7")]
    )
    assert list(found.unmatched) == lost


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@silent.example", True),
        ("a@living.example", False),
        ("a@gone.example", False),
        ("a@pc.fw.rakuten.ne.jp", False),
    ],
    ids=["proves-nothing", "has-spf", "leads-nowhere", "is-a-relay"],
)
def test_where_the_answer_may_be_in_the_shops_own_junk_folder(rules, address, expected):
    found = only(row(address, order_id="1001", ordered_at="2026-11-10"), rules, said("mail", "2026-11-12"))
    assert found.look_in_own_junk is expected
    assert any("own junk folder" in remark.en for remark in found.remarks) is expected


def test_before_a_step_is_due_nobody_searches(rules):
    found = only(row("a@silent.example", order_id="1001"), rules, said("mail", "2026-11-24"))
    assert (str(found.status), found.look_in_own_junk) == ("wait", False)


def test_the_day_of_an_order_is_the_shops(rules):
    utc = row(order_id="1", ordered_at="2026-11-20T23:30:00Z")
    assert only(utc, rules).since == date(2026, 11, 21)
    new_york = Settings(shop=ShopSettings(country="US"))
    now = datetime(2026, 11, 24, 10, 0, tzinfo=NEW_YORK)
    assert only(utc, rules, settings=new_york, now=now).since == date(2026, 11, 20)


def test_the_same_list_twice_is_the_same(rules):
    listed = [row(order_id="1"), row("a@gone.example", order_id="2"), row("b@broken.example", order_id="3")]
    one, other = (agenda(listed, rules, zone=ZONE) for _ in range(2))
    assert one.entries == other.entries


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((2026, 12, 28), "wait mail 01-04"),
        ((2027, 1, 4), "today mail 01-04"),
        ((2027, 1, 5), "today phone 01-05"),
    ],
)
def test_over_the_end_of_the_year(rules, now, expected):
    found = only(row(ordered_at="2026-12-28"), rules, now=datetime(*now, 11, 0, tzinfo=TOKYO))
    assert f"{found.status} {found.do} {found.due:%m-%d}" == expected


def test_an_empty_list_is_an_empty_agenda(rules):
    found = agenda([], rules, [said("mail", "2026-11-24")])
    assert (found.entries, len(found.unmatched)) == ((), 1)
