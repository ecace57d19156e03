"""The log of contacts, written: what is planned goes behind what stands there."""

import codecs
import csv
import io
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from deliv.core.contacts import Contact, ContactKind, ContactRole, fold_order_id
from deliv.core.errors import InputError, OutputError
from deliv.core.rulebook import RuleBook
from deliv.core.spreadsheet import defused
from deliv.sources.contactfiles import Columns, columns_of, open_log, read_contacts

_HEADINGS: Final = ("order_id", "address", "date", "kind", "note")
_COLUMNS: Final[Columns] = {role: place for place, role in enumerate(ContactRole)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of the plans."""

    added: int
    """Lines that were written."""
    known: int
    """Plans that stood there already."""
    nameless: int
    """Plans about orders with neither a number nor an address that the log has a column for."""
    replaced: int
    """Characters that its encoding cannot hold."""


def append_planned(
    path: str | Path, planned: Iterable[Contact], *, rules: RuleBook, now: datetime
) -> Appended:
    """Write plans behind the lines of a log, which is made when there is none; its own form is kept.

    A plan that stands there already, for the same order and day, is not written again. The file is
    replaced in one step, so that it is never half written. Raises InputError when it is no log that can
    be written to, and OutputError when it cannot be written.
    """
    target = Path(path).resolve()
    try:
        if target.is_dir():
            raise OutputError("{path} is a folder; name a file; nothing was written", path=path)
        is_new = not target.exists() or not target.stat().st_size
        form = _Form() if is_new else _form_of(Path(path), rules, now)
        lines = _Lines(form)
        for contact in planned:
            lines.add(contact)
        if is_new or lines.added:
            _replace(target, form.content + lines.content())
    except OSError as error:
        template = "{path} cannot be written ({reason}); no plan was written down"
        raise OutputError(template, path=path, reason=error.strerror or error) from error
    return Appended(added=lines.added, known=lines.known, nameless=lines.nameless, replaced=lines.replaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a log is written, and what stands there."""

    content: bytes = codecs.BOM_UTF8 + (",".join(_HEADINGS) + "\r\n").encode()
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\r\n"
    width: int = len(_HEADINGS)
    columns: Columns = field(default_factory=lambda: _COLUMNS)
    planned: frozenset[tuple[str, date]] = frozenset()

    def held(self, text: str) -> str:
        """Return a text as the file can hold it: on one line, in its encoding, harmless."""
        line = " ".join(text.split())
        return defused(line.encode(self.encoding, "replace").decode(self.encoding))

    def key(self, contact: Contact) -> tuple[str, date]:
        """Return what tells a plan from others in this file; without a name it is none."""
        name = ""
        if ContactRole.ORDER_ID in self.columns:
            name = fold_order_id(self.held(contact.order_id)).lstrip("0")  # spreadsheets eat them
        if not name and ContactRole.ADDRESS in self.columns:
            name = contact.address.casefold()
        return name, contact.when.day


def _form_of(path: Path, rules: RuleBook, now: datetime) -> _Form:
    content = path.read_bytes()
    with open_log(path, rules) as table:
        columns = columns_of(table, rules)
        if table.sheet:
            template = "{path} is an Excel workbook; name a CSV file for the plans; no plan was written down"
            raise InputError(template, path=path)
        encoding = table.encoding.name
        if encoding == "utf-16":  # only the beginning has a mark
            encoding = "utf-16-be" if content.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
        newline = "\n" if "\r\n".encode(encoding) not in content else "\r\n"
        if not content.endswith(("\n".encode(encoding), "\r".encode(encoding))):
            content += newline.encode(encoding)
        form = _Form(
            content=content,
            encoding=encoding,
            delimiter=table.delimiter,
            newline=newline,
            width=len(table.columns),
            columns=columns,
        )
    plans = (each for each in read_contacts(path, rules=rules, now=now).contacts if _is_plan(each))
    return replace(form, planned=frozenset(map(form.key, plans)))


def _is_plan(contact: Contact) -> bool:
    return contact.kind is ContactKind.PLANNED


class _Lines:
    """The lines that are added, in the form of the file."""

    def __init__(self, form: _Form) -> None:
        self._form = form
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=form.delimiter, lineterminator=form.newline)
        self._seen = set(form.planned)
        self.added = self.known = self.nameless = self.replaced = 0

    def add(self, contact: Contact) -> None:
        """Write a plan, unless it stands there already."""
        key = self._form.key(contact)
        if not key[0]:
            self.nameless += 1
        elif key in self._seen:
            self.known += 1
        else:
            self._seen.add(key)
            self.added += 1
            self._writer.writerow(self._cells(contact))

    def _cells(self, contact: Contact) -> Sequence[str]:
        texts = {
            ContactRole.ORDER_ID: contact.order_id,
            ContactRole.ADDRESS: contact.address,
            ContactRole.DATE: contact.when.day.isoformat(),
            ContactRole.KIND: ContactKind.PLANNED.value,
            ContactRole.NOTE: contact.note,
        }
        cells = [""] * self._form.width
        for role, place in self._form.columns.items():
            held = self._form.held(texts[role])
            self.replaced += held.count("?") - texts[role].count("?")
            cells[place] = held
        return cells

    def content(self) -> bytes:
        """Return them as bytes of the file."""
        return self._text.getvalue().encode(self._form.encoding)


def _replace(target: Path, content: bytes) -> None:
    """Put a file in the place of another one in one step."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
