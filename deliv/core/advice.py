"""What to do about one address, by when, and what to say."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final

from deliv.core.advicebook import Action, AdviceBook, AdviceEntry, Remark
from deliv.core.case import Case
from deliv.core.ladder import Hurry, PlannedStep, StepKind, plan
from deliv.core.placement import Risk
from deliv.core.providers import AllowList, ProviderKind
from deliv.core.rules import Reason
from deliv.core.settings import Settings
from deliv.core.text import Text
from deliv.core.wording import Fields, fill, fill_steps, same
from deliv.core.workdays import PhoneHours


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
    steps: tuple[PlannedStep, ...] = ()
    """What follows while the customer stays silent, with its days."""


_PHONES_NOW: Final = frozenset({Action.PHONE_FIRST, Action.FIX_ADDRESS})


def choose_entry(
    book: AdviceBook, risk: Risk, kind: ProviderKind | None, reasons: AbstractSet[Reason]
) -> AdviceEntry:
    """Return the first line of the advice that fits."""
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
    fields: Fields,
    settings: Settings | None = None,
    allow_list: AllowList | None = None,
    case: Case | None = None,
) -> Advice:
    """Turn a line of the book into advice for one address, as if the order had come in on `as_of`.

    `fields` fill the placeholders of its texts and of the customer's steps; `settings` are the
    shop's; `case` is what the order adds.
    """
    settings, case = settings or Settings(), case or Case()
    workdays = book.workdays(settings)
    hurry = case.hurry(book.urgency, workdays)
    steps = plan(book.ladders[entry.ladder], as_of, workdays, hurry)
    first = next((each for each in steps if each.step.do is not StepKind.MAIL), None)
    call = first if first is not None and first.step.do.is_call else None
    hours = book.phone_hours(settings) if call else None
    known = dict(fields)
    known["due"] = day_text(first.due) if first else same("")
    known["window"] = same(window_text(hours) if hours else "")
    if case.need_by:
        known["need_by"] = day_text(case.need_by)
    remarks = _remarks(case, call, hurry, as_of) if call else ()
    say = book.templates.get("call-gift") if case.is_gift and entry.action in _PHONES_NOW else None
    words = say.body if say else entry.say
    return Advice(
        action=entry.action,
        text=joined(fill(text, known) for text in (entry.text, *map(book.remarks.get, remarks)) if text),
        due=first.due if first else None,
        phone_window=str(hours.window) if hours else "",
        say=fill(words, known) if words else None,
        tell_customer=fill_steps(allow_list, known) if allow_list else None,
        steps=steps,
    )


def _remarks(case: Case, call: PlannedStep, hurry: Hurry, as_of: date) -> list[Remark]:
    """Return what the order adds to the advice to make a call; what changes nothing is left out."""
    found = []
    if case.need_by is not None and case.need_by < as_of:
        found.append(Remark.DEADLINE_PASSED)
    elif hurry.latest is not None and hurry.latest <= call.due:
        found.append(Remark.DEADLINE)
    if hurry.days and call.step.after:
        found.append(Remark.AMOUNT)
    if case.is_gift:
        found.append(Remark.GIFT)
    if case.lacks_phone:
        found.append(Remark.NO_PHONE)
    return found


def joined(texts: Iterable[Text]) -> Text:
    """Return sentences behind each other."""
    parts = tuple(texts)
    return Text(ja="".join(part.ja for part in parts), en=" ".join(part.en for part in parts if part.en))


def day_text(day: date) -> Text:
    """Return a day as people read it."""
    return Text(ja=f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})", en=day.isoformat())


def window_text(hours: PhoneHours) -> str:
    """Return the hours for calls as people read them: ``10:00-12:00/13:00-19:00``."""
    return "/".join(map(str, hours.spans))
