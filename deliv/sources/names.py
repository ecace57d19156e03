"""What all entries of rule files have in common: ids, host names, sources."""

import re
from collections.abc import Mapping
from datetime import date

from deliv.core.text import Source
from deliv.sources.fields import Fields

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+", re.ASCII)


def decode_id(fields: Fields) -> str:
    """Return the id, which must be kebab-case."""
    value = fields.text("id")
    if value and not _ID.fullmatch(value) and (located := fields.get("id")):
        fields.report(located, "an id is made of a-z, 0-9 and single hyphens")
    return value


def note_twice(fields: Fields, name: str, seen: set[str]) -> None:
    """Note an id that an entry before it in the same file has; `seen` are those so far."""
    if name in seen:
        fields.report(fields.located, "the id “{name}” stands there twice in this file", name=name)
    seen.add(name)


def turned_off(fields: Fields, known: Mapping[str, object]) -> str | None:
    """Return the id in an entry that only turns an earlier one off; None for any other entry."""
    entry = fields.located.value
    if (
        not isinstance(entry, dict)
        or entry.keys() != {"id", "enabled"}
        or entry["enabled"].value is not False
    ):
        return None
    name = fields.text("id")
    if name not in known:
        fields.unknown_word(entry["id"], known)
    return name


def decode_sources(fields: Fields) -> tuple[Source, ...]:
    """Return the sources, of which there must be at least one."""
    sources = []
    for child in fields.children("sources", required=True):
        checked = child.day("checked")
        if checked is None:
            child.get("checked", required=True)
        verified = child.flag("verified", default=True)
        source = Source(
            title=child.text("title"),
            url=child.text("url", ""),
            checked=checked or date.min,
            verified=verified,
        )
        if verified and not source.url.startswith(("https://", "http://")):
            child.report(child.located, "a verified source needs a url; otherwise write “verified: false”")
        child.close()
        sources.append(source)
    if not sources and (located := fields.get("sources")):
        fields.report(located, "there must be at least one source")
    return tuple(sources)


def decode_hosts(fields: Fields, key: str, *, dotted: bool | None) -> tuple[str, ...]:
    """Return a list of domain names; `dotted`: with a leading dot, without, or either."""
    names = []
    for item in fields.items(key):
        name = fields.as_text(item)
        if not _HOST.fullmatch(name.removeprefix(".")) and not (dotted and name.count(".") == 1):
            fields.report(item, "“{name}” is no domain name in lower case", name=name)
        elif dotted is not None and name.startswith(".") != dotted:
            template = "“{name}” needs a leading dot" if dotted else "“{name}” may not begin with a dot"
            fields.report(item, template, name=name)
        names.append(name)
    return tuple(names)
