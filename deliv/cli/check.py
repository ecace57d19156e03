"""``deliv check``: a whole list."""

from typing import Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import FailOn
from deliv.cli.language import chosen_language, tr


def check(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help=tr("The list: CSV, TSV or .xlsx with headings; - is standard input."),
            show_default=False,
        ),
    ],
    column: options.ColumnOption = None,
    input_encoding: options.InputEncodingOption = None,
    system: options.SystemOption = None,
    show_columns: options.ShowColumnsOption = False,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    from_: options.FromOption = None,
    message: options.MessageOption = None,
    what_if: options.WhatIfOption = None,
    history: options.HistoryOption = None,
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
) -> int:
    from deliv.cli.exitcodes import ExitCode, exit_code
    from deliv.cli.histories import history_of_run
    from deliv.cli.reporting import Target, format_by_ending, run_check
    from deliv.cli.setup import NetworkOptions, SenderOptions, read_mail, read_what_if, set_up

    network = NetworkOptions(
        nameserver=nameserver,
        timeout=timeout,
        concurrency=concurrency,
        canary=canary,
        record=record,
        replay=replay,
    )
    setup = set_up(network, config=config, rules=rules, sender=SenderOptions(from_=from_), as_of=as_of)
    if show_columns:
        from deliv.cli.columns import show_columns as show

        language = lang or chosen_language()
        show(file, setup.rules, language, column=column, input_encoding=input_encoding, system=system)
        return ExitCode.OK
    target = Target(
        format=format_ or format_by_ending(output),
        path=output,
        encoding=encoding,
        do_not_mail=do_not_mail,
        raw_cells=raw_cells,
        lang=lang,
        quiet=quiet,
    )
    mail = read_mail(message)
    supposed = read_what_if(what_if, setup, mail)
    with history_of_run(
        context, history, setup.settings, replay=replay is not None, quiet=quiet
    ) as experience:
        summary = run_check(
            file,
            setup,
            target,
            column=column,
            input_encoding=input_encoding,
            system=system,
            message=mail,
            history=experience,
            what_if=supposed,
        )
    return exit_code(summary, fail_on=fail_on, max_unknown=max_unknown)


check.__doc__ = tr("Check a customer list or an order export: who will not see your order mail?")
