"""CSV of the list of the day, for whoever sits at the phone: one line for each order, top to bottom."""

import csv
from collections.abc import Sequence
from typing import Final, TextIO

from deliv.core.agenda import Agenda, FollowUp
from deliv.core.spreadsheet import defused, is_formula
from deliv.core.text import Text
from deliv.formats import agendalabels as words
from deliv.formats.allowlists import numbered, steps_of
from deliv.formats.safe import printable
from deliv.locale import translator

HEADINGS: Final = (
    "No.",
    "Status",
    "What to do",
    "On",
    "Due",
    "Business days overdue",
    "Phone number",
    "Hours",
    "Customer",
    "Order number",
    "Rows",
    "Why",
    "Notes",
    "What to say",
    "What not to say",
    "What the customer can do",
    "SMS",
    "Subject",
    "Text of the mail or letter",
    "Next step if silent",
    "Next step on",
    "Mail address",
)
"""The columns, in their order."""


class AgendaCsvWriter:
    """Writes one line for each order, the most urgent first.

    raw_cells: leave cells alone that a spreadsheet would run as a formula.
    """

    def __init__(self, file: TextIO, lang: str, *, raw_cells: bool = False) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._lang = lang
        self._translate = translator(lang)
        self._raw_cells = raw_cells
        self.defused = 0
        """Cells that were made harmless so far."""

    def write(self, agenda: Agenda) -> None:
        """Write the headings and all orders."""
        _ = self._translate
        self._writer.writerow([_(heading) for heading in HEADINGS])
        for number, found in enumerate(agenda.entries, 1):
            cells = [_cell(text) for text in self._cells(number, found)]
            self._writer.writerow(self._harmless(cells))

    def _cells(self, number: int, found: FollowUp) -> Sequence[str]:
        _, order = self._translate, found.subject.order
        assessment = found.subject.assessment
        phone = found.phone or next(iter(order.phones), None)
        return (
            str(number),
            _(words.STATUS[found.status]),
            words.step(found, _),
            self._day(found),
            found.due.isoformat() if found.due else "",
            str(found.overdue) if found.overdue else "",
            _diallable(phone.national, phone.e164) if phone else "",
            found.window,
            order.buyer_name,
            found.order_id,
            _(", ").join(map(str, found.subject.rows)),
            words.why(found, _, self._lang),
            self._lines(found.remarks),
            self._text(found.say),
            self._lines(found.avoid),
            self._customer_steps(found),
            self._text(found.sms),
            self._text(found.mail_subject),
            self._text(found.mail),
            words.next_step(found, _),
            found.then.due.isoformat() if found.then else "",
            assessment.normalized or assessment.address,
        )

    def _day(self, found: FollowUp) -> str:
        if found.do_on is None:
            return ""
        if found.not_before is None:
            return found.do_on.isoformat()
        return self._translate("{day}, after {time}").format(
            day=found.do_on.isoformat(), time=f"{found.not_before:%H:%M}"
        )

    def _customer_steps(self, found: FollowUp) -> str:
        steps = steps_of(found.subject.assessment) if found.do is not None else None
        return "\n".join(numbered(steps.get(self._lang))) if steps else ""

    def _text(self, text: Text | None) -> str:
        return text.get(self._lang) if text else ""

    def _lines(self, texts: Sequence[Text]) -> str:
        return "\n".join(text.get(self._lang) for text in texts)

    def _harmless(self, cells: Sequence[str]) -> Sequence[str]:
        if self._raw_cells:
            return cells
        self.defused += sum(map(is_formula, cells))
        return [defused(cell) for cell in cells]


def _cell(text: str) -> str:
    """Return a text without what could trick its reader; its lines stay lines, as Excel breaks them."""
    return "\n".join(map(printable, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def _diallable(national: str, e164: str) -> str:
    """Return a number so that a spreadsheet does not take it for a sum, which would cost its first zero."""
    if national.isdigit() and national.startswith("0"):
        return f"{e164[:3]} {e164[3:]}"
    return national
