"""What DMARC makes of a mail whose SPF and DKIM results are known (RFC 9989 sections 4.10.2 and 5.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from deliv.core.auth.dmarc import (
    Alignment,
    DmarcDiscovery,
    DmarcStatus,
    Policy,
    discover_dmarc,
    normalized,
    shares_organization,
)
from deliv.core.question import Answer, Asking, Query

_T = TypeVar("_T")

# Each identifier may cost 8 questions, and a mail may carry any number of signatures.
_MOST_WALKS: Final = 10


class DmarcVerdict(StrEnum):
    """What DMARC says of a mail."""

    PASS = "pass"  # noqa: S105 - RFC 8601's word, not a password
    """An identifier that passed is aligned with the author domain."""
    FAIL = "fail"
    """None is."""
    NONE = "none"
    """No record holds for the author domain, so DMARC says nothing."""
    TEMPERROR = "temperror"
    """A question that decides was not answered: neither *pass* nor *fail* (section 5.3.6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcResult:
    """What DMARC says of a mail, and what the domain owner asks receivers to do with it."""

    result: DmarcVerdict
    """What DMARC says."""
    disposition: Policy
    """What is asked for: the applied policy where the result is *fail*, else none."""
    spf_aligned: bool
    """Whether the envelope domain that passed SPF is known to be aligned."""
    dkim_aligned: bool
    """Whether a domain whose signature verified is known to be aligned."""
    is_open: bool = False
    """Whether one of these identifiers may be aligned that is not known to be."""
    discovery: DmarcDiscovery
    """Which record holds."""
    evidence: tuple[str, ...] = ()
    """All questions and answers, one line each: those of the discovery, then those of the alignment."""


@dataclass(slots=True, kw_only=True)
class _Alignments:
    """Decides about one identifier after the other; the walks share their answers."""

    discovery: DmarcDiscovery
    author: str
    answers: dict[Query, Answer]
    walks: int = 0
    is_open: bool = False
    """Whether an identifier may be aligned that is not known to be."""
    evidence: list[str] = field(default_factory=list)

    def any_of(self, identifiers: Iterable[str], alignment: Alignment) -> Asking[bool]:
        """Find out whether one of the identifiers is aligned (section 4.4)."""
        candidates = [name for name in map(normalized, identifiers) if name]
        if self.author in candidates:
            return True  # so close that no organizational domain matters
        if alignment is Alignment.STRICT:
            return False
        for candidate in dict.fromkeys(candidates):
            aligned = yield from self._relaxed(candidate)
            if aligned:
                return True
            self.is_open |= aligned is None
        return False

    def _relaxed(self, identifier: str) -> Asking[bool | None]:
        organizational = self.discovery.organizational_domain
        if organizational is None:
            # Not known, but without even the top-level domain in common it cannot be the same.
            return None if _top(identifier) == _top(self.author) else False
        if self.walks >= _MOST_WALKS:
            return None
        before = len(self.answers)
        asking = shares_organization(organizational, identifier)
        aligned, evidence = yield from _sharing(asking, self.answers)
        self.walks += len(self.answers) > before
        self.evidence += evidence
        return aligned


def _top(domain: str) -> str:
    return domain.rpartition(".")[2]


def _sharing(asking: Asking[_T], answers: dict[Query, Answer]) -> Asking[_T]:
    """Drive `asking`, but pass on only the questions that have no answer yet."""
    try:
        query = next(asking)
        while True:
            if query not in answers:
                answers[query] = yield query
            query = asking.send(answers[query])
    except StopIteration as stop:
        result: _T = stop.value
        return result


def evaluate_dmarc(
    *, from_domain: str, spf: str | None = None, dkim: Iterable[str] = (), temperror: bool = False
) -> Asking[DmarcResult]:
    """Find out what DMARC makes of a mail.

    from_domain: domain of the header-From address, in A-labels. spf: the envelope domain (MAIL
        FROM) that passed SPF. dkim: the domains (d=) whose signatures verified. temperror: whether
        one of these could not be checked.
    """
    answers: dict[Query, Answer] = {}
    discovery = yield from _sharing(discover_dmarc(from_domain), answers)
    if discovery.record is None:
        is_open = discovery.status is DmarcStatus.TEMPERROR
        return DmarcResult(
            result=DmarcVerdict.TEMPERROR if is_open else DmarcVerdict.NONE,
            disposition=Policy.NONE,
            spf_aligned=False,
            dkim_aligned=False,
            discovery=discovery,
            evidence=discovery.evidence,
        )
    alignments = _Alignments(discovery=discovery, author=normalized(from_domain), answers=answers)
    spf_aligned = yield from alignments.any_of([spf] if spf else [], discovery.record.aspf)
    dkim_aligned = yield from alignments.any_of(dkim, discovery.record.adkim)
    if spf_aligned or dkim_aligned:
        result = DmarcVerdict.PASS
    elif temperror or alignments.is_open or discovery.status is DmarcStatus.TEMPERROR:
        result = DmarcVerdict.TEMPERROR
    else:
        result = DmarcVerdict.FAIL
    return DmarcResult(
        result=result,
        disposition=(discovery.applied_policy or Policy.NONE) if result is DmarcVerdict.FAIL else Policy.NONE,
        spf_aligned=spf_aligned,
        dkim_aligned=dkim_aligned,
        is_open=alignments.is_open,
        discovery=discovery,
        evidence=tuple(dict.fromkeys([*discovery.evidence, *alignments.evidence])),
    )
