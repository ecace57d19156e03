"""What the findings add up to: the placement of a mail, and the risk that it stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from deliv.core.explanation import ExplainedEffect, Explanation, Shares
from deliv.core.facts import Evidence as Shown
from deliv.core.facts import FactValue
from deliv.core.findings import Findings, alternatives, find
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.levels import Evidence
from deliv.core.likelihood.posterior import GONE, Blend
from deliv.core.placement import NOWHERE, Placement, Risk, place
from deliv.core.providers import Provider
from deliv.core.requirements import Demand, broken_demands
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Effect, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """What weighs at one provider, for one sender, on one day."""

    rules: RuleBook
    provider: Provider | None
    volume_per_day: int | None
    as_of: date
    past: Evidence | None = None
    """What the shop's history says of the address."""

    def place(self, hold: Sequence[Rule]) -> Placement:
        """Return where the mail lands when these rules hold."""
        target = self.believed(hold)
        return target if self.past is None or target is NOWHERE else self.blended(target, hold).placement

    def believed(self, hold: Iterable[Rule]) -> Placement:
        """Return the same without the history: the weight of the rules, and of the demands they break."""
        prior = self.rules.placement.prior(self.provider)
        return place(prior, [effect for _, effect in self._effects(list(hold))])

    def rates(self, hold: Sequence[Rule]) -> tuple[Belief, Belief]:
        """Return the three rates behind a placement: without the history, and with it."""
        book = self.rules.placement
        target = self.believed(hold)
        shares = Shares(inbox=target.inbox, spam=target.spam, missing=target.missing)
        kind = self.provider.kind if self.provider else ""
        start = Belief.of(shares, book.prior(self.provider).strength, book.history.bounces(kind))
        if self.past is None or target is NOWHERE:
            return start, start
        return start, self.blended(target, hold).total

    def explain(self, placement: Placement, hold: Sequence[Rule]) -> Placement:
        """Return the placement with the sum behind it."""
        book = self.rules.placement
        prior, target = book.prior(self.provider), self.believed(hold)
        start, _ = self.rates(hold)
        before = Shares(inbox=target.inbox, spam=target.spam, missing=target.missing)
        explanation = Explanation(
            prior=Shares(inbox=prior.inbox, spam=prior.spam, missing=prior.missing),
            prior_of=book.prior_of(self.provider),
            strength=prior.strength,
            basis=prior.basis,
            note=prior.note,
            effects=tuple(_explained(each, effect) for each, effect in self._effects(hold)),
            before=before,
            start=start.parts,
            is_certain=placement.inbox_high <= 0,
        )
        if self.past is not None and not explanation.is_certain:
            blend = self.blended(target, hold)
            explanation = replace(
                explanation, levels=blend.levels, limited_to=blend.limited_to, total=blend.total.parts
            )
        return replace(placement, explanation=explanation)

    def _effects(self, hold: Sequence[Rule]) -> list[tuple[Rule | Demand, Effect]]:
        demands = broken_demands(
            self.provider.requires if self.provider else (),
            self.rules.requirements,
            (rule.id for rule in hold),
            volume_per_day=self.volume_per_day,
            as_of=self.as_of,
        )
        return [
            *((rule, rule.effect) for rule in hold),
            *((demand, self.rules.placement.effect(demand)) for demand in demands),
        ]

    def blended(self, target: Placement, hold: Sequence[Rule]) -> Blend:
        """Return what the history makes of a placement without it."""
        assert self.past is not None
        # What a domain's other customers met says nothing of how this one's address is spelt.
        shared = [rule for rule in hold if not any(name.startswith("address.") for name in rule.facts)]
        book = self.rules.placement
        return Blend(
            target,
            target if len(shared) == len(hold) else self.believed(shared),
            self.past,
            book.history,
            strength=book.prior(self.provider).strength,
            kind=self.provider.kind if self.provider else "",
        )


def appraise(
    rules: RuleBook,
    provider: Provider | None,
    values: Mapping[str, FactValue],
    shown: Shown = (),
    *,
    volume_per_day: int | None,
    as_of: date,
    past: Evidence | None = None,
    explain: bool = False,
) -> tuple[Findings, Risk, Placement]:
    """Return what is to be said of a mail if the facts are these: the one way in which anything is judged.

    A list, the same list as if the sender's facts were others, and every fix that is tried out.
    """
    findings = find(rules.rules, values, shown, as_of)
    risk, placement = weigh(
        rules,
        provider,
        findings,
        values,
        volume_per_day=volume_per_day,
        as_of=as_of,
        past=past,
        explain=explain,
    )
    return findings, risk, placement


def weigh(
    rules: RuleBook,
    provider: Provider | None,
    findings: Findings,
    values: Mapping[str, FactValue],
    *,
    volume_per_day: int | None,
    as_of: date,
    past: Evidence | None = None,
    explain: bool = False,
) -> tuple[Risk, Placement]:
    """Return risk and placement; the risk is UNKNOWN when an unknown fact could move its band."""
    scales = Scales(rules=rules, provider=provider, volume_per_day=volume_per_day, as_of=as_of, past=past)
    fired = [finding.rule for finding in findings.fired]
    if past is not None and past.own is not None and past.own.is_dead:
        # The customer's own server said so, whatever the DNS or the provider's average says.
        gone = scales.believed(fired)
        if gone is not NOWHERE:
            gone = replace(GONE, observations=past.observations)
        return Risk.CERTAIN, scales.explain(gone, fired) if explain else gone
    placement = scales.place(fired)
    risk = _risk(rules, placement)
    said = scales.explain(placement, fired) if explain else placement
    if not findings.undecided:
        return risk, said
    for groups in alternatives(findings.undecided, values):
        fired = min(([*fired, *group] for group in groups), key=lambda hold: scales.place(hold).inbox)
    return (risk if _risk(rules, scales.place(fired)) is risk else Risk.UNKNOWN), said


def inbox_with(
    past: Evidence | None,
    placement: Placement,
    rules: RuleBook,
    provider: Provider | None,
    findings: Findings,
    *,
    volume_per_day: int | None,
    as_of: date,
) -> float:
    """Return the share of the inbox in what `appraise` returns with a past, from what it returns without."""
    if past is None or placement is NOWHERE:
        return placement.inbox
    if past.own is not None and past.own.is_dead:
        return GONE.inbox
    scales = Scales(rules=rules, provider=provider, volume_per_day=volume_per_day, as_of=as_of, past=past)
    return scales.blended(placement, [finding.rule for finding in findings.fired]).total.shares.inbox


def _risk(rules: RuleBook, placement: Placement) -> Risk:
    return Risk.CERTAIN if placement is NOWHERE else rules.placement.band(placement)


def _explained(cause: Rule | Demand, effect: Effect) -> ExplainedEffect:
    return ExplainedEffect(
        id=cause.id if isinstance(cause, Rule) else cause.requirement,
        is_demand=isinstance(cause, Demand),
        spam=effect.spam,
        missing=effect.missing,
        least_spam=effect.least_spam,
        least_missing=effect.least_missing,
        basis=effect.basis,
    )
