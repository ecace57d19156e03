"""Rows become outcomes: what a line of the shop's own records says became of a mail.

A row ends up as one of three: it was understood (`Recorded`), it was not (`NotUnderstood`, with the
line and the reason), or it says nothing of a mail's fate (`SetAside`), as a phone call does not.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeAlias

from deliv.core.address import NO_ADDRESS, Address, parse_address
from deliv.core.cell import read_cell
from deliv.core.errors import AddressSyntaxError
from deliv.core.exports import Role
from deliv.core.order import Order
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.outcomewords import Column, read_fate, read_flag, read_reason

_DAY: Final = re.compile(
    r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?(?:\s*\(.\))?(?:[T ]\s*\d{1,2}[:時].*)?", re.ASCII
)
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_EARLIEST: Final = 1990  # before that no shop mailed an order
_COUNT: Final = re.compile(r"\d{1,3}(,\d{3})*|\d{1,9}", re.ASCII)
_KEY: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MAIL_KEY: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_LONGEST_SHOWN: Final = 40  # characters of a word that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A row that was understood."""

    outcome: Outcome
    """What it says; `who` is the normalized address, or a key from an export of the history."""
    line: int = 0
    """Line of its file, from 1; 0 where there are no lines."""
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
    """Line of its file, from 1."""
    template: str
    """Why, as an English template."""
    fields: tuple[tuple[str, object], ...] = ()
    """Values of the template's fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row that was understood and says nothing of a mail's fate."""

    line: int
    """Line of its file, from 1."""


Reading: TypeAlias = Recorded | NotUnderstood | SetAside
"""What became of one row."""


