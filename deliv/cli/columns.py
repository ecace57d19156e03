"""``deliv check --show-columns``: what was understood of a list, before anything is asked."""

import itertools
import sys
from collections.abc import Iterator
from typing import Final

from deliv.cli.output import open_output
from deliv.core.exports import JOINED, Role
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.formats import labels
from deliv.formats.safe import printable
from deliv.locale import Translate, translator
from deliv.sources.orders import OrderFile

_ROWS_SHOWN: Final = 3
_LONGEST: Final = 200  # characters of a cell


def show_columns(
    file: str,
    rules: RuleBook,
    lang: str,
    *,
    column: str | None = None,
    input_encoding: str | None = None,
    system: str | None = None,
) -> None:
    """Write to standard output how the list in `file` is read; nothing is looked up."""
    translate = translator(lang)
    with (
        OrderFile(file, rules, column=column, encoding=input_encoding, system=system) as orders,
        open_output(None, sys.stdout.encoding, errors="replace") as output,
    ):
        for line in _lines(orders, translate, lang):
            output.write(f"{printable(line)}\n")


def _lines(orders: OrderFile, translate: Translate, lang: str) -> Iterator[str]:
    _ = translate
    first = list(itertools.islice(orders, _ROWS_SHOWN))
    yield orders.name
    if orders.system is None:
        yield "  " + _("system: none that deliv knows by its headings; --system names one")
    else:
        name = orders.system.names.get(lang)
        yield "  " + _("system: {name} (--system {system})").format(name=name, system=orders.system.id)
    yield from (f"  {line}" for line in _file_lines(orders, _))
    yield ""
    yield _("What its columns say")
    for role, places in orders.roles.items():
        texts = (JOINED.join(orders.columns[index] for index in indexes) for indexes in places)
        yield "  " + _("{label}: {headings}").format(label=_(labels.ROLE[role]), headings=" / ".join(texts))
    missing = [_(labels.ROLE[role]) for role in Role if role not in orders.roles]
    if missing:
        yield "  " + _("not found: {labels}").format(labels=_(", ").join(missing))
    used = {index for places in orders.roles.values() for indexes in places for index in indexes}
    others = [text.strip() for index, text in enumerate(orders.columns) if index not in used and text.strip()]
    if others:
        yield "  " + _("not used: {headings}").format(headings=" / ".join(others))
    for order in first:
        yield ""
        yield from _row_lines(order, _)


def _file_lines(orders: OrderFile, translate: Translate) -> Iterator[str]:
    _ = translate
    if orders.sheet:
        yield _("sheet of the workbook: {sheet}").format(sheet=orders.sheet)
        return
    yield _("encoding: {encoding}").format(encoding=orders.encoding.name)
    yield _("between the cells: {delimiter}").format(delimiter=_(labels.DELIMITER[orders.delimiter]))
    if orders.encoding.broken_lines:
        template = "lines with bytes that are no characters in {encoding}: {count}"
        yield _(template).format(encoding=orders.encoding.name, count=orders.encoding.broken_lines)


def _row_lines(order: Order, translate: Translate) -> Iterator[str]:
    _ = translate
    yield _("Row {row} (line {line})").format(row=order.row, line=order.line)
    fields = dict(order.fields) or {Role.BUYER_EMAIL.value: order.address}
    if order.inherited:
        fields = {Role.BUYER_EMAIL.value: order.address} | fields
    for name, text in fields.items():
        shown = " / ".join(text.split("\n"))
        shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        yield "  " + _("{label}: {text}").format(label=_(labels.ROLE[Role(name)]), text=shown)
    if order.inherited:
        yield "  " + _("This line has no address; that of the order's first line is taken.")


def undecodable_lines(orders: OrderFile, translate: Translate) -> Iterator[str]:
    """Yield where the cells are that hold bytes which are no characters; only some, when there are many."""
    _ = translate
    for cell in orders.undecodable:
        yield "  " + _("line {line}, column {column} ({heading})").format(
            line=cell.line, column=cell.column, heading=printable(cell.heading.strip())
        )
    more = orders.undecodable_count - len(orders.undecodable)
    if more:
        yield "  " + _("and {count} more").format(count=more)
