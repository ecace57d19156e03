"""Where mail for a domain can go (RFC 5321 section 5.1, RFC 7505)."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from deliv.core.facts import Route
from deliv.core.mx import MxRecord, is_null_mx, parse_mx
from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType, Trouble

_MOST_HOSTS: Final = 10  # MX hosts looked at per domain; a mailer gives up about there too
# Addresses that nobody outside can reach. Documentation ranges are not among them: they are as
# unreachable, but a record that shows one is an example, not a trap.
_PRIVATE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "::/128", "::1/128", "fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFinding:
    """Where mail for a domain can go, and what showed it."""

    route: Route
    mx: tuple[MxRecord, ...] = ()
    trouble: Trouble | None = None
    evidence: tuple[str, ...] = ()


def discover_route(domain: str, *, trust_hosts: bool = False) -> Asking[RouteFinding]:
    """Find out where mail for `domain` can go (RFC 5321 section 5.1, RFC 7505).

    trust_hosts: take it for granted that the MX hosts have addresses.
    """
    query = Query(name=domain, type=RecordType.MX)
    answer = yield query
    seen: tuple[str, ...] = (f"{query}: {answer}",)
    match answer.status:
        case AnswerStatus.TEMPERROR:
            return RouteFinding(route=Route.UNKNOWN, trouble=_trouble(answer), evidence=seen)
        case AnswerStatus.NXDOMAIN:
            return RouteFinding(route=Route.NO_DOMAIN, evidence=seen)
        case AnswerStatus.NODATA:
            hosts = yield from _addresses(domain)
            seen += hosts.evidence
            routes = {Route.MX: Route.IMPLICIT_MX, Route.UNROUTABLE: Route.NO_HOST}
            route = routes.get(hosts.route, hosts.route)
            return RouteFinding(route=route, trouble=hosts.trouble, evidence=seen)
        case AnswerStatus.FOUND:
            mx = parse_mx(answer.texts)
            if is_null_mx(mx):
                return RouteFinding(route=Route.NULL_MX, mx=mx, evidence=seen)
            if trust_hosts:
                return RouteFinding(route=Route.MX, mx=mx, evidence=seen)
            hosts = yield from _first_reachable(mx)
            seen += hosts.evidence
            return RouteFinding(route=hosts.route, mx=mx, trouble=hosts.trouble, evidence=seen)


def _first_reachable(mx: tuple[MxRecord, ...]) -> Asking[RouteFinding]:
    """Look at the MX hosts in order until one has an address that can be reached."""
    seen: tuple[str, ...] = ()
    worst: list[RouteFinding] = []
    names = dict.fromkeys(record.exchange for record in mx if not record.is_null)
    for exchange in list(names)[:_MOST_HOSTS]:
        hosts = yield from _addresses(exchange)
        seen += hosts.evidence
        if hosts.route is Route.MX:
            return RouteFinding(route=Route.MX, evidence=seen)
        worst.append(hosts)
    for route in (Route.UNKNOWN, Route.PRIVATE):
        if (hit := next((hosts for hosts in worst if hosts.route is route), None)) is not None:
            return RouteFinding(route=route, trouble=hit.trouble, evidence=seen)
    # Hosts that were not looked at may well have an address.
    route = Route.UNKNOWN if len(names) > _MOST_HOSTS else Route.UNROUTABLE
    return RouteFinding(route=route, evidence=seen)


def _addresses(host: str) -> Asking[RouteFinding]:
    """Find out whether `host` has an address: MX for yes, UNROUTABLE for no, PRIVATE or UNKNOWN."""
    seen: tuple[str, ...] = ()
    trouble: Trouble | None = None
    unknown = private = False
    for kind in (RecordType.A, RecordType.AAAA):
        query = Query(name=host, type=kind)
        answer = yield query
        seen += (f"{query}: {answer}",)
        if answer.status is AnswerStatus.FOUND:
            if not all(_is_private(text) for text in answer.texts):
                return RouteFinding(route=Route.MX, evidence=seen)
            private = True
        elif answer.status is AnswerStatus.TEMPERROR:
            unknown, trouble = True, _trouble(answer)
        elif answer.status is AnswerStatus.NXDOMAIN:
            break  # then there is nothing of any type (RFC 8020)
    route = Route.UNKNOWN if unknown else Route.PRIVATE if private else Route.UNROUTABLE
    return RouteFinding(route=route, trouble=trouble, evidence=seen)


def _trouble(answer: Answer) -> Trouble:
    return answer.trouble or Trouble.MALFORMED


def _is_private(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in _PRIVATE if network.version == address.version)
