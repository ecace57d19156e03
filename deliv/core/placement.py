"""How likely one order mail is to land in the inbox, in the junk folder, or nowhere.

A prior for the provider (else its kind, else for all), a Dirichlet with a mean and a strength,
is moved by the effects of the findings as log-odds against the inbox; a floor keeps what is
certain to fail from looking likely. The interval is that of the inbox marginal, a Beta.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deliv.core.beta import beta_quantile
from deliv.core.explanation import Explanation, PriorOf
from deliv.core.historybook import HistoryBook
from deliv.core.providers import Provider
from deliv.core.requirements import Consequence, Demand
from deliv.core.rules import Basis, Effect
from deliv.core.text import Text


class Risk(StrEnum):
    """How much speaks against the customer seeing the mail."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CERTAIN = "certain"
    """No mail can arrive."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed of a group of mailboxes before anything else is known."""

    inbox: float
    """Mean probability of the inbox; the three sum to 1."""
    spam: float
    """Mean probability of the junk folder."""
    missing: float
    """Mean probability of being refused or dropped."""
    strength: float
    """How many observed mails this belief is worth."""
    basis: Basis
    """What the figures rest on."""
    note: Text
    """Where they come from, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one order mail lands."""

    inbox: float
    """Probability of the inbox."""
    spam: float
    """Probability of the junk folder."""
    missing: float
    """Probability that it is refused or dropped; the three sum to 1."""
    inbox_low: float
    """Lower end of the 90 % interval of `inbox`."""
    inbox_high: float
    """Upper end of it."""
    basis: Basis
    """What the figures rest on: the weakest of their parts."""
    observations: int = 0
    """Number of the shop's own outcomes in it."""
    note: Text | None = None
    """Where the figures come from, in words."""
    explanation: Explanation | None = None
    """The sum behind them; None unless somebody asked for it."""


NOWHERE = Placement(inbox=0.0, spam=0.0, missing=1.0, inbox_low=0.0, inbox_high=0.0, basis=Basis.PUBLISHED)
"""The placement of mail that cannot arrive: the standards of mail say so (RFC 5321, RFC 7505)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementBook:
    """Priors and bands."""

    providers: Mapping[str, Prior]
    """By provider id."""
    kinds: Mapping[str, Prior]
    """By kind of provider."""
    default: Prior
    """For everybody else."""
    low_from: float
    """Mean of `inbox` from which on the risk is low."""
    medium_from: float
    """Mean of `inbox` from which on the risk is medium."""
    consequences: Mapping[Consequence, Effect] = field(default_factory=dict)
    """What a broken demand does to the placement of a mail."""
    history: HistoryBook = field(default_factory=HistoryBook)
    """How the shop's own outcomes count."""

    def prior(self, provider: Provider | None) -> Prior:
        """Return the prior of the provider, else of its kind, else of all."""
        if provider is None:
            return self.default
        return self.providers.get(provider.id) or self.kinds.get(provider.kind) or self.default

    def prior_of(self, provider: Provider | None) -> PriorOf:
        """Return whose prior that is."""
        if provider is not None and provider.id in self.providers:
            return PriorOf.PROVIDER
        return PriorOf.KIND if provider is not None and provider.kind in self.kinds else PriorOf.DEFAULT

    def effect(self, demand: Demand) -> Effect:
        """Return what breaking a demand does; what no source confirms weighs half."""
        effect = self.consequences.get(demand.consequence, Effect())
        return effect if demand.is_verified else effect.halved()

    def band(self, placement: Placement) -> Risk:
        """Return the risk that a placement stands for."""
        if placement.inbox >= self.low_from:
            return Risk.LOW
        return Risk.MEDIUM if placement.inbox >= self.medium_from else Risk.HIGH


def place(prior: Prior, effects: Iterable[Effect]) -> Placement:
    """Return where a mail lands when these effects move this prior."""
    effects = [effect for effect in effects if not effect.is_neutral]
    if any(effect.undeliverable for effect in effects):
        return NOWHERE
    spam = prior.spam * math.exp(sum(effect.spam for effect in effects))
    missing = prior.missing * math.exp(sum(effect.missing for effect in effects))
    total = prior.inbox + spam + missing
    spam, missing = spam / total, missing / total
    least_missing = max((effect.least_missing for effect in effects), default=0.0)
    least_spam = max((effect.least_spam for effect in effects), default=0.0)
    missing, spam = _raise(missing, least_missing, spam)
    spam, missing = _raise(spam, least_spam, missing)
    # Lifting one may have pushed the other below its own floor: then the inbox pays for both.
    missing = min(max(missing, least_missing), 1.0 - spam)
    inbox = max(0.0, 1.0 - spam - missing)
    guessed = prior.basis is Basis.ESTIMATE or any(e.basis is Basis.ESTIMATE for e in effects)
    low, high = interval(inbox, prior.strength)
    return Placement(
        inbox=inbox,
        spam=spam,
        missing=missing,
        inbox_low=low,
        inbox_high=high,
        basis=Basis.ESTIMATE if guessed else prior.basis,
        note=prior.note,
    )


def _raise(value: float, least: float, other: float) -> tuple[float, float]:
    """Lift one share to its floor; the other and the inbox keep their proportion."""
    if value >= least:
        return value, other
    return least, other * (1.0 - least) / (1.0 - value)


def interval(mean: float, strength: float) -> tuple[float, float]:
    """Return the 90 % interval of a Beta with this mean that is worth so many mails."""
    a, b = round(mean * strength, 6), round((1.0 - mean) * strength, 6)
    if a <= 0 or b <= 0:
        return mean, mean
    # A mean close to 0 or 1 with little strength can lie outside its own quantiles.
    return min(beta_quantile(0.05, a, b), mean), max(beta_quantile(0.95, a, b), mean)
