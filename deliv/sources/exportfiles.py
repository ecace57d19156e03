"""What rule files hold of the exports of shop systems."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from deliv.core.exports import JOINED, ExportSystem, Role, RoleHeadings, fold_heading
from deliv.sources.fields import Fields
from deliv.sources.names import decode_id, decode_sources
from deliv.sources.yamlfile import Located


class Delimiter(StrEnum):
    """What stands between cells, as rule files call it."""

    COMMA = "comma"
    TAB = "tab"
    SEMICOLON = "semicolon"


_CHARACTERS: Final[Mapping[Delimiter, str]] = {
    Delimiter.COMMA: ",",
    Delimiter.TAB: "\t",
    Delimiter.SEMICOLON: ";",
}


class FileEncoding(StrEnum):
    """How systems write their files."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    UTF_16 = "utf-16"


def decode_export(fields: Fields) -> ExportSystem:
    """Return one kind of file that a shop system exports."""
    signature = tuple(_heading(fields, item) for item in fields.items("signature", required=True))
    if not signature and (located := fields.get("signature")):
        fields.report(located, "there must be at least one heading")
    columns = fields.child("columns", required=True)
    system = ExportSystem(
        id=decode_id(fields),
        names=fields.bilingual("names"),
        signature=signature,
        columns=decode_role_headings(columns) if columns else {},
        encodings=tuple(fields.as_word(item, FileEncoding).value for item in fields.items("encodings")),
        delimiter=_CHARACTERS[fields.word("delimiter", Delimiter, Delimiter.COMMA)],
        repeats_order=fields.flag("repeats_order", default=True),
        has_email=fields.flag("has_email", default=True),
        sources=decode_sources(fields),
    )
    if not system.has_email and Role.BUYER_EMAIL in system.columns and (located := fields.get("has_email")):
        fields.report(located, "“has_email: false” contradicts the columns, which name one for the address")
    fields.close()
    return system


def decode_role_headings(fields: Fields) -> RoleHeadings:
    """Return headings by role."""
    found = {}
    for role in Role:
        if not fields.has(role):
            continue
        items = fields.items(role)
        found[role] = tuple(_heading(fields, item) for item in items)
        if role is Role.BUYER_EMAIL:  # an address is one cell
            for item, text in zip(items, found[role], strict=True):
                if JOINED in text:
                    fields.report(item, "an address stands in one column, so “ + ” has no place here")
        if not items and (located := fields.get(role)):
            fields.report(located, "there must be at least one heading")
    fields.close()
    return found


def _heading(fields: Fields, located: Located) -> str:
    text = fields.as_text(located)
    if isinstance(located.value, str) and not all(map(fold_heading, f" {text} ".split(JOINED))):
        fields.report(located, "a heading may not be empty")
    return text
