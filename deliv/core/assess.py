"""One address: facts × rules × placement × advice → assessment."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from deliv.core.address import NO_ADDRESS, Address, Mend
from deliv.core.advice import Advice, advise, choose_entry
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
from deliv.core.findings import Finding, Findings
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.levels import Own, PastBounce
from deliv.core.ordercontext import OrderContext
from deliv.core.placement import NOWHERE, Placement, Risk
from deliv.core.providers import Provider
from deliv.core.question import Trouble
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Reason, Rule
from deliv.core.settings import Settings
from deliv.core.weighing import appraise, weigh
from deliv.core.wording import Fields, address_fields, shop_fields


class Result(StrEnum):
    """The answer in one word, as verification services give it."""

    DELIVERABLE = "deliverable"
    RISKY = "risky"
    UNDELIVERABLE = "undeliverable"
    UNKNOWN = "unknown"


RESULT_OF_RISK: Mapping[Risk, Result] = {
    Risk.LOW: Result.DELIVERABLE,
    Risk.MEDIUM: Result.RISKY,
    Risk.HIGH: Result.RISKY,
    Risk.CERTAIN: Result.UNDELIVERABLE,
    Risk.UNKNOWN: Result.UNKNOWN,
}

_TROUBLE_REASONS: Mapping[Trouble, Reason] = {
    Trouble.TIMEOUT: Reason.TIMEOUT_EXCEEDED,
    Trouble.BUDGET: Reason.TIMEOUT_EXCEEDED,
    Trouble.UNREACHABLE: Reason.RESOLVER_UNTRUSTED,
    Trouble.UNTRUSTED: Reason.RESOLVER_UNTRUSTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything that is said of one domain and spelling of the part before the @.

    Rows of the same domain share one object.
    """

    risk: Risk
    """How much speaks against the customer seeing the mail."""
    reasons: tuple[Reason, ...]
    """Why, as codes."""
    advice: Advice
    """What to do."""
    provider: Provider | None = None
    """Who receives the mail; None when nobody is known."""
    facts: RecipientFacts | None = None
    """What DNS says; None when there was no domain to ask about."""
    placement: Placement | None = None
    """Where a mail lands; None when nothing can be said."""
    findings: tuple[Finding, ...] = ()
    """Rules that fired, the most severe first."""
    undecided: tuple[Rule, ...] = ()
    """Rules that may hold or not, since a fact is not known."""
    fault: AddressSyntaxError | None = None
    """What is wrong with the text, when it is no address."""
    past_bounce: PastBounce | None = None
    """The mail to this very address that came back, by the shop's own history."""
    fields: Fields = field(default_factory=dict, compare=False, repr=False)
    """What fills the words of the rule book."""

    @property
    def result(self) -> Result:
        """The answer in one word."""
        return RESULT_OF_RISK[self.risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The result of one row."""

    judgement: Judgement
    """What is said of the address."""
    address: str
    """The cell as written."""
    normalized: str | None = None
    """The address judged; None when there is none."""
    mends: tuple[Mend, ...] = ()
    """What had to be done to get at it."""
    several: bool = False
    """Whether the cell holds further addresses, which were not judged."""
    row: int = 1
    """Number of the row, from 1, headings not counted."""
    line: int = 1
    """Line of the file on which the row begins, from 1."""
    cells: tuple[str, ...] = ()
    """The input's own columns."""
    read_order: Callable[[], OrderContext] | None = field(default=None, compare=False, repr=False)
    """Reads the order of the row; None when the list says nothing of orders."""

    @property
    def order(self) -> OrderContext | None:
        """What the row says of the order; read each time that it is asked for, since few lists need it."""
        return self.read_order() if self.read_order else None

    @property
    def result(self) -> Result:
        """The answer in one word."""
        return self.judgement.result

    @property
    def risk(self) -> Risk:
        """How much speaks against the customer seeing the mail."""
        return self.judgement.risk

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why, as codes."""
        reasons = self.judgement.reasons
        return (*reasons, Reason.SEVERAL_ADDRESSES) if self.several else reasons

    @property
    def provider(self) -> Provider | None:
        """Who receives the mail."""
        return self.judgement.provider

    @property
    def placement(self) -> Placement | None:
        """Where a mail lands."""
        return self.judgement.placement

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Rules that fired."""
        return self.judgement.findings

    @property
    def undecided(self) -> tuple[Rule, ...]:
        """Rules that may hold or not."""
        return self.judgement.undecided

    @property
    def advice(self) -> Advice:
        """What to do."""
        return self.judgement.advice

    @property
    def did_you_mean(self) -> str | None:
        """The domain that was probably meant."""
        return self.judgement.facts.did_you_mean if self.judgement.facts else None


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
