"""What shop systems export: whose file is it, and which column says what?

A shop's file is recognised by its headings alone. What is in a row is looked up only when somebody
asks for it: a file has one `Layout`, and each row shares it, so that a million rows cost no more.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias, cast

from deliv.core.text import Source, Text

JOINED: Final = " + "
"""Between headings of columns that make up one text together: ``注文者姓 + 注文者名``."""


class Role(StrEnum):
    """What a column can be of use for."""

    ORDER_ID = "order_id"
    ORDERED_AT = "ordered_at"
    BUYER_NAME = "buyer_name"
    BUYER_EMAIL = "buyer_email"
    BUYER_PHONE = "buyer_phone"
    RECIPIENT_NAME = "recipient_name"
    RECIPIENT_PHONE = "recipient_phone"
    AMOUNT = "amount"
    GIFT = "gift"
    """Wishes for wrapping and the like; a shop's file may say “no” in it."""
    NOTE = "note"
    NEED_BY = "need_by"
    """Until when the customer needs the goods."""
    MAILED_AT = "mailed_at"
    """When the shop wrote to the customer."""
    REPLIED_AT = "replied_at"
    """When the customer answered."""


# What stands in any of their columns counts.
_GATHERED: Final = frozenset({Role.GIFT, Role.NOTE, Role.BUYER_PHONE, Role.RECIPIENT_PHONE})
_SPACED: Final = frozenset({Role.BUYER_NAME, Role.RECIPIENT_NAME, Role.ORDERED_AT})
_PHONES: Final = frozenset({Role.BUYER_PHONE, Role.RECIPIENT_PHONE})

RoleHeadings: TypeAlias = Mapping[Role, tuple[str, ...]]
"""Headings by role, the best first; `JOINED` stands between those that belong together."""
RoleColumns: TypeAlias = tuple[tuple[int, ...], ...]
"""Where a role stands: places to try one after the other, each of one column or more, from 0."""
Layout: TypeAlias = Mapping[Role, RoleColumns]
"""Where the roles stand in one file; roles that it does not have are absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSystem:
    """One kind of file that a shop system exports."""

    id: str
    """Stable name, kebab-case."""
    names: Text
    """What people call it."""
    signature: tuple[str, ...]
    """Headings by which it is recognised: all of them are there."""
    columns: RoleHeadings
    """Its headings by role, the best first."""
    encodings: tuple[str, ...] = ()
    """How its files are usually written."""
    delimiter: str = ","
    """What usually stands between its cells."""
    repeats_order: bool = True
    """Whether every line of an order repeats what belongs to the order, such as the address."""
    has_email: bool = True
    """Whether it exports mail addresses at all."""
    sources: tuple[Source, ...] = field(default=())
    """Where all this comes from; at least one."""


def fold_heading(heading: str) -> str:
    """Return the spelling by which headings are compared."""
    folded = unicodedata.normalize("NFKC", heading).strip().strip('"\ufeff').casefold()
    return " ".join(folded.split())


def recognise(headings: Iterable[str], systems: Iterable[ExportSystem]) -> ExportSystem | None:
    """Return whose export this is: all headings of its signature are there.

    The longest signature wins, then the most known headings; None when nobody's is complete, or
    when two fit as well.
    """
    found = {fold_heading(heading) for heading in headings}
    ranked = [
        (len(system.signature), len(_known_headings(system) & found), system)
        for system in systems
        if system.signature and {fold_heading(heading) for heading in system.signature} <= found
    ]
    if not ranked:
        return None
    best = max(rank[:2] for rank in ranked)
    winners = [system for *rank, system in ranked if tuple(rank) == best]
    return winners[0] if len(winners) == 1 else None


def _known_headings(system: ExportSystem) -> set[str]:
    """Return all headings of a system, folded."""
    texts = [text for headings in system.columns.values() for text in headings]
    return {fold_heading(part) for text in texts for part in text.split(JOINED)}


def layout_of(headings: Sequence[str], columns: RoleHeadings, fallback: RoleHeadings | None = None) -> Layout:
    """Return where the roles stand below these headings.

    A role that has none of its headings in `columns` there is looked for by those of `fallback`.
    A heading that stands there twice means its first column.
    """
    places = {fold_heading(heading): index for index, heading in reversed(list(enumerate(headings)))}
    found: dict[Role, RoleColumns] = {}
    for role in Role:
        for known in (columns, fallback or {}):
            joined = [tuple(map(fold_heading, text.split(JOINED))) for text in known.get(role, ())]
            there = tuple(
                tuple(places[part] for part in parts) for parts in joined if places.keys() >= {*parts}
            )
            if there:
                found[role] = tuple(dict.fromkeys(there))
                break
    return found


def role_text(role: Role, cells: Sequence[str], columns: RoleColumns) -> str:
    """Return what the cells of a row say for a role, as written; empty when they say nothing.

    The first place that holds something counts; for gifts, notes and phones all do, one on each line.
    Parts of a name or a date are joined by a space, and those of a phone number by a hyphen.
    """
    texts: list[str] = []
    width = len(cells)
    for indexes in columns:
        if len(indexes) == 1:
            text = cells[indexes[0]].strip() if indexes[0] < width else ""
        else:
            glue = " " if role in _SPACED else "-" if role in _PHONES else ""
            text = glue.join(filter(None, [cells[index].strip() for index in indexes if index < width]))
        if text and role not in _GATHERED:
            return text
        if text:
            texts.append(text)
    return "\n".join(dict.fromkeys(texts)) if len(texts) > 1 else "".join(texts)


class RowFields(Mapping[str, str]):
    """What a row says, by role; looked up when it is asked for, and roles that are empty are absent."""

    __slots__ = ("_cells", "_layout")

    def __init__(self, cells: Sequence[str], layout: Layout) -> None:
        self._cells = cells
        self._layout = layout

    def __getitem__(self, key: str) -> str:
        role = cast("Role", key)  # a role is its own name, and another text is not in the layout
        text = role_text(role, self._cells, self._layout[role])
        if not text:
            raise KeyError(key)
        return text

    def get(self, key: str, default: Any = None) -> Any:
        """Return what the row says for a role; long lists ask for little else."""
        columns = self._layout.get(cast("Role", key))
        return (role_text(cast("Role", key), self._cells, columns) or default) if columns else default

    def __iter__(self) -> Iterator[str]:
        return (role.value for role, columns in self._layout.items() if role_text(role, self._cells, columns))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))
