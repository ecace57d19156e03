"""Questions to the DNS and the four answers they can get."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar


class RecordType(StrEnum):
    """The DNS record types that deliv asks for."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    PTR = "PTR"
    TXT = "TXT"


class AnswerStatus(StrEnum):
    """What came back; four different things that must never be mixed up (RFC 2308, RFC 8020)."""

    FOUND = "found"
    """Records of this type exist."""
    NODATA = "nodata"
    """The name exists, without records of this type."""
    NXDOMAIN = "nxdomain"
    """The name does not exist, nor anything below it."""
    TEMPERROR = "temperror"
    """No answer that means anything: timeout, SERVFAIL, refusal, broken message."""


class Trouble(StrEnum):
    """Why there is no answer that means anything: the first word of `Answer.detail`."""

    TIMEOUT = "timeout"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    MALFORMED = "malformed"
    UNREACHABLE = "unreachable"
    """The resolver does not answer at all, so it is no longer asked."""
    UNTRUSTED = "untrusted"
    """The resolver failed the canary, so its answers are not believed."""
    BUDGET = "budget"
    """The time for DNS in this run was used up."""
    NOT_RECORDED = "not_recorded"
    """The recording that is replayed does not hold this question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question."""

    name: str
    """Domain name in A-labels, lower case, without the final dot."""
    type: RecordType
    """Type of the records wanted."""

    def __str__(self) -> str:
        return f"{self.name} {self.type}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer."""

    status: AnswerStatus
    """Which of the four."""
    texts: tuple[str, ...] = ()
    """The records in presentation form; for TXT the joined character-strings, bytes that are
    not UTF-8 as surrogate escapes."""
    ttl: int | None = None
    """Seconds for which the answer may be kept; None when unknown."""
    detail: str = ""
    """For TEMPERROR a word of `Trouble`, then perhaps a colon and what exactly happened."""

    @classmethod
    def failed(cls, trouble: Trouble, detail: str = "") -> "Answer":
        """Return the answer that says that there is none."""
        return cls(status=AnswerStatus.TEMPERROR, detail=f"{trouble}: {detail}" if detail else trouble)

    @property
    def trouble(self) -> Trouble | None:
        """Why there is no answer; None when there is one, or when the reason has no word."""
        word = self.detail.partition(":")[0]
        known = self.status is AnswerStatus.TEMPERROR and word in Trouble.__members__.values()
        return Trouble(word) if known else None

    def __str__(self) -> str:
        if self.status is AnswerStatus.FOUND:
            return " | ".join(self.texts)
        return f"{self.status.upper()} ({self.detail})" if self.detail else self.status.upper()


class Resolver(Protocol):
    """Whatever can answer questions. It never raises for trouble with the network."""

    async def resolve(self, query: Query) -> Answer:
        """Return the answer to `query`."""
        ...


_T = TypeVar("_T")

Asking: TypeAlias = Generator[Query, Answer, _T]
"""A computation that yields questions, is sent their answers, and returns a `_T`."""
