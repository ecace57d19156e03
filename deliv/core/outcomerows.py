"""Rows become outcomes: what a line of the shop's own records says became of a mail.

A row ends up as one of three: it was understood (`Recorded`), it was not (`NotUnderstood`, with the
line and the reason), or it says nothing of a mail's fate (`SetAside`), as a phone call does not.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache
from typing import Final, TypeAlias

from deliv.core.address import Address, parse_address
from deliv.core.cell import read_cell
from deliv.core.errors import AddressSyntaxError, DelivError, RowError
from deliv.core.exports import Role
from deliv.core.moments import read_moment
from deliv.core.order import Order
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.outcomewords import Column, Fate, OutcomeWords, read_flag

_LONGEST_DAY: Final = 100  # characters
_COUNT: Final = re.compile(r"\d{1,3}(,\d{3})*|\d{1,9}", re.ASCII)
_LONGEST_DOMAIN: Final = 260  # characters, with what stands around it
_SENDER_STATE: Final = re.compile(r"[0-9A-Za-z._:-]{0,64}", re.ASCII)
_KEY: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MAIL_KEY: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_DEFUSED: Final = frozenset({"'=", "'+", "'-", "'@"})  # as our own exports begin such addresses
_LONGEST_SHOWN: Final = 40  # characters of a word that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A row that was understood."""

    outcome: Outcome
    """What it says; `who` is the normalized address, or a key from an export of the history."""
    line: int = 0
    """Line of its file, from 1; of a mail its number; 0 where there is neither."""
    mail: str = ""
    """Which mail or order it was, such as a message id; empty when the row does not say.

    Equal rows with different ones are different events, and with the same one they are one event.
    """
    is_mail_key: bool = False
    """Whether `mail` is a key from an export of the history."""
    unknown_reason: bool = False
    """Whether the row gives a reason in words that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """A row, or a mail, of which nothing could be learned."""

    line: int
    """Line of its file, from 1; of a mail its number."""
    template: str
    """Why, as an English template."""
    fields: tuple[tuple[str, object], ...] = ()
    """Values of the template's fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row, or a mail, that was understood and says nothing of a mail's fate."""

    line: int
    """Line of its file, from 1; of a mail its number."""
    template: str
    """Why, as an English template."""


Reading: TypeAlias = Recorded | NotUnderstood | SetAside
"""What became of one row."""


class OutcomeReader:
    """Reads the rows of a file with outcomes.

    columns: where things stand, by `words`, which the rule book has. address_index: column with
    addresses or domains. as_of: the last day that anything can have happened on. zone: the shop's.
    """

    def __init__(
        self,
        columns: Mapping[Column, int],
        address_index: int,
        *,
        words: OutcomeWords,
        lenient_domains: Collection[str],
        as_of: date,
        zone: tzinfo,
    ) -> None:
        self._columns = columns
        self._words = words
        self._zone = zone
        self._address_index = address_index
        self._lenient_domains = lenient_domains
        self._as_of = as_of

    def read(self, cells: Sequence[str], line: int) -> Reading:
        """Return what became of one row."""
        try:
            fate, count = self._fate(cells), self._count(cells)
            if fate.kind is None or count == 0:
                return SetAside(line=line, template="rows that say nothing of a mail's fate, such as calls")
            who, domain = self._whose(cells)
            day = dated(self._text(cells, Column.DAY), self._as_of, self._zone)
        except (RowError, AddressSyntaxError) as error:
            return _not_understood(error, line)
        is_bounce = fate.kind is OutcomeKind.BOUNCE
        said = self._text(cells, Column.REASON) if is_bounce else ""
        reason = self._words.reason(said) if said else None
        permanent = read_flag(self._text(cells, Column.PERMANENT)) if is_bounce else None
        mail_key, sender_state = self._text(cells, Column.MAIL_KEY), self._text(cells, Column.SENDER_STATE)
        is_mail_key = _MAIL_KEY.fullmatch(mail_key) is not None
        return Recorded(
            outcome=Outcome(
                kind=fate.kind,
                domain=domain,
                day=day,
                who=who,
                count=count,
                reason=reason or (BounceReason.UNDEFINED if said else None),
                permanent=fate.permanent if permanent is None else permanent,
                sender_state=sender_state if _SENDER_STATE.fullmatch(sender_state) else "",
            ),
            line=line,
            mail=mail_key if is_mail_key else bare_id(self._text(cells, Column.MAIL)),
            is_mail_key=is_mail_key,
            unknown_reason=bool(said) and reason is None,
        )

    def _text(self, cells: Sequence[str], column: Column) -> str:
        index = self._columns.get(column)
        return cells[index].strip() if index is not None and index < len(cells) else ""

    def _fate(self, cells: Sequence[str]) -> Fate:
        word, contact = self._text(cells, Column.OUTCOME), self._text(cells, Column.CONTACT)
        if not (word or contact):
            raise RowError("there is no outcome")
        fate = self._words.fate(word, contact)
        if fate is None:
            raise RowError("the outcome “{word}” is not known", word=(word or contact)[:_LONGEST_SHOWN])
        return fate

    def _count(self, cells: Sequence[str]) -> int:
        text = self._text(cells, Column.COUNT)
        if not text:
            return 1
        plain = unicodedata.normalize("NFKC", text)
        if not _COUNT.fullmatch(plain):
            raise RowError("the count is no whole number")
        return int(plain.replace(",", ""))

    def _whose(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return address (or the key that stands for one) and domain; a whole domain has no address."""
        text = cells[self._address_index] if self._address_index < len(cells) else ""
        if Column.KEY in self._columns and text[:2] in _DEFUSED:
            text = text[1:]
        if "@" in text or "＠" in text:
            address = addressed(text, self._lenient_domains)
            return address.normalized, address.domain
        named = text.strip() or self._text(cells, Column.DOMAIN)
        if not named:
            raise RowError("there is neither an address nor a domain")
        domain = read_domain(named)
        if domain is None:
            raise RowError("it is neither an address nor a domain")
        key = self._text(cells, Column.KEY)
        return (key if _KEY.fullmatch(key) else ""), domain


