"""What stands around the assessments of a run: its header, its summary, the whole report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from deliv.core.address import Mend
from deliv.core.assessment import RESULT_OF_RISK, Assessment, Result
from deliv.core.canary import Trust
from deliv.core.exports import ExportSystem
from deliv.core.facts import SenderFacts
from deliv.core.findings import Finding
from deliv.core.likelihood.tally import Counts
from deliv.core.placement import Risk
from deliv.core.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What is known before the first row."""

    version: str
    """Version of deliv."""
    started_at: datetime
    """When the run began, with its time zone."""
    as_of: date
    """The day for which it judges."""
    rules_digest: str
    """Which rule book it used."""
    sender: SenderFacts | None = None
    """What receivers see of the shop; None when it named no sender."""
    sender_findings: tuple[Finding, ...] = ()
    """What is to be said of the sender, whoever the customer is."""
    sender_undecided: tuple[Rule, ...] = ()
    """Rules about the sender that could not be decided."""
    columns: tuple[str, ...] = ()
    """Headings of the input's own columns."""
    address_column: str = ""
    """Which of them holds the addresses."""
    system: ExportSystem | None = None
    """Whose export the list is; None where no system was recognised."""
    history: Counts | None = None
    """What the shop's history comes to; None without one."""
    assumes_engagement: bool = False
    """Whether replies, clicks, opens or reports have moved a figure, which rests on an assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverReport:
    """How the DNS behaved in a run."""

    trust: Trust | None = None
    """What the canary showed; None when nothing had to be asked."""
    queries: int = 0
    """Questions put to the resolver."""
    cached: int = 0
    """Questions answered from what was already known."""

    @property
    def trusted(self) -> bool:
        """Whether its answers were believed."""
        return self.trust in (None, Trust.TRUSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is known after the last row."""

    rows: int
    """Rows judged."""
    by_result: Mapping[str, int]
    by_risk: Mapping[str, int]
    by_provider: Mapping[str, int]
    """By provider id; the empty id stands for domains that belong to nobody known."""
    by_action: Mapping[str, int]
    skipped: int = 0
    """Blank lines at the end of the file."""
    mended: int = 0
    """Rows whose address had to be mended."""
    same_order: int = 0
    """Rows without an address, which got that of their order's first line."""
    repeated: int = 0
    """Rows whose address stands in an earlier row."""
    system: ExportSystem | None = None
    """Whose export the list is; None where no system was recognised."""
    stale_rules: tuple[str, ...] = ()
    """Rules and providers that nobody has checked for 18 months."""
    resolver: ResolverReport = field(default_factory=ResolverReport)
    """How the DNS behaved."""

    @property
    def unknown(self) -> int:
        """Rows of which nothing can be said."""
        return self.by_result.get(Result.UNKNOWN, 0)


class Tally:
    """Counts assessments as they pass, so that none has to be kept."""

    def __init__(self) -> None:
        self.rows = self.mended = self.same_order = 0
        self._risks: Counter[Risk] = Counter()
        self._providers: Counter[str] = Counter()
        self._actions: Counter[str] = Counter()

    def add(self, assessment: Assessment) -> None:
        """Count one row."""
        judgement = assessment.judgement
        self.rows += 1
        if assessment.mends:
            inherited = Mend.SAME_ORDER in assessment.mends
            self.same_order += inherited
            self.mended += len(assessment.mends) > inherited
        self._risks[judgement.risk] += 1
        self._providers[judgement.provider.id if judgement.provider else ""] += 1
        self._actions[judgement.advice.action] += 1

    def summary(
        self,
        *,
        skipped: int = 0,
        repeated: int = 0,
        system: ExportSystem | None = None,
        stale_rules: tuple[str, ...] = (),
        resolver: ResolverReport | None = None,
    ) -> Summary:
        """Return the counts so far, with what only the caller knows."""
        results: Counter[str] = Counter()
        for risk, count in self._risks.items():
            results[RESULT_OF_RISK[risk].value] += count
        return Summary(
            rows=self.rows,
            by_result={result.value: results[result.value] for result in Result},
            by_risk={risk.value: self._risks[risk] for risk in Risk},
            by_provider=dict(self._providers.most_common()),
            by_action=dict(self._actions.most_common()),
            skipped=skipped,
            mended=self.mended,
            same_order=self.same_order,
            repeated=repeated,
            system=system,
            stale_rules=stale_rules,
            resolver=resolver or ResolverReport(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole run, for lists small enough to hold in memory."""

    header: RunHeader
    """What was known before the first row."""
    assessments: tuple[Assessment, ...]
    """One for each row, in input order."""
    summary: Summary
    """What was known after the last row."""
