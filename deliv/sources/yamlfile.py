"""YAML as data that cannot surprise: strict, with the line of every value.

Only plain strings, whole and decimal numbers, true, false, null, ISO dates, lists and mappings.
What YAML 1.1 would quietly turn into something else (``no``, ``on``, ``10:30``), duplicate keys,
anchors and tags are faults. Nothing is ever executed.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from deliv.core.errors import Fault

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_DEEP = 40

# Longer ones are no numbers that a rule could mean, and converting them may fail or take long.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FALSE_FRIENDS = re.compile(r"(?i:y|yes|n|no|on|off|true|false)", re.ASCII)
_PLAIN: Final = frozenset(string.ascii_letters) - frozenset("nNyYoOtTfF")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", re.ASCII)

Value: TypeAlias = "str | bool | int | float | date | list[Located] | dict[str, Located] | None"


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a YAML file, and where it stands."""

    value: Value
    file: str
    line: int
    path: str

    def fault(self, template: str, **fields: object) -> Fault:
        """Return a fault at this place."""
        return Fault(
            file=self.file, line=self.line, path=self.path, template=template, fields=tuple(fields.items())
        )


def read_file(path: Path, name: str, faults: list[Fault]) -> str | None:
    """Return the text of the file at `path`; None, and a fault, when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fields = (("reason", error.strerror or str(error)),)
        fault = Fault(file=name, line=None, path="", template="it cannot be read ({reason})", fields=fields)
    except UnicodeDecodeError:
        fault = Fault(file=name, line=None, path="", template="it is not UTF-8; save it as UTF-8")
    faults.append(fault)
    return None


def read_yaml(text: str, file: str, faults: list[Fault]) -> Located | None:
    """Return the document in `text`; None when it is empty or cannot be parsed.

    Whatever is wrong is appended to `faults`; `file` is the name shown in them.
    """
    builder = _Builder(yaml.parse(text, Loader=_Loader), file, faults)
    try:
        return builder.document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        template = "this is not valid YAML ({problem})"
        faults.append(Fault(file=file, line=line, path="", template=template, fields=(("problem", problem),)))
        return None


class _Builder:
    """Turns the events of one file into located values."""

    def __init__(self, events: Iterator[yaml.Event], file: str, faults: list[Fault]) -> None:
        self._events = events
        self._file = file
        self._faults = faults

    def document(self) -> Located | None:
        """Return the only document of the file."""
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            return None
        located = self._build(next(self._events), "", 0)
        next(self._events)
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            self._fault(following, "", "there is more than one document (---) in this file")
        return located

    def _build(self, event: yaml.Event, path: str, depth: int) -> Located:
        line = _line(event)
        if getattr(event, "anchor", None) is not None:
            self._fault(event, path, "anchors and aliases (& and *) may not be used")
        value: Value = None
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._fault(event, path, "tags (!) may not be used")
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line, path)
        elif depth == _MOST_DEEP and isinstance(event, yaml.CollectionStartEvent):
            self._fault(event, path, "it is nested too deeply")
            self._skip()
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(path, depth + 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path, depth + 1)
        return Located(value, self._file, line, path)

    def _skip(self) -> None:
        """Pass over the rest of a list or mapping, however deep it goes."""
        still_open = 1
        while still_open:
            event = next(self._events)
            still_open += isinstance(event, yaml.CollectionStartEvent)
            still_open -= isinstance(event, yaml.CollectionEndEvent)

    def _sequence(self, path: str, depth: int) -> list[Located]:
        items: list[Located] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._build(event, f"{path}[{len(items)}]", depth))
        return items

    def _mapping(self, path: str, depth: int) -> dict[str, Located]:
        mapping: dict[str, Located] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if isinstance(event, yaml.ScalarEvent):
                key = event.value
            else:
                self._fault(event, path, "a key must be a word")
                self._build(event, path, depth)
                key = ""
            below = f"{path}.{key}" if path else key
            if key in mapping:
                first = mapping[key].line
                self._fault(event, below, "this key stands there twice (first on line {line})", line=first)
            mapping[key] = self._build(next(self._events), below, depth)
        return mapping

    def _scalar(self, event: yaml.ScalarEvent, line: int, path: str) -> Value:
        text: str = event.value
        first = text[:1]
        # Quoted or a block is text, whatever it looks like; and so is what begins like nothing else.
        if event.style or first in _PLAIN or first > "~":
            return text
        place = Located(None, self._file, line, path)
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        if _DAY.fullmatch(text):
            return self._day(text, place)
        if _FALSE_FRIENDS.fullmatch(text):
            template = "write true or false, or put “{text}” between quotation marks"
            self._faults.append(place.fault(template, text=text))
        elif _SEXAGESIMAL.fullmatch(text):
            self._faults.append(place.fault("put “{text}” between quotation marks", text=text))
        return text

    def _day(self, text: str, place: Located) -> Value:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._faults.append(place.fault("there is no such day as {text}", text=text))
            return None

    def _fault(self, event: yaml.Event, path: str, template: str, **fields: object) -> None:
        place = Located(None, self._file, _line(event), path)
        self._faults.append(place.fault(template, **fields))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
