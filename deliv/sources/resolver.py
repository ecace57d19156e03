"""The DNS, asked through dnspython: whatever happens becomes one of the four answers."""

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.resolver

from deliv.core.errors import Fault, SettingsErrors
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble

_MOST_ALIASES: Final = 8
_DNS_PORT: Final = 53


class DnsResolver:
    """Asks name servers over UDP, and over TCP where an answer was cut off.

    nameservers: ``HOST`` or ``HOST:PORT``, IPv6 as ``[::1]:5353``; without any, those that the
        computer is set up with.
    timeout: seconds for one question, all its tries together.

    Raises SettingsErrors when a name server is not written as an IP address with a port.
    """

    def __init__(self, *, nameservers: Sequence[str] = (), timeout: float = 5.0) -> None:
        self._timeout = timeout
        self._without_configuration = ""
        servers = [_nameserver(text) for text in nameservers]
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration as error:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
            self._without_configuration = str(error)
        if servers:
            self._resolver.nameservers = servers
        # One lost packet must not cost the whole time, so there are at least three tries in it.
        self._resolver.timeout = max(0.1, min(2.0, timeout / 3))
        self._resolver.lifetime = timeout
        self._resolver.use_edns(0, 0, 1232)  # DNS flag day 2020: the size that survives everywhere

    async def resolve(self, query: Query) -> Answer:
        """Return the answer to `query`, with aliases followed to their end. Never raises."""
        if self._without_configuration:
            return Answer.failed(Trouble.UNREACHABLE, self._without_configuration)
        try:
            # dnspython looks at its clock only between tries, and would run over.
            async with asyncio.timeout(self._timeout):
                return await self._follow(query)
        except TimeoutError:
            return Answer.failed(Trouble.TIMEOUT)

    async def _follow(self, query: Query) -> Answer:
        name = query.name
        for _ in range(_MOST_ALIASES):
            answer, alias = await self._ask(name, query.type)
            if alias is None:
                return answer
            name = alias
        return Answer.failed(Trouble.MALFORMED, "too many aliases")

    async def _ask(self, name: str, kind: RecordType) -> tuple[Answer, str | None]:
        """Return the answer, or else the alias at which an incomplete one ended."""
        try:
            found = await self._resolver.resolve(
                f"{name}.", kind.value, raise_on_no_answer=False, search=False
            )
        except TimeoutError:
            raise  # it is an OSError, too
        except dns.resolver.NXDOMAIN:
            return Answer(status=AnswerStatus.NXDOMAIN), None
        except dns.exception.DNSException as error:
            return _failed(error), None
        except (OSError, ValueError, EOFError) as error:
            return Answer.failed(Trouble.UNREACHABLE, str(error)), None
        ttl = int(found.chaining_result.minimum_ttl)
        if found.rrset is None:
            end = found.canonical_name.to_text(omit_final_dot=True).lower()
            alias = end if end != name.lower() else None
            return Answer(status=AnswerStatus.NODATA, ttl=ttl), alias
        # Name servers hand the records of one name out in turn; what is made of them must not change.
        texts = tuple(_text(rdata) for rdata in sorted(found.rrset))
        return Answer(status=AnswerStatus.FOUND, texts=texts, ttl=ttl), None


def _text(rdata: object) -> str:
    if isinstance(rdata, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(rdata.strings).decode("utf-8", "surrogateescape")
    return str(rdata)


def _failed(error: dns.exception.DNSException) -> Answer:
    """Return the temporary error that stands for what dnspython raised."""
    match error:
        case dns.resolver.YXDOMAIN() | dns.resolver.NoMetaqueries():
            return Answer.failed(Trouble.MALFORMED, str(error))
        case dns.resolver.NoNameservers():
            refused = "REFUSED" in str(error)
            return Answer.failed(Trouble.REFUSED if refused else Trouble.SERVFAIL)
        case dns.exception.Timeout():
            return Answer.failed(Trouble.TIMEOUT)
        case _:
            return Answer.failed(Trouble.MALFORMED, type(error).__name__)


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    host, port = text, _DNS_PORT
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and rest[0] != ":"):
            raise _unusable(text)
        port = _port(rest[1:], text) if rest else _DNS_PORT
    elif text.count(":") == 1:
        host, _, digits = text.partition(":")
        port = _port(digits, text)
    if host.lower() == "localhost":  # the one name that needs no name server
        host = "127.0.0.1"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise _unusable(text) from None
    return dns.nameserver.Do53Nameserver(host, port)


def _port(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 65536):
        raise _unusable(text)
    return int(digits)


def _unusable(text: str) -> SettingsErrors:
    template = (
        "“{text}” is no name server; write its IP address, and a port if it is not 53 (192.0.2.53:5353)"
    )
    fault = Fault(file="nameserver", line=None, path="", template=template, fields=(("text", text),))
    return SettingsErrors("the settings hold faults; nothing was checked", [fault])
