"""What became of mails that the shop sent: the vocabulary of its own history."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OutcomeKind(StrEnum):
    """What is known to have happened."""

    SENT = "sent"
    """Mails were sent: what every rate is counted against."""
    DELIVERED = "delivered"
    """The customer's server said 250; that is no evidence of the inbox."""
    BOUNCE = "bounce"
    """It was refused, or came back."""
    REPLY = "reply"
    CLICK = "click"
    """A link in it was followed; some gateways follow links by themselves."""
    OPEN = "open"
    """A picture in it was loaded; some providers load all of them."""
    JUNK = "junk"
    """The customer found it in the junk folder."""
    MISSING = "missing"
    """The customer says that it never came."""
    SEED_INBOX = "seed_inbox"
    """In a test mailbox of the shop's own it was in the inbox."""
    SEED_JUNK = "seed_junk"
    """… in the junk folder."""
    SEED_MISSING = "seed_missing"
    """… nowhere."""


class BounceReason(StrEnum):
    """Why a mail was refused, in the words that analysers of bounces agree on."""

    USERUNKNOWN = "userunknown"
    """There is no such mailbox."""
    HOSTUNKNOWN = "hostunknown"
    """There is no such domain."""
    HASMOVED = "hasmoved"
    """The mailbox has moved."""
    FILTERED = "filtered"
    """The mailbox is alive, and its owner's filter refused the mail."""
    MAILBOXFULL = "mailboxfull"
    SUSPEND = "suspend"
    """The mailbox is disabled for a while."""
    NORELAYING = "norelaying"
    NOTACCEPT = "notaccept"
    """The domain takes no mail."""
    BLOCKED = "blocked"
    """The sending host is refused."""
    REJECTED = "rejected"
    """The sender's address is refused."""
    SPAMDETECTED = "spamdetected"
    """The content looks like spam."""
    VIRUSDETECTED = "virusdetected"
    POLICYVIOLATION = "policyviolation"
    AUTHFAILURE = "authfailure"
    """SPF, DKIM or DMARC did not pass."""
    MESGTOOBIG = "mesgtoobig"
    CONTENTERROR = "contenterror"
    SYSTEMERROR = "systemerror"
    NETWORKERROR = "networkerror"
    SPEEDING = "speeding"
    """Too many mails in too short a time."""
    EXPIRED = "expired"
    """It was tried until the time was up."""
    ONHOLD = "onhold"
    """The provider holds the mailbox back."""
    UNDEFINED = "undefined"
    """The bounce does not say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One line of the shop's history."""

    kind: OutcomeKind
    """What happened."""
    domain: str
    """Domain of the customers' addresses: A-labels, lower case."""
    day: date
    """When."""
    who: str = ""
    """The normalized address, or the key that stands for it; empty for a whole domain."""
    count: int = 1
    """How many mails."""
    reason: BounceReason | None = None
    """Why it bounced; None for everything else."""
    permanent: bool | None = None
    """Whether the refusal was for good; None for what is no bounce, or does not say."""
    sender_state: str = ""
    """Fingerprint of the shop's sender findings at the time; empty when nobody knows."""
