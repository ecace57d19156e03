"""Mails that came back: for whom, why, and whether for good (RFC 3464, RFC 3463, RFC 5321)."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from deliv.core.outcomes import BounceReason

_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans("’‘`“”", "'''\"\"")

_ADDRESS_IS_GONE: Final = frozenset(
    {
        BounceReason.USERUNKNOWN,
        BounceReason.HOSTUNKNOWN,
        BounceReason.HASMOVED,
        BounceReason.NOTACCEPT,
    }
)


class Phase(StrEnum):
    """At which command of the SMTP conversation a mail was refused."""

    CONNECT = "connect"
    HELO = "helo"
    MAIL = "mail"
    RCPT = "rcpt"
    """The recipient was named: a refusal is about the mailbox."""
    DATA = "data"
    """The recipient had been accepted: a refusal is about the mail, whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a bounce tells of one recipient, before anybody has said what it means."""

    recipient: str = ""
    """The address that was mailed."""
    status: str = ""
    """Enhanced status (RFC 3463), such as ``5.1.1``; empty when none is told."""
    code: str = ""
    """SMTP reply code, such as ``550``; empty when none is told."""
    phase: Phase | None = None
    """When it was refused; None when that is not told."""
    text: str = ""
    """What the server said, or what stands about the recipient."""
    hosts: tuple[str, ...] = ()
    """Hosts that refused it or wrote the notice, lower case."""
    provider: str = ""
    """Id of the provider behind the recipient's domain; empty when nobody is known."""
    day: date | None = None
    """Day of the bounce; None when it has no date."""
    folded: str = field(init=False, repr=False, compare=False)
    """The text in lower case, with single spaces and straight quotes: what rules compare."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.text))

    def seen_wider(self, text: str) -> "Refusal":
        """Return it with more of what the bounce says."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceReport:
    """What became of a mail to one recipient."""

    recipient: str
    """The address that the shop mailed."""
    reason: BounceReason
    """Why it was refused."""
    status: str
    """Enhanced status (RFC 3463), such as ``5.1.1``; empty when none is told."""
    permanent: bool
    """Whether nobody will try again; False for a mail that is only late."""
    phase: Phase | None
    """When it was refused; None when that is not told."""
    final: str = ""
    """The address that it came to in the end; not `recipient` where that one forwards its mail."""
    code: str = ""
    """SMTP reply code, such as ``550``; empty when none is told."""
    text: str = ""
    """What the server said; of a long text the beginning."""
    rule: str = ""
    """Id of the rule that told the reason; empty when none fits."""

    @property
    def is_outcome(self) -> bool:
        """Whether it is settled that the mail does not arrive: greylisting and delays are not."""
        return self.permanent

    @property
    def is_for_good(self) -> bool:
        """Whether it is settled for later mails, too; a server that asks to try again denies that."""
        return self.permanent and not (self.status or self.code).startswith("4")

    @property
    def is_hard(self) -> bool:
        """Whether no mail will ever arrive at this address."""
        return self.is_for_good and self.reason in _ADDRESS_IS_GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One mail, read as a bounce."""

    reports: tuple[BounceReport, ...] = ()
    """One for each recipient; empty when it is no bounce."""
    day: date | None = None
    """Its day, by its own header; None when that tells none."""
    moments: tuple[datetime, ...] = ()
    """When it was written, by its Date and its Received, and when the mail that came back was; best first."""
    message_id: str = ""
    """Message-ID of the mail that came back, else of the bounce itself, without brackets."""


def fold(text: str) -> str:
    """Return text as rules compare it: lower case, single spaces, straight quotes."""
    return _SPACES.sub(" ", text.translate(_QUOTES)).casefold().strip()
