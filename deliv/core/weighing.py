"""What the findings add up to: the placement of a mail, and the risk that it stands for."""

from collections.abc import Mapping, Sequence
from datetime import date

from deliv.core.facts import FactValue
from deliv.core.findings import Findings, alternatives
from deliv.core.placement import NOWHERE, Placement, Risk, place
from deliv.core.providers import Provider
from deliv.core.requirements import broken_demands
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Rule


def weigh(
    rules: RuleBook,
    provider: Provider | None,
    findings: Findings,
    values: Mapping[str, FactValue],
    *,
    volume_per_day: int | None,
    as_of: date,
) -> tuple[Risk, Placement]:
    """Return risk and placement; the risk is UNKNOWN when an unknown fact could move its band."""
    prior = rules.placement.prior(provider)

    def place_if(hold: Sequence[Rule]) -> Placement:
        """Return where the mail lands when these rules hold: their weight, and the demands they break."""
        demands = broken_demands(
            provider.requires if provider else (),
            rules.requirements,
            (rule.id for rule in hold),
            volume_per_day=volume_per_day,
            as_of=as_of,
        )
        return place(prior, [*(rule.effect for rule in hold), *map(rules.placement.effect, demands)])

    fired = [finding.rule for finding in findings.fired]
    placement = place_if(fired)
    risk = _risk(rules, placement)
    if not findings.undecided:
        return risk, placement
    for groups in alternatives(findings.undecided, values):
        fired = min(([*fired, *group] for group in groups), key=lambda hold: place_if(hold).inbox)
    return (risk if _risk(rules, place_if(fired)) is risk else Risk.UNKNOWN), placement


def _risk(rules: RuleBook, placement: Placement) -> Risk:
    return Risk.CERTAIN if placement is NOWHERE else rules.placement.band(placement)
