"""Customer lists and order exports: their rows, as orders."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from deliv.core.errors import InputError
from deliv.core.exports import ExportSystem, Layout, Role, RowFields, fold_heading, layout_of, recognise
from deliv.core.order import Order
from deliv.core.rulebook import RuleBook
from deliv.sources.framing import ADDRESS
from deliv.sources.tablefile import TableFile, best_heading


class OrderFile(TableFile):
    """A list on disk or from standard input; iterate over it as often as needed.

    source: path, ``-``, or an open binary file. column: heading or number (from 1) of the address
    column, where it is not found by its heading. encoding: where it is not to be guessed. system: id of
    the shop system whose export it is, where its headings do not tell.

    Raises InputError when the file is no list with an address column; iterating raises it too,
    when a fault hides where rows begin.
    """

    def __init__(
        self,
        source: str | Path | BinaryIO,
        rules: RuleBook,
        *,
        column: str | None = None,
        encoding: str | None = None,
        system: str | None = None,
    ) -> None:
        wanted = None if system is None else _named_system(system, rules)
        super().__init__(
            source,
            is_known=lambda header: (
                best_heading(header, rules.address_headings) is not None
                or recognise(header, rules.exports) is not None
            ),
            encoding=encoding,
        )
        self.skipped = 0
        """Blank lines at the end, known after the first pass."""
        try:
            self.system: ExportSystem | None = wanted or recognise(self.columns, rules.exports)
            """Whose export it is; None when no system is recognised."""
            self._address_index = self._find_column(column, rules)
            self.roles: Layout = self._find_roles(rules)
            """Where the roles stand; that of the address is the column that is checked."""
        except BaseException:
            self.close()
            raise

    @property
    def address_column(self) -> str:
        """Heading of the column that holds the addresses."""
        return self.columns[self._address_index]

    def __iter__(self) -> Iterator[Order]:
        """Yield the rows in their order; a blank line counts as a row unless only such follow."""
        orders = self._orders()
        if self.system is not None and not self.system.repeats_order and Role.ORDER_ID in self.roles:
            orders = _inheriting(orders, self.roles[Role.ORDER_ID][0][0])
        return orders

    def _orders(self) -> Iterator[Order]:
        rows = self.rows(self._address_index)
        next(rows)
        number = 0
        blank: list[int] = []
        index = self._address_index
        layout = self.roles if self.roles.keys() - {Role.BUYER_EMAIL} else None  # addresses alone: no fields
        for line, cells in rows:
            if not cells:
                blank.append(line)
                continue
            for blank_line in blank:
                number += 1
                yield Order(address="", row=number, line=blank_line)
            blank.clear()
            number += 1
            if len(cells) > len(self.columns):
                self.columns += ("",) * (len(cells) - len(self.columns))
            address = cells[index] if index < len(cells) else ""
            row = tuple(cells)
            if layout is None:
                yield Order(address=address, row=number, line=line, cells=row)
            else:
                fields = RowFields(row, layout)
                yield Order(address=address, row=number, line=line, cells=row, fields=fields)
        self.skipped = len(blank)

    def _find_column(self, wanted: str | None, rules: RuleBook) -> int:
        own = self.system.columns.get(Role.BUYER_EMAIL, ()) if self.system else ()
        known = best_heading(self.columns, (*own, *rules.address_headings))
        if known is None and any(map(ADDRESS.search, self.columns)):  # and its first row must not be lost
            template = (
                "the first line of {path} holds an address where headings should be; "
                "add a line with headings above it (such as email); nothing was checked"
            )
            raise InputError(template, path=self.name)
        if wanted is None and known is not None:
            return known
        if wanted is None and self.system is not None and not self.system.has_email:
            template = (
                "{path} is an export of a system that gives shops no mail addresses ({system}); "
                "name a column of your own with --column (found: {headings}); nothing was checked"
            )
            raise InputError(template, path=self.name, system=self.system.id, headings=self.shown_headings)
        if wanted is None:
            template = (
                "{path} has no column with mail addresses that deliv knows by its heading; "
                "name it with --column (found: {headings}); nothing was checked"
            )
            raise InputError(template, path=self.name, headings=self.shown_headings)
        folded = [fold_heading(heading) for heading in self.columns]
        if fold_heading(wanted) in folded:
            return folded.index(fold_heading(wanted))
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(self.columns):
            return int(wanted) - 1
        template = "{path} has no column “{column}” (found: {headings}); nothing was checked"
        raise InputError(template, path=self.name, column=wanted, headings=self.shown_headings)

    def _find_roles(self, rules: RuleBook) -> Layout:
        own = self.system.columns if self.system else {}
        found = dict(layout_of(self.columns, own, rules.order_headings))
        return found | {Role.BUYER_EMAIL: ((self._address_index,),)}


def _inheriting(orders: Iterator[Order], id_index: int) -> Iterator[Order]:
    """Pass the rows on; one without an address gets that of the order's line before it."""
    last, address = "", ""
    for order in orders:
        name = order.cells[id_index].strip() if id_index < len(order.cells) else ""
        if order.address.strip() or not name:
            last, address = name, order.address
        elif name == last and address:
            order = replace(order, address=address, inherited=True)  # noqa: PLW2901 - the row as it is read
        else:
            last, address = name, ""
        yield order


def _named_system(name: str, rules: RuleBook) -> ExportSystem:
    """Return the system with this id."""
    known = {system.id: system for system in rules.exports}
    if name.casefold() not in known:
        template = "there is no system “{system}”; use one of: {choices}; nothing was checked"
        raise InputError(template, system=name, choices=", ".join(sorted(known)))
    return known[name.casefold()]


def read_orders(
    source: str | Path | BinaryIO,
    *,
    rules: RuleBook,
    column: str | None = None,
    encoding: str | None = None,
    system: str | None = None,
) -> Iterator[Order]:
    """Yield the rows of a customer list or order export, in their order.

    source: path, ``-`` for standard input, or an open binary file. column, encoding and
    system: where they are not to be found out. Raises InputError as `OrderFile` does.
    """
    with OrderFile(source, rules, column=column, encoding=encoding, system=system) as orders:
        yield from orders
