"""``deliv history``: what was learned, to be seen, taken along and forgotten."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.exitcodes import ExitCode
from deliv.cli.groups import group_with_default
from deliv.cli.guard import guarded, say
from deliv.cli.language import chosen_language, tr
from deliv.locale import translator

if TYPE_CHECKING:
    from deliv.core.address import Address
    from deliv.core.rulebook import RuleBook

_DEFAULT = "show"


class HistoryFormat(StrEnum):
    """How to write what the history holds."""

    PAGE = "page"
    JSON = "json"


app = typer.Typer(
    name="history",
    cls=group_with_default(_DEFAULT),
    rich_markup_mode=None,
    help=tr("What deliv has learned of your mails: see it, take it along, forget an address."),
    epilog=tr("Without a command, what was learned is shown."),
)

WhoseArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[ADDRESS|DOMAIN]",
        help=tr("An address or a domain; everything otherwise."),
        show_default=False,
    ),
]
AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help=tr("The address to forget."), show_default=False)
]
HistoryFormatOption = Annotated[
    HistoryFormat,
    typer.Option(
        *("--format", "-f"),
        envvar="DELIV_HISTORY_FORMAT",  # its words differ from those of DELIV_FORMAT
        rich_help_panel=options.OUTPUT,
        help=tr("How to write it."),
    ),
]
SplitOption = Annotated[
    str | None,
    typer.Option(
        "--split",
        envvar="DELIV_HISTORY_SPLIT",
        rich_help_panel=options.INPUT,
        metavar="DATE",
        help=tr("First day to be predicted; the middle of the history otherwise."),
    ),
]
SvgOption = Annotated[
    Path | None,
    typer.Option(
        "--svg",
        envvar="DELIV_HISTORY_SVG",
        rich_help_panel=options.OUTPUT,
        metavar="FILE",
        help=tr("Also draw what was predicted against what happened into this file, for a browser."),
    ),
]


def show(
    whose: WhoseArgument = None,
    history: options.HistoryOption = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    format_: HistoryFormatOption = HistoryFormat.PAGE,
    output: options.OutputOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.cli.histories import history_to_read
    from deliv.cli.output import open_output
    from deliv.core.lessons import HistoryContent
    from deliv.formats.historyview import history_json, history_page

    path, book = _place(history, config), _rules(rules, config)
    domain = address = None
    if whose is not None and ("@" in whose or "＠" in whose):
        address = _address(whose, book).normalized
    elif whose is not None:
        domain = _domain(whose)
    content, key = HistoryContent(first_day=None, last_day=None, by_domain={}, addresses=0), ""
    with history_to_read(path) as store:
        if store is not None:
            content, key = store.content(domain=domain, address=address), store.fingerprint
    about = address or domain or ""
    if format_ is HistoryFormat.JSON:
        text = history_json(content, book.providers, lang or "en", path=str(path), key=key, whose=about)
    else:
        language = lang or chosen_language()
        text = history_page(content, book.providers, language, path=str(path), key=key, whose=about)
    is_text = format_ is HistoryFormat.PAGE and output is None
    with open_output(output, sys.stdout.encoding if is_text else "utf-8", errors="replace") as file:
        file.write(text)
    return ExitCode.OK


show.__doc__ = tr("Show what was learned: all of it, or of one address or domain.")


def export(
    history: options.HistoryOption = None,
    config: options.ConfigOption = None,
    output: options.OutputOption = None,
) -> int:
    from deliv.cli.histories import history_to_read
    from deliv.cli.output import open_output
    from deliv.formats.historycsv import write_history

    path = _place(history, config)
    _keep_apart(path, output)
    encoding = "utf-8" if output is None else "utf-8-sig"  # by which Excel knows it
    with history_to_read(path) as store, open_output(output, encoding, errors="replace") as file:
        rows = write_history(store.records() if store is not None else (), file)
    text = tr("rows written: {count}").format(count=rows)
    print(text, file=sys.stderr)  # noqa: T201 - this is the command line
    return ExitCode.OK


export.__doc__ = tr("Write all that was learned as CSV; “deliv learn” takes it back.")


def forget(
    address: AddressArgument,
    history: options.HistoryOption = None,
    config: options.ConfigOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.cli.histories import history_to_read

    _ = translator(lang or chosen_language())
    normalized = _address(address, _rules(None, config)).normalized
    with history_to_read(_place(history, config)) as store:
        mails = store.forget(normalized) if store is not None else 0
        others = store.keys if store is not None and store.has_other_keys else ()
    if mails:
        lines = [_("Forgotten: {count} outcomes. It is gone from the file.").format(count=mails)]
        lines.append(_("When a file that names the address is learned again, it is known again."))
    else:
        lines = [_("Nothing was known of this address.")]
    if others:
        text = _(
            "Addresses were learned under several keys ({keys}); under another key than the present one it "
            "can be found only in plain text. To be sure, run this once with each key in DELIV_KEY."
        )
        lines.append(text.format(keys=_(", ").join(others)))
    _write(lines)
    return ExitCode.OK


forget.__doc__ = tr("Forget everything about one address, so that it is gone from the file.")


def prune(
    before: options.BeforeOption,
    history: options.HistoryOption = None,
    config: options.ConfigOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.cli.histories import history_to_read
    from deliv.cli.setup import parse_day

    _ = translator(lang or chosen_language())
    day = parse_day(before)
    assert day is not None
    with history_to_read(_place(history, config)) as store:
        mails = store.prune(day) if store is not None else 0
    _write([_("Forgotten: {count} outcomes from before {day}.").format(count=mails, day=day)])
    return ExitCode.OK


prune.__doc__ = tr("Forget everything that is older than a day.")


def backtest(
    history: options.HistoryOption = None,
    split: SplitOption = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    format_: HistoryFormatOption = HistoryFormat.PAGE,
    output: options.OutputOption = None,
    svg: SvgOption = None,
    lang: options.LangOption = None,
    quiet: options.QuietOption = False,
) -> int:
    from deliv.cli.histories import history_to_read, required_path
    from deliv.cli.output import open_output
    from deliv.core.backtest import backtest as look_back
    from deliv.core.errors import HistoryError
    from deliv.formats.backtestview import backtest_json, backtest_page, backtest_svg
    from deliv.sources.settings import load_settings

    settings = load_settings(config)
    path, book = required_path(history, settings), _rules(rules, config)
    _keep_apart(path, output, svg)
    with history_to_read(path, read_only=True) as store:
        if store is None:
            template = "there is no history at {path} yet; “deliv learn” makes one; nothing was predicted"
            raise HistoryError(template, path=path)
        result = look_back(
            store.outcomes(fold_silent=True),
            book,
            split=_split(split, store.days),
            half_life_days=settings.history.half_life_days,
            on_progress=None if quiet else _progress(),
        )
    language = lang or chosen_language()
    if svg is not None:
        drawn = backtest_svg(result, language)
        if drawn:
            with open_output(svg, "utf-8") as file:
                file.write(drawn)
        else:
            say(tr("there is not enough data to draw; {path} was not written").format(path=svg))
    is_page = format_ is HistoryFormat.PAGE
    if is_page:
        text = backtest_page(result, language, path=str(path))
    else:
        text = backtest_json(result, lang or "en", path=str(path))
    on_screen = is_page and output is None
    with open_output(output, sys.stdout.encoding if on_screen else "utf-8", errors="replace") as file:
        file.write(text)
    return ExitCode.OK if result.enough else ExitCode.TOO_MUCH_UNKNOWN


backtest.__doc__ = tr("Try out how well your later outcomes would have been foreseen from the earlier ones.")

for name, command in (
    (_DEFAULT, show),
    ("backtest", backtest),
    ("export", export),
    ("forget", forget),
    ("prune", prune),
):
    app.command(name, cls=options.GroupedCommand, help=command.__doc__)(guarded(command))


def _place(history: str | None, config: Path | None) -> Path:
    from deliv.cli.histories import required_path
    from deliv.sources.settings import load_settings

    return required_path(history, load_settings(config))


def _rules(rules: Sequence[Path] | None, config: Path | None) -> "RuleBook":
    from deliv.sources.rulefiles import load_rules
    from deliv.sources.settings import load_settings

    return load_rules(*load_settings(config).rules, *(rules or ()))


def _address(text: str, rules: "RuleBook") -> "Address":
    """Return the address that was named.

    Raises InputError for what is none.
    """
    from deliv.core.errors import AddressSyntaxError, InputError, RowError
    from deliv.core.outcomerows import addressed

    try:
        return addressed(text, rules.providers.lenient_domains)
    except (AddressSyntaxError, RowError) as error:
        template = "“{text}” is no mail address: {reason}; nothing was forgotten or shown"
        raise InputError(template, text=text, reason=error.localized(tr)) from error


def _domain(text: str) -> str:
    """Return the domain that was named.

    Raises InputError for what is none.
    """
    from deliv.core.errors import InputError
    from deliv.core.outcomerows import read_domain

    domain = read_domain(text)
    if domain is None:
        raise InputError("“{text}” is neither an address nor a domain; nothing was shown", text=text)
    return domain


def _split(text: str | None, days: tuple[date, date] | None) -> date | float:
    """Return the day that was named, or the middle.

    Raises InputError for a day of which nothing comes before, or nothing after.
    """
    from deliv.cli.setup import parse_day
    from deliv.core.errors import InputError

    day = parse_day(text)
    if day is None:
        return 0.5
    if days is not None and not days[0] < day <= days[1]:
        template = (
            "--split {day} leaves nothing to learn from, or nothing to predict: the history reaches from "
            "{first} to {last}; nothing was predicted"
        )
        raise InputError(template, day=day, first=days[0], last=days[1])
    return day


def _keep_apart(history: Path, *outputs: Path | None) -> None:
    """Let no output take the place of the history, nor of another output."""
    from deliv.cli.output import refuse_overwriting
    from deliv.core.errors import OutputError

    for output in outputs:
        if output is not None and output.exists() and history.exists() and output.samefile(history):
            template = "{path} is the history itself; name another file for the result; nothing was written"
            raise OutputError(template, path=output)
    refuse_overwriting("-", outputs)


def _progress() -> Callable[[int, int], None] | None:
    """Return what shows how many months are done; None where nobody would read it."""
    if not sys.stderr.isatty():
        return None

    def show_months(done: int, months: int) -> None:
        text = tr("looking back: {done} of {months} months").format(done=done, months=months)
        # Spaces wipe it on every terminal; a Japanese character is two columns wide.
        end = f"\r{' ' * 2 * len(text)}\r" if done == months else ""
        sys.stderr.write(f"\r{text}{end}")
        sys.stderr.flush()

    return show_months


def _write(lines: Sequence[str]) -> None:
    from deliv.cli.output import open_output

    with open_output(None, sys.stdout.encoding, errors="replace") as file:
        file.writelines(f"{line}\n" for line in lines)
