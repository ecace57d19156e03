"""``deliv learn``: what became of the shop's mails."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deliv.cli import options
from deliv.cli.choices import LearnAs
from deliv.cli.language import chosen_language, tr

if TYPE_CHECKING:
    from datetime import date, datetime

    from deliv.cli.setup import Setup
    from deliv.core.lessons import Lesson
    from deliv.core.rulebook import RuleBook
    from deliv.core.sending import OrderMessage
    from deliv.sources.history import History


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
    from_: options.FromOption = None,
    message: options.MessageOption = None,
    lang: options.LangOption = None,
    quiet: options.QuietOption = False,
    nameserver: options.NameserverOption = None,
    canary: options.CanaryOption = None,
    replay: options.ReplayOption = None,
) -> int:
    from deliv.cli.exitcodes import ExitCode
    from deliv.cli.histories import history_to_write, required_path
    from deliv.cli.output import open_output
    from deliv.cli.setup import NetworkOptions, SenderOptions, parse_day, read_mail, set_up
    from deliv.clock import now_of
    from deliv.formats.lessons import lesson_lines, remark_lines
    from deliv.locale import translator
    from deliv.sources.rulefiles import load_rules
    from deliv.sources.settings import load_settings

    settings, mail, state = load_settings(config), read_mail(message), ""
    now = now_of(settings)
    today = parse_day(as_of) or now.date()
    if from_ is not None or mail is not None or settings.sender is not None:
        network = NetworkOptions(nameserver=nameserver, canary=canary, replay=replay)
        setup = set_up(network, config=config, rules=rules, sender=SenderOptions(from_=from_), as_of=as_of)
        book = setup.rules
        state = _sender_state(setup, mail, today, quiet=quiet)
    else:
        book = load_rules(*settings.rules, *(rules or ()))
        if not quiet:
            text = tr(
                "No sender is named (--from, or sender: in deliv.yaml), so outcomes are kept without how "
                "your mail was set up at the time."
            )
            print(text, file=sys.stderr)  # noqa: T201 - this is the command line
    translate = translator(lang or chosen_language())
    with (
        history_to_write(required_path(history, settings)) as store,
        open_output(None, sys.stdout.encoding, errors="replace") as output,
    ):
        _refuse_strange_key(store, new_key=new_key)
        lessons = []
        for source in sources:
            lesson = _learn_source(
                source,
                store,
                book,
                now=now,
                today=today,
                kind=as_,
                column=column,
                encoding=input_encoding,
                sender_state=state,
                plain_addresses=plain_addresses,
            )
            if lesson is not None:
                lessons.append(lesson)
                output.writelines(f"{line}\n" for line in lesson_lines(lesson, translate))
        output.writelines(f"{line}\n" for line in remark_lines(lessons, store.content(), translate))
    failed = len(lessons) < len(sources) or any(map(_is_unintelligible, lessons))
    return ExitCode.NOTHING_JUDGED if failed else ExitCode.OK


learn.__doc__ = tr(
    "Learn what became of your mails: sent, bounced, answered, found in the junk folder, never come."
)


def _learn_source(
    source: str,
    store: "History",
    book: "RuleBook",
    *,
    now: "datetime",
    today: "date",
    kind: LearnAs,
    column: str | None,
    encoding: str | None,
    sender_state: str,
    plain_addresses: bool,
) -> "Lesson | None":
    """Learn from one source; what is wrong with it is said, and None returned, so that others can follow."""
    from functools import partial

    from deliv.cli.guard import say
    from deliv.core.errors import InputError
    from deliv.learn import learn as learn_from_source
    from deliv.sources.bouncemail import BounceMail
    from deliv.sources.outcomefiles import SourceKind, holds_mail, open_outcomes

    zone = now.tzinfo
    assert zone is not None
    try:
        with open_outcomes(
            source,
            book,
            as_of=today,
            zone=zone,
            kind=SourceKind(kind),
            column=column,
            encoding=encoding,
            bounce_mails=partial(BounceMail, rules=book, as_of=today, zone=zone),
        ) as readings:
            return learn_from_source(
                readings,
                store,
                name="stdin" if source == "-" else Path(source).name,
                on=today,
                sender_state=sender_state,
                plain_addresses=plain_addresses,
                is_mail=holds_mail(source),
            )
    except InputError as error:
        say(error.localized(tr))
        say(tr("nothing was learned from {path}").format(path=source))
        return None


def _is_unintelligible(lesson: "Lesson") -> bool:
    """Whether no row of a source was understood."""
    return bool(lesson.not_understood and not lesson.understood + lesson.set_aside)


def _sender_state(setup: "Setup", mail: "OrderMessage | None", today: "date", *, quiet: bool) -> str:
    """Return the fingerprint of the shop's sender findings, as `deliv check` has them; empty when the DNS
    leaves open what they are.

    Raises InputError for a sender that cannot be used.
    """
    import asyncio

    from deliv.checklist import stream
    from deliv.cli.guard import say
    from deliv.core.learning import sender_state

    # The very run of a check, without customers: what it finds is found in the same way.
    run = stream(
        (),
        setup.rules,
        setup.resolver,
        as_of=today,
        sender=setup.sender,
        message=mail,
        settings=setup.settings,
    )

    async def ask() -> str:
        header, resolver = await run.prepare(), await run.interviewer.report()
        is_open = not resolver.trusted or header.sender_undecided
        return "" if is_open else sender_state(header.sender_findings)

    if state := asyncio.run(ask()):
        return state
    if not quiet:
        say(
            tr(
                "the DNS does not tell how your mail is set up now, so outcomes are kept without it; learn "
                "them in a network whose DNS can be trusted"
            )
        )
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
