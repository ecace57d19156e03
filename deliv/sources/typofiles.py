"""What rule files hold of misspelt domains, and of addresses that belong to a role."""

from collections.abc import Mapping
from dataclasses import dataclass

from deliv.core.slips import SlipEntry
from deliv.core.text import Source
from deliv.sources.fields import Fields
from deliv.sources.names import decode_hosts, decode_id, decode_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccounts:
    """Local parts that stand for a role, not a person."""

    id: str
    """Stable name, kebab-case."""
    local_parts: tuple[str, ...]
    """In lower case."""
    sources: tuple[Source, ...]
    """Where they come from; at least one."""


def decode_role_accounts(fields: Fields) -> RoleAccounts:
    """Return one entry about addresses that belong to a role."""
    for item in fields.items("local_parts", required=True):
        if isinstance(item.value, str) and (item.value != item.value.lower() or "@" in item.value):
            fields.report(item, "“{name}” is no local part in lower case", name=item.value)
    accounts = RoleAccounts(
        id=decode_id(fields), local_parts=fields.texts("local_parts"), sources=decode_sources(fields)
    )
    fields.close()
    return accounts


def decode_slips(fields: Fields) -> SlipEntry:
    """Return one entry about misspelt domains."""
    entry = SlipEntry(
        id=decode_id(fields),
        common=decode_hosts(fields, "common", dotted=False),
        frequent=decode_hosts(fields, "frequent", dotted=False),
        slips=_table(fields, "slips", dotted=False),
        traps=_table(fields, "traps", dotted=False),
        wrong_endings=_table(fields, "wrong_endings", dotted=True),
        confused_endings=decode_hosts(fields, "confused_endings", dotted=True),
        neighbours=decode_hosts(fields, "neighbours", dotted=False),
        sources=decode_sources(fields),
    )
    fields.close()
    return entry


def _table(fields: Fields, key: str, *, dotted: bool) -> Mapping[str, tuple[str, ...]]:
    child = fields.child(key)
    if child is None:
        return {}
    return {meant: decode_hosts(child, meant, dotted=dotted) for meant, _ in child.entries()}
