"""Rules: conditions over facts, decided in three values, and what follows when one fires."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from deliv.core.auth.aggregate import AggregateReport
from deliv.core.facts import FactValue
from deliv.core.settings import SenderProfile
from deliv.core.text import Source, Text, last_checked


class Severity(StrEnum):
    """How bad a finding is; ordered."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for INFO up to 3 for HIGH."""
        return list(Severity).index(self)


class Reason(StrEnum):
    """Why an address got its result; the words that this field uses."""

    FAILED_SYNTAX_CHECK = "failed_syntax_check"
    NO_ADDRESS = "no_address"
    UNDECODABLE = "undecodable"
    SEVERAL_ADDRESSES = "several_addresses"
    NONRFC_LOCAL_PART = "nonrfc_local_part"
    SMTPUTF8_REQUIRED = "smtputf8_required"
    NO_DNS_ENTRIES = "no_dns_entries"
    DOES_NOT_ACCEPT_MAIL = "does_not_accept_mail"
    UNROUTABLE_MX = "unroutable_mx"
    POSSIBLE_TYPO = "possible_typo"
    DISPOSABLE = "disposable"
    ROLE_BASED = "role_based"
    RETIRED_DOMAIN = "retired_domain"
    RELAY_ADDRESS = "relay_address"
    CARRIER_FILTER = "carrier_filter"
    PAST_BOUNCE = "past_bounce"
    SENDER_AUTH_MISSING = "sender_auth_missing"
    SENDER_AUTH_BROKEN = "sender_auth_broken"
    SENDER_UNREACHABLE = "sender_unreachable"
    TIMEOUT_EXCEEDED = "timeout_exceeded"
    DNS_FAILURE = "dns_failure"
    RESOLVER_UNTRUSTED = "resolver_untrusted"


class Basis(StrEnum):
    """What a figure rests on."""

    PUBLISHED = "published"
    ESTIMATE = "estimate"
    HISTORY = "history"


class Decision(StrEnum):
    """What a condition says of the facts."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A fact compared with values: ``is`` and ``in``; negated: ``is_not`` and ``not_in``."""

    fact: str
    """Name in the catalogue of facts."""
    values: frozenset[str | bool]
    """Values of which it must be one."""
    negated: bool = False
    """Whether it must be none of them instead."""

    def fits(self, value: str | float) -> bool:
        """Whether a value is as it must be."""
        return (value in self.values) != self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A number compared with limits: ``at_least`` and ``at_most``."""

    fact: str
    """Name in the catalogue of facts."""
    at_least: float = -math.inf
    """Smallest value that fits."""
    at_most: float = math.inf
    """Largest value that fits."""

    def fits(self, value: str | float) -> bool:
        """Whether a value lies within."""
        return not isinstance(value, str) and self.at_least <= value <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every condition must hold."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One condition must hold."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The condition must not hold."""

    condition: "Condition"


Condition: TypeAlias = Test | Bounds | All | AnyOf | Not


def decide(condition: Condition, facts: Mapping[str, FactValue]) -> Decision:
    """Decide a condition in Kleene's three-valued logic: an unknown or absent fact is UNDECIDED."""
    match condition:
        case Test() | Bounds():
            value = facts.get(condition.fact)
            if value is None:
                return Decision.UNDECIDED
            return Decision.YES if condition.fits(value) else Decision.NO
        case Not():
            return _negate(decide(condition.condition, facts))
        case All():
            return _negate(_any(_negate(decide(part, facts)) for part in condition.conditions))
        case AnyOf():
            return _any(decide(part, facts) for part in condition.conditions)


def _negate(decision: Decision) -> Decision:
    swap = {Decision.YES: Decision.NO, Decision.NO: Decision.YES}
    return swap.get(decision, decision)


def _any(decisions: Iterable[Decision]) -> Decision:
    seen = set(decisions)
    return next((d for d in (Decision.YES, Decision.UNDECIDED) if d in seen), Decision.NO)


def comparisons_of(condition: Condition) -> tuple[Test | Bounds, ...]:
    """Return every comparison in a condition, in the order in which they stand there."""
    match condition:
        case Test() | Bounds():
            return (condition,)
        case Not():
            return comparisons_of(condition.condition)
        case All() | AnyOf():
            return tuple(test for part in condition.conditions for test in comparisons_of(part))


def facts_of(condition: Condition) -> frozenset[str]:
    """Return the names of all facts that a condition reads."""
    return frozenset(test.fact for test in comparisons_of(condition))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a finding does to the placement of a mail."""

    undeliverable: bool = False
    """Whether it is certain that no mail arrives."""
    spam: float = 0.0
    """Shift of log(p_spam / p_inbox)."""
    missing: float = 0.0
    """Shift of log(p_missing / p_inbox)."""
    least_spam: float = 0.0
    """Floor under p_spam."""
    least_missing: float = 0.0
    """Floor under p_missing."""
    basis: Basis = Basis.ESTIMATE
    """What these figures rest on."""

    def halved(self) -> "Effect":
        """Return half of it: what a demand weighs that no source confirms."""
        return replace(
            self,
            spam=self.spam / 2,
            missing=self.missing / 2,
            least_spam=self.least_spam / 2,
            least_missing=self.least_missing / 2,
            basis=Basis.ESTIMATE,
        )

    @property
    def is_neutral(self) -> bool:
        """Whether it leaves the placement as it is."""
        return not (self.undeliverable or any((self.spam, self.missing, self.least_spam, self.least_missing)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case that proves a rule: an address, the DNS around it, and perhaps a sender."""

    address: str
    """The customer's address."""
    zone: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Records by name and type; ``TEMPERROR`` as a type stands for a name that fails."""
    sender: SenderProfile | None = None
    """How the shop sends."""
    message: str = ""
    """Source of an order mail; empty where there is none."""
    message_size: int = 0
    """Bytes to which that mail is padded; 0 for none."""
    reports: tuple[AggregateReport, ...] = ()
    """DMARC reports that the shop was sent; empty where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the book."""

    id: str
    """Stable name, kebab-case; says the problem."""
    severity: Severity
    """How bad it is when it fires."""
    when: Condition
    """Fires when this holds."""
    message: Text
    """What it means, for a shop owner."""
    sources: tuple[Source, ...]
    """Where it comes from; at least one."""
    fires: Example
    """A case in which it fires."""
    silent: Example
    """A case in which it stays silent."""
    reason: Reason | None = None
    """The code that it adds to the result."""
    effect: Effect = field(default_factory=Effect)
    """What it does to the placement."""
    remedy: Text | None = None
    """What the shop can do about it."""
    effective_from: date | None = None
    """First day on which it holds."""
    effective_until: date | None = None
    """Last day on which it holds."""
    facts: frozenset[str] = field(init=False, repr=False, compare=False)
    """Names of all facts that it reads, by `when`: asked for every domain, so found out once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", facts_of(self.when))

    @property
    def is_about_sender(self) -> bool:
        """Whether it reads nothing but facts about the shop and its mail."""
        return all(name.startswith(("sender.", "message.")) for name in self.facts)

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on `day`."""
        from_, until = self.effective_from, self.effective_until
        return (from_ is None or from_ <= day) and (until is None or day <= until)

    @property
    def checked(self) -> date:
        """When somebody last looked at one of its sources."""
        return last_checked(self.sources)
