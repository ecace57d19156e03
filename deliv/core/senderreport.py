"""The report on the shop's side: what receivers see, whom it costs, what to publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from deliv.core.compliance import ProviderCompliance
from deliv.core.facts import MessageFacts, SenderFacts
from deliv.core.facts.message import SpamReport
from deliv.core.findings import Finding
from deliv.core.fixes import Fix
from deliv.core.likelihood.tally import Counts
from deliv.core.report import ResolverReport
from deliv.core.requirements import Requirement
from deliv.core.rules import Rule
from deliv.core.services import SendingService


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFix:
    """A fix with what it brings, on top of those that stand before it."""

    fix: Fix
    """What to publish."""
    mends: tuple[Rule, ...]
    """Findings that are gone then."""
    leaves: tuple[Rule, ...] = ()
    """Findings that come up only then, such as a DMARC policy that is only monitoring."""
    saved: float | None = None
    """Expected number of customers on the list who see the mail besides; None without a list."""
    lookups: int | None = None
    """Look-ups that the new SPF record costs, of the 10 that are allowed; None for other records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerList:
    """The list against which the sender was weighed."""

    rows: int
    """Rows of the list."""
    by_provider: Mapping[str, int]
    """Customers by provider id; the empty id stands for domains that belong to nobody known."""
    seen: float
    """How many of them are expected to see the mail as things stand."""
    history: Counts | None = None
    """What the shop's history comes to by which they were weighed; None without one."""
    assumes_engagement: bool = False
    """Whether replies, clicks, opens or reports have moved a figure, which rests on an assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    """Everything that is to be said of the shop's side."""

    version: str
    """Version of deliv."""
    started_at: datetime
    """When the run began, with its time zone."""
    as_of: date
    """The day for which it judges."""
    rules_digest: str
    """Which rule book it used."""
    sender: SenderFacts
    """What receivers see."""
    services: tuple[SendingService, ...]
    """Services that send."""
    findings: tuple[Finding, ...]
    """What is wrong, the most severe first."""
    undecided: tuple[Rule, ...]
    """What could not be found out."""
    decided: int
    """Number of rules that could be decided."""
    requirements: tuple[Requirement, ...]
    """What providers ask for."""
    compliance: tuple[ProviderCompliance, ...]
    """Where the shop stands with each of them."""
    fixes: tuple[RankedFix, ...]
    """What to publish, in this order."""
    resolver: ResolverReport
    """How the DNS behaved."""
    customers: CustomerList | None = None
    """The list of customers, where one was given."""
    message: MessageFacts | None = None
    """One order mail, where one was given."""
    spam: SpamReport | None = None
    """What SpamAssassin says of it; None when it was not asked, or is not installed."""
    stale_rules: tuple[str, ...] = ()
    """Entries of the rule book that nobody has checked for 18 months."""

    @property
    def unknown_share(self) -> float:
        """Which share of the rules that could have spoken is undecided: 0 to 1."""
        total = len(self.undecided) + self.decided
        return len(self.undecided) / total if total else 0.0
