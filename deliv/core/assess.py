"""One address: facts × rules × placement × advice → assessment."""

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import date

from deliv.core.address import NO_ADDRESS, Address
from deliv.core.advice import Advice, advise, choose_entry
from deliv.core.assessment import Assessment, Judgement
from deliv.core.case import Case, case_of
from deliv.core.errors import AddressSyntaxError
from deliv.core.facts import (
    MessageFacts,
    RecipientFacts,
    SenderFacts,
    address_facts,
    message_facts,
    recipient_facts,
    sender_facts,
)
from deliv.core.findings import Findings
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.levels import Own
from deliv.core.ordercontext import OrderContext
from deliv.core.placement import NOWHERE, Placement, Risk
from deliv.core.providers import Provider
from deliv.core.question import Trouble
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Reason
from deliv.core.settings import Settings
from deliv.core.weighing import appraise, weigh
from deliv.core.wording import Fields, address_fields, shop_fields

_TROUBLE_REASONS: Mapping[Trouble, Reason] = {
    Trouble.TIMEOUT: Reason.TIMEOUT_EXCEEDED,
    Trouble.BUDGET: Reason.TIMEOUT_EXCEEDED,
    Trouble.UNREACHABLE: Reason.RESOLVER_UNTRUSTED,
    Trouble.UNTRUSTED: Reason.RESOLVER_UNTRUSTED,
}


def assess(
    address: Address,
    facts: RecipientFacts,
    rules: RuleBook,
    *,
    as_of: date,
    sender: SenderFacts | None = None,
    message: MessageFacts | None = None,
    order: OrderContext | None = None,
    settings: Settings | None = None,
    history: Learned | None = None,
    explain: bool = False,
) -> Assessment:
    """Judge one address on the day `as_of`.

    `facts` are those of its domain; `sender` those of the shop, where they were looked up;
    `message` those of one of its order mails; `order` what the mail is about; `history` is what
    `learn_from` makes of the shop's own outcomes. With `explain`, the placement carries the sum behind
    it. Never raises: what is not known makes the result unknown, never undeliverable.
    """
    settings = settings or Settings()
    judgement = judge(
        address,
        facts,
        rules,
        as_of=as_of,
        sender=sender,
        message=message,
        settings=settings,
        history=history,
        explain=explain,
    )
    if order is not None:
        case = case_of(order, rules.advice.urgency, settings.shop.country)
        judgement = suit(judgement, case, rules, as_of=as_of, settings=settings)
    return Assessment(
        judgement=judgement,
        address=address.original,
        normalized=address.normalized,
        read_order=(lambda: order) if order is not None else None,
    )


def judge(
    address: Address,
    facts: RecipientFacts,
    rules: RuleBook,
    *,
    as_of: date,
    sender: SenderFacts | None = None,
    message: MessageFacts | None = None,
    settings: Settings | None = None,
    history: Learned | None = None,
    explain: bool = False,
) -> Judgement:
    """Return what is to be said of an address.

    It is the same for all ordinary addresses of a domain, but for those that belong to a role and
    those with outcomes of their own.
    """
    settings = settings or Settings()
    values = address_facts(address, role_accounts=rules.role_accounts) | recipient_facts(facts)
    evidence = facts.evidence
    if sender is not None:
        values |= sender_facts(sender)
        evidence += sender.evidence
    if message is not None:
        values |= message_facts(message, shop_name=settings.shop.name)
    own = history.own(address.normalized) if history else None
    placement: Placement | None
    findings, risk, placement = appraise(
        rules,
        facts.provider,
        values,
        evidence,
        volume_per_day=sender.volume_per_day if sender else None,
        as_of=as_of,
        past=history.evidence(facts.domain, facts.provider, own) if history else None,
        explain=explain,
    )
    reasons = _reasons(findings, facts, risk, own)
    if risk is Risk.UNKNOWN and facts.provider is None:
        placement = None  # neither the DNS nor the rule book has anything to say
    fields = address_fields(address, facts, sender, settings)
    return Judgement(
        risk=risk,
        reasons=reasons,
        advice=_advise(
            rules,
            risk,
            facts.provider,
            reasons,
            fields=fields,
            as_of=as_of,
            settings=settings,
        ),
        fields=fields,
        provider=facts.provider,
        facts=facts,
        placement=placement,
        findings=findings.fired,
        undecided=findings.undecided,
        past_bounce=own.past_bounce if own else None,
    )


