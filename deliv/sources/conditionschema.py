"""The JSON Schema of conditions: every fact with the values that it may have."""

from deliv.core.facts import FACTS
from deliv.sources.schemaparts import Schema, mapping, number, ref, sequence, word


def condition_schema() -> Schema:
    """Return the schema of a condition over the facts that there are."""
    parts = sequence(ref("condition"), minItems=1)
    compared = {
        "fact": word(FACTS, "A fact; “deliv rules show FACT” explains it."),
        "is": {"description": "It is this."},
        "is_not": {"description": "It is something else."},
        "in": {"type": "array", "description": "It is one of these."},
        "not_in": {"type": "array", "description": "It is none of these."},
        "at_least": number("It is at least this number."),
        "at_most": number("It is at most this number."),
    }
    combined = {
        "all": parts | {"description": "All of these hold."},
        "any": parts | {"description": "At least one of these holds."},
        "not": ref("condition", "This does not hold."),
    }
    return mapping(
        combined | compared,
        oneOf=[{"required": [key]} for key in (*combined, "fact")],
        allOf=[{"if": {"required": [key]}, "then": {"maxProperties": 1}} for key in combined]
        + [_comparison(kind, names) for kind, names in _facts_by_values().items()],
    )


def _facts_by_values() -> dict[tuple[str, ...], list[str]]:
    """Return the facts by what they may be: flags, numbers, texts, or a set of words."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name, spec in FACTS.items():
        if spec.is_flag:
            kind: tuple[str, ...] = ("flag",)
        elif spec.is_number:
            kind = ("number",)
        else:
            kind = ("word", *sorted(spec.words)) if spec.words else ("text",)
        kinds.setdefault(kind, []).append(name)
    return kinds


def _comparison(kind: tuple[str, ...], names: list[str]) -> Schema:
    """Return how facts of one kind are compared."""
    values: Schema = {"boolean": True}
    match kind[0]:
        case "number":
            then: Schema = {
                "anyOf": [{"required": ["at_least"]}, {"required": ["at_most"]}],
                "properties": dict.fromkeys(("is", "is_not", "in", "not_in"), False),
            }
            return _if_fact(names, then)
        case "flag":
            values = {"type": "boolean"}
        case "word":
            values = {"enum": list(kind[1:])}
        case _:
            values = {"type": "string"}
    many = {"items": values}
    then = {
        "properties": {
            **dict.fromkeys(("is", "is_not"), values),
            **dict.fromkeys(("in", "not_in"), many),
            **dict.fromkeys(("at_least", "at_most"), False),
        },
        "oneOf": [{"required": [key]} for key in ("is", "is_not", "in", "not_in")],
    }
    return _if_fact(names, then)


def _if_fact(names: list[str], then: Schema) -> Schema:
    return {"if": {"properties": {"fact": {"enum": names}}, "required": ["fact"]}, "then": then}
