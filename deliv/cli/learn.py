"""``deliv learn``: what became of the shop's mails."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import LearnAs
from deliv.cli.language import chosen_language, tr

if TYPE_CHECKING:
    from deliv.core.lessons import Lesson
    from deliv.sources.history import History
    from deliv.sources.outcomefiles import BounceMails


def learn(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help=tr("Outcomes: CSV, TSV or .xlsx; - is standard input. Bounce mail: Maildir, mbox or .eml."),
            show_default=False,
        ),
    ],
    as_: options.LearnAsOption = LearnAs.OUTCOMES,
    column: options.ColumnOption = None,
    input_encoding: options.InputEncodingOption = None,
    history: options.HistoryOption = None,
    plain_addresses: options.PlainAddressesOption = False,
    new_key: options.NewKeyOption = False,
    rules: options.RulesOption = None,
    config: options.ConfigOption = None,
    as_of: options.AsOfOption = None,
    lang: options.LangOption = None,
) -> int:
    from deliv.cli.exitcodes import ExitCode
    from deliv.cli.guard import say
    from deliv.cli.histories import history_to_write, required_path
    from deliv.cli.output import open_output
    from deliv.cli.setup import parse_day
    from deliv.clock import now_of
    from deliv.core.errors import InputError
    from deliv.formats.lessons import lesson_lines, remark_lines
    from deliv.learn import learn as learn_source
    from deliv.locale import translator
    from deliv.sources.outcomefiles import SourceKind, open_outcomes
    from deliv.sources.rulefiles import load_rules
    from deliv.sources.settings import load_settings

    settings = load_settings(config)
    book = load_rules(*settings.rules, *(rules or ()))
    today = parse_day(as_of) or now_of(settings).date()
    translate = translator(lang or chosen_language())
    failed = False
    lessons: list[Lesson] = []
    with (
        history_to_write(required_path(history, settings)) as store,
        open_output(None, sys.stdout.encoding, errors="replace") as output,
    ):
        _refuse_strange_key(store, new_key=new_key)
        for source in sources:
            name = "stdin" if source == "-" else Path(source).name
            try:
                with open_outcomes(
                    source,
                    book,
                    as_of=today,
                    kind=SourceKind(as_),
                    column=column,
                    encoding=input_encoding,
                    bounce_mails=_bounce_mails(),
                ) as readings:
                    lesson = learn_source(
                        readings,
                        store,
                        name=name,
                        on=today,
                        sender_state=_sender_state(today),
                        plain_addresses=plain_addresses,
                    )
            except InputError as error:
                say(error.localized(tr))
                say(tr("nothing was learned from {path}").format(path=source))
                failed = True
                continue
            lessons.append(lesson)
            failed = failed or (lesson.rows > 0 and lesson.not_understood == lesson.rows)
            for line in lesson_lines(lesson, translate):
                output.write(f"{line}\n")
        for line in remark_lines(lessons, store.content(), translate):
            output.write(f"{line}\n")
    return ExitCode.NOTHING_JUDGED if failed else ExitCode.OK


learn.__doc__ = tr(
    "Learn what became of your mails: sent, bounced, answered, found in the junk folder, never come."
)


def _bounce_mails() -> "BounceMails | None":
    """Return what reads bounce mail; None as long as nothing does."""
    return None


def _sender_state(_today: date) -> str:
    """Return the fingerprint of the shop's sender findings as they are now; empty when nobody knows."""
    return ""


def _refuse_strange_key(store: "History", *, new_key: bool) -> None:
    """Let nobody learn everything a second time under another key without knowing it."""
    from deliv.core.errors import HistoryError

    if new_key or not store.keys or store.fingerprint in store.keys:
        return
    template = (
        "{path} knows its addresses only under another key ({keys}) than the present one ({key}), so none of "
        "them would match, and what is learned again would count twice; give the old key in DELIV_KEY, name "
        "another file with --history, or say --new-key; nothing was learned"
    )
    raise HistoryError(template, path=store.path, keys=", ".join(store.keys), key=store.fingerprint)
