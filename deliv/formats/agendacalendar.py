"""iCalendar (RFC 5545): one event for each call, in the hours in which the shop phones."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TextIO
from zoneinfo import ZoneInfo

from deliv.core.agenda import Agenda, FollowUp
from deliv.core.contacts import fold_order_id
from deliv.formats import agendalabels as words
from deliv.formats.safe import printable
from deliv.locale import translator

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT: Final = "-//deliv//followup//EN"


class AgendaCalendarWriter:
    """Writes the calls of the list; what is no call has no place in the hours of a day."""

    def __init__(self, file: TextIO, lang: str) -> None:
        self._file = file
        self._lang = lang
        self._translate = translator(lang)

    def write(self, agenda: Agenda) -> None:
        """Write one calendar."""
        from icalendar import Calendar

        calendar = Calendar()
        calendar.add("prodid", _PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", self._translate("Calls of deliv"))
        for call, start, end in _timed(agenda):
            calendar.add_component(self._event(agenda, call, start, end))
        if isinstance(agenda.now.tzinfo, ZoneInfo) and calendar.events:
            calendar.add_missing_timezones()
        self._file.write(calendar.to_ical().decode("utf-8"))

    def _event(self, agenda: Agenda, call: Sequence[FollowUp], start: datetime, end: datetime) -> "Event":
        from icalendar import Event

        event = Event()
        event.add("uid", _uid(call))
        event.add("dtstamp", agenda.now.astimezone(UTC))
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add("summary", self._summary(call))
        event.add("description", "\n".join(self._description(call)))
        if any(found.overdue for found in call):
            event.add("priority", 1)
        return event

    def _summary(self, call: Sequence[FollowUp]) -> str:
        _ = self._translate
        template = _("{step}: {customer} ({orders})")
        return template.format(
            step=words.step(call[0], _),
            customer=words.customer(call[0], _),
            orders=_(", ").join(words.order(found, _) for found in call),
        )

    def _description(self, call: Sequence[FollowUp]) -> Iterator[str]:
        _, lang = self._translate, self._lang
        number, told = call[0].phone, set[str]()
        if number is not None:
            yield _("Phone: {number} ({window})").format(number=number.national, window=call[0].window)
        for found in call:
            yield ""
            yield f"{words.order(found, _)}: {words.situation(found, _, lang)}"
            if late := words.days_overdue(found, _):
                yield late
            new = [text.get(lang) for text in found.remarks if text.get(lang) not in told]
            told.update(new)
            yield from map(printable, new)
            if found.say is not None:
                yield _("What to say") + ": " + _shown(found.say.get(lang))
        if call[0].avoid:
            yield ""
            yield _("What not to say")
        avoided = dict.fromkeys(text.get(lang) for found in call for text in found.avoid)
        yield from (f"- {printable(text)}" for text in avoided)
        if call[0].sms is not None:
            yield ""
            yield _("SMS") + ": " + _shown(call[0].sms.get(lang))


def _shown(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _timed(agenda: Agenda) -> Iterator[tuple[Sequence[FollowUp], datetime, datetime]]:
    """Yield the calls with their times, one after the other on each day; a second person shares the slots."""
    days: defaultdict[date, list[Sequence[FollowUp]]] = defaultdict(list)
    for call in _calls(agenda):
        assert call[0].do_on is not None
        days[call[0].do_on].append(call)
    for day, calls in sorted(days.items()):
        slots = _slots(agenda, day)
        for number, call in enumerate(calls):
            start, end = slots[number % len(slots)]
            yield call, _moment(agenda, day, start), _moment(agenda, day, end)


def _calls(agenda: Agenda) -> Iterator[Sequence[FollowUp]]:
    """Yield the orders to phone about, those of one customer on one day together, the most urgent first."""
    calls: dict[tuple[str, date], list[FollowUp]] = {}
    for found in agenda.entries:
        if found.do is None or not found.do.is_call or found.phone is None or found.do_on is None:
            continue
        whom = f"{found.phone.e164} {(found.subject.assessment.normalized or '').casefold()}"
        calls.setdefault((whom, found.do_on), []).append(found)
    yield from calls.values()


def _slots(agenda: Agenda, day: date) -> Sequence[tuple[time, time]]:
    """Return from when to when each call of a day can be."""
    hours, minutes = agenda.phone_hours, agenda.call_minutes
    now = agenda.now.time() if day == agenda.now.date() else time(0)
    starts = hours.slots(minutes, not_before=now)
    if starts:
        return [(start, _later(start, minutes)) for start in starts]
    span = hours.spans[-1]  # hours that are shorter than a call
    return [(span.start, span.end)]


def _later(start: time, minutes: int) -> time:
    return (datetime.combine(date.min, start) + timedelta(minutes=minutes)).time()


def _moment(agenda: Agenda, day: date, moment: time) -> datetime:
    """Return a moment in the shop's zone; where that has no name, by the clock of whoever opens the file."""
    zone = agenda.now.tzinfo
    return datetime.combine(day, moment, zone if isinstance(zone, ZoneInfo) else None)


def _uid(call: Sequence[FollowUp]) -> str:
    """Return the same name for the same step of the same orders, so that a second import updates it."""
    steps = sorted(_step_name(found) for found in call)
    digest = hashlib.sha256("\n".join(steps).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:32]}@deliv"


def _step_name(found: FollowUp) -> str:
    order, assessment = found.subject.order, found.subject.assessment
    ordered = str(order.ordered_at or "")
    name = fold_order_id(found.order_id) or f"{assessment.normalized or assessment.address} {ordered}"
    return f"{name} {found.do} {found.due}"
