"""When the shop works, and when it may phone: business days, holidays, hours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

PublicHolidays: TypeAlias = Callable[[int], frozenset[date]]
"""Gives the public holidays of a year."""


HolidaysOfCountry: TypeAlias = Callable[[str], PublicHolidays]
"""Gives them for a country, by its ISO 3166 code."""


def no_holidays(year: int) -> frozenset[date]:  # noqa: ARG001 - the shape of `PublicHolidays`
    """Return nothing: a calendar that knows of no public holidays."""
    return frozenset()


def no_country(country: str) -> PublicHolidays:  # noqa: ARG001 - the shape of `HolidaysOfCountry`
    """Return a calendar without public holidays, whatever the country."""
    return no_holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A span of the day; one that ends before it begins goes past midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def __contains__(self, moment: time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def parse_hours(text: str) -> Hours:
    """Return the span that is written as ``10:00-19:00``.

    Raises ValueError for anything else.
    """
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(text)
    return Hours(start=time.fromisoformat(start.strip()), end=time.fromisoformat(end.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOfYear:
    """A span of days that comes every year, such as from 29 December to 3 January."""

    first: tuple[int, int]
    """Month and day."""
    last: tuple[int, int]
    """Month and day, included; before `first` when the span goes past the end of the year."""

    def __contains__(self, day: date) -> bool:
        place = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= place <= self.last
        return place >= self.first or place <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """The days on which somebody is there."""

    weekdays: frozenset[int] = frozenset(range(5))
    """Days of the week, from Monday, which is 0."""
    closed: frozenset[date] = frozenset()
    """Days off of the shop's own."""
    yearly: tuple[DaysOfYear, ...] = ()
    """Days off of every year."""
    public_holidays: PublicHolidays = field(default=no_holidays, compare=False)
    """Those of its country."""
    _open: dict[date, bool] = field(default_factory=dict, init=False, compare=False, repr=False)
    _between: dict[tuple[date, date], int] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __contains__(self, day: date) -> bool:
        known = self._open.get(day)
        if known is None:
            known = self._open[day] = self._is_open(day)
        return known

    def _is_open(self, day: date) -> bool:
        return (
            day.weekday() in self.weekdays
            and day not in self.closed
            and not any(day in span for span in self.yearly)
            and day not in self.public_holidays(day.year)
        )

    def after(self, start: date, days: int) -> date:
        """Return the day `days` business days after `start`.

        0 is `start` itself, or the next business day when that is none.
        """
        day, left = start, days
        for _ in range(_FARTHEST):
            if day in self:
                if left <= 0:
                    return day
                left -= 1
            day += timedelta(days=1)
        return day  # a shop that never opens

    def before(self, end: date, days: int) -> date:
        """Return the day `days` business days before `end`; 0 is `end`, or the business day before it."""
        day, left = end, days
        for _ in range(_FARTHEST):
            if day in self:
                if left <= 0:
                    return day
                left -= 1
            day -= timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many business days lie behind `start`, up to and with `end`; 0 when `end` is earlier.

        Where years lie between them, only so many are counted.
        """
        known = self._between.get((start, end))
        if known is None:
            last = min((end - start).days, _FARTHEST)
            days = (start + timedelta(days=number) for number in range(1, last + 1))
            known = self._between[start, end] = sum(day in self for day in days)
        return known


_FARTHEST: Final = 3000  # days that are looked through at most


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneHours:
    """When customers are phoned."""

    window: Hours
    """Hours for calls, within what is decent."""
    lunch: Hours | None = None
    """Hours in them in which nobody phones."""

    @property
    def spans(self) -> tuple[Hours, ...]:
        """The hours without the pause."""
        window, lunch = self.window, self.lunch
        if lunch is None or lunch.end <= window.start or lunch.start >= window.end:
            return (window,)
        parts = (
            Hours(start=window.start, end=lunch.start),
            Hours(start=lunch.end, end=window.end),
        )
        return tuple(part for part in parts if part.start < part.end)

    def is_over(self, moment: time, minutes: int) -> bool:
        """Whether no time is left for a call of so many minutes on a day, at this time of it."""
        return _minutes(moment) + minutes > _minutes(self.spans[-1].end)

    def slots(self, minutes: int, *, not_before: time = time(0)) -> tuple[time, ...]:
        """Return when calls can begin on a day, so many minutes apart, the first not before a time."""
        found = []
        for span in self.spans:
            start = _minutes(span.start)
            while start + minutes <= _minutes(span.end):
                if start >= _minutes(not_before):
                    found.append(time(*divmod(start, 60)))
                start += minutes
        return tuple(found)


def decent_hours(window: Hours, limits: Hours, lunch: Hours | None = None) -> PhoneHours | None:
    """Return the hours for calls within `limits`; None when nothing is left of them."""
    start, end = max(window.start, limits.start), min(window.end, limits.end)
    if start >= end:
        return None
    hours = PhoneHours(window=Hours(start=start, end=end), lunch=lunch)
    return hours if hours.spans else None


def next_call_day(days: Workdays, hours: PhoneHours, due: date, now: datetime, *, minutes: int) -> date:
    """Return the day on which to make a call that is due on a day: not in the past, nor after hours.

    minutes: how long the call takes; it must end within the hours.
    """
    day = days.after(max(due, now.date()), 0)
    if day == now.date() and hours.is_over(now.time(), minutes):
        return days.after(day, 1)
    return day


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
