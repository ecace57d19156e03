"""One order export in, the list of the day out."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from deliv.checklist import stream
from deliv.cli.choices import Lang
from deliv.cli.columns import undecodable_lines
from deliv.cli.language import chosen_language, tr
from deliv.cli.output import Replacements, open_output, refuse_overwriting
from deliv.cli.reporting import progress
from deliv.cli.setup import Setup, write_recording
from deliv.cli.terminal import shows_color, width_of
from deliv.core.agenda import Agenda, FollowUp, Status
from deliv.core.contacts import Contact, ContactKind
from deliv.core.errors import InputError, OutputError
from deliv.core.experience import Experience
from deliv.core.moments import Moment
from deliv.core.report import Summary
from deliv.followup import follow_up
from deliv.formats import agendalabels
from deliv.formats.agenda import AgendaFormat, AgendaWriter, open_agenda_writer
from deliv.formats.agendacsv import AgendaCsvWriter
from deliv.formats.safe import printable
from deliv.formats.summary import history_lines, summary_lines, trust_lines
from deliv.locale import translator
from deliv.sources.contactfiles import ContactFile, read_contacts
from deliv.sources.contactlog import append_planned
from deliv.sources.orders import OrderFile
from deliv.sources.textfile import encoding_name


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaTarget:
    """Where the list goes, and how it is written."""

    format: AgendaFormat
    path: Path | None = None
    encoding: str | None = None
    raw_cells: bool = False
    lang: Lang | None = None
    quiet: bool = False

    @property
    def text_language(self) -> str:
        """Language of the list: JSON is English unless one was named."""
        if self.lang is not None:
            return self.lang
        return "en" if self.format is AgendaFormat.JSON else chosen_language()

    @property
    def is_on_screen(self) -> bool:
        """Whether people read the list where it is written."""
        return self.format is AgendaFormat.TABLE and self.path is None

    @property
    def file_encoding(self) -> str:
        """Encoding of its bytes; Excel reads UTF-8 only behind a byte order mark."""
        if self.format is AgendaFormat.CSV:
            name = encoding_name(self.encoding or "utf-8")
            return "utf-8-sig" if name == "utf-8" else name
        return sys.stdout.encoding if self.is_on_screen else "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The log of contacts: where it is read, and where plans are written; it may be one file."""

    contacts: str | None = None
    log: Path | None = None

    def check(self, orders: str, others: tuple[Path | None, ...]) -> None:
        """Let nothing be written over the log, nor over the orders.

        Raises InputError and OutputError.
        """
        if orders == "-" == self.contacts:
            template = "only one of the orders and the contacts can be standard input; nothing was checked"
            raise InputError(template)
        refuse_overwriting(orders, (*others, self.log))
        if self.contacts is None or self.contacts == "-":
            return
        for path in others:
            if path is not None and path.resolve() == Path(self.contacts).resolve():
                template = (
                    "{path} is the log of contacts; name another file for the result; nothing was written"
                )
                raise OutputError(template, path=path)

    def read(self, setup: Setup, now: datetime) -> ContactFile:
        """Return what the log says; one that is only about to be made says nothing."""
        if self.contacts is None:
            return ContactFile(name="", contacts=())
        is_new = self.log is not None and not self.log.exists()
        if is_new and self.log == Path(self.contacts):
            return ContactFile(name=self.contacts, contacts=())
        return read_contacts(self.contacts, rules=setup.rules, now=now)

    def write(self, agenda: Agenda, setup: Setup, lang: str) -> Iterator[str]:
        """Write down what is planned for now, and yield what is to be said of it."""
        if self.log is None:
            return
        planned = [_planned(found, lang) for found in agenda.entries if _is_for_now(found)]
        done = append_planned(self.log, planned, rules=setup.rules, now=agenda.now)
        yield tr("plans written down in {path}: {count}").format(path=self.log, count=done.added)
        if done.known:
            yield tr("plans that stood there already: {count}").format(count=done.known)
        if done.nameless:
            template = "orders without a number or an address, which the log cannot name: {count}"
            yield tr(template).format(count=done.nameless)
        if done.replaced:
            template = "characters that the log's encoding cannot hold, now “?”: {count}"
            yield tr(template).format(count=done.replaced)


def _is_for_now(found: FollowUp) -> bool:
    return found.do_on is not None and found.status in (Status.OVERDUE, Status.TODAY)


def _planned(found: FollowUp, lang: str) -> Contact:
    assert found.do_on is not None
    return Contact(
        kind=ContactKind.PLANNED,
        when=Moment(day=found.do_on),
        order_id=found.order_id,
        address=found.subject.assessment.normalized or "",
        note=agendalabels.step(found, translator(lang)),
    )