@lru_cache(maxsize=4096)  # a file has few days, and many rows for each
def read_day(text: str) -> date | None:
    """Return the day that a date or a moment names, as ISO 8601 or as Japanese systems write it.

    The one place in which records are dated: what understands more spellings belongs here.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if day.year >= _EARLIEST else None


class OutcomeReader:
    """Reads the rows of a file with outcomes.

    columns: where things stand. address_index: column with addresses or domains. as_of: the last day
    that anything can have happened on.
    """

    def __init__(
        self,
        columns: Mapping[Column, int],
        address_index: int,
        *,
        lenient_domains: Collection[str],
        as_of: date,
    ) -> None:
        self._columns = columns
        self._address_index = address_index
        self._lenient_domains = lenient_domains
        self._as_of = as_of

    def read(self, cells: Sequence[str], line: int) -> Reading:
        """Return what became of one row."""
        word = self._text(cells, Column.OUTCOME)
        fate = read_fate(word)
        if fate is None:
            if not word:
                return NotUnderstood(line=line, template="there is no outcome")
            shown = (("word", word[:_LONGEST_SHOWN]),)
            return NotUnderstood(line=line, template="the outcome “{word}” is not known", fields=shown)
        count = self._count(cells)
        if count is None:
            return NotUnderstood(line=line, template="the count is no whole number")
        if fate.kind is None or count == 0:
            return SetAside(line=line)
        whose = self._whose(cells, line)
        if isinstance(whose, NotUnderstood):
            return whose
        day = dated(self._text(cells, Column.DAY), line, self._as_of)
        if isinstance(day, NotUnderstood):
            return day
        who, domain = whose
        is_bounce = fate.kind is OutcomeKind.BOUNCE
        said = self._text(cells, Column.REASON) if is_bounce else ""
        reason = read_reason(said) if said else None
        permanent = read_flag(self._text(cells, Column.PERMANENT)) if is_bounce else None
        mail_key = self._text(cells, Column.MAIL_KEY)
        return Recorded(
            outcome=Outcome(
                kind=fate.kind,
                domain=domain,
                day=day,
                who=who,
                count=count,
                reason=reason or (BounceReason.UNDEFINED if said else None),
                permanent=fate.permanent if permanent is None else permanent,
                sender_state=self._text(cells, Column.SENDER_STATE),
            ),
            line=line,
            mail=mail_key if _MAIL_KEY.fullmatch(mail_key) else self._text(cells, Column.MAIL),
            is_mail_key=bool(_MAIL_KEY.fullmatch(mail_key)),
            unknown_reason=bool(said) and reason is None,
        )

    def _text(self, cells: Sequence[str], column: Column) -> str:
        index = self._columns.get(column)
        return cells[index].strip() if index is not None and index < len(cells) else ""

    def _count(self, cells: Sequence[str]) -> int | None:
        text = self._text(cells, Column.COUNT)
        if not text:
            return 1
        plain = unicodedata.normalize("NFKC", text)
        return int(plain.replace(",", "")) if _COUNT.fullmatch(plain) else None

    def _whose(self, cells: Sequence[str], line: int) -> tuple[str, str] | NotUnderstood:
        """Return address (or the key that stands for one) and domain; the address of a domain is empty."""
        text = cells[self._address_index] if self._address_index < len(cells) else ""
        domain_text = self._text(cells, Column.DOMAIN)
        if "@" not in text and "＠" not in text:
            key = self._text(cells, Column.KEY)
            domain = _domain(text.strip() or domain_text)
            if domain is None and not (text.strip() or domain_text):
                return NotUnderstood(line=line, template="there is neither an address nor a domain")
            if domain is None:
                return NotUnderstood(line=line, template="it is neither an address nor a domain")
            return (key if _KEY.fullmatch(key) else ""), domain
        address = addressed(text, line, self._lenient_domains)
        return address if isinstance(address, NotUnderstood) else (address.normalized, address.domain)


def read_order(
    order: Order, *, lenient_domains: Collection[str], as_of: date, role: Role = Role.ORDERED_AT
) -> Reading:
    """Return the order mail that a row of an order export stands for: one sent mail on its day.

    The lines of one order share its number, by which they count once.
    """
    address = addressed(order.address, order.line, lenient_domains)
    if isinstance(address, NotUnderstood):
        return address
    day = dated(order.fields.get(role, ""), order.line, as_of)
    if isinstance(day, NotUnderstood):
        return day
    outcome = Outcome(kind=OutcomeKind.SENT, domain=address.domain, day=day, who=address.normalized)
    return Recorded(outcome=outcome, line=order.line, mail=order.fields.get(Role.ORDER_ID, ""))


def addressed(text: str, line: int, lenient_domains: Collection[str]) -> Address | NotUnderstood:
    """Return the address in a cell, mended where that can be done."""
    cell = read_cell(text, lenient_domains)
    if cell.address is not None:
        return cell.address
    if cell.fault is not None and text.strip():
        fields = tuple(cell.fault.fields.items())
        return NotUnderstood(line=line, template=cell.fault.template, fields=fields)
    if cell.is_garbled:
        return NotUnderstood(line=line, template="there are characters that cannot be read")
    return NotUnderstood(line=line, template=NO_ADDRESS)


def dated(text: str, line: int, as_of: date) -> date | NotUnderstood:
    """Return the day that a cell names, if anything can have happened on it by `as_of`."""
    if not text.strip():
        return NotUnderstood(line=line, template="there is no date")
    day = read_day(text)
    if day is None:
        shown = (("text", text.strip()[:_LONGEST_SHOWN]),)
        return NotUnderstood(line=line, template="the date “{text}” cannot be read", fields=shown)
    if day > as_of:
        return NotUnderstood(line=line, template="{day} is in the future", fields=(("day", day.isoformat()),))
    return day


@lru_cache(maxsize=4096)
def _domain(text: str) -> str | None:
    """Return a domain in A-labels and lower case; None for what is none."""
    try:
        return parse_address(f"postmaster@{text.strip().removeprefix('@').rstrip('.')}").domain
    except AddressSyntaxError:
        return None
