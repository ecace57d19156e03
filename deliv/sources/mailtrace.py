"""What the receiver wrote above a mail: who handed it over, and which tests it passed."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from deliv.core.facts.message import AuthenticationResult
from deliv.sources.mailheaders import Place, scan

_MOST_HOPS = 100
_BY = re.compile(r"\sby\s+(\S+)", re.IGNORECASE)
_FROM = re.compile(r"from\s+(\S+)", re.IGNORECASE)
_HELO = re.compile(r"\b(?:helo|ehlo)[= ]([^\s()]+)", re.IGNORECASE)
_LITERAL = re.compile(
    r"(?<![\w.:])(?:IPv6:)?([0-9A-Fa-f]{0,4}[.:][0-9A-Fa-f.:]{2,44})(?![\w:])", re.IGNORECASE | re.ASCII
)
_CLIENT_IP = re.compile(r"\bclient-ip=[\"\[]?(?:IPv6:)?([0-9A-Fa-f.:]+)", re.IGNORECASE)
_SPF_COMMENT = re.compile(r"(?:designates|sender ip is) ([0-9A-Fa-f.:]+)", re.IGNORECASE)
_RESULT = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(?:/\d+)?=([A-Za-z]+)(?![^\s])")
_PROPERTY = re.compile(r"(?<!\S)([A-Za-z][A-Za-z0-9.-]*)=(\S+)")
_UNROUTED = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
# Names below these are given away, so that two labels more make an organization: co.jp and its like.
_SECOND_LEVEL = frozenset({"ac", "ad", "co", "com", "ed", "go", "gr", "lg", "ne", "net", "or", "org"})


class Hop(NamedTuple):
    """One host that handed the mail to another one."""

    ip: str
    helo: str
    by: str
    names: tuple[str, ...]

    @property
    def is_inside(self) -> bool:
        """Whether both hosts belong to one organization, as inside Outlook.com."""
        return _organization(self.by) in {_organization(name) for name in self.names}


class Client(NamedTuple):
    """The host that handed the mail to the receiver."""

    ip: str | None
    """Its address; None when it cannot be told."""
    helo: str
    """Name that it gave itself."""


def find_client(received: Sequence[str], received_spf: str | None, authentication: str | None) -> Client:
    """Return the host that handed the mail to the receiver's first one.

    `received` are the Received fields, the topmost first. The receiver's own word in Received-SPF or
    Authentication-Results is believed where a Received field confirms it; else the first host from
    outside counts. What stands below was written by strangers.
    """
    hops = [hop for value in received[:_MOST_HOPS] if (hop := _hop(value)) is not None]
    outside = [hop for hop in hops if not hop.is_inside] or hops[:1]
    stated = _stated(received_spf, authentication)
    for hop in hops:
        if hop.ip == stated:
            return Client(hop.ip, hop.helo)
    if outside:
        return Client(outside[0].ip, outside[0].helo)
    return Client(stated, "")


def _hop(value: str) -> Hop | None:
    value = " ".join(value.split())
    by = _BY.search(value)
    source = value[: by.start()] if by else value
    given = _FROM.match(source)
    if given is None:
        return None
    # What stands in brackets the receiver has seen; the name before it is what the sender claims.
    start = source.find("(")
    seen = source[start:] if start >= 0 else ""
    ip = next(
        (ip for text in (*_LITERAL.findall(seen), *_LITERAL.findall(source)) if (ip := outside_ip(text))),
        None,
    )
    if ip is None:
        return None
    helo = _HELO.search(seen)
    name = seen[1:].split(" ", 1)[0].strip("()[].")
    claimed = (helo[1] if helo else given[1]).strip("[].").lower()
    return Hop(ip, claimed, by[1].lower() if by else "", (given[1].lower(), name.lower()))


def outside_ip(text: str) -> str | None:
    """Return the address in its usual form if it is one of the public network."""
    try:
        address = ipaddress.ip_address(text.strip(".:") if ":" not in text else text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour  # Google's hosts speak to each other as 2002:a05::
        if inner is not None and outside_ip(str(inner)) is None:
            return None
        address = address.ipv4_mapped or address
    return None if any(address in network for network in _UNROUTED) else str(address)


def _stated(received_spf: str | None, authentication: str | None) -> str | None:
    for pattern, text in (
        (_CLIENT_IP, received_spf),
        (_SPF_COMMENT, received_spf),
        (_SPF_COMMENT, authentication),
    ):
        if text and (match := pattern.search(text)) and (ip := outside_ip(match[1])):
            return ip
    for result in read_authentication(authentication or "")[1]:
        stated = result.get("policy.iprev") or result.get("smtp.remote-ip")
        if stated and (ip := outside_ip(stated)):
            return ip
    return None


def _organization(host: str) -> str:
    labels = host.strip("[]().;").rsplit(".", 3)
    wide = len(labels) >= 3 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2
    return ".".join(labels[-3:] if wide else labels[-2:])


def read_authentication(value: str) -> tuple[str, tuple[AuthenticationResult, ...]]:
    """Return the authserv-id and the results of one Authentication-Results (RFC 8601 section 2.2).

    Microsoft leaves the id out; then it is empty.
    """
    first, *rest = _segments(value)
    if _RESULT.match(first):
        first, rest = "", [first, *rest]
    results = []
    for segment in rest:
        if (match := _RESULT.match(segment)) is None:
            continue
        properties = tuple((found[1].lower(), found[2]) for found in _PROPERTY.finditer(segment, match.end()))
        results.append(AuthenticationResult(match[1].lower(), match[2].lower(), properties))
    return first.partition(" ")[0].lower(), tuple(results)


def _segments(value: str) -> list[str]:
    """Return what stands between semicolons, without comments."""
    segments: list[list[str]] = [[]]
    for character, place in scan(value):
        if place is Place.OUTSIDE and character == ";":
            segments.append([])
        else:
            segments[-1].append(" " if place is Place.COMMENT else character)
    return [re.sub(r" ?= ?", "=", " ".join("".join(segment).split())) for segment in segments]


def read_date(text: str | None) -> datetime | None:
    """Return the moment that a Date field names; None when it names none that mail can have.

    Without a known zone (``-0000``) it is UTC (RFC 5322 section 3.3).
    """
    try:
        moment = parsedate_to_datetime((text or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):  # all of them come for odd texts
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # There was no mail before; and at the ends of the calendar no zone can be applied any more.
    return moment if 1980 <= moment.year <= 2200 else None
