"""``deliv rules``: the rule book as something to read, to check and to add to."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.exitcodes import ExitCode
from deliv.cli.groups import group_with_default
from deliv.cli.guard import guarded
from deliv.cli.language import chosen_language, tr
from deliv.locale import Translate, translator

if TYPE_CHECKING:
    from deliv.core.rulebook import RuleBook
    from deliv.proving import BounceProof, Trial

_DEFAULT = "list"
_NARROWEST = 72


class RulesFormat(StrEnum):
    """How to write the list."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


app = typer.Typer(
    name="rules",
    cls=group_with_default(_DEFAULT),
    rich_markup_mode=None,
    help=tr("What deliv knows: list it, have it explained, check rules of your own."),
    epilog=tr("Without a command, the entries are listed."),
)

DirsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR...", help=tr("Files, or folders with files, of your own."), show_default=False
    ),
]
OptionalDirsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[DIR]...",
        help=tr("Files, or folders with files, of your own; all rules otherwise."),
        show_default=False,
    ),
]
NamesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help=tr("Ids of the entries; a domain stands for its provider, a fact for itself."),
        show_default=False,
    ),
]
TextNamesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]...",
        help=tr("Ids of texts, or of mailbox providers for the steps of their customers; all otherwise."),
        show_default=False,
    ),
]
RulesFormatOption = Annotated[
    RulesFormat,
    typer.Option(
        *("--format", "-f"),
        envvar="DELIV_RULES_FORMAT",  # its words differ from those of DELIV_FORMAT
        rich_help_panel=options.OUTPUT,
        help=tr("How to write the list."),
    ),
]