def read_order(order: Order, *, lenient_domains: Collection[str], as_of: date, zone: tzinfo) -> Reading:
    """Return the order mail that a row of an order export stands for: one sent mail on its day.

    The lines of one order share its number, by which they count once.
    """
    try:
        address = addressed(order.address, lenient_domains)
        day = dated(order.fields.get(Role.ORDERED_AT, ""), as_of, zone)
    except (RowError, AddressSyntaxError) as error:
        return _not_understood(error, order.line)
    outcome = Outcome(kind=OutcomeKind.SENT, domain=address.domain, day=day, who=address.normalized)
    return Recorded(outcome=outcome, line=order.line, mail=order.fields.get(Role.ORDER_ID, ""))


def addressed(text: str, lenient_domains: Collection[str]) -> Address:
    """Return the address in a cell, mended where that can be done.

    Raises AddressSyntaxError and RowError.
    """
    cell = read_cell(text, lenient_domains)
    if cell.address is not None:
        return cell.address
    if cell.fault is not None:
        raise cell.fault
    raise RowError("there are characters that cannot be read")


def dated(text: str, as_of: date, zone: tzinfo) -> date:
    """Return the day that a cell names by the shop's clock, if anything can have happened on it by `as_of`.

    A day without its year is none: it would be another one when the file is learned again next year.
    Raises RowError.
    """
    if not text.strip():
        raise RowError("there is no date")
    day = _read_day(text, zone) if len(text) <= _LONGEST_DAY else None
    if day is None:
        raise RowError("the date “{text}” cannot be read", text=text.strip()[:_LONGEST_SHOWN])
    if day > as_of:
        raise RowError("{day} is in the future", day=day.isoformat())
    return day


@lru_cache(maxsize=4096)  # a file has few days, and many rows for each
def _read_day(text: str, zone: tzinfo) -> date | None:
    moment = read_moment(text, zone)
    return moment.day if moment else None


def bare_id(text: str) -> str:
    """Return a Message-ID as it is compared: without the brackets, which not everybody copies."""
    return text.strip().removeprefix("<").removesuffix(">")


def _not_understood(error: DelivError, line: int) -> NotUnderstood:
    return NotUnderstood(line=line, template=error.template, fields=tuple(error.fields.items()))


def read_domain(text: str) -> str | None:
    """Return a domain in A-labels and lower case; None for what is none."""
    return _read_domain(text) if len(text) <= _LONGEST_DOMAIN else None


@lru_cache(maxsize=4096)
def _read_domain(text: str) -> str | None:
    try:
        return parse_address(f"postmaster@{text.strip().rstrip('.')}").domain
    except AddressSyntaxError:
        return None
