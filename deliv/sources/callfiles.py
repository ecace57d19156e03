"""What rule files hold of calls: hours, what brings one forward, days off, words to look for."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from deliv.core.advicebook import DECENT, CallHours
from deliv.core.case import Urgency
from deliv.core.ordercontext import OrderWords
from deliv.core.providers import ProviderKind
from deliv.core.workdays import DaysOfYear, Hours, decent_hours, parse_hours
from deliv.sources.fields import Fields

_HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAYS = re.compile(r"(\d\d)-(\d\d)/(\d\d)-(\d\d)", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LEAP_YEAR = 2024


@dataclass(slots=True)
class CallsDraft:
    """What rule files say of calls, in the making: each file changes only what it names."""

    hours: CallHours = field(default_factory=CallHours)
    urgency: Urgency = field(default_factory=Urgency)
    year_end: dict[str, tuple[DaysOfYear, ...]] = field(default_factory=dict)
    words: OrderWords = field(default_factory=OrderWords)

    def take(self, fields: Fields) -> None:
        """Take in what one file holds."""
        if calls := fields.child("calls"):
            self._take_hours(calls)
        if fields.has("phone_window"):
            self.hours = replace(self.hours, window=_window(fields, "phone_window", self.hours))
        if urgency := fields.child("urgency"):
            self._take_urgency(urgency)
        if year_end := fields.child("year_end"):
            for country, _ in year_end.entries():
                _check_country(year_end, country)
                self.year_end[country] = _days_of_year(year_end, country)
        if words := fields.child("order_words"):
            self._take_words(words)

    def _take_hours(self, fields: Fields) -> None:
        hours = self.hours
        if fields.has("limits"):
            limits = _hours(fields, "limits") or hours.limits
            if not DECENT.start <= limits.start < limits.end <= DECENT.end:
                template = "nobody is phoned before {start} or after {end}; these hours can only be narrowed"
                _report(fields, "limits", template, start=f"{DECENT.start:%H:%M}", end=f"{DECENT.end:%H:%M}")
            hours = replace(hours, limits=limits)
        if fields.has("lunch"):
            hours = replace(hours, lunch=_hours(fields, "lunch"))
        if fields.has("window"):
            hours = replace(hours, window=_window(fields, "window", hours))
        if fields.has("quiet"):
            hours = replace(hours, quiet=_hours(fields, "quiet"))
        if fields.has("quiet_kinds"):
            hours = replace(hours, quiet_kinds=fields.words("quiet_kinds", ProviderKind))
        self.hours = replace(hours, minutes=fields.count("minutes", hours.minutes, least=1))
        fields.close()

    def _take_urgency(self, fields: Fields) -> None:
        known = self.urgency
        more: dict[str, Decimal] = {}
        if amounts := fields.child("amounts"):
            for country, _ in amounts.entries():
                _check_country(amounts, country)
                more[country] = Decimal(str(amounts.number(country)))
        self.urgency = Urgency(
            deadline_days=fields.count("deadline_days", known.deadline_days),
            amounts={**known.amounts, **more},
            amount_days=fields.count("amount_days", known.amount_days),
            give_up_after=fields.count("give_up_after", known.give_up_after, least=1),
        )
        fields.close()

    def _take_words(self, fields: Fields) -> None:
        known = self.words
        self.words = OrderWords(
            gift=_words(fields, "gift") + known.gift,
            no_gift=_words(fields, "no_gift") + known.no_gift,
            complaint=_words(fields, "complaint") + known.complaint,
            closed=_words(fields, "closed") + known.closed,
        )
        fields.close()


def decode_window(fields: Fields, key: str, default: str | None = None) -> str:
    """Return hours such as ``10:00-19:00``."""
    window = fields.text(key, default)
    if window and not _HOURS.fullmatch(window):
        _report(fields, key, "hours are written as “10:00-19:00”")
        return ""
    return window


def decode_phone_window(fields: Fields, key: str, limits: Hours = DECENT) -> str:
    """Return hours for calls, of which something must be left within `limits`."""
    window = decode_window(fields, key, "")
    if window and decent_hours(parse_hours(window), limits) is None:
        template = "this leaves no time for a call, since nobody is phoned before {start} or after {end}"
        _report(fields, key, template, start=f"{limits.start:%H:%M}", end=f"{limits.end:%H:%M}")
        return ""
    return window


def _hours(fields: Fields, key: str) -> Hours | None:
    """Return hours; None for an empty text, which means that there are none."""
    text = decode_window(fields, key, "")
    return parse_hours(text) if text else None


def _window(fields: Fields, key: str, hours: CallHours) -> Hours:
    text = decode_phone_window(fields, key, hours.limits)
    return parse_hours(text) if text else hours.window


def _days_of_year(fields: Fields, key: str) -> tuple[DaysOfYear, ...]:
    """Return spans such as ``12-29/01-03``."""
    found = []
    for item in fields.items(key):
        match = _DAYS.fullmatch(fields.as_text(item))
        days = [_place(*pair) for pair in (match.group(1, 2), match.group(3, 4))] if match else [None]
        first, last = days[0], days[-1]
        if first is None or last is None:
            fields.report(item, "days of every year are written as “12-29/01-03”")
        else:
            found.append(DaysOfYear(first=first, last=last))
    return tuple(found)


def _place(month: str, day: str) -> tuple[int, int] | None:
    """Return month and day as numbers; None when no year has such a day."""
    try:
        found = date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return None
    return found.month, found.day


def _words(fields: Fields, key: str) -> tuple[str, ...]:
    """Return words to look for; an empty one would be found everywhere."""
    for item in fields.items(key):
        if item.value == "":
            fields.report(item, "an empty word would be found in every text")
    return fields.texts(key)


def _check_country(fields: Fields, country: str) -> None:
    if not _COUNTRY.fullmatch(country):
        _report(fields, country, "a country is written as two capital letters, for example JP")


def _report(fields: Fields, key: str, template: str, **more: object) -> None:
    fields.report(fields.get(key) or fields.located, template, **more)
