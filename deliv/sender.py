"""The shop's side: what receivers see of it, whom that costs, and what to publish."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from deliv.clock import now_of
from deliv.core.address import Address
from deliv.core.auth.aggregate import CollectedReports
from deliv.core.canary import DEFAULT_CANARY
from deliv.core.cell import read_cell
from deliv.core.compliance import provider_compliance
from deliv.core.discovery import Scope, discover_sender
from deliv.core.experience import Experience
from deliv.core.facts import FactValue, SenderFacts, message_facts, sender_facts
from deliv.core.facts.message import SpamReport
from deliv.core.findings import Findings, find
from deliv.core.fixes import RecordChange, amended
from deliv.core.impact import Mailboxes
from deliv.core.likelihood.ledger import Ledger
from deliv.core.order import Order
from deliv.core.question import Resolver
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Decision, decide
from deliv.core.senderreport import CustomerList, SenderReport
from deliv.core.sending import OrderMessage, Sending, arrival, sending_of
from deliv.core.settings import SenderProfile, Settings
from deliv.fixing import rank_fixes
from deliv.gather import Interviewer, gather_domains
from deliv.version import __version__

_PATIENCE: Final = 10  # questions without an answer; an audit asks many domains, of which some may be dead


async def audit_sender(
    profile: SenderProfile | None,
    resolver: Resolver,
    *,
    rules: RuleBook | None = None,
    mail: OrderMessage | None = None,
    canary: Sequence[str] = DEFAULT_CANARY,
    now: int = 0,
) -> SenderFacts:
    """Return what receivers see of the shop's sending.

    profile: how it sends; what it leaves open, `mail` says, which is one of its order mails as
        `read_message` returns it. rules: the rule book, which knows sending services, the usual
        DKIM selectors and block lists; without it none of them is looked at. now: seconds since
        1970, for signatures that expire, where the mail does not say when it arrived.

    Raises InputError when nobody names an address or a domain, and for a service that nobody
    knows. Trouble with the network is in the facts, never raised.
    """
    sending = sending_of(profile, rules.services if rules else None, mail=mail, guess_selectors=True)
    asking = discover_sender(sending, thorough_scope(rules, mail, now))
    return await Interviewer(resolver, canary=canary).run(asking, patience=_PATIENCE)


def thorough_scope(rules: RuleBook | None, mail: OrderMessage | None, now: int) -> Scope:
    """Return the scope of an audit: everything that the rule book knows of is asked."""
    return Scope(
        providers=rules.providers if rules else None,
        block_lists=rules.block_lists if rules else (),
        is_thorough=True,
        now=arrival(mail, now),
    )


async def examine_sender(
    profile: SenderProfile | None,
    resolver: Resolver,
    rules: RuleBook,
    *,
    mail: OrderMessage | None = None,
    orders: Iterable[Order] | None = None,
    spam: SpamReport | None = None,
    reports: CollectedReports | None = None,
    history: Experience | None = None,
    as_of: date | None = None,
    settings: Settings | None = None,
    canary: Sequence[str] | None = None,
    started_at: datetime | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SenderReport:
    """Return the whole report on the shop's side: findings, demands of the providers, ranked fixes.

    orders: the customers, so that all of it can be weighed by them. spam: what
        SpamAssassin says of the mail. reports: DMARC reports that receivers sent, as `read_reports`
        returns them. history: what became of the shop's earlier mails; here all of it counts in full,
        however the shop sent at the time, so that no fix passes for the better when all it does is to
        make the past count less. The other parameters are those of `audit_sender` and `stream`.

    Raises InputError for a sender or a list that cannot be used. Trouble with the network is in
    the report, never raised.
    """
    settings = settings or Settings()
    started_at = started_at or now_of(settings)
    interviewer = Interviewer.of(settings.network, resolver, canary=canary)
    examination = Examination(
        interviewer=interviewer,
        rules=rules,
        sending=sending_of(profile, rules.services, mail=mail, guess_selectors=True),
        scope=thorough_scope(rules, mail, int(started_at.timestamp())),
        shop_name=settings.shop.name,
        as_of=as_of or started_at.date(),
        reports=reports,
    )
    if orders is not None:
        ledger = None
        if history is not None:
            half_life = settings.history.half_life_days
            book = rules.placement.history
            ledger = Ledger(history, book, as_of=examination.as_of, half_life_days=half_life)
        examination.mailboxes = await _count(orders, interviewer, rules, on_progress, ledger)
    facts = await examination.facts()
    fixes = await rank_fixes(examination, facts)
    findings, values = examination.findings(facts), examination.values(facts)
    seen = examination.seen(facts)
    boxes = examination.mailboxes
    return SenderReport(
        version=__version__,
        started_at=started_at,
        as_of=examination.as_of,
        rules_digest=rules.digest,
        stale_rules=rules.stale(examination.as_of),
        sender=facts,
        services=examination.sending.services,
        findings=findings.fired,
        undecided=findings.undecided,
        decided=examination.decided(values),
        requirements=rules.requirements,
        compliance=provider_compliance(
            rules.providers.providers,
            rules.requirements,
            rules.rules,
            values,
            volume_per_day=facts.volume_per_day,
            as_of=examination.as_of,
        ),
        fixes=fixes,
        customers=CustomerList(
            rows=boxes.rows,
            by_provider=dict(boxes.by_provider),
            seen=seen,
            history=boxes.history,
            assumes_engagement=boxes.assumes_engagement,
        )
        if boxes is not None and seen is not None
        else None,
        message=mail.facts if mail else None,
        spam=spam,
        resolver=await interviewer.report(),
    )


async def _count(
    orders: Iterable[Order],
    interviewer: Interviewer,
    rules: RuleBook,
    on_progress: Callable[[int, int], None] | None,
    history: Ledger | None,
) -> Mailboxes:
    """Return the mailboxes of a list, counted by what is known of their domains.

    A list that can be read again is read twice, so that it is never held in memory.
    """
    rows = list(orders) if isinstance(orders, Iterator) else orders

    def addresses() -> Iterator[Address | None]:
        return (read_cell(order.address, rules.providers.lenient_domains).address for order in rows)

    domains = list(dict.fromkeys(address.domain for address in addresses() if address is not None))
    progress = on_progress
    on_done = (lambda done: progress(done, len(domains))) if progress else None
    facts = await gather_domains(domains, interviewer, rules, on_progress=on_done)
    mailboxes = Mailboxes(role_accounts=rules.role_accounts, history=history)
    for address in addresses():
        mailboxes.add(address, facts[address.domain] if address is not None else None)
    return mailboxes


@dataclass(slots=True, kw_only=True)
class Examination:
    """One sender under examination: asks again for every fix that is tried out."""

    interviewer: Interviewer
    rules: RuleBook
    sending: Sending
    scope: Scope
    shop_name: str
    as_of: date
    reports: CollectedReports | None = None
    mailboxes: Mailboxes | None = field(default=None)

    async def facts(self, changes: Iterable[RecordChange] = (), *, signs_as: str = "") -> SenderFacts:
        """Return what receivers see, or would see with these changes."""
        asking = discover_sender(self.sending, self.scope, signs_as=signs_as)
        facts = await self.interviewer.run(amended(asking, changes), patience=_PATIENCE)
        return facts if self.reports is None else facts.with_reports(self.reports)

    def values(self, facts: SenderFacts) -> dict[str, FactValue]:
        """Return the facts that rules may name."""
        values = sender_facts(facts)
        if self.sending.mail is not None:
            values |= message_facts(self.sending.mail.facts, shop_name=self.shop_name)
        return values

    def findings(self, facts: SenderFacts) -> Findings:
        """Return what is wrong on the shop's side."""
        return find(self.rules.rules, self.values(facts), facts.evidence, self.as_of)

    def decided(self, values: dict[str, FactValue]) -> int:
        """Return the number of rules that say yes or no."""
        return sum(
            decide(rule.when, values) is not Decision.UNDECIDED
            for rule in self.rules.rules
            if rule.is_about_sender and rule.holds_on(self.as_of)
        )

    def seen(self, facts: SenderFacts, *, with_history: bool = True) -> float | None:
        """Return how many customers on the list are expected to see the mail; None without a list.

        with_history: False asks the rule book alone.
        """
        if self.mailboxes is None:
            return None
        message = self.sending.mail.facts if self.sending.mail else None
        return self.mailboxes.seen(
            facts,
            self.rules,
            as_of=self.as_of,
            message=message,
            shop_name=self.shop_name,
            with_history=with_history,
        )
