"""``deliv followup``: the list of the day."""

from typing import Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import FailOn
from deliv.cli.language import tr


def followup(
    context: typer.Context,
    orders: Annotated[
        str,
        typer.Argument(
            metavar="ORDERS",
            help=tr("The order export: CSV, TSV or .xlsx with headings; - is standard input."),
            show_default=False,
        ),
    ],
    contacts: options.ContactsOption = None,
    log: options.LogOption = None,
    as_of: options.MomentOption = None,
    column: options.ColumnOption = None,
    input_encoding: options.InputEncodingOption = None,
    system: options.SystemOption = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    from_: options.FromOption = None,
    history: options.HistoryOption = None,
    format_: options.AgendaFormatOption = None,
    output: options.OutputOption = None,
    encoding: options.AgendaEncodingOption = None,
    raw_cells: options.RawCellsOption = False,
    lang: options.LangOption = None,
    quiet: options.QuietOption = False,
    max_unknown: options.MaxUnknownOption = 20.0,
    nameserver: options.NameserverOption = None,
    timeout: options.TimeoutOption = None,
    concurrency: options.ConcurrencyOption = None,
    canary: options.CanaryOption = None,
    record: options.RecordOption = None,
    replay: options.ReplayOption = None,
) -> int:
    from deliv.cli.agenda import AgendaTarget, Journal, agenda_format_by_ending, run_followup
    from deliv.cli.exitcodes import exit_code
    from deliv.cli.histories import history_of_run
    from deliv.cli.setup import NetworkOptions, SenderOptions, moment_of, set_up

    network = NetworkOptions(
        nameserver=nameserver,
        timeout=timeout,
        concurrency=concurrency,
        canary=canary,
        record=record,
        replay=replay,
    )
    setup = set_up(network, config=config, rules=rules, sender=SenderOptions(from_=from_), as_of=None)
    target = AgendaTarget(
        format=format_ or agenda_format_by_ending(output),
        path=output,
        encoding=encoding,
        raw_cells=raw_cells,
        lang=lang,
        quiet=quiet,
    )
    now = moment_of(as_of, setup.settings)
    with history_of_run(
        context, history, setup.settings, replay=replay is not None, quiet=quiet
    ) as experience:
        summary = run_followup(
            orders,
            setup,
            target,
            Journal(contacts=contacts, log=log),
            now=now,
            history=experience,
            column=column,
            input_encoding=input_encoding,
            system=system,
        )
    return exit_code(summary, fail_on=FailOn.NEVER, max_unknown=max_unknown)


followup.__doc__ = tr("Whom to phone, to mail, to write to today, by your orders and your log of contacts.")
