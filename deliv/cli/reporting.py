"""One list in, one report out: what ``check`` and ``demo`` have in common."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deliv.checklist import stream
from deliv.cli.choices import Lang
from deliv.cli.columns import undecodable_lines
from deliv.cli.language import chosen_language, tr
from deliv.cli.output import Replacements, open_output, refuse_overwriting
from deliv.cli.setup import Setup, write_recording
from deliv.cli.terminal import shows_color, width_of
from deliv.core.experience import Experience
from deliv.core.facts import Changes
from deliv.core.report import RunHeader, Summary
from deliv.core.sending import OrderMessage
from deliv.formats import MACHINE_FORMATS, Format, open_writer, write_stream
from deliv.formats.csv import CsvWriter
from deliv.formats.donotmail import DoNotMailWriter
from deliv.formats.interface import Writer
from deliv.formats.summary import history_lines, summary_lines, trust_lines
from deliv.formats.tee import TeeWriter
from deliv.sources.orders import OrderFile
from deliv.sources.textfile import encoding_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the report goes, and how it is written."""

    format: Format
    path: Path | None = None
    encoding: str | None = None
    do_not_mail: Path | None = None
    raw_cells: bool = False
    lang: Lang | None = None
    quiet: bool = False

    @property
    def text_language(self) -> str:
        """Language of the report: machine formats are English unless one was named."""
        if self.lang is not None:
            return self.lang
        return "en" if self.format in MACHINE_FORMATS else chosen_language()

    @property
    def is_on_screen(self) -> bool:
        """Whether people read the report where it is written."""
        return self.format is Format.TABLE and self.path is None


def format_by_ending(path: Path | None) -> Format:
    """Return the format that the ending of a file name stands for."""
    ending = path.suffix.lower().removeprefix(".") if path else ""
    return Format(ending) if ending in ("json", "jsonl", "csv") else Format.TABLE


def run_check(
    file: str,
    setup: Setup,
    target: Target,
    *,
    column: str | None = None,
    input_encoding: str | None = None,
    system: str | None = None,
    message: OrderMessage | None = None,
    history: Experience | None = None,
    what_if: Changes = (),
) -> Summary:
    """Check the list in `file`, write the report, and return its summary; see `deliv.stream`."""
    with OrderFile(file, setup.rules, column=column, encoding=input_encoding, system=system) as orders:
        refuse_overwriting(file, (target.path, target.do_not_mail, setup.record))
        list_encoding = encoding_name(target.encoding or orders.encoding.name)
        assessments = stream(
            orders,
            setup.rules,
            setup.resolver,
            as_of=setup.as_of,
            sender=setup.sender,
            message=message,
            settings=setup.settings,
            on_progress=progress(quiet=target.quiet),
            history=history,
            what_if=what_if,
        )
        with ExitStack() as stack:
            outputs = _Outputs(stack, target, list_encoding)
            summary = asyncio.run(write_stream(assessments, TeeWriter(outputs.writers)))
            write_recording(setup, summary.resolver.trust)
        if not target.quiet:
            _report_aside(assessments.header, summary, target, orders, outputs)
    return summary


class _Outputs:
    """The writers of a run, with the files behind them."""

    def __init__(self, stack: ExitStack, target: Target, list_encoding: str) -> None:
        self._stack = stack
        self._target = target
        self._list_encoding = list_encoding
        self.replacements = Replacements()
        self.writers: list[Writer] = [self._report_writer()]
        if target.do_not_mail is not None:
            encoding = _with_bom(list_encoding, target.do_not_mail)
            file = self._open(target.do_not_mail, encoding)
            self.writers.append(DoNotMailWriter(file, raw_cells=target.raw_cells))

    @property
    def defused(self) -> int:
        """Cells that were made harmless."""
        return sum(writer.defused for writer in self.writers if isinstance(writer, CsvWriter))

    def _report_writer(self) -> Writer:
        target, lang = self._target, self._target.text_language
        match target.format:
            case Format.TABLE:
                from deliv.formats.table import TableWriter  # Rich is slow to import

                encoding = sys.stdout.encoding if target.is_on_screen else "utf-8"
                color = target.is_on_screen and shows_color(sys.stdout)
                file = self._open(target.path, encoding)
                return TableWriter(file, lang, color=color, width=width_of(sys.stdout))
            case Format.CSV:
                file = self._open(target.path, _with_bom(self._list_encoding, target.path))
                return CsvWriter(file, lang, raw_cells=target.raw_cells)
            case _:
                return open_writer(target.format, self._open(target.path, "utf-8"), lang=lang)

    def _open(self, path: Path | None, encoding: str) -> TextIO:
        return self._stack.enter_context(open_output(path, encoding, errors=self.replacements.name))


def _with_bom(encoding: str, path: Path | None) -> str:
    """Return the encoding of a list in a file: Excel reads UTF-8 only behind a byte order mark."""
    return "utf-8-sig" if encoding == "utf-8" and path is not None else encoding


def progress(*, quiet: bool) -> Callable[[int, int], None] | None:
    """Return what shows how many domains are done; None where nobody would read it."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            text = tr("asking the DNS: {done} of {total} domains").format(done=done, total=total)
            # Spaces wipe it on every terminal; a Japanese character is two columns wide.
            end = f"\r{' ' * 2 * len(text)}\r" if done == total else ""
            sys.stderr.write(f"\r{text}{end}")
            sys.stderr.flush()

    return show


def _report_aside(
    header: RunHeader, summary: Summary, target: Target, orders: OrderFile, outputs: _Outputs
) -> None:
    """Write to standard error what the report itself does not say."""
    if target.format is Format.JSON:
        lines = list(trust_lines(summary, tr))
    else:
        lines = [] if target.is_on_screen else list(summary_lines(summary, tr, chosen_language()))
    if target.format is not Format.TABLE:
        lines[:0] = history_lines(header.history, tr, assumes=header.assumes_engagement)
    remarks = (
        (orders.encoding.broken_lines, "lines with bytes that are no characters in {encoding}: {count}"),
        (outputs.replacements.count, "characters that the output's encoding cannot hold, now “?”: {count}"),
        (
            outputs.defused,
            "cells that a spreadsheet would run, now with an apostrophe (see --raw-cells): {count}",
        ),
    )
    lines += [tr(text).format(count=count, encoding=orders.encoding.name) for count, text in remarks if count]
    lines += undecodable_lines(orders, tr)
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 - this is the command line
