"""Mail addresses: reading them strictly, and mending visibly what people paste.

`parse_address` never changes what the customer meant: it accepts what a mailer would send to
and raises otherwise. `mend_address` is the separate, visible step before it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.errors import AddressSyntaxError

NO_ADDRESS: Final = "there is no address"
"""The message for a text that is empty."""

LENIENT_DOMAINS: Final = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com", "i.softbank.jp"})
"""Carriers whose customers hold addresses such as ``a..b@`` and ``a.@`` from before 2009."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The ordinary address, which needs no library: RFC 5321 dot-string of ASCII atoms, and host
# labels without "--", so that A-labels (RFC 5890) always go to the library.
_ORDINARY = re.compile(
    rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>(?!.*--)(?:{_LABEL}\.)+[A-Za-z]{{2,63}})", re.ASCII
)
_DOTTED_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.ASCII)
_MAX_LOCAL = 64  # octets, RFC 5321 section 4.5.3.1.1
_MAX_DOMAIN = 253  # characters, RFC 1035 section 2.3.4 without the final dot
_MAX_ADDRESS = 254  # octets, RFC 5321 section 4.5.3.1.3 with RFC 3696 erratum 1690
# RFC 6761 and RFC 6762 names that never lead to a mailbox. ".example" is not among them: it is
# what documentation and tests are to use, and DNS says soon enough that it does not exist.
_SPECIAL_USE = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mail address that some mailer would send to."""

    original: str
    """The text as it was given."""
    local_part: str
    """What stands before the @, unchanged."""
    domain: str
    """What stands behind it: A-labels, lower case."""
    is_rfc_compliant: bool = True
    """False for the dots that only old carrier addresses have."""

    @property
    def normalized(self) -> str:
        """The one spelling by which equal addresses are recognised."""
        return f"{self.local_part}@{self.domain}"

    @property
    def quoted_form(self) -> str | None:
        """For ``a..b@docomo.ne.jp`` the lawful ``"a..b"@docomo.ne.jp`` to try (RFC 5321 section 4.1.2)."""
        return None if self.is_rfc_compliant else f'"{self.local_part}"@{self.domain}'

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only mailers with RFC 6531 can send to it."""
        return not self.local_part.isascii()

    @property
    def is_ordinary(self) -> bool:
        """Whether what can be said of it is the same for every such address of its domain."""
        return self.is_rfc_compliant and not self.needs_smtputf8

    def __str__(self) -> str:
        return self.normalized


class Mend(StrEnum):
    """What had to be done to get at an address."""

    WHITESPACE = "whitespace"
    """Spaces or invisible characters around the address or its @ were removed."""
    FULL_WIDTH = "full_width"
    """Full-width characters became ASCII."""
    DISPLAY_NAME = "display_name"
    """The address was taken out of ``Name <address>``."""
    MAILTO = "mailto"
    """``mailto:`` was removed."""
    SAME_ORDER = "same_order"
    """The cell was empty; the address is that of the order's first line. Only lists can tell."""


def parse_address(text: str, *, lenient_domains: Collection[str] = LENIENT_DOMAINS) -> Address:
    """Return the address that `text` is.

    `lenient_domains` may hold local parts with dots at the start, at the end or in a row; at
    every other domain such an address is a slip of the pen.

    Raises AddressSyntaxError for what no mailer would send to (RFC 5321 section 4.1.2). The text
    is never mended: surrounding spaces, full-width characters and display names are refused.
    """
    if (ordinary := parse_ordinary(text)) is not None:
        return ordinary
    _refuse_plain_slips(text, lenient_domains)
    if (lenient := _parse_lenient(text, lenient_domains)) is not None:
        return lenient
    return _parse_unusual(text)


def parse_ordinary(text: str) -> Address | None:
    """Return the address if it is one of the ordinary kind; None sends it the long way."""
    if len(text) > _MAX_ADDRESS or (match := _ORDINARY.fullmatch(text)) is None:
        return None
    local, domain = match["local"], match["domain"].lower()
    if len(local) > _MAX_LOCAL or len(domain) > _MAX_DOMAIN or domain.rpartition(".")[2] in _SPECIAL_USE:
        return None
    return Address(original=text, local_part=local, domain=domain)


