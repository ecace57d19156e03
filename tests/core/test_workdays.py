"""When the shop works, and when it may phone."""

from datetime import date, datetime, time, timedelta

import pytest

from deliv.core.settings import CalendarSettings, Settings, ShopSettings
from deliv.core.workdays import Hours, Workdays, decent_hours, next_call_day, parse_hours
from tests.usecases.agenda import NEW_YORK, TOKYO


@pytest.fixture
def japan(rules):
    return rules.advice.workdays(Settings())


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param((2026, 11, 24), 0, (2026, 11, 24), id="today"),
        pytest.param((2026, 11, 20), 1, (2026, 11, 24), id="over-a-weekend-and-a-holiday"),
        pytest.param((2026, 11, 21), 0, (2026, 11, 24), id="saturday"),
        pytest.param((2026, 12, 28), 0, (2026, 12, 28), id="last-day-of-the-year-at-work"),
        pytest.param((2026, 12, 28), 1, (2027, 1, 4), id="over-the-end-of-the-year"),
        pytest.param((2026, 12, 31), 0, (2027, 1, 4), id="within-it"),
        pytest.param((2027, 4, 28), 1, (2027, 4, 30), id="golden-week-begins"),
        pytest.param((2027, 4, 30), 1, (2027, 5, 6), id="golden-week"),
        pytest.param((2026, 9, 18), 1, (2026, 9, 24), id="a-day-between-two-holidays"),
        pytest.param((2027, 3, 19), 1, (2027, 3, 23), id="substitute-holiday"),
    ],
)
def test_business_days_of_japan(japan, start, days, expected):
    assert japan.after(date(*start), days) == date(*expected)


@pytest.mark.parametrize(
    ("end", "days", "expected"),
    [
        ((2026, 11, 24), 0, (2026, 11, 24)),
        ((2026, 11, 23), 0, (2026, 11, 20)),
        ((2026, 11, 25), 2, (2026, 11, 20)),
        ((2027, 1, 5), 2, (2026, 12, 28)),
    ],
)
def test_business_days_before(japan, end, days, expected):
    assert japan.before(date(*end), days) == date(*expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((2026, 11, 24), (2026, 11, 24), 0),
        ((2026, 11, 24), (2026, 11, 20), 0),
        ((2026, 11, 20), (2026, 11, 23), 0),
        ((2026, 11, 20), (2026, 11, 24), 1),
        ((2026, 12, 25), (2027, 1, 5), 3),
    ],
)
def test_business_days_between(japan, start, end, expected):
    assert japan.between(date(*start), date(*end)) == expected


def test_a_shop_that_works_on_saturdays_and_has_days_off(rules):
    calendar = CalendarSettings(workdays=frozenset({1, 2, 3, 4, 5}), closed=frozenset({date(2026, 11, 25)}))
    days = rules.advice.workdays(Settings(calendar=calendar))
    assert days.after(date(2026, 11, 24), 1) == date(2026, 11, 26)
    assert days.after(date(2026, 11, 27), 1) == date(2026, 11, 28)  # a Saturday
    assert days.after(date(2026, 11, 28), 1) == date(2026, 12, 1)  # closed on Mondays


def test_another_country_has_its_own_holidays(rules):
    days = rules.advice.workdays(Settings(shop=ShopSettings(country="US")))
    assert date(2026, 11, 23) in days  # Labour Thanksgiving Day is Japan's
    assert date(2026, 11, 26) not in days
    assert date(2026, 12, 30) in days


def test_a_shop_that_never_opens_ends_no_program():
    days = Workdays(weekdays=frozenset())
    start = date(2026, 11, 24)
    assert days.after(start, 3) > start + timedelta(days=1000)
    assert days.before(start, 3) < start - timedelta(days=1000)
    assert days.between(start, date(2199, 1, 1)) == 0


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        pytest.param((2026, 11, 24, 9, 0), (2026, 11, 24), (2026, 11, 24), id="before-hours"),
        pytest.param((2026, 11, 24, 12, 30), (2026, 11, 24), (2026, 11, 24), id="at-lunch"),
        pytest.param((2026, 11, 24, 18, 50), (2026, 11, 24), (2026, 11, 24), id="the-last-call"),
        pytest.param((2026, 11, 24, 18, 51), (2026, 11, 24), (2026, 11, 25), id="too-late-for-a-call"),
        pytest.param((2026, 11, 24, 19, 0), (2026, 11, 24), (2026, 11, 25), id="the-hours-are-over"),
        pytest.param((2026, 11, 24, 22, 0), (2026, 11, 20), (2026, 11, 25), id="overdue-late-at-night"),
        pytest.param((2026, 11, 22, 11, 0), (2026, 11, 20), (2026, 11, 24), id="on-a-sunday"),
        pytest.param((2026, 12, 28, 19, 5), (2026, 12, 28), (2027, 1, 4), id="last-evening-of-the-year"),
        pytest.param((2026, 11, 24, 22, 0), (2026, 11, 26), (2026, 11, 26), id="not-due-yet"),
    ],
)
@pytest.mark.parametrize("zone", [TOKYO, NEW_YORK], ids=str)
def test_the_day_of_a_call(japan, rules, now, due, expected, zone):
    hours = rules.advice.phone_hours(Settings())
    assert next_call_day(japan, hours, date(*due), datetime(*now, tzinfo=zone), minutes=10) == date(*expected)


@pytest.mark.parametrize("moment", [(2027, 3, 14, 2, 30), (2026, 11, 1, 1, 30)], ids=["spring", "autumn"])
def test_the_day_of_a_call_when_the_clock_changes(rules, moment):
    settings = Settings(shop=ShopSettings(country="US"))
    days, hours = rules.advice.workdays(settings), rules.advice.phone_hours(settings)
    now = datetime(*moment, tzinfo=NEW_YORK)  # both Sundays
    assert next_call_day(days, hours, now.date(), now, minutes=10) == now.date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("10:00-19:00", "10:00-12:00/13:00-19:00"),
        ("07:00-22:00", "09:00-12:00/13:00-20:00"),
        ("13:00-21:00", "13:00-20:00"),
        ("12:30-15:00", "13:00-15:00"),
        ("10:00-12:30", "10:00-12:00"),
        ("21:00-23:00", "10:00-12:00/13:00-19:00"),
        ("12:00-13:00", "12:00-13:00"),  # a shop that phones only at lunch time means it
        ("19:00-10:00", "10:00-12:00/13:00-19:00"),
    ],
)
def test_nobody_phones_outside_of_decent_hours(rules, window, expected):
    hours = rules.advice.phone_hours(Settings(calendar=CalendarSettings(phone_window=window)))
    assert "/".join(map(str, hours.spans)) == expected


def test_calls_one_after_the_other_leave_lunch_out():
    hours = decent_hours(parse_hours("11:30-13:45"), parse_hours("09:00-20:00"), parse_hours("12:00-13:00"))
    assert hours.slots(15) == (time(11, 30), time(11, 45), time(13), time(13, 15), time(13, 30))
    assert hours.slots(20, not_before=time(11, 40)) == (time(13), time(13, 20))


def test_hours_may_go_past_midnight():
    quiet = Hours(start=time(21), end=time(8))
    assert [hour for hour in range(24) if time(hour) in quiet] == [*range(8), 21, 22, 23]
