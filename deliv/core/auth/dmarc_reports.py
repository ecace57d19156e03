"""Where DMARC reports go, and whether they are taken there (RFC 9990 section 4, RFC 9991 section 5).

Also what becomes of the tags that RFC 9989 removed, with receivers that do not know it yet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from deliv.core.auth.dmarc import (
    OBSOLETE_TAGS,
    DmarcRecord,
    fits_dns,
    normalized,
    shares_organization,
    walk_tree,
)
from deliv.core.auth.dmarc_record import is_dmarc, is_report_uri, read_dmarc
from deliv.core.errors import DmarcSyntaxError
from deliv.core.question import AnswerStatus, Asking, Query, RecordType

_MOST_CHECKED: Final = 10  # destinations; each may cost a walk and one question more
_SIZE = re.compile(r"![0-9]+[KMGTkmgt]?\Z", re.ASCII)


class ReportStatus(StrEnum):
    """Whether reports arrive at a destination, the worst first."""

    UNAUTHORIZED = "unauthorized"
    """It belongs to somebody else who does not say that reports for this domain are welcome."""
    INVALID = "invalid"
    """It is no URI, or no address that mail can go to; receivers pass over it."""
    TEMPERROR = "temperror"
    """A question about it was not answered."""
    NOT_CHECKED = "not_checked"
    """It is not reached by mail, or stands behind too many others."""
    AUTHORIZED = "authorized"
    """It belongs to somebody else who says that reports for this domain are welcome."""
    OWN = "own"
    """It has the same organizational domain, so that nobody else is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDestination:
    """One place where reports are to go."""

    uri: str
    """The URI as written, without the obsolete size."""
    tag: str
    """``rua`` for aggregate reports, ``ruf`` for failure reports."""
    domain: str
    """Domain of the mail address; empty when there is none."""
    status: ReportStatus
    """Whether reports arrive."""
    obsolete_size: str = ""
    """The size limit behind the URI, such as ``!10m``: RFC 9989 removed it, nobody heeds it."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


def discover_report_destinations(domain: str, record: DmarcRecord) -> Asking[tuple[ReportDestination, ...]]:
    """Find out whether the destinations in `record` take its reports.

    domain: where the record was found (`DmarcDiscovery.found_at`), which need not be the author
        domain: destinations say for which domain's record they take reports.
    """
    domain = normalized(domain)
    listed = [(tag, item) for tag in ("rua", "ruf") for item in record.listed_uris(tag)]
    destinations: list[ReportDestination] = []
    organizational: str | None = None
    walked: tuple[str, ...] | None = None
    for number, (tag, item) in enumerate(listed):
        size = _SIZE.search(item)
        uri = item[: size.start()] if size else item
        host = _host(uri)
        status = _status_without_asking(item, host, domain)
        seen: tuple[str, ...] = ()
        if status is None and number >= _MOST_CHECKED:
            status = ReportStatus.NOT_CHECKED
        if status is None:
            if walked is None:
                walk = yield from walk_tree(domain)
                organizational, walked = walk.organizational_domain, walk.evidence
            status, seen = yield from _check(tag, host, domain, organizational)
            seen = (*walked, *seen)
        destinations.append(
            ReportDestination(
                uri=uri,
                tag=tag,
                domain=host,
                status=status,
                obsolete_size=size[0] if size else "",
                evidence=tuple(dict.fromkeys(seen)),
            )
        )
    return tuple(destinations)


def _host(uri: str) -> str:
    """Return the domain of a mailto URI (RFC 6068); empty for others and where there is none."""
    scheme, _, rest = uri.partition(":")
    if scheme.lower() != "mailto":
        return ""
    local_part, _, host = unquote(rest.partition("?")[0]).rpartition("@")
    host = normalized(host)
    # A TLD alone or a bracketed IP address is no place to which a report would be sent.
    return host if local_part and "." in host and fits_dns(host) else ""


def _status_without_asking(item: str, host: str, domain: str) -> ReportStatus | None:
    if not is_report_uri(item):
        return ReportStatus.INVALID
    if not item.lower().startswith("mailto:"):
        return ReportStatus.NOT_CHECKED
    if not host:
        return ReportStatus.INVALID
    return ReportStatus.OWN if host == domain else None


def _check(
    tag: str, host: str, domain: str, organizational: str | None
) -> Asking[tuple[ReportStatus, tuple[str, ...]]]:
    """Find out whether a domain other than that of the record takes its reports (RFC 9990 section 4)."""
    if organizational is None:
        return ReportStatus.TEMPERROR, ()
    is_own, seen = yield from shares_organization(organizational, host)
    if is_own is not False:
        return (ReportStatus.OWN if is_own else ReportStatus.TEMPERROR), seen
    query = Query(name=f"{domain}._report._dmarc.{host}", type=RecordType.TXT)
    if not fits_dns(query.name):
        return ReportStatus.UNAUTHORIZED, seen  # step 4: nobody can have agreed
    answer = yield query
    seen += (f"{query}: {answer}",)
    if answer.status is AnswerStatus.TEMPERROR:
        return ReportStatus.TEMPERROR, seen
    agreements = [text for text in answer.texts if is_dmarc(text)]
    agreed = bool(agreements) and all(_stays_there(text, tag, host) for text in agreements)
    return (ReportStatus.AUTHORIZED if agreed else ReportStatus.UNAUTHORIZED), seen


def _stays_there(text: str, tag: str, host: str) -> bool:
    """Whether a record of agreement leads reports nowhere else: then they would go to neither place."""
    try:
        record = read_dmarc(text)
    except DmarcSyntaxError:
        return True  # it begins with v=DMARC1, and that is all that is asked of it
    others = [_SIZE.sub("", uri) for uri in record.listed_uris(tag)]
    return all(_host(uri) == host for uri in others if uri.lower().startswith("mailto:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ObsoleteTag:
    """A tag that RFC 9989 removed, as it stands in a record."""

    name: str
    """Its name."""
    value: str
    """Its value as written."""
    template: str
    """What older receivers do with it, as an English template with ``{value}``."""


TEMPLATES: Final[Mapping[str, str]] = {
    "pct": (
        "pct={value} is gone from DMARC (RFC 9989): newer receivers apply the policy to all mail that "
        "fails, older ones only to {value} % of it and to the rest the next milder policy; "
        "to test a policy, write t=y"
    ),
    "pct_without_effect": (
        "pct={value} is gone from DMARC (RFC 9989) and changes nothing for older receivers either; "
        "leave it out"
    ),
    "rf": (
        "rf={value} is gone from DMARC (RFC 9989): older receivers read it as the format of failure "
        "reports, of which there is only one (afrf); leave it out"
    ),
    "ri": (
        "ri={value} is gone from DMARC (RFC 9989): older receivers read it as the seconds between two "
        "aggregate reports, newer ones send them once a day; leave it out"
    ),
}
"""What older receivers do with the tags that RFC 9989 removed (RFC 7489 section 6.3).

``pct_without_effect`` is for 100, and for what is no percentage.
"""


def obsolete_tags(record: DmarcRecord) -> tuple[ObsoleteTag, ...]:
    """Return the tags in `record` that RFC 9989 removed, with what older receivers do."""
    return tuple(
        ObsoleteTag(name=name, value=value, template=_obsolete_template(name, value))
        for name, value in record.tags
        if name in OBSOLETE_TAGS
    )


def _obsolete_template(name: str, value: str) -> str:
    is_share = value.isascii() and value.isdigit() and int(value) < 100
    return TEMPLATES["pct_without_effect" if name == "pct" and not is_share else name]
