"""Check a list: which customers will not see the order mail?

Two passes. The first reads every row, so that a list that cannot be read ends the run before
anything is written, and collects the distinct domains. Then their facts are gathered, each
question asked once. The second pass judges and yields row by row; rows are never kept.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from deliv.clock import now_of
from deliv.core.assessment import Assessment
from deliv.core.cell import read_cell
from deliv.core.discovery import Scope, discover_sender
from deliv.core.experience import Experience
from deliv.core.exports import Role
from deliv.core.facts import (
    Changes,
    FactValue,
    RecipientFacts,
    SenderFacts,
    message_facts,
    sender_facts,
)
from deliv.core.findings import Findings, find
from deliv.core.learning import learn_from
from deliv.core.likelihood.learned import Learned
from deliv.core.order import Order, OrderTable
from deliv.core.question import Resolver
from deliv.core.report import Report, RunHeader, Summary, Tally
from deliv.core.rulebook import RuleBook
from deliv.core.seen import Seen
from deliv.core.sending import OrderMessage, arrival, sending_of
from deliv.core.settings import SenderProfile, Settings
from deliv.gather import Interviewer, gather_domains
from deliv.judging import RowJudge
from deliv.version import __version__

_LOOK_AHEAD = 2_000  # rows, where they can be read only once


Progress = Callable[[int, int], None]
"""Told how many of how many domains are done."""


def stream(
    orders: Iterable[Order],
    rules: RuleBook,
    resolver: Resolver,
    *,
    as_of: date | None = None,
    sender: SenderProfile | SenderFacts | None = None,
    message: OrderMessage | None = None,
    settings: Settings | None = None,
    canary: Sequence[str] | None = None,
    started_at: datetime | None = None,
    on_progress: Progress | None = None,
    history: Experience | None = None,
    what_if: Changes = (),
    explain: bool = False,
) -> "AssessmentStream":
    """Return an async iterator of one assessment for each row, in input order.

    orders: read twice where that can be done (a list, an `OrderFile`), else with some rows of
        look-ahead. as_of: the day to judge for; today by default. sender: the shop's profile, or
        facts already looked up. message: one of the shop's order mails, as `read_message` returns
        it. settings: those of ``deliv.yaml``; `canary` overrides the one in
        them, and an empty one believes the resolver as it is. history: what became of the shop's
        earlier mails. what_if: what is supposed of the sender, as `parse_what_if` returns it. explain:
        whether every placement carries the sum behind it.

    Iterating raises InputError for a list that cannot be read, before the first row. Trouble with
    the network is in the results, never raised.
    """
    return AssessmentStream(
        orders,
        rules,
        resolver,
        as_of=as_of,
        sender=sender,
        message=message,
        settings=settings or Settings(),
        canary=canary,
        started_at=started_at,
        on_progress=on_progress,
        history=history,
        what_if=what_if,
        explain=explain,
    )


async def check(
    orders: Iterable[Order],
    rules: RuleBook,
    resolver: Resolver,
    *,
    as_of: date | None = None,
    sender: SenderProfile | SenderFacts | None = None,
    message: OrderMessage | None = None,
    settings: Settings | None = None,
    canary: Sequence[str] | None = None,
    started_at: datetime | None = None,
    history: Experience | None = None,
    what_if: Changes = (),
    explain: bool = False,
) -> Report:
    """Return the whole report on a list small enough to hold in memory; see `stream`."""
    assessments = stream(
        orders,
        rules,
        resolver,
        as_of=as_of,
        sender=sender,
        message=message,
        settings=settings,
        canary=canary,
        started_at=started_at,
        history=history,
        what_if=what_if,
        explain=explain,
    )
    header = await assessments.prepare()
    rows = tuple([assessment async for assessment in assessments])
    return Report(header=header, assessments=rows, summary=assessments.summary)


class AssessmentStream:
    """One assessment for each row, as they come; see `stream`."""

    def __init__(
        self,
        orders: Iterable[Order],
        rules: RuleBook,
        resolver: Resolver,
        *,
        as_of: date | None,
        sender: SenderProfile | SenderFacts | None,
        message: OrderMessage | None,
        settings: Settings,
        canary: Sequence[str] | None,
        started_at: datetime | None,
        on_progress: Progress | None,
        history: Experience | None = None,
        what_if: Changes = (),
        explain: bool = False,
    ) -> None:
        self._orders = orders
        self._rules = rules
        self.interviewer = Interviewer.of(settings.network, resolver, canary=canary)
        """Asks for this run; whoever has more questions puts them to it."""
        self._settings = settings
        self._sender = sender
        self._mail = message
        self._started_at = started_at or now_of(settings)
        self._as_of = as_of or self._started_at.date()
        self._on_progress = on_progress
        self._history = history
        self._what_if = what_if
        self._explain = explain
        self._learned: Learned | None = None
        self._facts: dict[str, RecipientFacts] = {}
        self._header: RunHeader | None = None
        self._summary: Summary | None = None

    @property
    def summary(self) -> Summary:
        """What is known after the last row.

        Raises RuntimeError before that.
        """
        if self._summary is None:
            raise RuntimeError("the summary is ready after the last row")
        return self._summary

    @property
    def header(self) -> RunHeader:
        """What is known before the first row.

        Raises RuntimeError before `prepare`.
        """
        if self._header is None:
            raise RuntimeError("the header is ready after prepare()")
        return self._header

    async def prepare(self) -> RunHeader:
        """Do everything that comes before the first row, and return what is known then.

        Raises InputError for a list, or a sender, that cannot be read.
        """
        if self._header is not None:
            return self._header
        sender = self._sender
        sending = None
        if isinstance(sender, SenderProfile) or (sender is None and self._mail is not None):
            sending = sending_of(sender, self._rules.services, mail=self._mail)
        if not _is_one_shot(self._orders):
            await self._gather(self._orders)
        facts = sender if isinstance(sender, SenderFacts) else None
        if sending is not None:
            facts = await self.interviewer.run(discover_sender(sending, self._scope()))
        today = facts
        if facts is not None and self._what_if:
            facts = replace(facts, supposed=self._what_if)
        self._learned = self._learn(facts, today)
        of_sender = self._sender_findings(facts)
        table = self._orders if isinstance(self._orders, OrderTable) else None
        self._header = RunHeader(
            version=__version__,
            started_at=self._started_at,
            as_of=self._as_of,
            rules_digest=self._rules.digest,
            sender=facts,
            sender_findings=of_sender.fired,
            sender_undecided=of_sender.undecided,
            columns=table.columns if table else (),
            address_column=table.address_column if table else "",
            # Tables of other makes need not know of systems.
            system=getattr(table, "system", None),
            history=self._learned.counts if self._learned else None,
            assumes_engagement=self._learned is not None and self._learned.has_engagement,
        )
        return self._header

    async def __aiter__(self) -> AsyncIterator[Assessment]:
        header = await self.prepare()
        judge_row = RowJudge(
            self._rules,
            self._facts,
            header,
            self._settings,
            self._mail.facts if self._mail else None,
            has_phones=Role.BUYER_PHONE in getattr(self._orders, "roles", ()),
            learned=self._learned,
            explain=self._explain,
        )
        tally, seen, repeated = Tally(), Seen(), 0
        for batch in _batches(self._orders):
            if _is_one_shot(self._orders):
                await self._gather(batch)
            for order in batch:
                assessment = judge_row(order)
                tally.add(assessment)
                repeated += assessment.normalized is not None and seen.add(assessment.normalized)
                yield assessment
        self._summary = tally.summary(
            skipped=self._orders.skipped if isinstance(self._orders, OrderTable) else 0,
            repeated=repeated,
            system=header.system,
            stale_rules=self._rules.stale(self._as_of),
            resolver=await self.interviewer.report(),
        )

    async def _gather(self, orders: Iterable[Order]) -> None:
        """Look up the domains that were not looked up yet."""
        domains: dict[str, None] = {}
        for order in orders:
            address = read_cell(order.address, self._rules.providers.lenient_domains).address
            if address is not None and address.domain not in self._facts:
                domains[address.domain] = None
        total, progress = len(domains), self._on_progress
        on_done = (lambda done: progress(done, total)) if progress else None
        self._facts |= await gather_domains(domains, self.interviewer, self._rules, on_progress=on_done)

    def _scope(self) -> Scope:
        now = arrival(self._mail, int(self._started_at.timestamp()))
        return Scope(providers=self._rules.providers, now=now)

    def _sender_findings(self, sender: SenderFacts | None) -> Findings:
        if sender is None:
            return Findings(fired=(), undecided=())
        return find(self._rules.rules, self._sender_values(sender), sender.evidence, self._as_of)

    def _sender_values(self, sender: SenderFacts) -> dict[str, FactValue]:
        values = sender_facts(sender)
        if self._mail is not None:
            values |= message_facts(self._mail.facts, shop_name=self._settings.shop.name)
        return values

    def _learn(self, sender: SenderFacts | None, today: SenderFacts | None) -> Learned | None:
        """Return what the history says, once for the run.

        today: the sender without what is only supposed. MX hosts tell of providers only for lists that can
        be read twice.
        """
        if self._history is None:
            return None
        return learn_from(
            self._history,
            self._rules,
            as_of=self._as_of,
            half_life_days=self._settings.history.half_life_days,
            sender=self._sender_values(sender) if sender else None,
            seen_by=self._sender_values(today) if today else None,
            volume_per_day=sender.volume_per_day if sender else None,
            facts=self._facts,
        )


def _is_one_shot(orders: Iterable[Order]) -> bool:
    """Whether the rows are gone once they were read."""
    return isinstance(orders, Iterator)


def _batches(orders: Iterable[Order]) -> Iterator[Iterable[Order]]:
    if not _is_one_shot(orders):
        yield orders
        return
    rows = iter(orders)
    while batch := list(itertools.islice(rows, _LOOK_AHEAD)):
        yield batch
