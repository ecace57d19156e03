"""The list of the day for people: what is overdue first, then today, then who can wait."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, TextIO

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Cell

from deliv.core.advice import day_text
from deliv.core.advicebook import Situation
from deliv.core.agenda import Agenda, FollowUp, Status
from deliv.core.text import Text
from deliv.formats import agendalabels as words
from deliv.formats.allowlists import CustomerSteps
from deliv.formats.console import NARROWEST, open_console
from deliv.formats.safe import printable
from deliv.formats.summary import history_lines, source_lines, summary_lines
from deliv.locale import translator

_NOW: Final = (Status.OVERDUE, Status.TODAY)
_STYLE: Final = {Status.OVERDUE: "bold red", Status.TODAY: "yellow"}
_GAP: Final = 3  # columns between two cells: padding on both sides and a divider
_MOST_NAMES: Final = 8  # who waits, on one line


class AgendaTableWriter:
    """Writes tables as wide as the terminal, then the words for them, each once.

    color: whether the terminal shows colours. width: columns of it.
    """

    def __init__(self, file: TextIO, lang: str, *, color: bool = False, width: int = 100) -> None:
        self._lang = lang
        self._translate = translator(lang)
        self._width = max(width, NARROWEST)
        self._console = open_console(file, width=self._width, color=color)
        self._marks: dict[str, str] = {}
        """What is to be known of several orders, and the mark that stands for it in the tables."""

    def write(self, agenda: Agenda) -> None:
        """Write all of it."""
        _ = self._translate
        groups: defaultdict[Status, list[FollowUp]] = defaultdict(list)
        for found in agenda.entries:
            groups[found.status].append(found)
        for found in groups[Status.OVERDUE]:
            if found.situation is Situation.COMPLAINT:
                self._print(self._alarm(found), style="bold red")
        counts = _(", ").join(
            _("{label}: {count}").format(label=_(words.STATUS[status]), count=len(groups[status]))
            for status in Status
        )
        day, time = day_text(agenda.now.date()).get(self._lang), f"{agenda.now:%H:%M}"
        self._print(_("Whom to reach by {day}, {time}").format(day=day, time=time))
        self._print(f"  {counts}")
        due = [found for status in _NOW for found in groups[status]]
        remarks = Counter(text.get(self._lang) for found in due for text in found.remarks)
        shared = [text for text, count in remarks.items() if count > 1]
        self._marks = {text: _("[{number}]").format(number=number) for number, text in enumerate(shared, 1)}
        for status in _NOW:
            self._group(status, groups[status])
        if self._marks:
            self._print("")
        self._lines(f"{mark} {printable(text)}" for text, mark in self._marks.items())
        self._lines(self._waiting(groups[Status.WAIT]))
        self._lines(self._texts(due))
        self._lines(self._customer_steps(due))
        self._lines(self._notes(agenda))

    def _print(self, line: str, style: str = "") -> None:
        self._console.print(Cell(line, style=style), soft_wrap=True)

    def _lines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._print(line)

    def _alarm(self, found: FollowUp) -> str:
        _ = self._translate
        return _("{customer} ({order}): {situation}; {late}").format(
            customer=words.customer(found, _),
            order=words.order(found, _),
            situation=words.situation(found, _, self._lang),
            late=words.days_overdue(found, _),
        )

    def _group(self, status: Status, group: Sequence[FollowUp]) -> None:
        if not group:
            return
        _ = self._translate
        self._print("")
        title = _("{label}: {count}").format(label=_(words.STATUS[status]), count=len(group))
        self._print(title, style=_STYLE[status])
        rest = self._width - 3 * _GAP
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        widths = [rest * 24 // 100, rest * 22 // 100, rest * 18 // 100]
        headings = (_("Customer, order"), _("What to do"), _("Phone, hours"))
        for heading, width in zip(headings, widths, strict=True):
            table.add_column(heading, width=width, overflow="fold")
        table.add_column(_("Why, and what to know"), width=rest - sum(widths), overflow="fold")
        for found in group:
            table.add_row(*self._cells(found))
        self._console.print(table)

    def _cells(self, found: FollowUp) -> tuple[Cell, ...]:
        _, lang = self._translate, self._lang
        who = Cell(words.customer(found, _))
        who.append(f"\n{words.order(found, _)}", style="dim")
        what = Cell(words.step(found, _), style=_STYLE[found.status])
        if late := words.days_overdue(found, _):
            what.append(f"\n{late}")
        if found.do_on is not None:
            what.append(f"\n{day_text(found.do_on).get(lang)}", style="not bold")
        if found.not_before is not None:
            what.append("\n" + _("after {time}").format(time=f"{found.not_before:%H:%M}"), style="not bold")
        number = found.phone.national + "\n" + found.window.replace("/", "\n") if found.phone else ""
        if not found.phone and found.do is not None and found.subject.assessment.normalized:
            number = printable(found.subject.assessment.normalized)
        texts = [text.get(lang) for text in found.remarks]
        marks = [self._marks[text] for text in texts if text in self._marks]
        remarks = [printable(text) for text in texts if text not in self._marks]
        reason = " ".join([words.why(found, _, lang), *marks])
        return who, what, Cell(number), Cell("\n".join([reason, *remarks]))

    def _waiting(self, group: Sequence[FollowUp]) -> Iterator[str]:
        if not group:
            return
        _ = self._translate
        days: defaultdict[tuple[date, str], list[str]] = defaultdict(list)
        for found in group:
            name = _("{customer} ({order})").format(
                customer=words.customer(found, _), order=words.order(found, _)
            )
            days[found.do_on or date.max, words.step(found, _)].append(name)
        yield ""
        yield _("Who can wait, and until when")
        for (day, step), names in sorted(days.items()):
            shown = _(", ").join(names[:_MOST_NAMES])
            more = len(names) - _MOST_NAMES
            if more > 0:
                shown += _(", ") + _("and {count} more").format(count=more)
            yield "  " + _("{day}: {step}: {names}").format(
                day=day_text(day).get(self._lang), step=step, names=shown
            )

    def _texts(self, group: Sequence[FollowUp]) -> Iterator[str]:
        """Yield what to say and to write, each text once, as filled in for the first order that needs it."""
        _, lang = self._translate, self._lang
        shown: set[str] = set()
        for found in group:
            body = found.say or found.mail
            if found.script is None or body is None or found.script.id in shown:
                continue
            shown.add(found.script.id)
            names = found.script.names.get(lang)
            yield ""
            yield _("{text} (here for {order})").format(text=names, order=words.order(found, _))
            if found.mail_subject is not None:
                yield "  " + _("Subject: {subject}").format(subject=printable(found.mail_subject.get(lang)))
            yield from self._indented(body)
        sms = next((found for found in group if found.sms is not None), None)
        if sms is not None and sms.sms is not None:
            yield ""
            yield _("{text} (here for {order})").format(text=_("SMS"), order=words.order(sms, _))
            yield from self._indented(sms.sms)
        avoided = dict.fromkeys(text.get(lang) for found in group for text in found.avoid)
        if avoided:
            yield ""
            yield _("What not to say")
            yield from (f"  - {printable(text)}" for text in avoided)

    def _customer_steps(self, group: Sequence[FollowUp]) -> Iterator[str]:
        steps = CustomerSteps()
        for found in group:
            steps.add(found.subject.assessment)
        for number, line in enumerate(steps.lines(self._translate, self._lang)):
            yield from ("", line) if number == 0 else (line,)

    def _indented(self, text: Text) -> Iterator[str]:
        for line in text.get(self._lang).split("\n"):
            yield f"  {printable(line)}".rstrip()

    def _notes(self, agenda: Agenda) -> Iterator[str]:
        _, lang = self._translate, self._lang
        if agenda.legal_note is not None:
            yield ""
            yield agenda.legal_note.text.get(lang)
            yield from (f"  {line}" for line in source_lines(agenda.legal_note.sources, _))
        if agenda.unmatched:
            yield ""
            yield _("Lines of the log that belong to no order of this list: {count}").format(
                count=len(agenda.unmatched)
            )
            yield from (f"  {words.contact(contact, _, lang)}" for contact in agenda.unmatched)
        yield ""
        header = agenda.header
        yield from history_lines(header.history, _, assumes=header.assumes_engagement)
        yield from summary_lines(agenda.summary, _, lang)
