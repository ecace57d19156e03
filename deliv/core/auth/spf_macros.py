"""Macros in SPF records, and the names that come out of them (RFC 7208 section 7).

macro-expand     = "%{" macro-letter transformers *delimiter "}" / "%%" / "%_" / "%-"
transformers     = *DIGIT [ "r" ]
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

from deliv.core.question import Answer, Asking, Query, RecordType

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

UNKNOWN: Final = "unknown"
"""What ``%{p}`` and ``%{r}`` say where nothing is known (section 7.3)."""

_MACRO = re.compile(
    r"%(?:\{(?P<letter>[A-Za-z])(?P<digits>[0-9]*)(?P<reverse>[rR]?)(?P<delimiters>[-.+,/_=]*)\}"
    r"|(?P<escape>[%_-]))",
    re.ASCII,
)
_ESCAPES: Final = {"%": "%", "_": " ", "-": "%20"}
MAX_HOSTS: Final = 10
"""Names of a client that count, and mail servers that an ``mx`` may lead to (section 4.6.4)."""
_MAX_NAME = 253  # characters, RFC 1035 section 2.3.4 without the final dot
# Any octet may stand in a label, but outside of ASCII nothing says which octet a character is, and
# a backslash or a lone @ would be read as something else on the way to the name server.
_NAME = re.compile(r"(?!@\Z)[ -\-/-\[\]-~]{1,63}(?:\.[ -\-/-\[\]-~]{1,63})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """What a receiver knows of a mail when it checks SPF (section 4.1)."""

    ip: IpAddress
    """Address of the client; IPv4 where it is an IPv4-mapped IPv6 address."""
    local_part: str
    """Of the sender; ``postmaster`` where it has none (section 4.3)."""
    domain: str
    """Domain of the sender, without the final dot."""
    helo: str
    """What the client calls itself."""
    receiver: str = UNKNOWN
    """Host that checks."""
    now: int = 0
    """Seconds since 1970."""


def expand(text: str, mail: Transaction, domain: str, validated: str = UNKNOWN) -> str:
    """Return `text`, which follows the grammar, with its macros replaced.

    `domain` is the one whose record is evaluated, and `validated` the validated name of the client.
    """
    values = _values(mail, domain, validated)
    return _MACRO.sub(lambda match: _replace(match, values), text)


def _values(mail: Transaction, domain: str, validated: str) -> Mapping[str, str]:
    """Return what each macro letter stands for (section 7.2)."""
    dotted = mail.ip.exploded
    if mail.ip.version == 6:
        dotted = ".".join(dotted.replace(":", "").upper())  # section 7.3: nibbles
    return {
        "s": f"{mail.local_part}@{mail.domain}",
        "l": mail.local_part,
        "o": mail.domain,
        "d": domain,
        "i": dotted,
        "p": validated,
        "v": "in-addr" if mail.ip.version == 4 else "ip6",
        "h": mail.helo,
        "c": str(mail.ip),
        "r": mail.receiver,
        "t": str(mail.now),
    }


def _replace(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["escape"]:
        return _ESCAPES[match["escape"]]
    letter = match["letter"]
    parts = re.split(f"[{re.escape(match['delimiters'] or '.')}]", values[letter.lower()])
    if match["reverse"]:
        parts.reverse()
    # Nine digits are more labels than there can be, and a record may hold thousands of digits.
    if digits := match["digits"].lstrip("0")[:9]:
        parts = parts[-int(digits) :]
    value = ".".join(parts)
    # Section 7.3: an upper-case letter asks for URL escaping (RFC 3986 section 2.1).
    return quote(value, safe="~", errors="surrogatepass") if letter.isupper() else value


def to_name(text: str) -> str | None:
    """Return an expanded domain-spec as a name that can be asked; None where it is no such name.

    Section 7.3: labels on the left of a name that is too long are dropped.
    """
    name = text.removesuffix(".")
    if len(name) > _MAX_NAME:
        name = name[-_MAX_NAME - 1 :].partition(".")[2]
    return name.lower() if _NAME.fullmatch(name) else None


def is_at_or_below(name: str, domain: str) -> bool:
    """Whether `name` is `domain` or one of its sub-domains."""
    return name == domain or name.endswith(f".{domain}")


class Lookups:
    """The DNS as one check of one mail sees it."""

    def __init__(self, mail: Transaction) -> None:
        self.mail = mail
        self.address_type = RecordType.A if mail.ip.version == 4 else RecordType.AAAA
        """Type of the client's address; others cannot match it."""
        self.answers: dict[Query, Answer] = {}
        """What was asked, in order."""

    def ask(self, name: str, record_type: RecordType) -> Asking[Answer]:
        """Ask each question once: an answer must not change during a check."""
        query = Query(name=name, type=record_type)
        if query not in self.answers:
            self.answers[query] = yield query
        return self.answers[query]

    def client_names(self) -> Asking[list[str]]:
        """Return what the client's address claims to be called; nothing where the DNS fails (section 5.5).

        Of more than ten names the others are ignored (section 4.6.4).
        """
        answer = yield from self.ask(self.mail.ip.reverse_pointer, RecordType.PTR)
        return list(filter(None, map(to_name, answer.texts[:MAX_HOSTS])))

    def first_validated(self, names: Iterable[str]) -> Asking[str | None]:
        """Return the first of the names that leads back to the client (section 5.5)."""
        for name in names:
            answer = yield from self.ask(name, self.address_type)
            if any(is_address(text, self.mail.ip) for text in answer.texts):
                return name
        return None

    def expand(self, text: str, domain: str) -> Asking[str]:
        """Return `text` with its macros replaced, after asking for ``%{p}`` if it stands there."""
        validated = None
        if any(match["letter"] in ("p", "P") for match in _MACRO.finditer(text)):
            names = yield from self.client_names()
            # Section 7.3 prefers the domain itself, then what is below it.
            names.sort(key=lambda name: (name != domain, not is_at_or_below(name, domain)))
            validated = yield from self.first_validated(names)
        return expand(text, self.mail, domain, validated or UNKNOWN)

    def expand_name(self, spec: str, domain: str) -> Asking[str | None]:
        """Return the name that a domain-spec stands for; None where it cannot be asked."""
        return to_name((yield from self.expand(spec, domain)))


def is_address(text: str, ip: IpAddress, prefix: int | None = None) -> bool:
    """Whether `text` is the address `ip`, or one whose first `prefix` bits are the same."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    host_bits = 0 if prefix is None else ip.max_prefixlen - prefix
    return address.version == ip.version and int(address) >> host_bits == int(ip) >> host_bits
