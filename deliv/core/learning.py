"""From the shop's history and the rule book to what a run knows: made once, before anything is judged."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from deliv.core.experience import Experience
from deliv.core.facts import FactValue, RecipientFacts
from deliv.core.findings import Finding, find
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.ledger import Ledger
from deliv.core.providers import Provider
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Severity
from deliv.core.settings import HistorySettings
from deliv.core.weighing import Scales


def learn_from(
    experience: Experience,
    rules: RuleBook,
    *,
    as_of: date,
    half_life_days: float = HistorySettings().half_life_days,
    sender: Mapping[str, FactValue] | None = None,
    seen_by: Mapping[str, FactValue] | None = None,
    volume_per_day: int | None = None,
    facts: Mapping[str, RecipientFacts] | None = None,
) -> Learned:
    """Return what the shop's history says on the day `as_of`; outcomes after it are left out.

    sender: facts about the sender and its mail, as `sender_facts` and `message_facts` return them;
        what is believed of a provider before the history hangs on them. seen_by: those of today, where
        `sender` only supposes something: they tell which outcomes were seen under another state. facts:
        those of the domains of this run, whose MX may tell more of the provider than the name does.
    """
    today = seen_by or sender
    ledger = Ledger(
        experience,
        rules.placement.history,
        as_of=as_of,
        half_life_days=half_life_days,
        sender_state=sender_state(find(rules.rules, today, (), as_of).fired) if today else "",
    )
    return learned_under(
        ledger, rules, as_of=as_of, sender=sender, volume_per_day=volume_per_day, facts=facts
    )


def learned_under(
    ledger: Ledger,
    rules: RuleBook,
    *,
    as_of: date,
    sender: Mapping[str, FactValue] | None = None,
    volume_per_day: int | None = None,
    facts: Mapping[str, RecipientFacts] | None = None,
) -> Learned:
    """Return what a history says, once it is added up, if the shop sends like this; see `learn_from`."""
    sender, facts = sender or {}, facts or {}

    def provider_of(domain: str) -> Provider | None:
        known = facts.get(domain)
        if known is not None and known.provider is not None:
            return known.provider
        match = rules.providers.match(domain)
        return match.provider if match else None

    def belief_of(provider: Provider | None) -> Belief:
        place: dict[str, FactValue] = {}
        if provider is not None:
            place = {"recipient.provider": provider.id, "recipient.kind": provider.kind.value}
        scales = Scales(rules=rules, provider=provider, volume_per_day=volume_per_day, as_of=as_of)
        fired = find(rules.rules, {**sender, **place}, (), as_of).fired
        start, _ = scales.rates([finding.rule for finding in fired])
        return start

    return Learned(ledger, rules.placement.history, provider_of=provider_of, belief_of=belief_of)


def sender_state(findings: Iterable[Finding]) -> str:
    """Return a fingerprint of what is wrong on the shop's side, to be kept with every outcome.

    Only findings about the sender that are more than information count, and none that hang on one mail,
    since not every run is shown one. It is the same in every run with the same findings, and never
    empty: an empty state stands for one that nobody knows.
    """
    ids = sorted(
        {
            finding.rule.id
            for finding in findings
            if all(name.startswith("sender.") for name in finding.rule.facts)
            and finding.rule.severity is not Severity.INFO
        }
    )
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]
