"""``deliv check``: a whole list."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import FailOn, Lang
from deliv.cli.guard import say
from deliv.cli.language import chosen_language, tr
from deliv.formats import MACHINE_FORMATS, Format

if TYPE_CHECKING:
    from deliv.cli.output import Replacements
    from deliv.cli.setup import Setup
    from deliv.core.report import Summary
    from deliv.formats.interface import Writer
    from deliv.sources.orders import OrderFile


def check(
    file: Annotated[
        str,
        typer.Argument(
            help=tr("The list: CSV or TSV with headings; - is standard input."), show_default=False
        ),
    ],
    column: options.ColumnOption = None,
    input_encoding: options.InputEncodingOption = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    from_: options.FromOption = None,
    format_: options.FormatOption = None,
    output: options.OutputOption = None,
    encoding: options.OutputEncodingOption = None,
    do_not_mail: options.DoNotMailOption = None,
    raw_cells: options.RawCellsOption = False,
    lang: options.LangOption = None,
    quiet: options.QuietOption = False,
    fail_on: options.FailOnOption = FailOn.CERTAIN,
    max_unknown: options.MaxUnknownOption = 20.0,
    nameserver: options.NameserverOption = None,
    timeout: options.TimeoutOption = None,
    concurrency: options.ConcurrencyOption = None,
    canary: options.CanaryOption = None,
    record: options.RecordOption = None,
    replay: options.ReplayOption = None,
) -> None:
    from deliv.cli.exitcodes import exit_code
    from deliv.cli.setup import NetworkOptions, set_up

    network = NetworkOptions(
        nameserver=nameserver,
        timeout=timeout,
        concurrency=concurrency,
        canary=canary,
        record=record,
        replay=replay,
    )
    setup = set_up(network, config=config, rules=rules, from_=from_, as_of=as_of)
    target = Target(
        format=format_ or format_by_ending(output),
        path=output,
        encoding=encoding,
        do_not_mail=do_not_mail,
        raw_cells=raw_cells,
        lang=lang,
        quiet=quiet,
    )
    summary = run_check(file, setup, target, column=column, input_encoding=input_encoding)
    raise typer.Exit(exit_code(summary, fail_on=fail_on, max_unknown=max_unknown))


check.__doc__ = tr("Check a customer list or an order export: who will not see your order mail?")


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


def format_by_ending(path: Path | None) -> Format:
    """Return the format that the ending of a file name stands for."""
    ending = path.suffix.lower().removeprefix(".") if path else ""
    return Format(ending) if ending in ("json", "jsonl", "csv") else Format.TABLE


def run_check(
    file: str,
    setup: "Setup",
    target: Target,
    *,
    column: str | None = None,
    input_encoding: str | None = None,
) -> "Summary":
    """Check the list in `file`, write the report, and return its summary."""
    from deliv.checklist import stream
    from deliv.cli.output import Replacements
    from deliv.cli.setup import write_recording
    from deliv.formats import write_stream
    from deliv.formats.tee import TeeWriter
    from deliv.sources.orders import OrderFile

    with OrderFile(file, setup.rules, column=column, encoding=input_encoding) as orders:
        _refuse_overwriting(file, target)
        assessments = stream(
            orders,
            setup.rules,
            setup.resolver,
            as_of=setup.as_of,
            sender=setup.sender,
            settings=setup.settings,
            on_progress=_progress(quiet=target.quiet),
        )
        replacements = Replacements()
        with ExitStack() as stack:
            writers = _open_writers(stack, target, orders, replacements)
            summary = asyncio.run(write_stream(assessments, TeeWriter(writers)))
            write_recording(setup, summary.resolver.trust)
        if not target.quiet:
            _report_aside(summary, target, orders, replacements, writers)
    return summary


def _open_writers(
    stack: ExitStack, target: Target, orders: "OrderFile", replacements: "Replacements"
) -> "list[Writer]":
    from deliv.cli.output import open_output
    from deliv.cli.terminal import shows_color, width_of
    from deliv.formats import open_writer

    def elsewhere(path: Path) -> None:
        say(tr("the file is open in another program, so the result was saved as {path}").format(path=path))

    list_encoding = target.encoding or orders.encoding.name
    is_list = target.format is Format.CSV
    encoding = _with_bom(list_encoding, target.path) if is_list else "utf-8"
    if target.format is Format.TABLE and target.path is None:
        encoding = sys.stdout.encoding or "utf-8"
    output = open_output(target.path, encoding, errors=replacements.name, on_elsewhere=elsewhere)
    file = stack.enter_context(output)
    writer: Writer
    match target.format:
        case Format.TABLE:
            from deliv.formats.table import TableWriter

            color = target.path is None and shows_color(sys.stdout)
            writer = TableWriter(file, target.text_language, color=color, width=width_of(sys.stdout))
        case Format.CSV:
            from deliv.formats.csv import CsvWriter

            writer = CsvWriter(file, target.text_language, raw_cells=target.raw_cells)
        case _:
            writer = open_writer(target.format, file, lang=target.text_language)
    writers: list[Writer] = [writer]
    if target.do_not_mail is not None:
        from deliv.formats.donotmail import DoNotMailWriter

        encoding = _with_bom(list_encoding, target.do_not_mail)
        output = open_output(target.do_not_mail, encoding, errors=replacements.name, on_elsewhere=elsewhere)
        writers.append(DoNotMailWriter(stack.enter_context(output), raw_cells=target.raw_cells))
    return writers


def _with_bom(encoding: str, path: Path | None) -> str:
    """Return the encoding of a list in a file: Excel reads UTF-8 only behind a byte order mark."""
    is_utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    return "utf-8-sig" if is_utf8 and path is not None else encoding


def _refuse_overwriting(file: str, target: Target) -> None:
    from deliv.core.errors import OutputError

    for path in (target.path, target.do_not_mail):
        if path is not None and file != "-" and path.exists() and path.samefile(file):
            template = "{path} is the list itself; name another file for the result; nothing was written"
            raise OutputError(template, path=path)


def _progress(*, quiet: bool) -> Callable[[int, int], None] | None:
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            text = tr("asking the DNS: {done} of {total} domains").format(done=done, total=total)
            end = "\r\033[K" if done == total else ""
            sys.stderr.write(f"\r{text}{end}")
            sys.stderr.flush()

    return show


def _report_aside(
    summary: "Summary",
    target: Target,
    orders: "OrderFile",
    replacements: "Replacements",
    writers: "list[Writer]",
) -> None:
    """Write to standard error what the report itself does not say."""
    from deliv.formats.csv import CsvWriter
    from deliv.formats.summary import summary_lines, trust_lines

    on_screen = target.format is Format.TABLE and target.path is None
    if target.format is Format.JSON:
        lines = list(trust_lines(summary, tr))
    else:
        lines = [] if on_screen else list(summary_lines(summary, tr))
    defused = sum(writer.defused for writer in writers if isinstance(writer, CsvWriter))
    remarks = (
        (orders.encoding.broken_lines, "{count} lines hold bytes that are no characters in {encoding}"),
        (replacements.count, "{count} characters that the encoding of the output cannot hold became “?”"),
        (defused, "{count} cells that a spreadsheet would run got an apostrophe (--raw-cells leaves them)"),
    )
    lines += [tr(text).format(count=count, encoding=orders.encoding.name) for count, text in remarks if count]
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 - this is the command line
