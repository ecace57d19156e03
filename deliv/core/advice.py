"""What to do about one address, by when, and what to say."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deliv.core.placement import Risk
from deliv.core.providers import AllowList, ProviderKind
from deliv.core.rules import Reason
from deliv.core.text import Text


class Action(StrEnum):
    """The next step, as a word."""

    SEND = "send"
    SEND_WITH_NOTICE = "send_with_notice"
    """Send, and tell the customer where else to look; phone if nothing comes back."""
    PHONE_IF_SILENT = "phone_if_silent"
    PHONE_FIRST = "phone_first"
    FIX_ADDRESS = "fix_address"
    USE_RELAY = "use_relay"
    RECHECK = "recheck"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceEntry:
    """One line of the ladder: for whom it is, and what it says."""

    risks: frozenset[Risk]
    """Risks that it is for."""
    action: Action
    """The next step."""
    text: Text
    """What to do, for the shop; with ``{fields}``."""
    kinds: frozenset[ProviderKind] = frozenset()
    """Kinds of provider that it is for; empty for all."""
    reasons: frozenset[Reason] = frozenset()
    """Reasons of which one must be given; empty for no matter which."""
    due_in: int | None = None
    """Business days until the step is due; None when nothing is due."""
    say: Text | None = None
    """What to say or write to the customer; with ``{fields}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceBook:
    """The ladder, and when to phone."""

    entries: tuple[AdviceEntry, ...]
    """The first one that fits holds; the last one fits everything."""
    phone_window: str
    """Hours for calls where the shop says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about one address."""

    action: Action
    """The next step."""
    text: Text
    """What to do, in words for the shop."""
    due: date | None = None
    """Day by which the step is due; for `SEND_WITH_NOTICE` the day to phone if nothing came back."""
    phone_window: str = ""
    """Hours in which to phone; empty when the step is no call."""
    say: Text | None = None
    """What to say or write to the customer."""
    tell_customer: AllowList | None = None
    """Steps by which the customer lets the shop's mail in."""


_CALLS = frozenset({Action.PHONE_FIRST, Action.PHONE_IF_SILENT, Action.FIX_ADDRESS, Action.SEND_WITH_NOTICE})


def choose_entry(
    book: AdviceBook, risk: Risk, kind: ProviderKind | None, reasons: AbstractSet[Reason]
) -> AdviceEntry:
    """Return the first line of the ladder that fits."""
    return next(
        entry
        for entry in book.entries
        if risk in entry.risks
        and (not entry.kinds or kind in entry.kinds)
        and (not entry.reasons or entry.reasons & reasons)
    )


def advise(
    book: AdviceBook,
    entry: AdviceEntry,
    *,
    as_of: date,
    fields: Mapping[str, Text],
    allow_list: AllowList | None = None,
    phone_window: str = "",
    closed: AbstractSet[date] = frozenset(),
) -> Advice:
    """Turn a line of the ladder into advice for one address.

    `fields` fill the placeholders of its texts and of the customer's steps; `phone_window` and
    `closed` are the shop's own, where it has said so.
    """
    due = None if entry.due_in is None else business_day(as_of, entry.due_in, closed)
    calls = entry.action in _CALLS and due is not None
    window = (phone_window or book.phone_window) if calls else ""
    known = dict(fields)
    known["due"] = Text(ja=_japanese_date(due), en=due.isoformat()) if due else Text(ja="", en="")
    known["window"] = Text(ja=window, en=window)
    return Advice(
        action=entry.action,
        text=_fill(entry.text, known),
        due=due,
        phone_window=window,
        say=_fill(entry.say, known) if entry.say else None,
        tell_customer=_fill_steps(allow_list, known) if allow_list else None,
    )


def business_day(start: date, days: int, closed: AbstractSet[date]) -> date:
    """Return the day `days` business days after `start`, on which the shop is there to phone.

    0 is `start` itself, or the next business day when that is none. Saturdays, Sundays and the
    days in `closed` are not business days.
    """
    day, left = start, days
    while True:
        if day.weekday() < 5 and day not in closed:
            if left <= 0:
                return day
            left -= 1
        day += timedelta(days=1)


def _japanese_date(day: date) -> str:
    return f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})"


def _fill(text: Text, fields: Mapping[str, Text]) -> Text:
    return Text(
        ja=text.ja.format_map({name: value.ja for name, value in fields.items()}),
        en=text.en.format_map({name: value.en for name, value in fields.items()}),
    )


def _fill_steps(steps: AllowList, fields: Mapping[str, Text]) -> AllowList:
    ja = {name: value.ja for name, value in fields.items()}
    en = {name: value.en for name, value in fields.items()}
    return AllowList(
        ja=tuple(step.format_map(ja) for step in steps.ja),
        en=tuple(step.format_map(en) for step in steps.en),
        url=steps.url,
        verified=steps.verified,
    )
