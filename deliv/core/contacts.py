"""What passed between the shop and a customer: the log of contacts."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from deliv.core.moments import Moment


class ContactKind(StrEnum):
    """What somebody did."""

    MAIL = "mail"
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"
    REPLY = "reply"
    """The customer answered, by whatever means."""
    BOUNCE = "bounce"
    """A mail was refused, or came back."""
    PLANNED = "planned"
    """Somebody meant to; nothing has happened."""

    @property
    def is_from_shop(self) -> bool:
        """Whether the shop has reached out."""
        return self in _FROM_SHOP


_FROM_SHOP = frozenset({ContactKind.MAIL, ContactKind.SMS, ContactKind.PHONE, ContactKind.LETTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One line of the log."""

    kind: ContactKind
    """What happened."""
    when: Moment
    """When."""
    order_id: str = ""
    """Which order it was about; empty when the line does not say."""
    address: str = ""
    """The customer's address, normalized; empty when the line does not say."""
    note: str = ""
    """What was written down."""
    line: int = field(default=0, compare=False)
    """Line of the log on which it stands, from 1; 0 when it comes from elsewhere."""


class ContactRole(StrEnum):
    """What a column of the log can say."""

    ORDER_ID = "order_id"
    ADDRESS = "address"
    DATE = "date"
    KIND = "kind"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactVocabulary:
    """The words in which people keep such a log."""

    headings: Mapping[ContactRole, tuple[str, ...]] = field(default_factory=dict)
    """Headings of its columns, the best first."""
    kinds: Mapping[ContactKind, tuple[str, ...]] = field(default_factory=dict)
    """Words for what somebody did."""


class ContactLog:
    """All contacts, found by order or by address; a line that stands there twice counts once."""

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        self._happened = [each for each in contacts if each.kind is not ContactKind.PLANNED]
        self._by_order: defaultdict[str, list[Contact]] = defaultdict(list)
        self._by_address: defaultdict[str, list[Contact]] = defaultdict(list)
        for contact in self._happened:
            if contact.order_id:
                self._by_order[_without_zeros(contact.order_id)].append(contact)
            elif contact.address:
                self._by_address[contact.address.casefold()].append(contact)

    def of(
        self, order_id: str, address: str | None, *, since: date | None, until: date
    ) -> tuple[Contact, ...]:
        """Return what happened about an order, in its order in time; plans are left out.

        A line about an order counts for that order, one about an address for all of its orders that
        had been placed by then. since: the day of the order. until: the last day that counts.
        """
        found = list(self._by_order.get(_without_zeros(order_id), ())) if order_id else []
        if address:
            found += self._by_address.get(address.casefold(), ())
        happened = {
            contact: None
            for contact in found
            if contact.when.day <= until and (since is None or contact.when.day >= since)
        }
        return tuple(sorted(happened, key=in_time))

    def unmatched(self, counted: Iterable[Contact]) -> tuple[Contact, ...]:
        """Return the lines that are not among those that counted for some order."""
        known = set(counted)
        return tuple(contact for contact in self._happened if contact not in known)


def fold_order_id(order_id: str) -> str:
    """Return the spelling by which order numbers are compared; spreadsheets add ``.0``, people ``#``."""
    folded = unicodedata.normalize("NFKC", order_id).strip()
    return folded.removeprefix("#").removesuffix(".0").casefold()


def _without_zeros(order_id: str) -> str:
    """Return a number as it is after a spreadsheet has eaten the zeros before it, in the list or the log."""
    return fold_order_id(order_id).lstrip("0")


def in_time(contact: Contact) -> tuple[date, time, bool, str, str]:
    """Return the place of a contact in time.

    On a day without times the shop wrote first, and the customer answered last.
    """
    at: datetime | None = contact.when.at
    first = contact.kind.is_from_shop
    moment = at.time() if at else time.min if first else time.max
    return contact.when.day, moment, not first, contact.kind, contact.note
