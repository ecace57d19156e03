"""SPF records: what RFC 7208 lets a domain publish about who sends for it.

record       = "v=spf1" *( 1*SP ( directive / modifier ) ) *SP          section 4.6.1, 12
directive    = [ "+" / "-" / "?" / "~" ] mechanism
mechanism    = all / include / a / mx / ptr / ip4 / ip6 / exists
modifier     = redirect / explanation / unknown-modifier
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.errors import SpfSyntaxError


class Qualifier(StrEnum):
    """What a match means (section 4.6.2)."""

    PASS = "+"  # noqa: S105 - a qualifier, not a password
    FAIL = "-"
    SOFTFAIL = "~"
    NEUTRAL = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One directive of a record."""

    qualifier: Qualifier
    """What it means when this mechanism matches."""
    name: str
    """``all``, ``include``, ``a``, ``mx``, ``ptr``, ``ip4``, ``ip6`` or ``exists``."""
    value: str = ""
    """The domain-spec or the network, as written; empty when there is none."""
    prefix4: int | None = None
    """Length of the IPv4 prefix where one is written."""
    prefix6: int | None = None
    """Length of the IPv6 prefix where one is written (for ``ip6`` and after ``//``)."""

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
        """The network of an ``ip4`` or ``ip6``; None for other mechanisms."""
        if self.name not in ("ip4", "ip6"):
            return None
        prefix = self.prefix4 if self.name == "ip4" else self.prefix6
        return ipaddress.ip_network(self.value if prefix is None else f"{self.value}/{prefix}", strict=False)

    def __str__(self) -> str:
        sign = "" if self.qualifier is Qualifier.PASS else self.qualifier
        value = f":{self.value}" if self.value else ""
        prefix4 = "" if self.prefix4 is None else f"/{self.prefix4}"
        slash6 = "/" if self.name == "ip6" else "//"
        prefix6 = "" if self.prefix6 is None else f"{slash6}{self.prefix6}"
        return f"{sign}{self.name}{value}{prefix4}{prefix6}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """``redirect=``, ``exp=`` or a modifier that RFC 7208 does not know (section 6)."""

    name: str
    """Lower case."""
    value: str
    """As written."""

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRecord:
    """A record that follows the grammar. ``parse_spf(str(record)) == record``."""

    terms: tuple[Mechanism | Modifier, ...]
    """Directives and modifiers in the order written."""

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """The directives in the order in which they are tried."""
        return tuple(term for term in self.terms if isinstance(term, Mechanism))

    @property
    def redirect(self) -> str | None:
        """Where evaluation goes on; None too when an ``all`` makes it void (section 6.1)."""
        if self.all_qualifier is not None:
            return None
        return next((t.value for t in self.terms if isinstance(t, Modifier) and t.name == "redirect"), None)

    @property
    def all_qualifier(self) -> Qualifier | None:
        """What the first ``all`` says of everybody else; None when there is no ``all``."""
        return next((term.qualifier for term in self.mechanisms if term.name == "all"), None)

    def __str__(self) -> str:
        return " ".join(["v=spf1", *map(str, self.terms)])


_TERM = re.compile(
    r"(?P<modifier>[A-Za-z][A-Za-z0-9._-]*)=(?P<modified>.*)"
    r"|(?P<qualifier>[-+?~]?)(?P<mechanism>[A-Za-z][A-Za-z0-9._-]*)(?P<rest>(?:[:/].*)?)",
    re.ASCII,
)
# A number of labels in a macro must not be 0 (section 7.3).
_MACRO = r"%(?:\{{[{letters}](?:0*[1-9][0-9]*)?[rR]?[-.+,/_=]*\}}|[%_-])"
_ANY_MACRO = _MACRO.format(letters="slodiphcrtvSLODIPHCRTV")
_MACRO_STRING = re.compile(rf"(?:{_ANY_MACRO}|[!-$&-~])*", re.ASCII)
# c, r and t stand only in the text that “exp” leads to (section 7.2), never in a domain.
_DOMAIN_MACRO = _MACRO.format(letters="slodiphvSLODIPHV")
_DOMAIN_STRING = re.compile(rf"(?:{_DOMAIN_MACRO}|[!-$&-~])*", re.ASCII)
# domain-end of section 7.1: a toplabel, which is not only digits, or a macro at the end. Written
# without nested repetition, since a record may hold a label of 60,000 letters.
_DOMAIN_END = re.compile(
    rf"(?:.*\.(?![0-9]+\.?\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?|.*{_DOMAIN_MACRO})",
    re.ASCII | re.DOTALL,
)
_PREFIX4: Final = r"(?:/(?P<prefix4>0|[1-9][0-9]?))"
_PREFIX6: Final = r"(?://(?P<prefix6>0|[1-9][0-9]{0,2}))"
_WITH_PREFIXES = re.compile(rf"(?P<value>(?::.*?)?){_PREFIX4}?{_PREFIX6}?", re.ASCII | re.DOTALL)


def is_spf(text: str) -> bool:
    """Whether a TXT record claims to be an SPF record (section 4.5: exactly this version)."""
    return text[:6].lower() == "v=spf1" and text[6:7] in ("", " ")


def parse_spf(text: str) -> SpfRecord:
    """Return the record that `text` is.

    Raises SpfSyntaxError, with the term at fault, wherever RFC 7208 calls for a permerror that
    can be seen without asking the DNS (sections 4.6, 5, 6, 7.1).
    """
    if not is_spf(text):
        raise SpfSyntaxError("it does not begin with v=spf1")
    terms = tuple(_parse_term(term) for term in text[6:].split(" ") if term)
    names = [term.name for term in terms if isinstance(term, Modifier)]
    for name in ("redirect", "exp"):
        if names.count(name) > 1:
            raise SpfSyntaxError("{name}= stands there more than once", name=name)
    return SpfRecord(terms=terms)


def _parse_term(term: str) -> Mechanism | Modifier:
    match = _TERM.fullmatch(term)
    if match is None:
        raise SpfSyntaxError("“{term}” is not a term of SPF", term=term)
    if name := match["modifier"]:
        return _parse_modifier(term, name.lower(), match["modified"])
    qualifier = Qualifier(match["qualifier"] or "+")
    return _parse_mechanism(term, qualifier, match["mechanism"].lower(), match["rest"])


def _parse_modifier(term: str, name: str, value: str) -> Modifier:
    if name in ("redirect", "exp"):
        _check_domain_spec(term, value)
    elif not _MACRO_STRING.fullmatch(value):
        raise SpfSyntaxError("“{term}” holds characters that may not stand there", term=term)
    return Modifier(name=name, value=value)


def _parse_mechanism(term: str, qualifier: Qualifier, name: str, rest: str) -> Mechanism:
    if name == "all":
        if rest:
            raise SpfSyntaxError("“{term}”: nothing may follow “all”", term=term)
        return Mechanism(qualifier=qualifier, name=name)
    if name in ("include", "exists"):
        if not rest.startswith(":"):
            raise SpfSyntaxError("“{term}” lacks its domain", term=term)
        _check_domain_spec(term, rest[1:])
        return Mechanism(qualifier=qualifier, name=name, value=rest[1:])
    if name in ("a", "mx", "ptr"):
        return _parse_host_mechanism(term, qualifier, name, rest)
    if name in ("ip4", "ip6"):
        return _parse_network(term, qualifier, name, rest)
    raise SpfSyntaxError("“{term}” is not a mechanism that SPF knows", term=term)


def _parse_host_mechanism(term: str, qualifier: Qualifier, name: str, rest: str) -> Mechanism:
    match = _WITH_PREFIXES.fullmatch(rest)
    if match is None:
        raise SpfSyntaxError("“{term}” is not written correctly", term=term)
    prefix4, prefix6 = match["prefix4"], match["prefix6"]
    if name == "ptr" and (prefix4 or prefix6):
        raise SpfSyntaxError("“{term}”: a prefix length may not stand here", term=term)
    if match["value"]:
        _check_domain_spec(term, match["value"][1:])
    return Mechanism(
        qualifier=qualifier,
        name=name,
        value=match["value"][1:],
        prefix4=_prefix(term, prefix4, 32),
        prefix6=_prefix(term, prefix6, 128),
    )


def _parse_network(term: str, qualifier: Qualifier, name: str, rest: str) -> Mechanism:
    address, slash, prefix = rest[1:].partition("/")
    if not rest.startswith(":") or (slash and not re.fullmatch("0|[1-9][0-9]{0,2}", prefix, re.ASCII)):
        raise SpfSyntaxError("“{term}” is not an IP network", term=term)
    try:
        known = ipaddress.IPv4Address(address) if name == "ip4" else ipaddress.IPv6Address(address)
    except ValueError:
        raise SpfSyntaxError("“{term}” is not an IP network", term=term) from None
    if "%" in address:  # a scope id, which Python takes and RFC 4291 section 2.2 does not
        raise SpfSyntaxError("“{term}” is not an IP network", term=term)
    length = _prefix(term, prefix or None, known.max_prefixlen)
    return Mechanism(
        qualifier=qualifier,
        name=name,
        value=address,
        prefix4=length if name == "ip4" else None,
        prefix6=length if name == "ip6" else None,
    )


def _prefix(term: str, digits: str | None, longest: int) -> int | None:
    if digits is None:
        return None
    if int(digits) > longest:
        raise SpfSyntaxError("“{term}”: a prefix is at most /{longest}", term=term, longest=longest)
    return int(digits)


def _check_domain_spec(term: str, spec: str) -> None:
    if not _DOMAIN_STRING.fullmatch(spec):
        raise SpfSyntaxError("“{term}” holds characters that may not stand there", term=term)
    if not _DOMAIN_END.fullmatch(spec):
        raise SpfSyntaxError("“{term}” does not name a domain", term=term)


def select_spf(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those TXT records that claim to be SPF (section 4.5): one is right, none or more is not."""
    return tuple(text for text in texts if is_spf(text))


def is_explanation(text: str) -> bool:
    """Whether a text that ``exp=`` leads to follows the grammar (sections 6.2 and 7.1).

    explain-string = *( macro-string / SP )
    """
    return all(_MACRO_STRING.fullmatch(word) for word in text.split(" "))