def _lower_domain(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _refuse_plain_slips(text: str, lenient_domains: Collection[str]) -> None:
    """Raise with a sentence that a shop owner understands, for the slips that have a name."""
    if not text:
        raise AddressSyntaxError(NO_ADDRESS)
    if len(text) > _MAX_ADDRESS:
        raise AddressSyntaxError("it is longer than {limit} characters", limit=_MAX_ADDRESS)
    if text != text.strip():
        raise AddressSyntaxError("there are spaces around the address")
    if "@" not in text:
        raise AddressSyntaxError("there is no @")
    local, _, domain = text.rpartition("@")
    if not local.startswith('"'):
        _refuse_odd_local(text, local, domain, lenient_domains)


def _refuse_odd_local(text: str, local: str, domain: str, lenient_domains: Collection[str]) -> None:
    if not local:
        raise AddressSyntaxError("nothing stands before the @")
    if not domain:
        raise AddressSyntaxError("nothing stands behind the @")
    if "@" in local:
        raise AddressSyntaxError("there is more than one @")
    if any(character.isspace() for character in text):
        raise AddressSyntaxError("there is a space inside the address")
    _refuse_odd_domain(domain.lower())
    if _has_odd_dots(local) and domain.lower() not in lenient_domains:
        raise AddressSyntaxError("a dot stands at the start or the end before the @, or twice in a row")


def _refuse_odd_domain(domain: str) -> None:
    if domain.startswith("["):
        raise AddressSyntaxError("an IP address stands behind the @ instead of a domain")
    if _has_odd_dots(domain):
        raise AddressSyntaxError("a dot stands in a wrong place behind the @")
    if "." not in domain and domain.isascii():
        raise AddressSyntaxError("there is no dot behind the @, so the domain is not complete")
    if (top := domain.rpartition(".")[2]) in _SPECIAL_USE:
        raise AddressSyntaxError("names that end in .{top} never receive mail", top=top)


def _has_odd_dots(local_part: str) -> bool:
    return local_part.startswith(".") or local_part.endswith(".") or ".." in local_part


def _parse_lenient(text: str, lenient_domains: Collection[str]) -> Address | None:
    local, _, domain = _lower_domain(text).rpartition("@")
    if domain not in lenient_domains or not _DOTTED_ATOMS.fullmatch(local) or len(local) > _MAX_LOCAL:
        return None
    if not local.strip("."):
        return None
    compliant = not _has_odd_dots(local)
    return Address(original=text, local_part=local, domain=domain, is_rfc_compliant=compliant)


def _parse_unusual(text: str) -> Address:
    """Let the library judge quoted local parts, international domains and everything strange."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(
            text, check_deliverability=False, allow_quoted_local=True, allow_smtputf8=True
        )
    except EmailNotValidError as error:
        raise AddressSyntaxError("it is not a valid address ({reason})", reason=str(error)) from error
    return Address(original=text, local_part=checked.local_part, domain=checked.ascii_domain.lower())


_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_EDGE = re.compile(rf"^[\s\x00-\x1f\x7f\x80-\x9f{_INVISIBLE}]+|[\s\x00-\x1f\x7f\x80-\x9f{_INVISIBLE}]+$")
_AROUND_AT = re.compile(rf"[ \t\u00a0\u3000{_INVISIBLE}]+(?=@)|(?<=@)[ \t\u00a0\u3000{_INVISIBLE}]+")
# U+FF01–FF5E are the full-width forms of ! to ~; the ideographic full stop is a dot in domains.
_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3002: 0x2E, 0xFF61: 0x2E}
_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3002\uff61]")
_MAX_CELL = 10_000  # characters; an address in a longer cell is not looked for


def mend_address(cell: str) -> tuple[str, tuple[Mend, ...]]:
    """Return the address text inside `cell` and what had to be done to get at it.

    ``Name <a@b>`` gives ``a@b``, full-width characters become ASCII, spaces and invisible
    characters around the address and its @ go. Characters inside the local part or the domain
    are never dropped: that would be another person's address.
    """
    if cell.isascii() and "<" not in cell and ":" not in cell and not _needs_strip(cell):
        return cell, ()
    if len(cell) > _MAX_CELL:
        return cell, ()
    mends: list[Mend] = []
    text = _note(cell, _EDGE.sub("", cell), Mend.WHITESPACE, mends)
    if _FULL_WIDTH.search(text):
        head, bracket, tail = text.rpartition("<")  # a display name keeps its characters
        text = _note(text, head + bracket + tail.translate(_TO_ASCII), Mend.FULL_WIDTH, mends)
    text = _note(text, _inside_brackets(text), Mend.DISPLAY_NAME, mends)
    text = _note(text, _EDGE.sub("", text), Mend.WHITESPACE, mends)
    while text[:7].lower() == "mailto:":
        text = _note(text, _EDGE.sub("", text[7:]), Mend.MAILTO, mends)
    text = _note(text, _AROUND_AT.sub("", text), Mend.WHITESPACE, mends)
    return text, tuple(dict.fromkeys(mends))


def _needs_strip(cell: str) -> bool:
    return bool(cell) and (
        cell[0] <= " " or cell[-1] <= " " or cell[-1] == "\x7f" or " " in cell or "\t" in cell
    )


def _note(before: str, after: str, mend: Mend, mends: list[Mend]) -> str:
    if after != before:
        mends.append(mend)
    return after


def _inside_brackets(text: str) -> str:
    """Return what stands in the last pair of angle brackets that holds an @, else the text."""
    start, end = text.rfind("<"), text.rfind(">")
    inside = text[start + 1 : end] if 0 <= start < end == len(text) - 1 else ""
    return inside if "@" in inside else text
