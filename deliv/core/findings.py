"""Facts × rules → findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from deliv.core.facts import FACTS, Evidence, FactValue
from deliv.core.rules import Decision, Rule, decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that fired, with what showed it."""

    rule: Rule
    """The rule: severity, message, remedy, effect and sources."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, or records, behind the facts that it read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The outcome of all rules for one address."""

    fired: tuple[Finding, ...]
    """In the order of the book, the most severe first."""
    undecided: tuple[Rule, ...]
    """Rules that may or may not hold, since a fact is not known."""


def find(rules: Iterable[Rule], facts: Mapping[str, FactValue], evidence: Evidence, as_of: date) -> Findings:
    """Decide every rule that is in force on `as_of`.

    A rule that hangs on facts which nobody looked at (a sender rule without a sender) says
    nothing either way; one that hangs on facts which the DNS did not tell is undecided.
    """
    fired: list[Finding] = []
    undecided: list[Rule] = []
    for rule in rules:
        named = rule.facts
        if not rule.holds_on(as_of) or named.isdisjoint(facts):
            continue
        decision = decide(rule.when, facts)
        if decision is Decision.YES:
            lines = tuple(dict.fromkeys(line for name, line in evidence if name in named))
            fired.append(Finding(rule=rule, evidence=lines))
        elif decision is Decision.UNDECIDED and named <= facts.keys():
            undecided.append(rule)
    fired.sort(key=lambda finding: -finding.rule.severity.rank)
    return Findings(fired=tuple(fired), undecided=tuple(undecided))


def alternatives(
    undecided: Iterable[Rule], facts: Mapping[str, FactValue]
) -> tuple[tuple[tuple[Rule, ...], ...], ...]:
    """Return, for each fact that is not known, the groups of rules of which one group may hold.

    Rules about the same fact mostly exclude each other: an SPF record cannot be both missing and
    faulty. So each value that the fact may have makes one group. Rules about several unknown
    facts, or about one without a closed set of values, are taken to hold all at once.
    """
    by_fact: dict[str, list[Rule]] = {}
    together: list[Rule] = []
    for rule in undecided:
        unknown = [name for name in rule.facts if facts[name] is None]
        spec = FACTS[unknown[0]]
        if len(unknown) == 1 and (spec.is_flag or spec.words):
            by_fact.setdefault(unknown[0], []).append(rule)
        else:
            together.append(rule)
    groups = [
        tuple(
            tuple(rule for rule in rules if decide(rule.when, {**facts, fact: value}) is Decision.YES)
            for value in FACTS[fact].words or (True, False)
        )
        for fact, rules in by_fact.items()
    ]
    return (*groups, (tuple(together),))
