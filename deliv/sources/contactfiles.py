"""Logs of contacts, as shops keep them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import BinaryIO, Final

from deliv.core.cell import read_cell
from deliv.core.contacts import Contact, ContactKind, ContactRole
from deliv.core.errors import Fault, InputError
from deliv.core.exports import fold_heading
from deliv.core.moments import read_moment
from deliv.core.rulebook import RuleBook
from deliv.core.spreadsheet import undefused
from deliv.sources.tablefile import TableFile, best_heading

_LONGEST_SHOWN: Final = 40  # characters of a cell in a message
_LOOK_BACK: Final = timedelta(days=180)  # a day without a year is the one around these months


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFile:
    """What a log says."""

    name: str
    """What the file is called in messages."""
    contacts: tuple[Contact, ...]
    """Its lines that were understood, plans among them, in their order."""
    faults: tuple[Fault, ...] = ()
    """Its lines that were not, and why; they count for nothing."""


Columns = Mapping[ContactRole, int]
"""Where the roles stand in a log, from 0."""


def read_contacts(
    source: str | Path | BinaryIO, *, rules: RuleBook, now: datetime, encoding: str | None = None
) -> ContactFile:
    """Return what a log of contacts says: CSV, TSV or .xlsx, in the encodings that order lists come in.

    source: path, ``-``, or an open binary file. now: by the shop's clock, with its zone; what
    stands there for a later day has not happened. Raises InputError when the file is no log.
    """
    with open_log(source, rules, encoding) as table:
        columns = columns_of(table, rules)
        kinds = _kinds(rules)
        contacts: list[Contact] = []
        faults: list[Fault] = []
        for line, cells in _filled_rows(table, columns):
            reader = _Line(table.name, line, cells, columns)
            found = reader.read(rules, kinds, now)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                contacts.append(found)
    return ContactFile(name=table.name, contacts=tuple(contacts), faults=tuple(faults))


def open_log(source: str | Path | BinaryIO, rules: RuleBook, encoding: str | None = None) -> TableFile:
    """Return the table of a log."""
    headings = rules.contacts.headings
    return TableFile(
        source,
        is_known=lambda header: all(
            best_heading(header, headings.get(role, ())) is not None
            for role in (ContactRole.DATE, ContactRole.KIND)
        ),
        encoding=encoding,
    )


def columns_of(table: TableFile, rules: RuleBook) -> Columns:
    """Return where the roles stand.

    Raises InputError when the table is no log of contacts.
    """
    places = {
        role: best_heading(table.columns, headings) for role, headings in rules.contacts.headings.items()
    }
    found = {role: place for role, place in places.items() if place is not None}
    names_order = ContactRole.ORDER_ID in found or ContactRole.ADDRESS in found
    if not names_order or not {ContactRole.DATE, ContactRole.KIND} <= found.keys():
        template = (
            "{path} is no log of contacts: it needs columns for the date, for the kind, and for the order "
            "number or the address, such as order_id,address,date,kind,note (found: {headings}); "
            "nothing was checked"
        )
        raise InputError(template, path=table.name, headings=table.shown_headings)
    return found


def _filled_rows(table: TableFile, columns: Columns) -> Iterator[tuple[int, list[str]]]:
    rows = table.rows(columns.get(ContactRole.ADDRESS, -1))
    next(rows)
    return ((line, cells) for line, cells in rows if any(map(str.strip, cells)))


def _kinds(rules: RuleBook) -> Mapping[str, ContactKind]:
    return {fold_heading(word): kind for kind, words in rules.contacts.kinds.items() for word in words}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a log."""

    path: str
    number: int
    cells: Sequence[str]
    columns: Columns

    def text(self, role: ContactRole) -> str:
        """Return what it says for a role."""
        index = self.columns.get(role, len(self.cells))
        return undefused(self.cells[index].strip()) if index < len(self.cells) else ""

    def read(self, rules: RuleBook, kinds: Mapping[str, ContactKind], now: datetime) -> Contact | Fault:
        """Return what happened, or why that is not clear."""
        kind = kinds.get(fold_heading(self.text(ContactRole.KIND)))
        if kind is None:
            known = ", ".join(words[0] for words in rules.contacts.kinds.values() if words)
            return self._not_counted(
                "“{text}” is no kind of contact; use one of: {choices}", ContactRole.KIND, choices=known
            )
        zone, today = now.tzinfo, now.date()
        assert isinstance(zone, tzinfo)
        when = read_moment(self.text(ContactRole.DATE), zone, after=today - _LOOK_BACK)
        if when is None:
            return self._not_counted("“{text}” is no day; write it as 2026-11-22", ContactRole.DATE)
        if when.day > today and kind is not ContactKind.PLANNED:
            template = "“{text}” has not come yet, so it is not counted; write plans as “planned”"
            return self._not_counted(template, ContactRole.DATE)
        order_id = self.text(ContactRole.ORDER_ID)
        address = read_cell(self.text(ContactRole.ADDRESS), rules.providers.lenient_domains).address
        if not order_id and address is None:
            template = "neither an order number nor a mail address stands there"
            return self._not_counted(template, ContactRole.ADDRESS)
        return Contact(
            kind=kind,
            when=when,
            order_id=order_id,
            address=address.normalized if address else "",
            note=self.text(ContactRole.NOTE),
            line=self.number,
        )

    def _not_counted(self, template: str, role: ContactRole, **fields: object) -> Fault:
        text = self.text(role)
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        return Fault(
            file=self.path,
            line=self.number,
            path="",
            template=template,
            fields=(("text", shown), *fields.items()),
        )
