"""Days and moments as shop systems, spreadsheets and people write them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

_LONGEST: Final = 100  # characters that are looked at
_DAY: Final = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?!\d)", re.ASCII
)
_ERA: Final = re.compile(
    r"(?:令和|(?<![A-Za-z])R)\s*(?P<year>\d{1,2}|元)\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})(?!\d)",
    re.ASCII,
)
_COMPACT: Final = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[ T]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?)?",
    re.ASCII,
)
_YEAR_LAST: Final = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?P<year>\d{4})(?!\d)", re.ASCII
)
_NO_YEAR: Final = re.compile(r"(?<![\d/.-])(?P<month>\d{1,2})\s*[/月]\s*(?P<day>\d{1,2})(?![\d/])", re.ASCII)
_ENGLISH: Final = re.compile(
    r"(?:(?P<day1>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?:\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?)?,?\s+(?P<year>\d{4})",
    re.ASCII | re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?<!\d)(?P<half>午前|午後|[ap]\.?m\.?)?\s*(?P<hour>\d{1,2})(?::|時)(?P<minute>\d{2})(?:(?::|分)(?P<second>\d{2}))?"
    r"(?:\.\d+)?秒?\s*(?P<half2>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
# Behind a time without T and seconds, -21:00 is rather the end of a span of hours.
_OFFSET: Final = re.compile(
    r":\d\d(?:\.\d+)?\s*(?P<utc>Z|UTC|GMT)"
    r"|(?:(?:T\d\d|:\d\d):\d\d(?:\.\d+)?\s*(?=-)|:\d\d(?:\.\d+)?\s*(?=\+))"
    r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})",
    re.ASCII | re.IGNORECASE,
)
_SERIAL: Final = re.compile(r"(?P<days>[3-6]\d{4})(?:\.0+|\.(?P<part>\d+))?", re.ASCII)
_SERIAL_ZERO: Final = date(1899, 12, 30)  # day 0 of spreadsheets
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REIWA: Final = 2018  # the year before its first
_YEARS: Final = range(1990, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day by the shop's clock, and the time of day where it is known."""

    day: date
    """The day."""
    at: datetime | None = None
    """The moment, with its zone; None when only the day is known."""

    def __str__(self) -> str:
        return self.at.isoformat(timespec="seconds") if self.at else self.day.isoformat()


def read_moment(text: str, zone: tzinfo, *, after: date | None = None) -> Moment | None:
    """Return the moment that a cell names; None when it names none, or more than one could be meant.

    zone: the shop's, for times that name none. after: where the year is left out, the first such day
    from this one on is meant; without it such a day is not understood. Of several days the first counts.
    """
    text = unicodedata.normalize("NFKC", text).strip()[:_LONGEST]
    if not text:
        return None
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        return _of_serial(serial, zone)
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        day = _day(compact["year"], compact["month"], compact["day"])
        moment = _clock(compact["hour"], compact["minute"], compact["second"])
        return _moment(day, moment, zone)
    found = _find_day(text, after)
    if found is None:
        return None
    day, rest = found
    clock, written_in = _find_time(rest), _find_zone(rest)
    if clock == time(0) and written_in is None:
        clock = None  # spreadsheets write a day without a time so
    return _moment(day, clock, written_in or zone, zone)


def _find_day(text: str, after: date | None) -> tuple[date | None, str] | None:
    """Return the day, and what stands behind it."""
    for pattern in (_DAY, _ERA):
        if match := pattern.search(text):
            year = match["year"]
            if pattern is _ERA:
                year = str(_REIWA + (1 if year == "元" else int(year)))
            return _day(year, match["month"], match["day"]), text[match.end() :]
    if match := _YEAR_LAST.search(text):
        return _day_of_either_order(match), text[match.end() :]
    if match := _ENGLISH.search(text):
        day = match["day1"] or match["day2"]
        month = str(_MONTHS.index(match["month"].lower()) + 1)
        return (_day(match["year"], month, day) if day else None), text[match.end() :]
    if after is not None and (match := _NO_YEAR.search(text)):
        days = (_day(str(after.year + more), match["month"], match["day"]) for more in (0, 1))
        return next((day for day in days if day is not None and day >= after), None), text[match.end() :]
    return None


def _day(year: str, month: str, day: str) -> date | None:
    if int(year) not in _YEARS:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _day_of_either_order(match: re.Match[str]) -> date | None:
    """Return the day of ``11/22/2026`` or ``22/11/2026``; None where both readings are days."""
    first, second, year = match["first"], match["second"], match["year"]
    readings = {_day(year, first, second), _day(year, second, first)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _find_time(text: str) -> time | None:
    match = _TIME.search(text)
    if match is None:
        return None
    found = _clock(match["hour"], match["minute"], match["second"])
    half = (match["half"] or match["half2"] or "").lower().replace(".", "")
    if found is None or not half or found.hour > 12:
        return found
    is_afternoon = half in ("午後", "pm")
    return found.replace(hour=found.hour % 12 + (12 if is_afternoon else 0))


def _clock(hour: str | None, minute: str | None, second: str | None) -> time | None:
    if hour is None or minute is None:
        return None
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None


def _find_zone(text: str) -> tzinfo | None:
    """Return the offset from UTC that stands behind a time."""
    match = _OFFSET.search(text)
    if match is None:
        return None
    if match["utc"]:
        return UTC
    minutes = int(match["hours"]) * 60 + int(match["minutes"])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=minutes if match["sign"] == "+" else -minutes))


def _of_serial(match: re.Match[str], zone: tzinfo) -> Moment:
    """Return the moment of a spreadsheet's number of days."""
    day = _SERIAL_ZERO + timedelta(days=int(match["days"]))
    if not match["part"]:
        return Moment(day=day)
    seconds = min(round(float(f"0.{match['part']}") * 86400), 86399)
    at = datetime.combine(day, time(0), zone) + timedelta(seconds=seconds)
    return Moment(day=day, at=at)


def _moment(
    day: date | None, clock: time | None, written_in: tzinfo, zone: tzinfo | None = None
) -> Moment | None:
    """Return the moment by the shop's clock."""
    if day is None:
        return None
    if clock is None:
        return Moment(day=day)
    try:
        at = datetime.combine(day, clock, written_in).astimezone(zone or written_in)
    except OverflowError:
        return None
    return Moment(day=at.date(), at=at)