def list_(
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    format_: RulesFormatOption = RulesFormat.TABLE,
    output: options.OutputOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.cli.terminal import width_of
    from deliv.formats.booklist import book_json, book_markdown, book_table

    book, today = _load(rules, config, as_of)
    if format_ is RulesFormat.JSON:
        text = book_json(book, lang or "en", as_of=today)
    elif format_ is RulesFormat.MARKDOWN:
        text = book_markdown(book, lang or chosen_language())
    else:
        width = max(width_of(sys.stdout), _NARROWEST)
        text = book_table(book, lang or chosen_language(), as_of=today, width=width)
    _write(text, output, encoding=None if format_ is RulesFormat.TABLE else "utf-8")
    return ExitCode.OK


list_.__doc__ = tr("List everything that the rule book holds, and what nobody has checked for long.")


def show(
    names: NamesArgument,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.core.facts import FACTS
    from deliv.formats.bookpages import entry_page, fact_page

    book, today = _load(rules, config, as_of)
    language = lang or chosen_language()
    pages: list[str] = []
    for name in names:
        if name in FACTS:
            pages.append(fact_page(book, name, language))
            continue
        entries = book.named(name)
        if not entries:
            raise _unknown(book, name)
        pages += (entry_page(book, entry, language, today) for entry in entries)
    _write("\n".join(pages))
    return ExitCode.OK


show.__doc__ = tr("Explain entries of the rule book, with their sources.")


def lint(dirs: DirsArgument, as_of: options.AsOfOption = None, lang: options.LangOption = None) -> int:
    from deliv.sources.rulelint import lint_rules

    translate = translator(lang or chosen_language())
    found = lint_rules(dirs, as_of=_today(as_of))
    lines = [fault.localized(translate) for fault in found.faults]
    lines += [
        translate("remark: {text}").format(text=remark.localized(translate)) for remark in found.remarks
    ]
    if found.faults:
        lines.append(translate("faults: {count}").format(count=len(found.faults)))
    else:
        lines.append(translate("no faults"))
    _write("\n".join([*lines, ""]))
    return ExitCode.NOTHING_JUDGED if found.faults else ExitCode.OK


lint.__doc__ = tr("Check rule files of your own: every fault at once, each with its line.")


def run_examples(
    dirs: OptionalDirsArgument = None, config: options.ConfigOption = None, lang: options.LangOption = None
) -> int:
    from deliv.proving import prove, prove_bounce_rule
    from deliv.sources.message import read_message
    from deliv.sources.rulelint import own_entries

    translate = translator(lang or chosen_language())
    book, _ = _load(dirs, config, None)
    own = {(entry.section, entry.id) for entry in own_entries(dirs or ())}
    chosen = [rule for rule in book.rules if not dirs or ("rules", rule.id) in own]
    proofs = [prove(rule, book, read_mail=read_message) for rule in chosen]
    on_bounces = [
        prove_bounce_rule(rule, book)
        for rule in book.bounce_rules
        if not dirs or ("bounce_rules", rule.id) in own
    ]
    lines = [
        _failure(proof.rule.id, key, trial, translate)
        for proof in proofs
        for key, trial in (("fires", proof.fires), ("silent", proof.silent))
        if not trial.is_as_expected
    ]
    lines += [line for proof in on_bounces for line in _bounce_failures(proof, translate)]
    failed = sum(not proof.holds for proof in proofs) + sum(not proof.holds for proof in on_bounces)
    count = len(proofs) + len(on_bounces)
    if not count:
        lines.append(translate("There are no rules here; a provider needs no examples."))
    elif failed:
        lines.append(translate("rules that fail: {failed} of {count}").format(failed=failed, count=count))
    else:
        lines.append(translate("rules that hold in both of their examples: {count}").format(count=count))
    _write("\n".join([*lines, ""]))
    return ExitCode.GATE if failed else ExitCode.OK


run_examples.__doc__ = tr(
    "Run the examples of rules: each one must fire in one, and stay silent in the other."
)


def schema(output: options.OutputOption = None) -> int:
    from deliv.sources.ruleschema import rule_schema_text

    _write(rule_schema_text(), output, encoding="utf-8")
    return ExitCode.OK


schema.__doc__ = tr("Print a JSON Schema of rule files, with which an editor helps to write them.")


def texts(
    names: TextNamesArgument = None,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    output: options.OutputOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.core.providers import Provider, ProviderKind
    from deliv.core.wording import Template
    from deliv.formats.bookadvice import texts_page, unsaid, with_steps
    from deliv.sources.rulefiles import load_rules
    from deliv.sources.settings import load_settings

    settings = load_settings(config)
    book = load_rules(*settings.rules, *(rules or ()))
    providers = with_steps(book)
    known: dict[str, Template | Provider] = {each.id: each for each in providers}
    known |= book.advice.templates
    carriers = [provider for provider in providers if provider.kind is ProviderKind.CARRIER]
    for name in names or ():
        if name not in known:
            raise _no_text(known, name)
    chosen: list[Template | Provider] = [known[name] for name in names or ()]
    chosen = chosen or [*book.advice.templates.values(), *carriers]
    language = lang or chosen_language()
    _write(texts_page(chosen, settings, language), output)
    if missing := unsaid(settings):
        translate = translator(language)
        typer.echo(translate("deliv.yaml does not say: {names}").format(names=", ".join(missing)), err=True)
    return ExitCode.OK


texts.__doc__ = tr(
    "Print the words for customers, filled with your shop's name and phone: "
    "for the thank-you page, mails, SMS, calls, and how to let your mail in."
)

for name, command in (
    (_DEFAULT, list_),
    ("show", show),
    ("texts", texts),
    ("lint", lint),
    ("test", run_examples),
    ("schema", schema),
):
    app.command(name, cls=options.GroupedCommand, help=command.__doc__)(guarded(command))


def _load(rules: Sequence[Path] | None, config: Path | None, as_of: str | None) -> "tuple[RuleBook, date]":
    """Return the book with the shop's own rules, and the day by which it is old or not."""
    from deliv.sources.rulefiles import load_rules
    from deliv.sources.settings import load_settings

    settings = load_settings(config)
    return load_rules(*settings.rules, *(rules or ())), _today(as_of)


def _today(as_of: str | None) -> date:
    from deliv.cli.setup import parse_day
    from deliv.clock import now_of
    from deliv.core.settings import Settings

    return parse_day(as_of) or now_of(Settings()).date()


def _unknown(book: "RuleBook", name: str) -> Exception:
    from deliv.core.errors import InputError
    from deliv.core.facts import FACTS
    from deliv.sources.fields import closest

    guess = closest(name, [*(entry.id for entry in book.entries), *FACTS])
    if guess:
        template = "the rule book holds nothing called “{name}”; did you mean “{guess}”?"
        return InputError(template, name=name, guess=guess)
    return InputError("the rule book holds nothing called “{name}”; “deliv rules” lists it", name=name)


def _no_text(known: Iterable[str], name: str) -> Exception:
    from deliv.core.errors import InputError
    from deliv.sources.fields import closest

    guess = closest(name, known)
    if guess:
        template = "the rule book has no text called “{name}”; did you mean “{guess}”?"
        return InputError(template, name=name, guess=guess)
    choices = ", ".join(known)
    return InputError(
        "the rule book has no text called “{name}”; use one of: {choices}", name=name, choices=choices
    )


def _failure(rule: str, key: str, trial: "Trial", translate: Translate) -> str:
    """Return what was expected of an example, what came, and why."""
    from deliv.formats.booklabels import fact_value
    from deliv.proving import Outcome

    expected = {
        Outcome.FIRES: translate("it must fire here"),
        Outcome.SILENT: translate("it must stay silent here"),
    }
    came = {
        Outcome.FIRES: translate("it fires"),
        Outcome.SILENT: translate("it stays silent"),
        Outcome.UNDECIDED: translate("it cannot be decided"),
        Outcome.UNUSABLE: translate("the example cannot be used"),
    }
    why = [f"{name} = {fact_value(name, value, translate)}" for name, value in trial.facts]
    why += [
        translate("{fact} is not looked at: a sender or a mail is missing").format(fact=f)
        for f in trial.not_looked_at
    ]
    if trial.fault is not None:
        why = [trial.fault.localized(translate)]
    return translate("{rule}, example “{key}”: {expected}, but {came} ({why})").format(
        rule=rule,
        key=key,
        expected=expected[trial.expected],
        came=came[trial.outcome],
        why=translate(", ").join(why),
    )


def _bounce_failures(proof: "BounceProof", translate: Translate) -> list[str]:
    """Return what is wrong with the examples of a rule on bounces, one line each."""
    rule = proof.rule.id
    lines = []
    if not proof.fires:
        lines.append(translate("{rule}, example “fires”: it does not fit this refusal").format(rule=rule))
    if not proof.is_silent:
        lines.append(translate("{rule}, example “silent”: it fits this refusal, too").format(rule=rule))
    if proof.taken_by:
        template = "{rule}, example “fires”: “{other}” stands before it and fits, too"
        lines.append(translate(template).format(rule=rule, other=proof.taken_by))
    return lines


def _write(text: str, output: Path | None = None, *, encoding: str | None = None) -> None:
    from deliv.cli.output import open_output

    screen = sys.stdout.encoding if output is None else "utf-8"
    with open_output(output, encoding or screen, errors="replace") as file:
        file.write(text)
