"""The options that commands share: each with its name, its variable, its group and its help."""

import math
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer
from typer.core import TyperCommand

from deliv.cli.choices import FailOn, Lang, LearnAs, SenderFailOn
from deliv.cli.language import tr
from deliv.formats import Format
from deliv.formats.agenda import AgendaFormat

INPUT: Final = tr("Input")
SENDER: Final = tr("Sender")
OUTPUT: Final = tr("Output")
GATE: Final = tr("Gate")
NETWORK: Final = tr("Network")


class GroupedCommand(TyperCommand):
    """Plain help with the options under their group's heading."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options group by group, in the order in which the groups first appear."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                group = getattr(parameter, "rich_help_panel", None) or tr("Options")
                groups.setdefault(group, []).append(record)
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(tr("this must be a number"))
    return value


def _dash_is_screen(value: Path | None) -> Path | None:
    return None if value == Path("-") else value


def _option(name: str, variable: str, group: str, help_text: str, **more: Any) -> Any:
    names = name.split("/")
    return typer.Option(
        *names,
        envvar=f"DELIV_{variable}" if variable else None,
        rich_help_panel=group,
        help=help_text,
        **more,
    )


ColumnOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--column",
        "COLUMN",
        INPUT,
        tr("Heading or number (from 1) of the column with the addresses."),
        metavar="NAME",
    ),
]
InputEncodingOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--input-encoding",
        "INPUT_ENCODING",
        INPUT,
        tr("Encoding of the list, such as cp932; found out by itself otherwise."),
        metavar="NAME",
    ),
]
SystemOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--system",
        "SYSTEM",
        INPUT,
        tr("Shop system whose export it is, such as rakuten-rms; found out by its headings otherwise."),
        metavar="NAME",
    ),
]
ShowColumnsOption: TypeAlias = Annotated[
    bool,
    _option(
        "--show-columns",
        "SHOW_COLUMNS",
        INPUT,
        tr(
            "Only show how the list is read: system, encoding, columns, the first rows; nothing is looked up."
        ),
    ),
]
RulesOption: TypeAlias = Annotated[
    list[Path] | None,
    _option(
        "--rules",
        "RULES",
        INPUT,
        tr("Folder with rules of your own; may be given several times."),
        metavar="DIR",
    ),
]
ConfigOption: TypeAlias = Annotated[
    Path | None,
    _option(
        "--config", "CONFIG", INPUT, tr("Settings file; deliv.yaml in this folder otherwise."), metavar="FILE"
    ),
]
AsOfOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--as-of",
        "AS_OF",
        INPUT,
        tr("Day to judge for, such as 2026-11-22; today otherwise."),
        metavar="DATE",
    ),
]
MomentOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--as-of",
        "AS_OF",
        INPUT,
        tr("Day or moment to plan for, such as 2026-11-22 or 2026-11-22T15:30; now otherwise."),
        metavar="MOMENT",
    ),
]
ContactsOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--contacts",
        "CONTACTS",
        INPUT,
        tr("Log of contacts: CSV, TSV or .xlsx with order_id, address, date, kind, note."),
        metavar="FILE",
    ),
]
LogOption: TypeAlias = Annotated[
    Path | None,
    _option(
        "--log",
        "LOG",
        OUTPUT,
        tr("Add what is planned for today to this log of contacts; it may be that of --contacts."),
        metavar="FILE",
    ),
]
HistoryOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--history",
        "HISTORY",
        INPUT,
        tr("File with what became of your mails, or off; one in your data folder otherwise."),
        metavar="PATH|off",
    ),
]
LearnAsOption: TypeAlias = Annotated[
    LearnAs,
    _option(
        "--as",
        "AS",
        INPUT,
        tr("What the lists hold: outcomes, or orders, each of which stands for one mail sent on its day."),
    ),
]
PlainAddressesOption: TypeAlias = Annotated[
    bool,
    _option(
        "--plain-addresses",
        "PLAIN_ADDRESSES",
        INPUT,
        tr("Keep the addresses themselves in the history, too; otherwise only what stands for them."),
    ),
]
NewKeyOption: TypeAlias = Annotated[
    bool,
    _option(
        "--new-key",
        "NEW_KEY",
        INPUT,
        tr("Learn although the history knows addresses only under another key: none of them will match."),
    ),
]
BeforeOption: TypeAlias = Annotated[
    str,
    _option(
        "--before",
        "BEFORE",
        INPUT,
        tr("Day such as 2025-11-22; everything older is forgotten."),
        metavar="DATE",
    ),
]
FromOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--from",
        "FROM",
        SENDER,
        tr("The address that your shop sends from; its SPF, DMARC and MX are checked, too."),
        metavar="ADDRESS",
    ),
]
WhatIfOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--what-if",
        "WHAT_IF",
        SENDER,
        tr("Judge as if your mail were sent like this, such as dmarc=none,spf=pass,dkim=pass."),
        metavar="NAME=VALUE,…",
    ),
]
ListOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--list",
        "LIST",
        INPUT,
        tr("Customer list: says how many customers each fault costs; - is standard input."),
        metavar="FILE",
    ),
]
MessageOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--message",
        "MESSAGE",
        SENDER,
        tr("One order mail, saved as .eml from the mailbox where it arrived: it shows how you send."),
        metavar="FILE",
    ),
]
EnvelopeOption: TypeAlias = Annotated[
    str | None,
    _option("--envelope", "ENVELOPE", SENDER, tr("Domain that bounces go back to."), metavar="DOMAIN"),
]
IpOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--ip",
        "IP",
        SENDER,
        tr("IP address that your mail leaves from; may be given several times."),
        metavar="ADDRESS",
    ),
]
ThroughOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--through",
        "THROUGH",
        SENDER,
        tr("Service that sends your mail, such as google-workspace; may be given several times."),
        metavar="SERVICE",
    ),
]
SelectorOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--selector",
        "SELECTOR",
        SENDER,
        tr("Name of your DKIM key; may be given several times."),
        metavar="NAME",
    ),
]
VolumeOption: TypeAlias = Annotated[
    int | None,
    _option("--volume", "VOLUME", SENDER, tr("Mails that you send in a day."), metavar="N", min=0),
]
SpamAssassinOption: TypeAlias = Annotated[
    bool,
    _option(
        "--spamassassin",
        "SPAMASSASSIN",
        SENDER,
        tr("Show the mail of --message to the SpamAssassin on this computer."),
    ),
]
FormatOption: TypeAlias = Annotated[
    Format | None,
    _option(
        "--format/-f",
        "FORMAT",
        OUTPUT,
        tr("How to write the report; by the ending of --output, else a table."),
    ),
]
AgendaFormatOption: TypeAlias = Annotated[
    AgendaFormat | None,
    _option(
        "--format/-f",
        "FOLLOWUP_FORMAT",  # its words differ from those of DELIV_FORMAT
        OUTPUT,
        tr("How to write the list; by the ending of --output, else a table."),
    ),
]
AgendaEncodingOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--encoding",
        "ENCODING",
        OUTPUT,
        tr("Encoding of CSV output, such as cp932; UTF-8 as Excel reads it otherwise."),
        metavar="NAME",
    ),
]
OutputOption: TypeAlias = Annotated[
    Path | None,
    _option(
        "--output/-o",
        "OUTPUT",
        OUTPUT,
        tr("File to write to; the screen otherwise."),
        metavar="FILE",
        callback=_dash_is_screen,
    ),
]
OutputEncodingOption: TypeAlias = Annotated[
    str | None,
    _option(
        "--encoding",
        "ENCODING",
        OUTPUT,
        tr("Encoding of CSV output; that of the list otherwise."),
        metavar="NAME",
    ),
]
DoNotMailOption: TypeAlias = Annotated[
    Path | None,
    _option(
        "--do-not-mail",
        "DO_NOT_MAIL",
        OUTPUT,
        tr("Also write the undeliverable addresses to this file, for the shop system."),
        metavar="FILE",
    ),
]
RawCellsOption: TypeAlias = Annotated[
    bool,
    _option(
        "--raw-cells", "RAW_CELLS", OUTPUT, tr("Leave cells alone that a spreadsheet would run as a formula.")
    ),
]
LangOption: TypeAlias = Annotated[
    Lang | None,
    _option("--lang", "LANG", OUTPUT, tr("Language of the report; that of your computer otherwise.")),
]
QuietOption: TypeAlias = Annotated[
    bool,
    _option("--quiet/-q", "QUIET", OUTPUT, tr("Write nothing to standard error but errors.")),
]
FailOnOption: TypeAlias = Annotated[
    FailOn,
    _option(
        "--fail-on",
        "FAIL_ON",
        GATE,
        tr(
            "Exit with 1 when a row has at least this risk "
            "(medium: caution, high: danger, certain: undeliverable)."
        ),
    ),
]
MaxUnknownOption: TypeAlias = Annotated[
    float,
    _option(
        "--max-unknown",
        "MAX_UNKNOWN",
        GATE,
        tr("Exit with 3 when more than this percentage of the rows is unknown."),
        metavar="PCT",
        min=0,
        max=100,
        callback=_finite,
    ),
]
SenderFailOnOption: TypeAlias = Annotated[
    SenderFailOn,
    _option(
        "--fail-on",
        "SENDER_FAIL_ON",  # its words differ from those of DELIV_FAIL_ON
        GATE,
        tr("Exit with 1 when a finding is at least this serious."),
    ),
]
MaxUnknownRulesOption: TypeAlias = Annotated[
    float,
    _option(
        "--max-unknown",
        "MAX_UNKNOWN",
        GATE,
        tr("Exit with 3 when more than this percentage of the rules could not be decided."),
        metavar="PCT",
        min=0,
        max=100,
        callback=_finite,
    ),
]
NameserverOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--nameserver",
        "NAMESERVER",
        NETWORK,
        tr("Name server to ask; may be given several times."),
        metavar="HOST[:PORT]",
    ),
]
TimeoutOption: TypeAlias = Annotated[
    float | None,
    _option(
        "--timeout",
        "TIMEOUT",
        NETWORK,
        tr("Seconds for one question to the DNS (5)."),
        metavar="SECONDS",
        min=0.1,
        callback=_finite,
    ),
]
ConcurrencyOption: TypeAlias = Annotated[
    int | None,
    _option(
        "--concurrency",
        "CONCURRENCY",
        NETWORK,
        tr("Questions to the DNS under way at once (100)."),
        metavar="N",
        min=1,
        max=1000,
    ),
]
CanaryOption: TypeAlias = Annotated[
    list[str] | None,
    _option(
        "--canary",
        "CANARY",
        NETWORK,
        tr("Domain that certainly takes mail, to test the resolver with; may be given several times."),
        metavar="DOMAIN",
    ),
]
RecordOption: TypeAlias = Annotated[
    Path | None,
    _option("--record", "RECORD", NETWORK, tr("Keep the answers of the DNS in this file."), metavar="FILE"),
]
ReplayOption: TypeAlias = Annotated[
    Path | None,
    _option(
        "--replay",
        "REPLAY",
        NETWORK,
        tr("Take the answers of the DNS from this file, without a network."),
        metavar="FILE",
    ),
]
ReportsOption: TypeAlias = Annotated[
    list[Path] | None,
    _option(
        "--reports",
        "REPORTS",
        SENDER,
        tr("DMARC reports that receivers sent you: files, mails or a folder; may be given several times."),
        metavar="PATH",
    ),
]
