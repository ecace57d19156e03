"""Why a likelihood is what it is: the parts of the sum, so that it can be checked by hand."""

from dataclasses import dataclass
from enum import StrEnum

from deliv.core.rules import Basis
from deliv.core.text import Text


class PriorOf(StrEnum):
    """Whose prior was taken."""

    PROVIDER = "provider"
    KIND = "kind"
    DEFAULT = "default"


class LevelName(StrEnum):
    """Whose outcomes were counted, from far to near; and by which acts of customers."""

    KIND = "kind"
    PROVIDER = "provider"
    DOMAIN = "domain"
    REPLY = "reply"
    CLICK = "click"
    OPEN = "open"
    REPORT = "report"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Inbox, junk folder, nowhere."""

    inbox: float
    spam: float
    missing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEffect:
    """What one finding, or one broken demand, did."""

    id: str
    """Id of the rule, or of the requirement."""
    is_demand: bool
    """Whether it is a demand of the provider that was broken."""
    spam: float
    """Shift of log(spam / inbox)."""
    missing: float
    """Shift of log(missing / inbox)."""
    least_spam: float
    """Floor under spam."""
    least_missing: float
    """Floor under missing."""
    basis: Basis
    """What it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The six counts behind a likelihood: three rates, for and against."""

    refused: float = 0.0
    taken: float = 0.0
    """Not refused."""
    inbox: float = 0.0
    elsewhere: float = 0.0
    """Accepted, but not in the inbox."""
    junk: float = 0.0
    lost: float = 0.0
    """Accepted, and in neither folder."""

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            refused=self.refused + other.refused,
            taken=self.taken + other.taken,
            inbox=self.inbox + other.inbox,
            elsewhere=self.elsewhere + other.elsewhere,
            junk=self.junk + other.junk,
            lost=self.lost + other.lost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLevel:
    """What one level of the history added."""

    level: LevelName
    """Which."""
    subject: str
    """Id of the kind or provider, or the domain; empty for the address itself."""
    mails: int
    """Mails sent there, as counted."""
    bounced: int
    """Those that came back."""
    events: int
    """Replies, clicks, opens or reports, where the level is one of these; else test mails."""
    still_counts: float
    """What the mails still weigh, faded by age and by other states of the sender."""
    added: Parts
    """What was added to the counts."""
    rate: float = 0.0
    """Common rate of engagement, where the level is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole sum."""

    prior: Shares
    """What the rule book says."""
    prior_of: PriorOf
    """Of whom it says so."""
    strength: float
    """Mails that it is worth."""
    basis: Basis
    """What it rests on."""
    note: Text
    """Where it comes from, in words."""
    effects: tuple[ExplainedEffect, ...]
    """What the findings did."""
    before: Shares
    """What follows from both of them; the result where there is no history."""
    start: Parts
    """The counts that this stands for."""
    levels: tuple[ExplainedLevel, ...] = ()
    """What the history added, from far to near."""
    limited_to: float | None = None
    """Mails to which everything from others was cut, since the address has outcomes of its own."""
    total: Parts | None = None
    """The sum; None without history."""
    is_certain: bool = False
    """Whether it is certain that no mail arrives, so that nothing is added up."""
