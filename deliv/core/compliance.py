"""Does the shop meet what a mailbox provider demands?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deliv.core.facts import FactValue
from deliv.core.providers import Provider
from deliv.core.requirements import Demand, Requirement
from deliv.core.rules import Decision, Rule, decide


class Compliance(StrEnum):
    """Whether a requirement is met."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_CHECKED = "not_checked"
    """What it hangs on was not looked at, or the DNS did not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandState:
    """One demand of one provider, held against what is known of the shop."""

    demand: Demand
    """The demand."""
    compliance: Compliance
    """Whether it is met."""
    applies: bool
    """Whether this shop is held to it on this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCompliance:
    """All demands of one provider."""

    provider: Provider
    """Who demands."""
    states: tuple[DemandState, ...]
    """In the order of the rule book."""

    def get(self, requirement_id: str) -> DemandState | None:
        """Return the state of a requirement; None when this provider does not ask for it."""
        return next((state for state in self.states if state.demand.requirement == requirement_id), None)


def comply(
    requirement: Requirement, rules: Mapping[str, Rule], facts: Mapping[str, FactValue], as_of: date
) -> Compliance:
    """Return whether the facts meet a requirement; `rules` by id.

    It is broken when one of its rules fires, and met when all of them say no.
    """
    in_force = [
        rules[name] for name in requirement.broken_by if name in rules and rules[name].holds_on(as_of)
    ]
    decisions = {decide(rule.when, facts) for rule in in_force}
    if Decision.YES in decisions:
        return Compliance.NOT_MET
    return Compliance.MET if decisions == {Decision.NO} else Compliance.NOT_CHECKED


def provider_compliance(
    providers: Iterable[Provider],
    requirements: Iterable[Requirement],
    rules: Iterable[Rule],
    facts: Mapping[str, FactValue],
    *,
    volume_per_day: int | None,
    as_of: date,
) -> tuple[ProviderCompliance, ...]:
    """Return where the shop stands with every provider that demands something."""
    by_id = {rule.id: rule for rule in rules}
    known = {requirement.id: comply(requirement, by_id, facts, as_of) for requirement in requirements}
    return tuple(
        ProviderCompliance(
            provider=provider,
            states=tuple(
                DemandState(
                    demand=demand,
                    compliance=known[demand.requirement],
                    applies=demand.applies(volume_per_day, as_of),
                )
                for demand in provider.requires
            ),
        )
        for provider in providers
        if provider.requires
    )
