"""The small parts that the JSON Schema of rule files is made of, one for each way to read a value.

They are the counterparts of the methods of `Fields`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]


def ref(name: str, description: str = "") -> Schema:
    """Return a reference to one of the definitions."""
    return {"$ref": f"#/$defs/{name}"} | ({"description": description} if description else {})


def text(description: str = "", **more: Any) -> Schema:
    """Return the schema of a string."""
    return {"type": "string"} | ({"description": description} if description else {}) | more


def word(words: Iterable[str] | type[StrEnum], description: str = "") -> Schema:
    """Return the schema of a word out of a closed set."""
    known = {"enum": [str(word) for word in words]}
    return known | ({"description": description} if description else {})


def flag(description: str, *, default: bool) -> Schema:
    """Return the schema of true or false."""
    return {"type": "boolean", "default": default, "description": description}


def number(description: str = "", least: float = 0, **more: Any) -> Schema:
    """Return the schema of a number."""
    described = {"description": description} if description else {}
    return {"type": "number", "minimum": least} | described | more


def count(description: str, least: int = 0) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": least, "description": description}


def sequence(items: Schema, description: str = "", **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items} | ({"description": description} if description else {}) | more


def mapping(properties: Mapping[str, Schema], *, required: Iterable[str] = (), **more: Any) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), "additionalProperties": False} | needed | more


def switchable(entry: Schema) -> Schema:
    """Return the schema of an entry that may also only turn an earlier one off."""
    off = mapping({"id": ref("id"), "enabled": {"const": False}}, required=("id", "enabled"))
    # The condition keeps the messages of editors to the point: “oneOf” would say that nothing fits.
    return {"if": {"maxProperties": 2, "required": ["id", "enabled"]}, "then": off, "else": entry}
