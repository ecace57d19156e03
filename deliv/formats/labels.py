"""The words that people read for the codes that machines read."""

from collections.abc import Container, Mapping
from typing import Final

from deliv.core.address import Mend
from deliv.core.advice import Advice
from deliv.core.advicebook import Action
from deliv.core.assessment import Assessment
from deliv.core.auth.dmarc import DmarcStatus
from deliv.core.canary import Trust
from deliv.core.explanation import LevelName, PriorOf
from deliv.core.exports import Role
from deliv.core.facts import Route, SpfStatus
from deliv.core.likelihood.levels import PastBounce
from deliv.core.outcomes import OutcomeKind
from deliv.core.placement import Placement, Risk
from deliv.core.providers import ProviderKind
from deliv.core.rules import Basis, Reason, Severity
from deliv.locale import Translate

RISK: Final[Mapping[Risk, str]] = {
    Risk.LOW: "fine",
    Risk.MEDIUM: "caution",
    Risk.HIGH: "danger",
    Risk.CERTAIN: "undeliverable",
    Risk.UNKNOWN: "unknown",
}

REASON: Final[Mapping[Reason, str]] = {
    Reason.FAILED_SYNTAX_CHECK: "not a valid address",
    Reason.NO_ADDRESS: "no address",
    Reason.UNDECODABLE: "unreadable characters",
    Reason.SEVERAL_ADDRESSES: "several addresses in one cell; the first valid one was judged",
    Reason.NONRFC_LOCAL_PART: "dots in an unusual place before the @",
    Reason.SMTPUTF8_REQUIRED: "characters other than ASCII before the @",
    Reason.NO_DNS_ENTRIES: "the domain does not exist or has no mail server",
    Reason.DOES_NOT_ACCEPT_MAIL: "the domain accepts no mail",
    Reason.UNROUTABLE_MX: "the mail servers have no reachable address",
    Reason.POSSIBLE_TYPO: "probably misspelt",
    Reason.DISPOSABLE: "disposable address",
    Reason.ROLE_BASED: "address of a role, not of a person",
    Reason.RETIRED_DOMAIN: "the service has ended",
    Reason.RELAY_ADDRESS: "relay address",
    Reason.CARRIER_FILTER: "mobile carrier's filter",
    Reason.PAST_BOUNCE: "your last mail to this address came back",
    Reason.SENDER_AUTH_MISSING: "your SPF or DMARC is missing",
    Reason.SENDER_AUTH_BROKEN: "your SPF or DMARC is broken",
    Reason.SENDER_UNREACHABLE: "replies to your address cannot arrive",
    Reason.TIMEOUT_EXCEEDED: "the DNS did not answer in time",
    Reason.DNS_FAILURE: "the DNS could not answer",
    Reason.RESOLVER_UNTRUSTED: "the DNS of this network cannot be trusted",
}

ACTION: Final[Mapping[Action, str]] = {
    Action.SEND: "Send as usual",
    Action.SEND_WITH_NOTICE: "Send with a notice",
    Action.PHONE_IF_SILENT: "Phone if nothing comes back",
    Action.PHONE_FIRST: "Phone the customer",
    Action.FIX_ADDRESS: "Phone for the right address",
    Action.USE_RELAY: "Send by the relay's own path",
    Action.RECHECK: "Check again later",
}

MEND: Final[Mapping[Mend, str]] = {
    Mend.WHITESPACE: "spaces removed",
    Mend.FULL_WIDTH: "full-width characters made ASCII",
    Mend.DISPLAY_NAME: "taken out of “name <address>”",
    Mend.MAILTO: "“mailto:” removed",
    Mend.SAME_ORDER: "taken from the order's first line",
}

DELIMITER: Final[Mapping[str, str]] = {",": "commas", "\t": "tabs", ";": "semicolons"}

ROLE: Final[Mapping[Role, str]] = {
    Role.ORDER_ID: "order number",
    Role.ORDERED_AT: "day of the order",
    Role.BUYER_NAME: "buyer's name",
    Role.BUYER_EMAIL: "buyer's mail address",
    Role.BUYER_PHONE: "buyer's phone",
    Role.RECIPIENT_NAME: "recipient's name",
    Role.RECIPIENT_PHONE: "recipient's phone",
    Role.AMOUNT: "amount",
    Role.GIFT: "gift",
    Role.NOTE: "note",
    Role.NEED_BY: "needed by",
    Role.MAILED_AT: "mailed on",
    Role.REPLIED_AT: "answered on",
}

KIND: Final[Mapping[ProviderKind, str]] = {
    ProviderKind.CARRIER: "mobile carrier",
    ProviderKind.FREEMAIL: "free mail",
    ProviderKind.ISP: "internet provider",
    ProviderKind.BUSINESS: "business mail",
    ProviderKind.HOSTING: "rental server",
    ProviderKind.GATEWAY: "mail filter in front of a company",
    ProviderKind.RELAY: "relay",
    ProviderKind.FORWARDER: "forwarder",
    ProviderKind.DISPOSABLE: "disposable",
    ProviderKind.RETIRED: "service ended",
}

SEVERITY: Final[Mapping[Severity, str]] = {
    Severity.HIGH: "serious",
    Severity.MEDIUM: "important",
    Severity.LOW: "minor",
    Severity.INFO: "for information",
}

SPF: Final[Mapping[SpfStatus, str]] = {
    SpfStatus.VALID: "SPF: published",
    SpfStatus.MISSING: "SPF: missing",
    SpfStatus.INVALID: "SPF: broken",
    SpfStatus.SEVERAL: "SPF: several records",
    SpfStatus.TEMPERROR: "SPF: not known",
}