def agenda_format_by_ending(path: Path | None) -> AgendaFormat:
    """Return the format that the ending of a file name stands for."""
    ending = path.suffix.lower().removeprefix(".") if path else ""
    return AgendaFormat(ending) if ending in ("json", "csv", "ics") else AgendaFormat.TABLE


def run_followup(
    file: str,
    setup: Setup,
    target: AgendaTarget,
    journal: Journal,
    *,
    now: datetime,
    history: Experience | None = None,
    column: str | None = None,
    input_encoding: str | None = None,
    system: str | None = None,
) -> Summary:
    """Make the list of the day for the orders in `file`, write it, and return the summary of the rows."""
    encoding = target.file_encoding
    with OrderFile(file, setup.rules, column=column, encoding=input_encoding, system=system) as orders:
        journal.check(file, (target.path, setup.record))
        log = journal.read(setup, now)
        assessments = stream(
            orders,
            setup.rules,
            setup.resolver,
            as_of=now.date(),
            started_at=now,
            sender=setup.sender,
            settings=setup.settings,
            on_progress=progress(quiet=target.quiet),
            history=history,
        )
        agenda = asyncio.run(
            follow_up(assessments, setup.rules, now=now, contacts=log.contacts, settings=setup.settings)
        )
        with ExitStack() as stack:
            replacements = Replacements()
            output = stack.enter_context(open_output(target.path, encoding, errors=replacements.name))
            writer = _writer(target, output)
            writer.write(agenda)
            write_recording(setup, agenda.summary.resolver.trust)
        said = list(journal.write(agenda, setup, target.lang or chosen_language()))
        if not target.quiet:
            aside = [*_log_lines(log), *_summary_lines(agenda, target), *said]
            aside += _output_lines(writer, replacements)
            aside += _order_lines(orders)
            for line in aside:
                print(printable(line), file=sys.stderr)  # noqa: T201 - this is the command line
    return agenda.summary


def _writer(target: AgendaTarget, output: TextIO) -> AgendaWriter:
    lang = target.text_language
    if target.format is AgendaFormat.CSV:
        return AgendaCsvWriter(output, lang, raw_cells=target.raw_cells)
    if target.format is AgendaFormat.TABLE:
        from deliv.formats.agendatable import AgendaTableWriter  # Rich is slow to import

        color = target.is_on_screen and shows_color(sys.stdout)
        return AgendaTableWriter(output, lang, color=color, width=width_of(sys.stdout))
    return open_agenda_writer(target.format, output, lang=lang)


def _log_lines(log: ContactFile) -> Iterator[str]:
    """Yield which lines of the log could not be understood, and so count for nothing."""
    if log.faults:
        template = "lines of the log that count for nothing, as they are not understood: {count}"
        yield tr(template).format(count=len(log.faults))
    yield from (f"  {fault.localized(tr)}" for fault in log.faults)


def _summary_lines(agenda: Agenda, target: AgendaTarget) -> Iterator[str]:
    """Yield what the list itself does not say."""
    if target.is_on_screen:
        return
    if target.format is not AgendaFormat.TABLE:
        header = agenda.header
        yield from history_lines(header.history, tr, assumes=header.assumes_engagement)
    if target.format is AgendaFormat.JSON:
        yield from trust_lines(agenda.summary, tr)
        return
    lang = chosen_language()
    if target.format is not AgendaFormat.TABLE:
        for contact in agenda.unmatched:
            line = agendalabels.contact(contact, tr, lang)
            yield tr("no order of the list fits this line of the log: {line}").format(line=line)
    yield from summary_lines(agenda.summary, tr, lang)


def _output_lines(writer: AgendaWriter, replacements: Replacements) -> Iterator[str]:
    if replacements.count:
        template = "characters that the output's encoding cannot hold, now “?”: {count}"
        yield tr(template).format(count=replacements.count)
    if isinstance(writer, AgendaCsvWriter) and writer.defused:
        template = "cells that a spreadsheet would run, now with an apostrophe (see --raw-cells): {count}"
        yield tr(template).format(count=writer.defused)


def _order_lines(orders: OrderFile) -> Iterator[str]:
    encoding = orders.encoding
    if encoding.broken_lines:
        template = "lines with bytes that are no characters in {encoding}: {count}"
        yield tr(template).format(encoding=encoding.name, count=encoding.broken_lines)
    yield from undecodable_lines(orders, tr)
