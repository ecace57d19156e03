"""What a shop can learn from: files with outcomes, logs of contacts, order exports, and bounce mail."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from deliv.core.errors import InputError
from deliv.core.exports import Role
from deliv.core.outcomerows import OutcomeReader, Reading, read_order
from deliv.core.outcomewords import Column, OutcomeWords
from deliv.core.rulebook import RuleBook
from deliv.sources.orders import OrderFile


class SourceKind(StrEnum):
    """What a list is taken for."""

    OUTCOMES = "outcomes"
    """Each row says what became of a mail, or of several."""
    SENT = "sent"
    """Each order stands for one mail that was sent on its day."""


BounceMails: TypeAlias = Callable[[Path], Iterable[Reading]]
"""Reads a Maildir, an mbox, a mail or a folder of mails: each report in a bounce is a `Recorded` whose `mail`
is a Message-ID.
"""

_MAIL_ENDINGS: Final = frozenset({".eml", ".mbox", ".mbx", ".msg"})
_MAIL_HEAD: Final = re.compile(
    rb"From \S|(Return-Path|Received|Delivered-To|From|To|Date|Subject|Message-ID|MIME-Version"
    rb"|DKIM-Signature|X-[A-Za-z-]+): ?",
    re.IGNORECASE,
)


def holds_mail(path: str) -> bool:
    """Whether there is bounce mail behind a path rather than a list."""
    file = Path(path)
    if path == "-" or not file.exists():
        return False
    if file.is_dir() or file.suffix.lower() in _MAIL_ENDINGS:
        return True
    try:
        with file.open("rb") as opened:
            return _MAIL_HEAD.match(opened.read(64)) is not None
    except OSError:
        return False  # whoever opens it says what is wrong


@contextmanager
def open_outcomes(
    path: str,
    rules: RuleBook,
    *,
    as_of: date,
    zone: tzinfo,
    kind: SourceKind = SourceKind.OUTCOMES,
    column: str | None = None,
    encoding: str | None = None,
    bounce_mails: BounceMails | None = None,
) -> Iterator[Iterable[Reading]]:
    """Open a source, and yield what becomes of its rows.

    path: a list, ``-`` for standard input, or bounce mail. as_of: the last day on which anything can
    have happened. zone: the shop's. kind: what a list is. column and encoding: where they are not to be
    found out. bounce_mails: what reads mail.

    Raises InputError for what cannot be read, then or while the rows are read.
    """
    if holds_mail(path):
        if bounce_mails is None:
            raise InputError("{path} holds mail, and this deliv reads lists only", path=path)
        yield bounce_mails(Path(path))
        return
    words = OutcomeWords(rules.outcomes, rules.contacts)
    headings = (*rules.address_headings, *words.headings[Column.ADDRESS], *words.headings[Column.DOMAIN])
    known = replace(rules, address_headings=headings)
    with OrderFile(path, known, column=column, encoding=encoding) as orders:
        if kind is SourceKind.SENT:
            yield _orders(orders, rules, as_of, zone)
        else:
            yield _outcomes(orders, rules, words, as_of, zone)


def _outcomes(
    orders: OrderFile, rules: RuleBook, words: OutcomeWords, as_of: date, zone: tzinfo
) -> Iterator[Reading]:
    columns = words.find_columns(orders.columns)
    says_what = Column.CONTACT if Column.CONTACT in columns else Column.OUTCOME
    missing = [column for column in (says_what, Column.DAY) if column not in columns]
    if missing == [Column.OUTCOME] or (missing and Role.ORDERED_AT in orders.roles):
        template = (
            "{path} has no column that says what became of a mail, with a heading such as {headings}; "
            "if it is an export of orders, learn from it with --as sent"
        )
        raise InputError(template, path=orders.name, headings=_shown(words, Column.OUTCOME))
    if missing:
        template = "{path} has no column with the date, with a heading such as {headings}"
        raise InputError(template, path=orders.name, headings=_shown(words, Column.DAY))
    reader = OutcomeReader(
        columns,
        orders.columns.index(orders.address_column),
        words=words,
        lenient_domains=rules.providers.lenient_domains,
        as_of=as_of,
        zone=zone,
    )
    return (reader.read(order.cells, order.line) for order in orders)


def _orders(orders: OrderFile, rules: RuleBook, as_of: date, zone: tzinfo) -> Iterator[Reading]:
    if Role.ORDERED_AT not in orders.roles:
        template = (
            "{path} has no column with the day of the order that deliv knows by its heading; "
            "deliv check --show-columns says how the list is read"
        )
        raise InputError(template, path=orders.name)
    lenient = rules.providers.lenient_domains
    return (read_order(order, lenient_domains=lenient, as_of=as_of, zone=zone) for order in orders)


def _shown(words: OutcomeWords, column: Column) -> str:
    return " / ".join(words.headings[column][:2])