def judge_alike(
    judgement: Judgement,
    own: Own,
    rules: RuleBook,
    *,
    as_of: date,
    sender: SenderFacts | None,
    settings: Settings,
    history: Learned,
    advised: MutableMapping[tuple[Risk, tuple[Reason, ...]], Advice],
) -> Judgement:
    """Return the judgement on another address of a domain, one that has outcomes of its own.

    judgement: that on an address of the domain that is spelt as ordinarily and has none; everything in it
        is decided. advised: the advice given at this domain so far, which is added to. The result is that
        of `judge`, in less time.
    """
    facts = judgement.facts
    assert facts is not None
    findings = Findings(fired=judgement.findings, undecided=())
    risk, placement = weigh(
        rules,
        facts.provider,
        findings,
        {},
        volume_per_day=sender.volume_per_day if sender else None,
        as_of=as_of,
        past=history.evidence(facts.domain, facts.provider, own),
    )
    reasons = _reasons(findings, facts, risk, own)
    advice = advised.get((risk, reasons))
    if advice is None:
        advice = advised[risk, reasons] = _advise(
            rules, risk, facts.provider, reasons, fields=judgement.fields, as_of=as_of, settings=settings
        )
    return replace(
        judgement,
        risk=risk,
        reasons=reasons,
        advice=advice,
        placement=placement,
        past_bounce=own.past_bounce,
    )


def suit(judgement: Judgement, case: Case, rules: RuleBook, *, as_of: date, settings: Settings) -> Judgement:
    """Return the judgement with advice that suits an order: the very same where that changes nothing."""
    if not judgement.advice.phone_window or case == Case():
        return judgement  # an order changes only when and how somebody phones
    advice = _advise(
        rules,
        judgement.risk,
        judgement.provider,
        judgement.reasons,
        fields=judgement.fields,
        as_of=as_of,
        case=case,
        settings=settings,
    )
    return judgement if advice == judgement.advice else replace(judgement, advice=advice)


def refuse(fault: AddressSyntaxError, rules: RuleBook, *, as_of: date, settings: Settings) -> Judgement:
    """Return the judgement on a text that is no address."""
    empty = (Reason.NO_ADDRESS,) if fault.template == NO_ADDRESS else ()
    reasons = (Reason.FAILED_SYNTAX_CHECK, *empty)
    fields = shop_fields(settings)
    advice = _advise(rules, Risk.CERTAIN, None, reasons, fields=fields, as_of=as_of, settings=settings)
    return Judgement(
        risk=Risk.CERTAIN, reasons=reasons, placement=NOWHERE, advice=advice, fault=fault, fields=fields
    )


def leave_open(rules: RuleBook, *, as_of: date, settings: Settings) -> Judgement:
    """Return the judgement on a cell whose bytes could not be read: our failure, not the customer's."""
    reasons = (Reason.UNDECODABLE,)
    fields = shop_fields(settings)
    advice = _advise(rules, Risk.UNKNOWN, None, reasons, fields=fields, as_of=as_of, settings=settings)
    return Judgement(risk=Risk.UNKNOWN, reasons=reasons, advice=advice, fields=fields)


def _reasons(findings: Findings, facts: RecipientFacts, risk: Risk, own: Own | None) -> tuple[Reason, ...]:
    # Where no mail can arrive at all, what is wrong with the sender is no reason.
    rules = [
        finding.rule
        for finding in findings.fired
        if risk is not Risk.CERTAIN or not finding.rule.is_about_sender
    ]
    reasons = [rule.reason for rule in rules if rule.reason is not None]
    if risk is Risk.UNKNOWN:
        trouble = Reason.DNS_FAILURE
        if facts.trouble is not None:
            trouble = _TROUBLE_REASONS.get(facts.trouble, Reason.DNS_FAILURE)
        reasons.append(trouble)
    if own is not None and own.past_bounce is not None:
        reasons.append(Reason.PAST_BOUNCE)
    return tuple(dict.fromkeys(reasons))


def _advise(
    rules: RuleBook,
    risk: Risk,
    provider: Provider | None,
    reasons: tuple[Reason, ...],
    *,
    fields: Fields,
    as_of: date,
    settings: Settings,
    case: Case | None = None,
) -> Advice:
    kind = provider.kind if provider else None
    return advise(
        rules.advice,
        choose_entry(rules.advice, risk, kind, set(reasons)),
        as_of=as_of,
        fields=fields,
        allow_list=provider.allow_list if provider else None,
        settings=settings,
        case=case,
    )
