"""``deliv lookup``: single addresses, with the customer on the phone."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from deliv.cli import options
from deliv.cli.choices import FailOn, Lang
from deliv.cli.language import chosen_language, tr

if TYPE_CHECKING:
    from deliv.core.report import Summary
    from deliv.formats.interface import Writer


class LookupFormat(StrEnum):
    """How to show the addresses."""

    PAGE = "page"
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def lookup(
    context: typer.Context,
    addresses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ADDRESS...",
            help=tr("Addresses, also as “Name <address>”; standard input otherwise."),
            show_default=False,
        ),
    ] = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    from_: options.FromOption = None,
    what_if: options.WhatIfOption = None,
    history: options.HistoryOption = None,
    format_: Annotated[
        LookupFormat,
        typer.Option(
            *("--format", "-f"),
            envvar="DELIV_LOOKUP_FORMAT",  # its words differ from those of DELIV_FORMAT
            rich_help_panel=options.OUTPUT,
            help=tr("How to show the addresses."),
        ),
    ] = LookupFormat.PAGE,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            envvar="DELIV_EXPLAIN",
            rich_help_panel=options.OUTPUT,
            help=tr("Show the sum behind the chance of the inbox: what is believed, and what moved it."),
        ),
    ] = False,
    lang: options.LangOption = None,
    max_unknown: options.MaxUnknownOption = 20.0,
    nameserver: options.NameserverOption = None,
    timeout: options.TimeoutOption = None,
    concurrency: options.ConcurrencyOption = None,
    canary: options.CanaryOption = None,
    record: options.RecordOption = None,
    replay: options.ReplayOption = None,
) -> int:
    import asyncio

    from deliv.checklist import stream
    from deliv.cli.exitcodes import exit_code
    from deliv.cli.histories import history_of_run
    from deliv.cli.output import open_output
    from deliv.cli.setup import (
        NetworkOptions,
        SenderOptions,
        read_what_if,
        set_up,
        write_recording,
    )
    from deliv.core.errors import InputError
    from deliv.formats import write_stream
    from deliv.lookup import orders_of

    if not addresses and sys.stdin.isatty():
        raise InputError("name at least one address: deliv lookup taro@docomo.ne.jp; nothing was checked")
    orders = orders_of(addresses if addresses and addresses != ["-"] else [_standard_input()])
    if not orders:
        raise InputError("there was no address to look up; nothing was checked")
    network = NetworkOptions(
        nameserver=nameserver,
        timeout=timeout,
        concurrency=concurrency,
        canary=canary,
        record=record,
        replay=replay,
    )
    setup = set_up(network, config=config, rules=rules, sender=SenderOptions(from_=from_), as_of=as_of)
    supposed = read_what_if(what_if, setup)
    is_for_machines = format_ in (LookupFormat.JSON, LookupFormat.JSONL)
    with (
        history_of_run(context, history, setup.settings, replay=replay is not None) as experience,
        open_output(None, "utf-8" if is_for_machines else sys.stdout.encoding, errors="replace") as file,
    ):
        assessments = stream(
            orders,
            setup.rules,
            setup.resolver,
            as_of=setup.as_of,
            sender=setup.sender,
            settings=setup.settings,
            history=experience,
            what_if=supposed,
            explain=explain,
        )
        summary: Summary = asyncio.run(write_stream(assessments, _writer(format_, file, lang)))
    write_recording(setup, summary.resolver.trust)
    return exit_code(summary, fail_on=FailOn.NEVER, max_unknown=max_unknown)


lookup.__doc__ = tr("Look up one or a few addresses: what to do, why, and what to tell the customer.")


def _standard_input() -> str:
    """Return what was piped or pasted, in UTF-8 or cp932."""
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp932", "surrogateescape")


def _writer(format_: LookupFormat, file: TextIO, lang: Lang | None) -> "Writer":
    from deliv.formats import Format, open_writer
    from deliv.formats.page import PageWriter

    language = lang or chosen_language()
    match format_:
        case LookupFormat.PAGE:
            return PageWriter(file, language)
        case LookupFormat.TABLE:
            return open_writer(Format.TABLE, file, lang=language)
        case _:
            return open_writer(Format(format_.value), file, lang=lang or "en")
