"""DMARC records (RFC 9989 sections 4.7 and 4.8).

dmarc-record  = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]        section 4.8
dmarc-version = "v" equals %s"DMARC1"
dmarc-tag     = 1*ALPHA equals 1*dmarc-value
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from deliv.core.errors import DmarcSyntaxError


class Policy(StrEnum):
    """What the domain owner asks of receivers when a mail fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Alignment(StrEnum):
    """How closely an identifier must match the author domain (section 4.4)."""

    RELAXED = "r"
    """Both have the same organizational domain."""
    STRICT = "s"
    """Both are the same domain."""


OBSOLETE_TAGS: Final = frozenset({"pct", "rf", "ri"})
"""Tags of RFC 7489 that RFC 9989 removed; older receivers still act on them."""

_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([^;]*?)\s*", re.ASCII)
# A URI of RFC 3986, in which "," and "!" must be encoded; behind it the size that RFC 9989 dropped.
_REPORT_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@$&'()*+;=-]|%[0-9A-Fa-f]{2})+(?:![0-9]+[KMGTkmgt]?)?",
    re.ASCII,
)
# Case counts in the value alone (%s"DMARC1").
_VERSION = re.compile(r"[vV]\s*=\s*DMARC1(?=\s*(;|$))", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """A record that follows the grammar. ``parse_dmarc(str(record)) == record`` where it counts."""

    tags: tuple[tuple[str, str], ...]
    """Tags behind the version as (lower-case name, value), in the order written."""
    ignored: tuple[str, ...] = field(default=(), compare=False)
    """Parts that are no tags, as written; receivers pass over them (section 4.7)."""

    def tag(self, name: str) -> str | None:
        """Return the value of a tag as written; None when it is absent."""
        return dict(self.tags).get(name)

    @property
    def counts(self) -> bool:
        """Whether receivers act on it where it holds (section 4.10.1)."""
        return self.has_usable_policy or bool(self.report_uris)

    @property
    def has_usable_policy(self) -> bool:
        """Whether p, sp and np say something; if not, the record counts as p=none (section 4.10.1)."""
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
    def adkim(self) -> Alignment:
        """How closely the domain of a DKIM signature must match; relaxed unless it says ``s``."""
        return _alignment(self.tag("adkim"))

    @property
    def aspf(self) -> Alignment:
        """How closely the domain that passed SPF must match; relaxed unless it says ``s``."""
        return _alignment(self.tag("aspf"))

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
        return tuple(uri for uri in self.listed_uris("rua") if is_report_uri(uri))

    def listed_uris(self, name: str) -> tuple[str, ...]:
        """Return what a tag lists as URIs, valid or not: `name` is ``rua`` or ``ruf``."""
        uris = (self.tag(name) or "").split(",")
        return tuple(uri.strip() for uri in uris if uri.strip())

    @property
    def obsolete_tags(self) -> tuple[str, ...]:
        """Tags in the record that RFC 9989 removed."""
        return tuple(name for name, _ in self.tags if name in OBSOLETE_TAGS)

    def __str__(self) -> str:
        return "; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in self.tags)])


def _policy(value: str | None) -> Policy | None:
    lowered = (value or "").lower()
    return Policy(lowered) if lowered in Policy.__members__.values() else None


def _alignment(value: str | None) -> Alignment:
    # What is no valid value gives way to the default (section 4.7).
    return Alignment.STRICT if (value or "").lower() == Alignment.STRICT else Alignment.RELAXED


def is_report_uri(text: str) -> bool:
    """Whether `text` is a URI that reports can be asked for at (section 4.8, dmarc-uri)."""
    return _REPORT_URI.fullmatch(text) is not None


def is_dmarc(text: str) -> bool:
    """Whether a TXT record begins as a DMARC record; the version is case-sensitive."""
    return _VERSION.match(text) is not None


def read_dmarc(text: str) -> DmarcRecord:
    """Return the record that `text` is, whether or not it says enough to count.

    Unknown tags are kept and ignored; parts that are no tags are passed over (section 4.7).

    Raises DmarcSyntaxError where the version is another one or a tag stands there twice: then the
    whole list is invalid (RFC 6376 section 3.2, whose syntax DMARC uses).
    """
    version = _VERSION.match(text)
    if version is None:
        raise DmarcSyntaxError("it does not begin with v=DMARC1")
    tags: dict[str, str] = {}
    ignored = []
    for part in text[version.end() :].split(";"):
        if not part.strip():
            continue
        match = _TAG.fullmatch(part)
        if match is None:
            ignored.append(part.strip())
            continue
        name = match[1].lower()
        if name in tags:
            raise DmarcSyntaxError("{name}= stands there more than once", name=name)
        tags[name] = match[2]
    return DmarcRecord(tags=tuple(tags.items()), ignored=tuple(ignored))


def parse_dmarc(text: str) -> DmarcRecord:
    """Return the record that `text` is.

    Without a valid ``p``, or with an invalid ``sp`` or ``np``, the record counts as ``p=none`` if
    ``rua`` holds a valid URI, and not at all otherwise (section 4.10.1).

    Raises DmarcSyntaxError for what does not count.
    """
    record = read_dmarc(text)
    if not record.counts:
        raise DmarcSyntaxError("it has no valid policy (p=none, p=quarantine or p=reject)")
    return record
