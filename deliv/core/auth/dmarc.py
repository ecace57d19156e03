"""DMARC records and where they are found (RFC 9989).

dmarc-record = "v=DMARC1" *( *WSP ";" *WSP tag "=" value ) [ *WSP ";" ]        section 4.7
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.errors import DmarcSyntaxError
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType


class Policy(StrEnum):
    """What the domain owner asks of receivers when a mail fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


OBSOLETE_TAGS: Final = frozenset({"pct", "rf", "ri"})
"""Tags of RFC 7489 that RFC 9989 removed; older receivers still act on them."""

_ONE_LEVEL_LESS: Final[Mapping[Policy, Policy]] = {
    Policy.REJECT: Policy.QUARANTINE,
    Policy.QUARANTINE: Policy.NONE,
    Policy.NONE: Policy.NONE,
}
_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([^;]*?)\s*", re.ASCII)
_REPORT_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", re.ASCII)
_VERSION = re.compile(r"v\s*=\s*DMARC1(?=\s*(;|$))", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """A record that counts as a policy. ``parse_dmarc(str(record)) == record``."""

    tags: tuple[tuple[str, str], ...]
    """Tags behind the version as (lower-case name, value), in the order written."""

    def tag(self, name: str) -> str | None:
        """Return the value of a tag as written; None when it is absent."""
        return dict(self.tags).get(name)

    @property
    def has_usable_policy(self) -> bool:
        """Whether p, sp and np say something; if not, the record counts as p=none (section 4.7)."""
        if _policy(self.tag("p")) is None:
            return False
        return all(self.tag(name) is None or _policy(self.tag(name)) for name in ("sp", "np"))

    @property
    def policy(self) -> Policy:
        """Policy for the domain itself."""
        return (_policy(self.tag("p")) if self.has_usable_policy else None) or Policy.NONE

    @property
    def subdomain_policy(self) -> Policy:
        """Policy for sub-domains that exist: ``sp``, else ``p``."""
        return (_policy(self.tag("sp")) if self.has_usable_policy else None) or self.policy

    @property
    def nonexistent_policy(self) -> Policy:
        """Policy for sub-domains that do not exist: ``np``, else ``sp``, else ``p``."""
        return (_policy(self.tag("np")) if self.has_usable_policy else None) or self.subdomain_policy

    @property
    def is_testing(self) -> bool:
        """Whether ``t=y`` asks receivers for one level less."""
        return (self.tag("t") or "n").lower() == "y"

    @property
    def psd(self) -> str:
        """``y`` at a public suffix, ``n`` at an organizational domain, else ``u``."""
        value = (self.tag("psd") or "u").lower()
        return value if value in ("y", "n") else "u"

    @property
    def report_uris(self) -> tuple[str, ...]:
        """Where aggregate reports go: the valid URIs of ``rua``."""
        return _report_uris(self.tag("rua"))

    @property
    def obsolete_tags(self) -> tuple[str, ...]:
        """Tags in the record that RFC 9989 removed."""
        return tuple(name for name, _ in self.tags if name in OBSOLETE_TAGS)

    def __str__(self) -> str:
        return "; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in self.tags)])


def _policy(value: str | None) -> Policy | None:
    lowered = (value or "").lower()
    return Policy(lowered) if lowered in Policy.__members__.values() else None


def _report_uris(value: str | None) -> tuple[str, ...]:
    uris = (uri.strip() for uri in (value or "").split(","))
    return tuple(uri for uri in uris if _REPORT_URI.fullmatch(uri))


def is_dmarc(text: str) -> bool:
    """Whether a TXT record begins as a DMARC record; the version is case-sensitive."""
    return _VERSION.match(text) is not None


def parse_dmarc(text: str) -> DmarcRecord:
    """Return the record that `text` is.

    Unknown tags are kept and ignored. Without a valid ``p``, or with an invalid ``sp`` or ``np``,
    the record counts as ``p=none`` if ``rua`` holds a valid URI, and not at all otherwise.

    Raises DmarcSyntaxError where RFC 9989, section 4.7, says that the record does not count.
    """
    version = _VERSION.match(text)
    if version is None:
        raise DmarcSyntaxError("it does not begin with v=DMARC1")
    tags: dict[str, str] = {}
    for part in text[version.end() :].split(";"):
        if not part.strip():
            continue
        match = _TAG.fullmatch(part)
        if match is None:
            raise DmarcSyntaxError("“{part}” is not of the form tag=value", part=part.strip())
        name = match[1].lower()
        if name in tags:
            raise DmarcSyntaxError("{name}= stands there more than once", name=name)
        tags[name] = match[2]
    record = DmarcRecord(tags=tuple(tags.items()))
    if not record.has_usable_policy and not record.report_uris:
        raise DmarcSyntaxError("it has no valid policy (p=none, p=quarantine or p=reject)")
    return record


class DmarcStatus(StrEnum):
    """What the walk through the DNS found for the author domain."""

    FOUND = "found"
    MISSING = "missing"
    INVALID = "invalid"
    """There is a record that does not count, and no other one."""
    SEVERAL = "several"
    """There are several records at one name, so none of them counts, and no other one."""
    TEMPERROR = "temperror"
    """A question of the walk was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcDiscovery:
    """Which record holds for an author domain (RFC 9989 section 4.10)."""

    status: DmarcStatus
    """What was found."""
    record: DmarcRecord | None = None
    """The record whose policy holds; None unless `status` is FOUND."""
    found_at: str | None = None
    """Domain whose ``_dmarc`` label holds it."""
    organizational_domain: str | None = None
    """Domain that decides about alignment; None when a question was not answered."""
    policy_tag: str | None = None
    """Which of ``p``, ``sp`` and ``np`` holds for the author domain."""
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


def walk_names(domain: str) -> tuple[str, ...]:
    """Return the names that the DNS tree walk visits, the domain first (section 4.10)."""
    labels = domain.split(".")
    parents = labels[-7:] if len(labels) >= 8 else labels[1:]
    return (domain, *(".".join(parents[i:]) for i in range(len(parents))))


def discover_dmarc(domain: str) -> Asking[DmarcDiscovery]:
    """Walk up from the author domain and decide which record holds.

    At most 8 questions for records, and one for the existence of the domain where ``np`` matters.
    """
    found: dict[str, DmarcRecord] = {}
    evidence: list[str] = []
    faults: list[DmarcStatus] = []
    for name in walk_names(domain):
        query = Query(name=f"_dmarc.{name}", type=RecordType.TXT)
        answer = yield query
        evidence.append(f"{query}: {answer}")
        outcome = _read_answer(answer)
        if isinstance(outcome, DmarcRecord):
            found[name] = outcome
            if outcome.psd != "u":
                break
        elif outcome is not DmarcStatus.MISSING:
            faults.append(outcome)
            # The author domain's own record would hold: not knowing it is not knowing at all.
            if outcome is DmarcStatus.TEMPERROR and name == domain:
                break
    return (yield from _conclude(domain, found, tuple(evidence), faults))


def _read_answer(answer: Answer) -> DmarcRecord | DmarcStatus:
    if answer.status is AnswerStatus.TEMPERROR:
        return DmarcStatus.TEMPERROR
    texts = [text for text in answer.texts if is_dmarc(text)]
    if not texts:
        return DmarcStatus.MISSING
    if len(texts) > 1:
        return DmarcStatus.SEVERAL
    try:
        return parse_dmarc(texts[0])
    except DmarcSyntaxError:
        return DmarcStatus.INVALID


def _conclude(
    domain: str, found: Mapping[str, DmarcRecord], evidence: tuple[str, ...], faults: list[DmarcStatus]
) -> Asking[DmarcDiscovery]:
    unanswered = DmarcStatus.TEMPERROR in faults
    organizational = None if unanswered else organizational_domain(domain, found)
    # The PSD's record is the last resort; it is the one at the end of the walk with psd=y.
    suffix = next((name for name, record in found.items() if record.psd == "y"), None)
    holder = next((name for name in (domain, organizational, suffix) if name in found), None)
    if holder is None or (unanswered and holder != domain):
        status = faults[0] if faults else DmarcStatus.MISSING
        return DmarcDiscovery(
            status=DmarcStatus.TEMPERROR if unanswered else status,
            organizational_domain=organizational,
            evidence=evidence,
        )
    record = found[holder]
    tag, policy = "p", record.policy
    if holder != domain:
        tag, policy = "sp", record.subdomain_policy
        if record.nonexistent_policy is not record.subdomain_policy:
            query = Query(name=domain, type=RecordType.A)
            exists = yield query
            evidence += (f"{query}: {exists}",)
            if exists.status is AnswerStatus.TEMPERROR:
                return DmarcDiscovery(
                    status=DmarcStatus.TEMPERROR, organizational_domain=organizational, evidence=evidence
                )
            if exists.status is AnswerStatus.NXDOMAIN:
                tag, policy = "np", record.nonexistent_policy
    return DmarcDiscovery(
        status=DmarcStatus.FOUND,
        record=record,
        found_at=holder,
        organizational_domain=organizational,
        policy_tag=tag,
        policy=policy,
        evidence=evidence,
    )


def organizational_domain(domain: str, found: Mapping[str, DmarcRecord]) -> str:
    """Return the organizational domain, given the records of the walk by name (section 4.10.2)."""
    for name, record in found.items():
        if record.psd == "n":
            return name
        if record.psd == "y" and name != domain:
            below = domain.removesuffix(f".{name}").rpartition(".")[2]
            return f"{below}.{name}"
    return min(found, key=lambda name: name.count("."), default=domain)
