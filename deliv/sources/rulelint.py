"""Rule files under a magnifying glass: all faults, and what is no fault but good to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from deliv.core.errors import Fault, RuleErrors
from deliv.core.text import is_stale
from deliv.sources.rulefiles import load_rules, packaged_rules, rule_files
from deliv.sources.yamlfile import Located, read_file, read_yaml

_LISTS: Final = (
    *("providers", "rules", "requirements", "services", "block_lists", "typos", "role_accounts"),
    *("exports", "ladders", "texts", "bounce_rules"),
)
"""The lists of which every entry has an id."""
_NAMES: Final = ("domains", "suffixes", "mx", "lists")
"""What a provider is recognised by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """An entry as it stands in a file."""

    section: str
    """Which list of the file it is in, such as ``rules``."""
    id: str
    """Its id; empty when it has none."""
    located: Located
    """The entry, and where it stands."""

    def get(self, key: str) -> Located | None:
        """Return the value of a key; None when it is absent."""
        value = self.located.value
        return value.get(key) if isinstance(value, dict) else None

    @property
    def is_turned_off(self) -> bool:
        """Whether it says ``enabled: false``."""
        enabled = self.get("enabled")
        return enabled is not None and enabled.value is False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What is to be said of rule files."""

    faults: tuple[Fault, ...]
    """What keeps them from being used, in the order of the files and lines."""
    remarks: tuple[Fault, ...]
    """What does not, but is good to know; in the same form."""


def lint_rules(paths: Sequence[str | Path], *, as_of: date) -> Lint:
    """Return what is to be said of the files and folders in `paths`, on top of the packaged book.

    as_of: the day by which sources are old.
    """
    try:
        load_rules(*paths)
    except RuleErrors as errors:
        faults = errors.faults
    else:
        faults = ()
    known = {(entry.section, entry.id): "" for entry in own_entries([packaged_rules()])}
    remarks = [remark for path in paths for remark in _remarks(Path(path), known, as_of)]
    return Lint(faults=faults, remarks=tuple(remarks))


def own_entries(paths: Sequence[str | Path]) -> Iterator[OwnEntry]:
    """Yield the entries in the files and folders in `paths`; whatever cannot be read is passed over."""
    ignored: list[Fault] = []
    for path in paths:
        for file, name in rule_files(Path(path), ignored):
            text = read_file(file, name, ignored)
            located = read_yaml(text, name, ignored) if text is not None else None
            document = located.value if located else None
            if isinstance(document, dict):
                yield from _entries_of(document)


def _entries_of(document: dict[str, Located]) -> Iterator[OwnEntry]:
    for section in _LISTS:
        listed = document[section].value if section in document else None
        for item in listed if isinstance(listed, list) else ():
            given = item.value.get("id") if isinstance(item.value, dict) else None
            identity = given.value if given and isinstance(given.value, str) else ""
            yield OwnEntry(section=section, id=identity, located=item)


def _remarks(path: Path, known: dict[tuple[str, str], str], as_of: date) -> Iterator[Fault]:
    """Yield the remarks on one path; what it holds is added to `known` with its file."""
    if path.is_dir() and not any(True for _ in rule_files(path, [])):
        template = "there is no file here whose name ends in .yaml"
        yield Fault(file=str(path), line=None, path="", template=template)
    for entry in own_entries([path]):
        key = (entry.section, entry.id)
        if key in known:
            yield _replacing(entry, known[key])
        known[key] = entry.located.file
        if not entry.is_turned_off:
            yield from _on_names(entry)
            yield from _on_sources(entry, as_of)


def _replacing(entry: OwnEntry, file: str) -> Fault:
    if entry.is_turned_off:
        return entry.located.fault("this turns “{name}” off", name=entry.id)
    if file:
        return entry.located.fault("this replaces “{name}” of {file}", name=entry.id, file=file)
    return entry.located.fault("this replaces “{name}” of the rule book that came with deliv", name=entry.id)


def _on_names(entry: OwnEntry) -> Iterator[Fault]:
    if entry.section == "providers" and not any(entry.get(key) for key in _NAMES):
        yield entry.located.fault("it has neither domains nor suffixes nor mx, so it is never recognised")


def _on_sources(entry: OwnEntry, as_of: date) -> Iterator[Fault]:
    sources = entry.get("sources")
    for source in sources.value if sources and isinstance(sources.value, list) else ():
        fields = source.value if isinstance(source.value, dict) else {}
        checked = fields.get("checked")
        if checked and isinstance(checked.value, date) and is_stale(checked.value, as_of):
            yield checked.fault("{day} is more than 18 months ago: look again", day=checked.value)
        if checked and isinstance(checked.value, date) and checked.value > as_of:
            yield checked.fault("{day} is still to come", day=checked.value)
        verified = fields.get("verified")
        if verified and verified.value is False:
            yield source.fault("no source confirms this yet (verified: false)")
