"""What is said of one address: the verdict, why, and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deliv.core.address import Mend
from deliv.core.advice import Advice
from deliv.core.errors import AddressSyntaxError
from deliv.core.facts import RecipientFacts
from deliv.core.findings import Finding
from deliv.core.likelihood.levels import PastBounce
from deliv.core.ordercontext import OrderContext
from deliv.core.placement import Placement, Risk
from deliv.core.providers import Provider
from deliv.core.rules import Reason, Rule
from deliv.core.wording import Fields


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
