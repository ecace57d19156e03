"""Whether the name of an IP address leads back to it (RFC 8601 section 2.7.3, "iprev")."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.auth.spf_macros import is_address
from deliv.core.question import AnswerStatus, Asking, Query, RecordType

_MOST_NAMES: Final = 10  # RFC 7208, section 5.5, sets this limit for the same look-up


class ReverseStatus(StrEnum):
    """What the reverse look-up of an IP address showed."""

    MATCHED = "matched"
    """A name of the address leads back to it: *pass* in RFC 8601."""
    MISMATCHED = "mismatched"
    """The address has names, but none leads back to it: *fail* in RFC 8601."""
    MISSING = "missing"
    """The address has no name: *permerror* in RFC 8601, and as bad as *fail* for receivers."""
    TEMPERROR = "temperror"
    """A question that could have shown a match was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseDns:
    """The names of an IP address, and which of them leads back."""

    ip: str
    """The address, in its canonical form."""
    status: ReverseStatus
    """What was found."""
    names: tuple[str, ...] = ()
    """Names of the address, lower case, without the final dot, in the order of the answer."""
    matched: str = ""
    """The first name that leads back; empty when none does."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


def discover_reverse(ip: str) -> Asking[ReverseDns]:
    """Ask for the names of `ip` and then for the addresses of these names, until one leads back.

    Raises ValueError when `ip` is no IP address.
    """
    address = ipaddress.ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    query = Query(name=address.reverse_pointer, type=RecordType.PTR)
    answer = yield query
    seen = [f"{query}: {answer}"]
    names = tuple(dict.fromkeys(name for text in answer.texts if (name := text.rstrip(".").lower())))
    is_open = answer.status is AnswerStatus.TEMPERROR
    kind = RecordType.A if address.version == 4 else RecordType.AAAA
    matched = ""
    for name in names[:_MOST_NAMES]:
        query = Query(name=name, type=kind)
        answer = yield query
        seen.append(f"{query}: {answer}")
        is_open |= answer.status is AnswerStatus.TEMPERROR
        if any(is_address(text, address) for text in answer.texts):
            matched = name
            break
    if matched:
        status = ReverseStatus.MATCHED
    elif is_open:
        status = ReverseStatus.TEMPERROR
    else:
        status = ReverseStatus.MISMATCHED if names else ReverseStatus.MISSING
    return ReverseDns(ip=str(address), status=status, names=names, matched=matched, evidence=tuple(seen))