DMARC: Final[Mapping[DmarcStatus, str]] = {
    DmarcStatus.FOUND: "DMARC: published",
    DmarcStatus.MISSING: "DMARC: missing",
    DmarcStatus.INVALID: "DMARC: broken",
    DmarcStatus.SEVERAL: "DMARC: several records",
    DmarcStatus.TEMPERROR: "DMARC: not known",
}

REPLIES: Final[Mapping[Route, str]] = {
    Route.MX: "replies: can arrive",
    Route.IMPLICIT_MX: "replies: can arrive",
    Route.NULL_MX: "replies: cannot arrive",
    Route.NO_DOMAIN: "replies: cannot arrive",
    Route.NO_HOST: "replies: cannot arrive",
    Route.UNROUTABLE: "replies: cannot arrive",
    Route.PRIVATE: "replies: cannot arrive",
    Route.UNKNOWN: "replies: not known",
}

DISTRUST: Final[Mapping[Trust, str]] = {
    Trust.DENYING: (
        "The DNS of this network denies domains that certainly exist, so its answers are not believed."
    ),
    Trust.INVENTING: (
        "The DNS of this network finds names that certainly do not exist, so its answers are not believed."
    ),
    Trust.SILENT: "The DNS of this network does not answer.",
}

OUTCOME: Final[Mapping[OutcomeKind, str]] = {
    OutcomeKind.SENT: "sent",
    OutcomeKind.DELIVERED: "taken by the server",
    OutcomeKind.BOUNCE: "bounced",
    OutcomeKind.REPLY: "answered",
    OutcomeKind.CLICK: "link followed",
    OutcomeKind.OPEN: "opened",
    OutcomeKind.JUNK: "found in the junk folder",
    OutcomeKind.MISSING: "never came",
    OutcomeKind.SEED_INBOX: "test mailbox: inbox",
    OutcomeKind.SEED_JUNK: "test mailbox: junk folder",
    OutcomeKind.SEED_MISSING: "test mailbox: never came",
}


PRIOR: Final[Mapping[PriorOf, str]] = {
    PriorOf.PROVIDER: "Rule book, for this provider",
    PriorOf.KIND: "Rule book, for this kind of provider",
    PriorOf.DEFAULT: "Rule book, for all others",
}

LEVEL: Final[Mapping[LevelName, str]] = {
    LevelName.KIND: "Other providers of the kind {subject}",
    LevelName.PROVIDER: "Other domains of {subject}",
    LevelName.DOMAIN: "{subject}",
    LevelName.REPLY: "Replies from {subject}",
    LevelName.CLICK: "Clicks from {subject}",
    LevelName.OPEN: "Opens from {subject}",
    LevelName.REPORT: "Reports of junk or missing mail from {subject}",
    LevelName.ADDRESS: "This address",
}


def share(placement: Placement, translate: Translate) -> str:
    """Return the probability of the inbox, and the word estimate where it is one."""
    percent = f"{placement.inbox:.0%}"
    if placement.basis is Basis.ESTIMATE:
        return translate("{percent} (estimate)").format(percent=percent)
    return percent


def interval(placement: Placement, translate: Translate) -> str:
    """Return the 90 % interval of that probability; empty for what is certain."""
    if placement.inbox_low == placement.inbox_high:
        return ""
    low, high = round(placement.inbox_low * 100), round(placement.inbox_high * 100)
    return translate("{low}-{high}%").format(low=low, high=high)


def experience(placement: Placement, translate: Translate) -> str:
    """Return how many of the shop's own outcomes stand behind it; empty for none."""
    if not placement.observations:
        return ""
    if placement.observations == 1:
        return translate("1 outcome")
    return translate("{count} outcomes").format(count=placement.observations)


def likelihood(placement: Placement | None, translate: Translate, *, separator: str = ", ") -> str:
    """Return all of them; empty when nothing can be said."""
    if placement is None:
        return ""
    parts = (
        share(placement, translate),
        interval(placement, translate),
        experience(placement, translate),
    )
    return translate(separator).join(part for part in parts if part)


def reasons(assessment: Assessment, translate: Translate, lang: str, *, but: Container[Reason] = ()) -> str:
    """Return the reasons as a short list of words; `but` stay out."""
    bounce = assessment.judgement.past_bounce
    return translate(", ").join(
        past_bounce(bounce, translate, lang)
        if code is Reason.PAST_BOUNCE and bounce is not None
        else translate(REASON[code])
        for code in assessment.reasons
        if code not in but
    )


def past_bounce(bounce: PastBounce, translate: Translate, lang: str) -> str:
    """Return in words that a mail to the address came back, and when."""
    on = bounce.day
    day = f"{on.year}年{on.month}月{on.day}日" if lang == "ja" else on.isoformat()
    template = "your last mail to this address came back on {day}"
    if bounce.is_for_good:
        template = "a mail to this address came back for good on {day}"
    return translate(template).format(day=day)


def past_bounce_sentence(bounce: PastBounce, translate: Translate, lang: str) -> str:
    """Return the same as a sentence."""
    said = past_bounce(bounce, translate, lang)
    return translate("{reason}.").format(reason=said[0].upper() + said[1:])


def next_step(advice: Advice, translate: Translate) -> str:
    """Return the step in a few words, with its day."""
    label = translate(ACTION[advice.action])
    if advice.due is None:
        return label
    due = advice.due.strftime("%m/%d").lstrip("0").replace("/0", "/")
    if advice.action is Action.SEND_WITH_NOTICE:
        return translate("{step}; phone on {due} if silent").format(step=label, due=due)
    if not advice.phone_window:
        return label
    return translate("{step} ({due})").format(step=label, due=due)
