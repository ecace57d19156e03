"""Where DMARC records are found: the DNS tree walk and what it decides (RFC 9989 section 4.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.auth.dmarc_record import (
    OBSOLETE_TAGS,
    Alignment,
    DmarcRecord,
    Policy,
    is_dmarc,
    parse_dmarc,
    read_dmarc,
)
from deliv.core.errors import DmarcSyntaxError
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType

__all__ = [
    "OBSOLETE_TAGS",
    "Alignment",
    "DmarcDiscovery",
    "DmarcRecord",
    "DmarcStatus",
    "Policy",
    "TreeWalk",
    "discover_dmarc",
    "fits_dns",
    "is_dmarc",
    "normalized",
    "organizational_domain",
    "parse_dmarc",
    "shares_organization",
    "walk_names",
    "walk_tree",
]

_ONE_LEVEL_LESS: Final[Mapping[Policy, Policy]] = {
    Policy.REJECT: Policy.QUARANTINE,
    Policy.QUARANTINE: Policy.NONE,
    Policy.NONE: Policy.NONE,
}


class DmarcStatus(StrEnum):
    """What the walk through the DNS found for the author domain."""

    FOUND = "found"
    MISSING = "missing"
    INVALID = "invalid"
    """The record that would hold does not count, so that no policy holds."""
    SEVERAL = "several"
    """There are several records at one name, so none of them counts, and no other one."""
    TEMPERROR = "temperror"
    """A question that matters was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcDiscovery:
    """Which record holds for an author domain (RFC 9989 section 4.10.1)."""

    status: DmarcStatus
    """What was found."""
    record: DmarcRecord | None = None
    """The record that holds. Set when `status` is FOUND, and for TEMPERROR when only `policy` is open:
    the record is known, but not whether the author domain exists, which decides about ``np``."""
    found_at: str | None = None
    """Domain whose ``_dmarc`` label holds it."""
    organizational_domain: str | None = None
    """Domain that decides about alignment; None when a question was not answered."""
    policy_tag: str | None = None
    """The tag that the policy was taken from: ``p``, ``sp`` or ``np``."""
    policy: Policy | None = None
    """The policy as published by that tag."""
    evidence: tuple[str, ...] = ()
    """Questions and answers of the walk, one line each."""

    @property
    def applied_policy(self) -> Policy | None:
        """The policy after ``t=y`` took one level off."""
        if self.policy is None or self.record is None:
            return None
        return _ONE_LEVEL_LESS[self.policy] if self.record.is_testing else self.policy


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeWalk:
    """What one walk up from a domain found."""

    domain: str
    """Where the walk began."""
    found: Mapping[str, DmarcRecord]
    """The one record of each name that has exactly one, the longest name first."""
    faults: tuple[DmarcStatus, ...] = ()
    """What was wrong at other names, the longest name first."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""

    @property
    def organizational_domain(self) -> str | None:
        """Domain that decides about alignment; None when a question was not answered."""
        # Any record that was not seen could end the walk (psd=) or have fewer labels.
        if DmarcStatus.TEMPERROR in self.faults:
            return None
        return organizational_domain(self.domain, self.found)


def normalized(domain: str) -> str:
    """Return a domain in A-labels as it is asked for and compared: lower case, no final dot."""
    return domain.strip().lower().rstrip(".")


def fits_dns(name: str) -> bool:
    """Whether such a name can exist (RFC 1035 section 2.3.4); others need not be asked for."""
    return len(name) <= 253 and all(0 < len(label) <= 63 for label in name.split("."))


def walk_names(domain: str) -> tuple[str, ...]:
    """Return the names that the DNS tree walk visits, the domain first (section 4.10)."""
    labels = domain.split(".")
    parents = labels[-7:] if len(labels) >= 8 else labels[1:]
    return (domain, *(".".join(parents[i:]) for i in range(len(parents))))


def walk_tree(domain: str) -> Asking[TreeWalk]:
    """Walk up from `domain`, by at most 8 questions; only psd=y and psd=n end it early."""
    domain = normalized(domain)
    found: dict[str, DmarcRecord] = {}
    evidence: list[str] = []
    faults: list[DmarcStatus] = []
    for name in walk_names(domain):
        query = Query(name=f"_dmarc.{name}", type=RecordType.TXT)
        if not fits_dns(query.name):
            continue
        answer = yield query
        evidence.append(f"{query}: {answer}")
        outcome = _read_answer(answer)
        if isinstance(outcome, DmarcRecord):
            found[name] = outcome
            if outcome.psd != "u":
                break
        elif outcome is not DmarcStatus.MISSING:
            faults.append(outcome)
            # The domain's own record would hold, and could end the walk: the rest tells nothing.
            if outcome is DmarcStatus.TEMPERROR and name == domain:
                break
    return TreeWalk(domain=domain, found=found, faults=tuple(faults), evidence=tuple(evidence))


def _read_answer(answer: Answer) -> DmarcRecord | DmarcStatus:
    if answer.status is AnswerStatus.TEMPERROR:
        return DmarcStatus.TEMPERROR
    texts = [text for text in answer.texts if is_dmarc(text)]
    if not texts:
        return DmarcStatus.MISSING
    if len(texts) > 1:
        return DmarcStatus.SEVERAL
    try:
        # Even a record without a usable policy takes part in the walk, by its psd= and its place.
        return read_dmarc(texts[0])
    except DmarcSyntaxError:
        return DmarcStatus.INVALID


def organizational_domain(domain: str, found: Mapping[str, DmarcRecord]) -> str:
    """Return the organizational domain, given the records of the walk by name (section 4.10.2)."""
    for name, record in found.items():
        if record.psd == "n":
            return name
        if record.psd == "y" and name != domain:
            below = domain.removesuffix(f".{name}").rpartition(".")[2]
            return f"{below}.{name}"
    return min(found, key=lambda name: name.count("."), default=domain)


def discover_dmarc(domain: str) -> Asking[DmarcDiscovery]:
    """Walk up from the author domain and decide which record holds (section 4.10.1).

    At most 8 questions for records, and one for the existence of the domain where ``np`` matters.
    """
    walk = yield from walk_tree(domain)
    holder = _holder(walk)
    if holder is None or not walk.found[holder].counts:
        return DmarcDiscovery(
            status=_why_none(walk, holder),
            organizational_domain=walk.organizational_domain,
            evidence=walk.evidence,
        )
    record = walk.found[holder]
    tag, evidence = "p", walk.evidence
    if holder != walk.domain:
        exists: bool | None = True
        if record.nonexistent_policy is not record.subdomain_policy:
            exists, line = yield from _exists(walk.domain)
            evidence += (line,)
        if exists is None:
            return DmarcDiscovery(
                status=DmarcStatus.TEMPERROR,
                record=record,
                found_at=holder,
                organizational_domain=walk.organizational_domain,
                evidence=evidence,
            )
        tag = _inherited_tag(record, exists=exists)
    policies = {"p": record.policy, "sp": record.subdomain_policy, "np": record.nonexistent_policy}
    return DmarcDiscovery(
        status=DmarcStatus.FOUND,
        record=record,
        found_at=holder,
        organizational_domain=walk.organizational_domain,
        policy_tag=tag,
        policy=policies[tag],
        evidence=evidence,
    )


def _holder(walk: TreeWalk) -> str | None:
    """Return whose record holds: author domain, else organizational domain, else public suffix."""
    if walk.domain in walk.found:
        return walk.domain
    if DmarcStatus.TEMPERROR in walk.faults:
        return None
    # The public suffix has the record at the end of the walk with psd=y.
    suffix = next((name for name, record in walk.found.items() if record.psd == "y"), None)
    return next((name for name in (walk.organizational_domain, suffix) if name in walk.found), None)


def _why_none(walk: TreeWalk, holder: str | None) -> DmarcStatus:
    """Return why no record holds; of several faults the one nearest to the author."""
    if holder is not None:
        return DmarcStatus.INVALID
    if DmarcStatus.TEMPERROR in walk.faults:
        return DmarcStatus.TEMPERROR
    return walk.faults[0] if walk.faults else DmarcStatus.MISSING


def _exists(domain: str) -> Asking[tuple[bool | None, str]]:
    """Find out whether `domain` exists: only NXDOMAIN says that it does not (RFC 8020).

    Asked for an alias, because for other types NXDOMAIN may speak of an alias's target (RFC 6604).
    """
    query = Query(name=domain, type=RecordType.CNAME)
    answer = yield query
    unknown = answer.status is AnswerStatus.TEMPERROR
    return None if unknown else answer.status is not AnswerStatus.NXDOMAIN, f"{query}: {answer}"


def _inherited_tag(record: DmarcRecord, *, exists: bool) -> str:
    """Return the tag that a sub-domain inherits: ``np``, else ``sp``, else ``p``."""
    if not record.has_usable_policy:
        return "p"
    tags = ("sp",) if exists else ("np", "sp")
    return next((tag for tag in tags if record.tag(tag) is not None), "p")


def shares_organization(organizational: str, other: str) -> Asking[tuple[bool | None, tuple[str, ...]]]:
    """Find out whether `other` belongs to an organizational domain (section 4.10.2).

    Returns None in place of yes or no when a question was not answered; and the evidence.
    """
    other = normalized(other)
    # Whatever a walk finds, it is the domain where it began or one above it.
    if other != organizational and not other.endswith(f".{organizational}"):
        return False, ()
    walk = yield from walk_tree(other)
    found = walk.organizational_domain
    return None if found is None else found == organizational, walk.evidence
