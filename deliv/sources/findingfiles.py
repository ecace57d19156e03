"""Rules, decoded from the ``rules`` lists of rule files."""

from deliv.core.facts import FACTS
from deliv.core.rules import (
    All,
    AnyOf,
    Basis,
    Bounds,
    Condition,
    Effect,
    Not,
    Reason,
    Rule,
    Severity,
    Test,
)
from deliv.sources.examplefiles import decode_example
from deliv.sources.fields import Fields, closest
from deliv.sources.names import decode_id, decode_sources
from deliv.sources.yamlfile import Located

_OPERATORS = ("is", "is_not", "in", "not_in")
_LIMITS = ("at_least", "at_most")


def decode_rule(fields: Fields) -> tuple[Rule, bool]:
    """Return the rule in `fields`, and whether it is switched on."""
    when = fields.get("when", required=True)
    effect = fields.child("effect")
    examples = fields.child("examples", required=True)
    rule = Rule(
        id=decode_id(fields),
        severity=fields.word("severity", Severity),
        reason=fields.word("reason", Reason) if fields.has("reason") else None,
        when=_condition(fields, when) if when else Test(fact="", values=frozenset()),
        message=fields.bilingual("message"),
        remedy=fields.optional_bilingual("remedy"),
        effect=decode_effect(effect) if effect else Effect(),
        sources=decode_sources(fields),
        effective_from=fields.day("effective_from"),
        effective_until=fields.day("effective_until"),
        fires=decode_example(examples, "fires"),
        silent=decode_example(examples, "silent"),
    )
    if examples:
        examples.close()
    if rule.effective_from and rule.effective_until and rule.effective_until < rule.effective_from:
        fields.report(fields.located, "“effective_until” lies before “effective_from”")
    enabled = fields.flag("enabled", default=True)
    fields.close()
    return rule, enabled


def _condition(fields: Fields, located: Located) -> Condition:
    child = Fields(located, fields.faults)
    keys = [key for key in ("all", "any", "not", "fact") if child.has(key)]
    nothing = Test(fact="", values=frozenset())
    if len(keys) != 1:
        if isinstance(located.value, dict):
            fields.report(located, "a condition has exactly one of: all, any, not, fact")
        return nothing
    condition: Condition = nothing
    match keys[0]:
        case "all" | "any":
            parts = tuple(_condition(child, item) for item in child.items(keys[0]))
            if not parts:
                fields.report(located, "this list of conditions is empty")
            condition = All(conditions=parts) if keys[0] == "all" else AnyOf(conditions=parts)
        case "not":
            inner = child.get("not")
            condition = Not(condition=_condition(child, inner)) if inner else nothing
        case _:
            condition = _test(child)
    child.close()
    return condition


def _test(fields: Fields) -> Condition:
    name = fields.text("fact")
    located = fields.get("fact") or fields.located
    if name not in FACTS:
        guess = closest(name, FACTS)
        if guess:
            fields.report(
                located, "there is no fact “{name}”; did you mean “{guess}”?", name=name, guess=guess
            )
        else:
            fields.report(
                located, "there is no fact “{name}”; known are: {known}", name=name, known=", ".join(FACTS)
            )
    spec = FACTS.get(name)
    if spec is not None and spec.is_number:
        return _bounds(fields, name)
    operators = [operator for operator in _OPERATORS if fields.has(operator)]
    if len(operators) != 1:
        fields.report(fields.located, "a fact is compared by exactly one of: is, is_not, in, not_in")
        return Test(fact=name, values=frozenset())
    operator = operators[0]
    single = fields.get(operator)
    items = fields.items(operator) if operator.endswith("in") else [single] if single else []
    values = frozenset(_fact_value(fields, name, item) for item in items)
    return Test(fact=name, values=values, negated=operator in ("is_not", "not_in"))


def _bounds(fields: Fields, name: str) -> Bounds:
    limits = {limit: fields.number(limit) for limit in _LIMITS if fields.has(limit)}
    if not limits:
        fields.report(fields.located, "a number is compared by at_least, at_most, or both")
    return Bounds(fact=name, **limits)


def _fact_value(fields: Fields, name: str, located: Located) -> str | bool:
    spec = FACTS.get(name)
    value = located.value
    if spec is None:
        return ""
    if spec.is_flag:
        if not isinstance(value, bool):
            fields.report(located, "“{name}” is true or false", name=name)
        return bool(value)
    if not isinstance(value, str) or (spec.words is not None and value not in spec.words):
        fields.unknown_word(located, spec.words or ())
        return ""
    return value


def decode_effect(fields: Fields) -> Effect:
    """Return what a finding, or a broken demand, does to the placement of a mail."""
    floors = fields.child("at_least")
    effect = Effect(
        undeliverable=fields.flag("undeliverable", default=False),
        spam=fields.number("spam", 0.0),
        missing=fields.number("missing", 0.0),
        least_spam=_share(floors, "spam"),
        least_missing=_share(floors, "missing"),
        basis=fields.word("basis", Basis),
    )
    if floors:
        floors.close()
    fields.close()
    return effect


def _share(fields: Fields | None, key: str) -> float:
    if fields is None:
        return 0.0
    share = fields.number(key, 0.0)
    if share >= 1 and (located := fields.get(key)):
        fields.report(located, "this must be less than 1; for certainty write “undeliverable: true”")
        return 0.0
    return share
