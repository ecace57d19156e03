"""What one order mail says of itself, as it lies in the mailbox where it arrived."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from deliv.core.errors import DelivError
from deliv.core.facts.spec import FactSpec, FactValue, flag, number, word

JAPAN: Final = timezone(timedelta(hours=9), "JST")
"""The clock on the customer's wall; there is no summer time."""
NIGHT_BEGINS: Final = 21
NIGHT_ENDS: Final = 8
"""Hours between which a telephone that rings for an order mail annoys its owner."""
SHORTENERS: Final = frozenset(
    {
        *("00m.in", "amzn.asia", "amzn.to", "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "goo.gl", "hoo.gl"),
        *("is.gd", "j.mp", "lin.ee", "nav.cx", "onl.bz", "onl.la", "onl.sc", "onl.tw", "ow.ly", "p.tl"),
        *("qr.paps.jp", "rb.gy", "rebrand.ly", "s.id", "shorturl.at", "t.co", "t.ly", "tiny.cc"),
        *("tinyurl.com", "u0u1.net", "urx.nu", "urx.space", "urx2.nu", "ux.nu", "v.gd", "x.gd"),
    }
)
"""Hosts that hide where a link leads, which filters distrust."""


class DisplayName(StrEnum):
    """What stands before the sender's address."""

    MISSING = "missing"
    PRESENT = "present"
    """There is one; what the shop is called was not said."""
    SHOP = "shop"
    """It names the shop."""
    OTHER = "other"
    """It does not name the shop."""


class ReplyTo(StrEnum):
    """Where replies go."""

    NONE = "none"
    """To the sender's address, since nothing else is said."""
    SAME = "same"
    """To the sender's domain, or to one below or above it."""
    OTHER = "other"
    """To another domain."""


class Body(StrEnum):
    """In which forms the mail holds its text."""

    TEXT = "text"
    HTML_ONLY = "html_only"
    BOTH = "both"
    EMPTY = "empty"


class Charset(StrEnum):
    """Whether readers can tell which characters the bytes mean."""

    FINE = "fine"
    MISSING = "missing"
    """There are characters beyond ASCII, and no charset is named."""
    WRONG = "wrong"
    """The named charset is unknown, or the bytes are no characters in it."""


class AuthenticationResult(NamedTuple):
    """One result of the receiver's Authentication-Results (RFC 8601 section 2.2)."""

    method: str
    """What was tried: ``spf``, ``dkim``, ``dmarc`` and others, lower case."""
    result: str
    """How it went, lower case."""
    properties: tuple[tuple[str, str], ...] = ()
    """What it was tried on, such as ``("header.from", "shop.example")``."""

    def get(self, name: str) -> str | None:
        """Return the value of a property; None when it is absent."""
        return dict(self.properties).get(name)


class SpamRule(NamedTuple):
    """One rule of SpamAssassin that fired."""

    name: str
    """Its name, such as ``HTML_MESSAGE``."""
    score: float | None = None
    """Points it gave; None when the report does not say."""
    meaning: str = ""
    """What it says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamReport:
    """What a local SpamAssassin says of the mail."""

    score: float | None = None
    """Points in all; None when it failed."""
    threshold: float | None = None
    """Points from which on it calls a mail spam."""
    rules: tuple[SpamRule, ...] = ()
    """Rules that fired, those with the most points first."""
    failure: DelivError | None = None
    """Why there is no score."""

    @property
    def is_spam(self) -> bool | None:
        """Whether it calls the mail spam; None when it failed."""
        if self.score is None or self.threshold is None:
            return None
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What was read out of one mail."""

    from_address: str = ""
    """Address in From, domain in lower case; empty when there is none that can be read."""
    from_domain: str = ""
    """Domain of that address: A-labels, lower case."""
    display_name: str = ""
    """Name before that address, decoded."""
    from_several: bool = False
    """Whether From holds several addresses, or stands there more than once."""
    reply_to_domain: str | None = None
    """Domain of the first Reply-To address; None without one."""
    return_path_domain: str | None = None
    """Domain of the envelope sender; empty for ``<>``, None when the mail does not say."""
    client_ip: str | None = None
    """Address of the host that handed the mail to the receiver; None when it cannot be told."""
    helo: str = ""
    """Name that this host gave itself."""
    receiver: str = ""
    """Who wrote the topmost Authentication-Results: its authserv-id."""
    authentication: tuple[AuthenticationResult, ...] = ()
    """What stands there."""
    subject: str = ""
    """Subject, decoded."""
    sent_at: datetime | None = None
    """Moment in the Date header, with a zone; None when there is none that can be read."""
    received_at: datetime | None = None
    """Moment in the topmost Received header, with a zone."""
    has_message_id: bool = False
    """Whether there is a Message-ID."""
    recipients: int = 0
    """Addresses in To and Cc."""
    body: Body = Body.EMPTY
    """In which forms the text is there."""
    charset: Charset = Charset.FINE
    """Whether its characters can be read."""
    mime_broken: bool = False
    """Whether headers or parts do not follow MIME."""
    size: int = 0
    """Bytes of the whole mail."""
    url_hosts: tuple[str, ...] = ()
    """Hosts of the links in the text, each once, in their order."""
    has_phone: bool = False
    """Whether a telephone number stands in the text."""
    has_hours: bool = False
    """Whether business hours stand in the text."""
    mentions_junk_folder: bool = False
    """Whether the text asks to look for mail in the junk folder."""


MESSAGE_FACTS: Final[Mapping[str, FactSpec]] = {
    "message.display_name": word("the name before the sender's address", DisplayName),
    "message.reply_to": word("where replies go", ReplyTo),
    "message.from_several": flag("several addresses in From"),
    "message.body": word("in which forms the mail holds its text", Body),
    "message.has_url": flag("a link in the text"),
    "message.url_shortener": flag("a link that hides where it leads"),
    "message.charset": word("whether readers can tell which characters the bytes mean", Charset),
    "message.mime_broken": flag("headers or parts that do not follow MIME"),
    "message.size": number("bytes of the whole mail"),
    "message.has_message_id": flag("a Message-ID"),
    "message.has_date": flag("a Date that can be read"),
    "message.has_phone": flag("a telephone number in the text"),
    "message.has_hours": flag("business hours in the text"),
    "message.mentions_junk_folder": flag("words in the text about the junk folder"),
    "message.recipients": number("addresses in To and Cc"),
    "message.sent_at_night": flag("sent between 21:00 and 8:00 by the customer's clock"),
}
"""The facts about one order mail that rules may name."""


def message_facts(facts: MessageFacts, *, shop_name: str = "", clock: tzinfo = JAPAN) -> dict[str, FactValue]:
    """Return the facts about one order mail.

    Whether it was night is told by the customer's `clock`, not by the zone in the Date header:
    many servers write UTC, and it is the customer whom the mail wakes.
    """
    values: dict[str, FactValue] = {
        "message.display_name": _display_name(facts.display_name, shop_name).value,
        "message.reply_to": _reply_to(facts).value,
        "message.from_several": facts.from_several,
        "message.body": facts.body.value,
        "message.has_url": bool(facts.url_hosts),
        "message.url_shortener": any(_hides(host) for host in facts.url_hosts),
        "message.charset": facts.charset.value,
        "message.mime_broken": facts.mime_broken,
        "message.size": facts.size,
        "message.has_message_id": facts.has_message_id,
        "message.has_date": facts.sent_at is not None,
        "message.has_phone": facts.has_phone,
        "message.has_hours": facts.has_hours,
        "message.mentions_junk_folder": facts.mentions_junk_folder,
        "message.recipients": facts.recipients,
    }
    if facts.sent_at is not None:
        values["message.sent_at_night"] = _is_night(facts.sent_at, clock)
    return values


def _plain(text: str) -> str:
    """Return the text without what people do not see: width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _display_name(name: str, shop_name: str) -> DisplayName:
    if not _plain(name):
        return DisplayName.MISSING
    if not _plain(shop_name):
        return DisplayName.PRESENT
    return DisplayName.SHOP if _plain(shop_name) in _plain(name) else DisplayName.OTHER


def _reply_to(facts: MessageFacts) -> ReplyTo:
    if facts.reply_to_domain is None:
        return ReplyTo.NONE
    reply, sender = f".{facts.reply_to_domain}", f".{facts.from_domain}"
    return ReplyTo.SAME if reply.endswith(sender) or sender.endswith(reply) else ReplyTo.OTHER


def _hides(host: str) -> bool:
    return host.removeprefix("www.") in SHORTENERS


def _is_night(moment: datetime, clock: tzinfo) -> bool:
    hour = moment.astimezone(clock).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
