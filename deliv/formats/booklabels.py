"""The words that people read for the facts that rules hang on."""

from collections.abc import Mapping
from typing import Final

from deliv.core.auth.dkim import KeyStatus
from deliv.core.auth.dmarc import DmarcStatus, Policy
from deliv.core.auth.dmarc_reports import ReportStatus
from deliv.core.auth.dmarc_result import DmarcVerdict
from deliv.core.auth.iprev import ReverseStatus
from deliv.core.auth.policies import RecordState
from deliv.core.auth.spf_check import SpfVerdict
from deliv.core.blocklists import BlockListSubject
from deliv.core.facts import PLUS_ALL, DkimState, FactValue, Retired, Route, SpfStatus
from deliv.core.facts.message import Body, Charset, DisplayName, ReplyTo
from deliv.core.filters import FilterDefault, FilterEffect
from deliv.core.ladder import StepKind
from deliv.core.providers import ProviderKind
from deliv.formats import labels, senderlabels
from deliv.formats.safe import printable
from deliv.locale import Translate

STEP: Final[Mapping[StepKind, str]] = {
    StepKind.MAIL: "mail",
    StepKind.RELAY: "message by the mall's or the relay's own path",
    StepKind.SMS: "SMS",
    StepKind.PHONE: "phone call",
    StepKind.LETTER: "letter",
    StepKind.RECHECK: "have the address checked again",
    StepKind.REVIEW: "decide what becomes of the order",
}

MARK: Final[Mapping[str, str]] = {
    "customer": "(customer's name)",
    "order": "(order number)",
    "sender_domain": "(the domain that you send from)",
    "domain": "(the customer's mail domain)",
    "provider": "(the customer's mail service)",
    "quoted_form": "(the customer's address)",
    "suggestion": "(the address that was probably meant)",
    "phone": "(the customer's phone number)",
    "others": "(other order numbers)",
    "need_by": "(day on which the goods are needed)",
    "due": "(day)",
    "reply_by": "(day to answer by)",
    "window": "(hours for calls)",
    "quiet_end": "(end of the quiet hours)",
    "reach": "(by which path it is reached)",
}
"""What stands for something that only an order can say."""

ROUTE: Final[Mapping[Route, str]] = {
    Route.MX: "to a mail server",
    Route.IMPLICIT_MX: "to the domain itself, since it names no mail server",
    Route.NULL_MX: "nowhere: the domain says that it accepts no mail",
    Route.NO_DOMAIN: "nowhere: the domain does not exist",
    Route.NO_HOST: "nowhere: the domain has neither a mail server nor an address",
    Route.UNROUTABLE: "nowhere: no mail server has an address",
    Route.PRIVATE: "nowhere from outside: only private addresses",
    Route.UNKNOWN: "not known",
}

RETIRED: Final[Mapping[Retired, str]] = {
    Retired.NO: "no",
    Retired.DATED: "yes, and a source names the day",
    Retired.UNDATED: "so it is said; the DNS decides",
}

REPORTS: Final[Mapping[ReportStatus, str]] = {
    ReportStatus.UNAUTHORIZED: "at somebody else who has not agreed to it",
    ReportStatus.INVALID: "no address that mail can go to",
    ReportStatus.TEMPERROR: "not known",
    ReportStatus.NOT_CHECKED: "not checked",
    ReportStatus.AUTHORIZED: "at somebody else who has agreed to it",
    ReportStatus.OWN: "at the shop itself",
}

DISPLAY_NAME: Final[Mapping[DisplayName, str]] = {
    DisplayName.MISSING: "none",
    DisplayName.PRESENT: "there is one",
    DisplayName.SHOP: "that of the shop",
    DisplayName.OTHER: "not that of the shop",
}

REPLY_TO: Final[Mapping[ReplyTo, str]] = {
    ReplyTo.NONE: "to the sending address",
    ReplyTo.SAME: "to the domain of the sending address",
    ReplyTo.OTHER: "to another domain",
}

BODY: Final[Mapping[Body, str]] = {
    Body.TEXT: "plain text",
    Body.HTML_ONLY: "HTML only",
    Body.BOTH: "plain text and HTML",
    Body.EMPTY: "empty",
}

CHARSET: Final[Mapping[Charset, str]] = {
    Charset.FINE: "yes",
    Charset.MISSING: "no, none is named",
    Charset.WRONG: "no, another one is named",
}

FILTER_DEFAULT: Final[Mapping[FilterDefault, str]] = {
    FilterDefault.ON: "on, unless the customer switched it off",
    FilterDefault.OFF: "off, unless the customer switched it on",
    FilterDefault.USER: "only where the customer set it up",
    FilterDefault.UNKNOWN: "no source says whether it is on",
}

FILTER_EFFECT: Final[Mapping[FilterEffect, str]] = {
    FilterEffect.JUNK: "files mail as junk",
    FilterEffect.WARN: "marks mail or warns of it",
    FilterEffect.REFUSE: "refuses mail",
    FilterEffect.REFUSE_SILENTLY: "refuses mail, and the sender is not told",
    FilterEffect.DROP: "deletes mail, and the sender is not told",
}

SUBJECT: Final[Mapping[BlockListSubject, str]] = {
    BlockListSubject.IP: "IP addresses",
    BlockListSubject.DOMAIN: "domains",
}


def fact_value(name: str, value: FactValue, translate: Translate) -> str:
    """Return the value of a fact in words, with the word that stands in rule files."""
    if value is None:
        return translate("not known")
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, int):
        return f"{value:,}"
    if value == "":
        return translate("none")
    words = _words(name, value, translate)
    return f"{words} ({value})" if words else printable(value)


def _words(name: str, value: str, translate: Translate) -> str:  # noqa: C901, PLR0911, PLR0912 - a case a table
    """Return what a word means; empty when nobody has said it better than the word itself."""
    match name:
        case "recipient.route" | "sender.route" | "sender.reply_route":
            return translate(ROUTE[Route(value)])
        case "recipient.kind" | "sender.kind":
            return translate(labels.KIND[ProviderKind(value)])
        case "recipient.retired":
            return translate(RETIRED[Retired(value)])
        case "sender.spf" if value == PLUS_ALL:
            return translate("lets everybody send")
        case "sender.spf":
            return translate(senderlabels.SPF_RECORD[SpfStatus(value)])
        case "sender.spf_envelope" | "sender.spf_header_from":
            return translate(senderlabels.SPF_VERDICT[SpfVerdict(value)])
        case "sender.dkim":
            return translate(senderlabels.DKIM[DkimState(value)])
        case "sender.dkim_key":
            return translate(senderlabels.KEY[KeyStatus(value)])
        case "sender.dmarc":
            return translate(senderlabels.DMARC_RECORD[DmarcStatus(value)])
        case "sender.dmarc_policy":
            return translate(senderlabels.POLICY[Policy(value)])
        case "sender.dmarc_result":
            return translate(senderlabels.DMARC_RESULT[DmarcVerdict(value)])
        case "sender.dmarc_reports":
            return translate(REPORTS[ReportStatus(value)])
        case "sender.reverse":
            return translate(senderlabels.REVERSE[ReverseStatus(value)])
        case "sender.mta_sts" | "sender.tls_rpt" | "sender.bimi":
            return translate(senderlabels.RECORD[RecordState(value)])
        case "message.display_name":
            return translate(DISPLAY_NAME[DisplayName(value)])
        case "message.reply_to":
            return translate(REPLY_TO[ReplyTo(value)])
        case "message.body":
            return translate(BODY[Body(value)])
        case "message.charset":
            return translate(CHARSET[Charset(value)])
        case _:
            return ""
