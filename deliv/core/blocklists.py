"""DNS block lists: what they say of a sending IP address or of a domain (RFC 5782).

A list is asked for A records. NXDOMAIN means "not listed", but it is also what a list tells those
whom it does not serve. So a list is believed only after its test point (section 5) was listed.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType
from deliv.core.text import Source, Text

_LONGEST_NAME: Final = 253  # RFC 1035, section 2.3.4, without the final dot
_CODES: Final = ipaddress.ip_network("127.0.0.0/8")  # RFC 5782, section 2.1

TEMPLATES: Final[Mapping[str, str]] = {
    "no_ipv6": "this list holds no IPv6 addresses",
    "wrong_subject": "this list does not hold such entries",
    "not_answered": "the list did not answer",
    "test_missing": "the list does not show its own test entry, so it does not serve this resolver",
    "refused": "the list does not answer questions that come through this resolver",
    "unknown_code": "the list gave an answer that has no known meaning",
    "lists_everything": "the list names even what must never be listed, so nothing it says counts",
}
"""Why a list was not checked."""


class BlockListSubject(StrEnum):
    """What a list holds."""

    IP = "ip"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockList:
    """One list, and how to read its answers."""

    id: str
    """Its name in the rule book, such as ``spamhaus-zen``."""
    names: Text
    """What people call it."""
    zone: str
    """Below which domain it is asked."""
    subject: BlockListSubject
    """What it holds."""
    ipv6: bool = False
    """Whether it holds IPv6 addresses, too."""
    listed: tuple[tuple[str, Text], ...]
    """Answers that mean "listed": an address or a network, and what it means."""
    refused: tuple[str, ...] = ()
    """Answers that mean "you may not ask me through this resolver", or "you asked too often"."""
    terms: Text
    """Who may ask it, and how often."""
    url: str
    """Where a listing is explained and can be ended."""
    sources: tuple[Source, ...] = ()
    """Where all this comes from."""
    test: str = ""
    """An entry that is always listed; empty for the one of RFC 5782, section 5."""

    @property
    def always_listed(self) -> str:
        """The test point that must be listed (section 5)."""
        return self.test or ("127.0.0.2" if self.subject is BlockListSubject.IP else "test")

    @property
    def never_listed(self) -> str:
        """The test point that must not be listed (section 5)."""
        return "127.0.0.1" if self.subject is BlockListSubject.IP else "invalid"


class ListingStatus(StrEnum):
    """What a list says of one subject."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    NOT_CHECKED = "not_checked"
    """It did not say, or it did not say it to us: never to be taken for one of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one list says of one IP address or domain."""

    list: BlockList
    """The list."""
    subject: str
    """What was asked for."""
    status: ListingStatus
    """What it says."""
    codes: tuple[str, ...] = ()
    """Its answers, as they came."""
    meanings: tuple[Text, ...] = ()
    """What the answers mean; empty unless `status` is LISTED."""
    detail: str = ""
    """Why it was not checked, as an English template; empty otherwise."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""


def discover_listing(block_list: BlockList, subject: str) -> Asking[Listing]:
    """Find out whether `block_list` names `subject`, an IP address or a domain in A-labels.

    Two questions; where it is listed a third one, whether the list names just everything.
    """
    name, detail = _name(block_list, subject)
    seen: tuple[str, ...] = ()

    def result(status: ListingStatus, detail: str = "", codes: Iterable[str] = ()) -> Listing:
        found = tuple(codes)
        told = _meanings(block_list, found) if status is ListingStatus.LISTED else ()
        return Listing(
            list=block_list,
            subject=subject,
            status=status,
            codes=found,
            meanings=told,
            detail=detail,
            evidence=seen,
        )

    if detail:
        return result(ListingStatus.NOT_CHECKED, detail)
    query, test = yield from _ask(_name(block_list, block_list.always_listed)[0])
    seen += (f"{query}: {test}",)
    status, detail = _read(block_list, test)
    if status is not ListingStatus.LISTED:
        return result(ListingStatus.NOT_CHECKED, detail or TEMPLATES["test_missing"])
    query, answer = yield from _ask(name)
    seen += (f"{query}: {answer}",)
    status, detail = _read(block_list, answer)
    if status is ListingStatus.LISTED:
        # A list that was given up sometimes names the whole world to make people stop asking.
        query, everything = yield from _ask(_name(block_list, block_list.never_listed)[0])
        seen += (f"{query}: {everything}",)
        if everything.status is AnswerStatus.TEMPERROR:
            return result(ListingStatus.NOT_CHECKED, TEMPLATES["not_answered"], answer.texts)
        if _read(block_list, everything)[0] is ListingStatus.LISTED:
            return result(ListingStatus.NOT_CHECKED, TEMPLATES["lists_everything"], answer.texts)
    return result(status, detail, answer.texts)


def _ask(name: str) -> Asking[tuple[Query, Answer]]:
    query = Query(name=name, type=RecordType.A)
    return query, (yield query)


def _name(block_list: BlockList, subject: str) -> tuple[str, str]:
    """Return the name to ask for, or else why it cannot be asked (sections 2.1, 2.4 and 3.1)."""
    if block_list.subject is BlockListSubject.IP:
        try:
            address = ipaddress.ip_address(subject)
        except ValueError:
            return "", TEMPLATES["wrong_subject"]
        address = getattr(address, "ipv4_mapped", None) or address
        if address.version == 6 and not block_list.ipv6:
            return "", TEMPLATES["no_ipv6"]
        labels = address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    else:
        labels = subject.lower().rstrip(".")
        if not labels or _is_address(labels):
            return "", TEMPLATES["wrong_subject"]
    name = f"{labels}.{block_list.zone}"
    return (name, "") if len(name) <= _LONGEST_NAME else ("", TEMPLATES["wrong_subject"])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _read(block_list: BlockList, answer: Answer) -> tuple[ListingStatus, str]:
    """Return what an answer means. Anything but known codes of the list means nothing."""
    match answer.status:
        case AnswerStatus.TEMPERROR:
            return ListingStatus.NOT_CHECKED, TEMPLATES["not_answered"]
        case AnswerStatus.NXDOMAIN | AnswerStatus.NODATA:
            return ListingStatus.NOT_LISTED, ""
        case AnswerStatus.FOUND:
            if any(_within(code, network) for code in answer.texts for network in block_list.refused):
                return ListingStatus.NOT_CHECKED, TEMPLATES["refused"]
            if all(_within(code, str(_CODES)) and _meanings(block_list, (code,)) for code in answer.texts):
                return ListingStatus.LISTED, ""
            return ListingStatus.NOT_CHECKED, TEMPLATES["unknown_code"]


def _meanings(block_list: BlockList, codes: Iterable[str]) -> tuple[Text, ...]:
    """Return what the codes mean, each meaning once; the first network that fits decides."""
    told = (
        next((meaning for network, meaning in block_list.listed if _within(code, network)), None)
        for code in codes
    )
    return tuple(dict.fromkeys(meaning for meaning in told if meaning is not None))


def _within(code: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(code) in ipaddress.ip_network(network)
    except (ValueError, TypeError):
        return False  # not an address at all: no answer that a list could give
