"""``deliv sender``: the shop's own side."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import SenderFailOn
from deliv.cli.language import chosen_language, tr

if TYPE_CHECKING:
    from deliv.core.auth.aggregate import CollectedReports
    from deliv.core.facts.message import SpamReport


class SenderFormat(StrEnum):
    """How to write the report."""

    PAGE = "page"
    JSON = "json"


def sender(
    context: typer.Context,
    domain: Annotated[
        str | None,
        typer.Argument(
            metavar="[DOMAIN]",
            help=tr("Your sending address or its domain; otherwise that of --message or deliv.yaml."),
            show_default=False,
        ),
    ] = None,
    list_: options.ListOption = None,
    column: options.ColumnOption = None,
    input_encoding: options.InputEncodingOption = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    message: options.MessageOption = None,
    envelope: options.EnvelopeOption = None,
    ip: options.IpOption = None,
    through: options.ThroughOption = None,
    selector: options.SelectorOption = None,
    volume: options.VolumeOption = None,
    spamassassin: options.SpamAssassinOption = False,
    reports: options.ReportsOption = None,
    history: options.HistoryOption = None,
    format_: Annotated[
        SenderFormat | None,
        typer.Option(
            *("--format", "-f"),
            envvar="DELIV_SENDER_FORMAT",  # its words differ from those of DELIV_FORMAT
            rich_help_panel=options.OUTPUT,
            help=tr("How to write the report; by the ending of --output, else a page."),
        ),
    ] = None,
    output: options.OutputOption = None,
    lang: options.LangOption = None,
    quiet: options.QuietOption = False,
    fail_on: options.SenderFailOnOption = SenderFailOn.HIGH,
    max_unknown: options.MaxUnknownRulesOption = 20.0,
    nameserver: options.NameserverOption = None,
    timeout: options.TimeoutOption = None,
    concurrency: options.ConcurrencyOption = None,
    canary: options.CanaryOption = None,
    record: options.RecordOption = None,
    replay: options.ReplayOption = None,
) -> int:
    import asyncio
    from contextlib import ExitStack

    from deliv.cli.exitcodes import sender_exit_code
    from deliv.cli.histories import history_of_run
    from deliv.cli.output import open_output, refuse_overwriting
    from deliv.cli.reporting import progress
    from deliv.cli.setup import NetworkOptions, SenderOptions, read_mail, set_up, write_recording
    from deliv.cli.terminal import width_of
    from deliv.core.errors import InputError
    from deliv.formats.summary import distrust_lines
    from deliv.sender import examine_sender
    from deliv.sources.orders import OrderFile

    if domain is not None and "@" not in domain and Path(domain).is_file():
        template = "{path} is a file; name a mail with --message and a list with --list; nothing was checked"
        raise InputError(template, path=domain)
    if spamassassin and message is None:
        raise InputError("--spamassassin needs a mail: name one with --message; nothing was checked")
    network = NetworkOptions(
        nameserver=nameserver,
        timeout=timeout,
        concurrency=concurrency,
        canary=canary,
        record=record,
        replay=replay,
    )
    profile = SenderOptions(
        from_=domain, envelope=envelope, ips=ip, sends_through=through, selectors=selector, volume=volume
    )
    setup = set_up(network, config=config, rules=rules, sender=profile, as_of=as_of)
    mail = read_mail(message)
    if setup.sender is None and mail is None:
        template = (
            "name your sending address: deliv sender order@shop.example, or one of its mails: "
            "deliv sender --message order.eml; nothing was checked"
        )
        raise InputError(template)
    collected = _read_reports(reports)
    is_json = (
        format_ or (SenderFormat.JSON if _ends_in_json(output) else SenderFormat.PAGE)
    ) == SenderFormat.JSON
    with ExitStack() as stack:
        orders = experience = None
        if list_ is not None:
            experience = stack.enter_context(
                history_of_run(context, history, setup.settings, replay=replay is not None, quiet=quiet)
            )
            orders = stack.enter_context(
                OrderFile(list_, setup.rules, column=column, encoding=input_encoding)
            )
            refuse_overwriting(list_, (output, setup.record))
        spam = _run_spamassassin(mail.content, quiet=quiet) if spamassassin and mail is not None else None
        report = asyncio.run(
            examine_sender(
                setup.sender,
                setup.resolver,
                setup.rules,
                mail=mail,
                orders=orders,
                spam=spam,
                reports=collected,
                history=experience,
                as_of=setup.as_of,
                settings=setup.settings,
                on_progress=progress(quiet=quiet),
            )
        )
    encoding = "utf-8" if is_json or output is not None else sys.stdout.encoding
    with open_output(output, encoding, errors="replace") as file:
        if is_json:
            from deliv.formats.senderdocument import sender_json

            file.write(sender_json(report, lang or "en"))
        else:
            from deliv.formats.senderpage import sender_page

            file.write(sender_page(report, lang or chosen_language(), width=width_of(sys.stdout)))
        write_recording(setup, report.resolver.trust)
    if is_json and not quiet:
        for line in distrust_lines(report.resolver.trust, tr):
            print(line, file=sys.stderr)  # noqa: T201 - this is the command line
    return sender_exit_code(report, fail_on=fail_on, max_unknown=max_unknown)


sender.__doc__ = tr(
    "Check your own side: what receivers see of your SPF, DKIM and DMARC, whom that costs, what to publish."
)


def _read_reports(paths: "list[Path] | None") -> "CollectedReports | None":
    if not paths:
        return None
    from deliv.sources.aggregatereports import read_reports

    return read_reports(paths)


def _ends_in_json(output: Path | None) -> bool:
    return output is not None and output.suffix.lower() == ".json"


def _run_spamassassin(content: bytes, *, quiet: bool) -> "SpamReport | None":
    from deliv.sources.spamassassin import run_spamassassin

    report = run_spamassassin(content)
    if report is None and not quiet:
        text = tr("SpamAssassin is not installed here, so the mail was not shown to it.")
        print(text, file=sys.stderr)  # noqa: T201 - this is the command line
    return report
