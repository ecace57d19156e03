"""Whom to mail, to phone, to write to today, from an order export and a log of contacts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from deliv.checklist import AssessmentStream
from deliv.core.advicebook import Situation
from deliv.core.agenda import Agenda, FollowUp, OpenOrder, Status, urgency_of
from deliv.core.assessment import Assessment
from deliv.core.contacts import Contact, ContactLog, fold_order_id
from deliv.core.discovery import ReplyAuth, discover_reply_auth
from deliv.core.ordercontext import OrderContext, combined, without_honorific
from deliv.core.placement import Risk
from deliv.core.planning import Planner
from deliv.core.providers import ProviderKind
from deliv.core.rulebook import RuleBook
from deliv.core.settings import Settings

_MOST_OTHERS: Final = 5  # orders that are named beside one of the same customer

_Line: TypeAlias = tuple[Assessment, OrderContext]


async def follow_up(
    assessments: AssessmentStream,
    rules: RuleBook,
    *,
    now: datetime,
    contacts: Iterable[Contact] = (),
    settings: Settings | None = None,
) -> Agenda:
    """Return what is to be done about each order of a list, and on which day.

    assessments: the list, judged, as `deliv.stream` returns it. now: the moment, with the shop's zone.
    contacts: what the log holds. settings: those of ``deliv.yaml``. Raises what iterating raises.
    """
    settings = settings or Settings()
    header = await assessments.prepare()
    log = ContactLog(contacts)
    orders = await _collect(assessments, log, now)
    planner = Planner(rules=rules, settings=settings, now=now)
    drafts = [planner.follow_up(order) for order in orders]
    at_risk = await _domains_at_risk(drafts, assessments)
    open_orders = _open_orders(drafts)
    book = rules.advice
    entries = []
    for draft in drafts:
        own_junk, others = _domain(draft) in at_risk, _others(draft, open_orders)
        known_now = own_junk or others
        entries.append(
            planner.follow_up(draft.subject, own_junk=own_junk, others=others) if known_now else draft
        )
    return Agenda(
        header=header,
        now=now,
        entries=tuple(sorted(entries, key=urgency_of)),
        summary=replace(assessments.summary, resolver=await assessments.interviewer.report()),
        unmatched=log.unmatched(contact for order in orders for contact in order.contacts),
        phone_hours=book.phone_hours(settings),
        call_minutes=book.hours.minutes,
        legal_note=book.legal_note if any(map(_was_refused, drafts)) else None,
    )


def _was_refused(draft: FollowUp) -> bool:
    """Whether an order is open whose confirmation cannot have arrived."""
    dead = draft.subject.assessment.risk is Risk.CERTAIN
    return draft.status is not Status.DONE and (dead or draft.situation is Situation.BOUNCED)


async def _collect(assessments: AssessmentStream, log: ContactLog, now: datetime) -> list[OpenOrder]:
    """Return the orders of a list, each once, however many rows it has."""
    found: defaultdict[object, list[_Line]] = defaultdict(list)
    async for assessment in assessments:
        order = assessment.order or OrderContext()
        found[_identity(assessment, order)].append((assessment, order))
    return [_open_order(lines, log, now) for alike in found.values() for lines in _split(alike)]


def _identity(assessment: Assessment, order: OrderContext) -> object:
    """Return what the lines of an order have in common."""
    if order.order_id:
        return fold_order_id(order.order_id)
    if assessment.normalized is None:
        return assessment.row
    return _address(assessment), order.ordered_at, order.buyer_name, order.phones, order.need_by


def _split(lines: Sequence[_Line]) -> Iterable[list[_Line]]:
    """Return the orders among lines with one number, as that of two shops, or “-”, can be the same.

    Lines of one order have the same address; one without an address belongs to its buyer's lines, and one
    without a buyer to the first.
    """
    found: dict[str, list[_Line]] = {}
    addresses: dict[str, str] = {}
    for assessment, order in lines:
        if assessment.normalized:
            addresses.setdefault(without_honorific(order.buyer_name), _address(assessment))
    for assessment, order in lines:
        buyer = without_honorific(order.buyer_name)
        first = next(iter(found), "")
        name = _address(assessment) or addresses.get(buyer) or buyer or first
        found.setdefault(name, []).append((assessment, order))
    return found.values()


def _open_order(lines: Sequence[_Line], log: ContactLog, now: datetime) -> OpenOrder:
    first = next((assessment for assessment, _ in lines if assessment.normalized), lines[0][0])
    order = combined([order for _, order in lines])
    return OpenOrder(
        assessment=first,
        order=order,
        rows=tuple(assessment.row for assessment, _ in lines),
        contacts=log.of(
            order.order_id,
            first.normalized,
            since=order.ordered_at.day if order.ordered_at else None,
            until=now.date(),
        ),
    )


def _address(assessment: Assessment) -> str:
    """Return the spelling by which addresses are compared; empty when there is none."""
    return (assessment.normalized or "").casefold()


async def _domains_at_risk(drafts: Iterable[FollowUp], assessments: AssessmentStream) -> set[str]:
    """Return the domains of silent customers whose answers may be filed as junk."""
    domains = dict.fromkeys(_domain(draft) for draft in drafts if draft.misses_answer)
    found: list[ReplyAuth] = []
    askings = (discover_reply_auth(domain) for domain in domains if domain)
    await assessments.interviewer.run_all(askings, on_result=found.append)
    return {auth.domain for auth in found if auth.is_at_risk}


def _domain(draft: FollowUp) -> str:
    """Return the domain of a customer's mail; empty where the address leads nowhere, or to somebody else."""
    assessment = draft.subject.assessment
    facts = assessment.judgement.facts
    if facts is None or facts.kind is ProviderKind.RELAY:
        return ""
    is_wrong = assessment.risk is Risk.CERTAIN or assessment.did_you_mean is not None
    return "" if is_wrong else facts.domain


def _open_orders(drafts: Iterable[FollowUp]) -> dict[str, list[str]]:
    """Return the numbers of the orders about which something is to be done, by the customer's address."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        address = _address(draft.subject.assessment)
        if address and draft.order_id and draft.status is not Status.DONE:
            found[address].append(draft.order_id)
    return found


def _others(draft: FollowUp, open_orders: dict[str, list[str]]) -> list[str]:
    """Return the first few numbers of the other orders of the same customer."""
    numbers = open_orders.get(_address(draft.subject.assessment), [])[: _MOST_OTHERS + 1]
    return [number for number in numbers if number != draft.order_id][:_MOST_OTHERS]
