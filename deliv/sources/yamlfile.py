"""YAML as data that cannot surprise: strict, with the line of every value.

Only plain strings, whole and decimal numbers, true, false, null, ISO dates, lists and mappings.
What YAML 1.1 would quietly turn into something else (``no``, ``on``, ``10:30``), duplicate keys,
anchors and tags are faults. Nothing is ever executed.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import yaml

from deliv.core.errors import Fault

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_DEEP = 40

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FALSE_FRIENDS = re.compile(r"(?i:y|yes|n|no|on|off|true|false)", re.ASCII)
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+", re.ASCII)

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


def read_yaml(text: str, file: str, faults: list[Fault]) -> Located | None:
    """Return the document in `text`; None when it is empty or cannot be parsed.

    Whatever is wrong is appended to `faults`; `file` is the name shown in them.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        template = "this is not valid YAML ({problem})"
        faults.append(Fault(file=file, line=line, path="", template=template, fields=(("problem", problem),)))
        return None
    return None if node is None else _Builder(file, faults).build(node, "", 0)


class _Builder:
    """Turns the nodes of one file into located values."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self._file = file
        self._faults = faults
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: str, depth: int) -> Located:
        line = node.start_mark.line + 1
        if depth > _MOST_DEEP:
            located = Located(None, self._file, line, path)
            self._faults.append(located.fault("it is nested too deeply"))
            return located
        if id(node) in self._seen:  # an alias leads to the node of its anchor
            self._faults.append(
                Located(None, self._file, line, path).fault("anchors and aliases (& and *) may not be used")
            )
        self._seen.add(id(node))
        value: Value
        if isinstance(node, yaml.MappingNode):
            value = self._mapping(node, path, depth)
        elif isinstance(node, yaml.SequenceNode):
            value = [self.build(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(node.value)]
        else:
            assert isinstance(node, yaml.ScalarNode)
            value = self._scalar(node, Located(None, self._file, line, path))
        return Located(value, self._file, line, path)

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Located]:
        mapping: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            below = f"{path}.{key}" if path else key
            built = self.build(value_node, below, depth + 1)
            if key in mapping:
                key_place = Located(None, self._file, key_node.start_mark.line + 1, below)
                self._faults.append(
                    key_place.fault(
                        "this key stands there twice (first on line {line})", line=mapping[key].line
                    )
                )
            mapping[key] = built
        return mapping

    def _scalar(self, node: yaml.ScalarNode, place: Located) -> Value:
        text: str = node.value
        if node.style:  # quoted or a block: text, whatever it looks like
            return text
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
            return text
