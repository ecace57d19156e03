"""What a row of an export says of the order: who bought, for whom, until when, how to reach the buyer."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from deliv.core.exports import Role
from deliv.core.moments import Moment, read_moment
from deliv.core.phone import PhoneNumber, read_phones

_LONGEST_AMOUNT: Final = 30  # characters
_HONORIFICS: Final = ("様", "さま", "さん", "殿", "御中")
_BETWEEN_WISHES: Final = re.compile(r"[\n、,;]")
_NOTHING: Final = re.compile(r"[¥\\$€£]?0+(?:\.0+)?円?", re.ASCII)  # a price for wrapping that is none

_T = TypeVar("_T")


class GiftSign(StrEnum):
    """What makes an order look like a gift."""

    FLAG = "flag"
    """The export says so: wrapping, noshi, a card."""
    RECIPIENT = "recipient"
    """It goes to somebody else."""
    NOTE = "note"
    """The customer wrote words such as “birthday”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWords:
    """Words by which texts of customers and staff are understood."""

    gift: tuple[str, ...] = ()
    """In a note: the order is a gift."""
    no_gift: tuple[str, ...] = ()
    """In a cell about wrapping: there is none."""
    complaint: tuple[str, ...] = ()
    """In a note to a reply: the customer waits for an answer."""
    closed: tuple[str, ...] = ()
    """As a part of any note by itself: nobody has to do anything more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderContext:
    """One order, as far as its row tells."""

    order_id: str = ""
    """Its number; empty when the row has none."""
    ordered_at: Moment | None = None
    """When it was placed."""
    buyer_name: str = ""
    """Who ordered."""
    phones: tuple[PhoneNumber, ...] = ()
    """The buyer's numbers that may be called, mobile ones first."""
    written_phone: str = ""
    """What the row holds as the buyer's number, as written."""
    shares_phone: bool = False
    """Whether a number was left out of `phones` since the recipient of the gift has the same one."""
    recipient_name: str = ""
    """Who gets the goods; empty when the row does not say."""
    recipient_phones: tuple[PhoneNumber, ...] = ()
    """Numbers of the recipient, where that is somebody else than the buyer; they are never called."""
    amount: Decimal | None = None
    """What it costs, in the shop's currency."""
    gift: GiftSign | None = None
    """What makes it look like a gift; None when nothing does."""
    note: str = ""
    """What was written down of it."""
    need_by: date | None = None
    """When the customer needs the goods."""
    mailed_at: Moment | None = None
    """When the shop wrote, by the export."""
    replied_at: Moment | None = None
    """When the customer last answered, by the export."""
    unread: tuple[Role, ...] = ()
    """What the row holds and nobody could make sense of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReader:
    """Reads rows as this shop writes them."""

    words: OrderWords
    """How gifts are recognised."""
    zone: tzinfo
    """The shop's time zone."""
    country: str = "JP"
    """ISO 3166 code of the country whose phone numbers need no country code."""

    def read(self, fields: Mapping[str, str]) -> OrderContext:
        """Return what a row says; `fields` are those of an `Order`, by `Role`."""
        ordered_at = self._moment(fields, Role.ORDERED_AT)
        mailed_at, replied_at = self._moment(fields, Role.MAILED_AT), self._moment(fields, Role.REPLIED_AT)
        amount, need_by = self.amount(fields), self.need_by(fields, ordered_at)
        gift = self.gift(fields)
        own = read_phones(fields.get(Role.BUYER_PHONE, ""), self.country)
        others = (
            read_phones(fields.get(Role.RECIPIENT_PHONE, ""), self.country) if _is_for_other(fields) else ()
        )
        read = {
            Role.ORDERED_AT: ordered_at,
            Role.AMOUNT: amount,
            Role.NEED_BY: need_by,
            Role.MAILED_AT: mailed_at,
            Role.REPLIED_AT: replied_at,
            Role.BUYER_PHONE: own or None,
        }
        phones = tuple(number for number in own if number not in others)
        return OrderContext(
            order_id=fields.get(Role.ORDER_ID, ""),
            ordered_at=ordered_at,
            buyer_name=fields.get(Role.BUYER_NAME, ""),
            phones=phones,
            written_phone=fields.get(Role.BUYER_PHONE, ""),
            shares_phone=len(phones) < len(own),
            recipient_name=fields.get(Role.RECIPIENT_NAME, ""),
            recipient_phones=others,
            amount=amount,
            gift=gift,
            note=fields.get(Role.NOTE, ""),
            need_by=need_by,
            mailed_at=mailed_at,
            replied_at=replied_at,
            unread=tuple(role for role, value in read.items() if value is None and role in fields),
        )

    def gift(self, fields: Mapping[str, str]) -> GiftSign | None:
        """Return what makes the order look like a gift."""
        flags = fields.get(Role.GIFT, "")
        if flags and not _denies_gift(flags, self.words.no_gift):
            return GiftSign.FLAG
        if _is_for_other(fields):
            return GiftSign.RECIPIENT
        note = fields.get(Role.NOTE, "")
        return GiftSign.NOTE if note and _holds_any(_fold(note), self.words.gift) else None

    def need_by(self, fields: Mapping[str, str], ordered_at: Moment | None = None) -> date | None:
        """Return until when the customer needs the goods."""
        text = fields.get(Role.NEED_BY, "")
        if not text:
            return None
        found = read_moment(text, self.zone)
        if found is None and (ordered_at := ordered_at or self._moment(fields, Role.ORDERED_AT)):
            found = read_moment(text, self.zone, after=ordered_at.day)  # a day without its year
        return found.day if found else None

    def amount(self, fields: Mapping[str, str]) -> Decimal | None:
        """Return what the order costs."""
        text = fields.get(Role.AMOUNT, "")[:_LONGEST_AMOUNT]
        if text.isascii() and text.isdigit():
            return Decimal(text)
        text = unicodedata.normalize("NFKC", text)[:_LONGEST_AMOUNT]
        digits = "".join(character for character in text if character.isdigit() or character in ".-")
        try:
            return Decimal(digits) if digits else None
        except InvalidOperation:
            return None

    def _moment(self, fields: Mapping[str, str], role: Role) -> Moment | None:
        text = fields.get(role, "")
        return read_moment(text, self.zone) if text else None


def combined(orders: Sequence[OrderContext]) -> OrderContext:
    """Return what the lines of one order say together.

    What is a gift, or needed soon, on one line makes the whole order so, and a number that belongs to
    the recipient of any line is left out. For the rest the first line that says something counts.
    """
    first = orders[0]
    if all(order == first for order in orders):
        return first
    withheld = tuple(dict.fromkeys(number for order in orders for number in order.recipient_phones))
    numbers = dict.fromkeys(number for order in orders for number in order.phones)
    phones = [number for number in numbers if number not in withheld]
    return replace(
        first,
        ordered_at=_first(order.ordered_at for order in orders),
        buyer_name=_first(order.buyer_name for order in orders) or "",
        phones=tuple(sorted(phones, key=lambda number: not number.is_mobile)),
        written_phone=_first(order.written_phone for order in orders) or "",
        shares_phone=any(order.shares_phone for order in orders) or len(phones) < len(numbers),
        recipient_name=_first(order.recipient_name for order in orders) or "",
        recipient_phones=withheld,
        amount=max((order.amount for order in orders if order.amount is not None), default=None),
        gift=_first(order.gift for order in orders),
        note="\n".join(dict.fromkeys(order.note for order in orders if order.note)),
        need_by=min((order.need_by for order in orders if order.need_by is not None), default=None),
        mailed_at=_first(order.mailed_at for order in orders),
        replied_at=_first(order.replied_at for order in orders),
        unread=tuple(dict.fromkeys(role for order in orders for role in order.unread)),
    )


def _first(values: Iterable[_T | None]) -> _T | None:
    """Return the first value that says something."""
    return next((value for value in values if value), None)


@lru_cache(maxsize=1024)  # long lists say the same few things over and over
def _denies_gift(flags: str, denials: tuple[str, ...]) -> bool:
    """Whether every wish for wrapping and the like is for none."""
    wishes = filter(None, map(_fold, _BETWEEN_WISHES.split(unicodedata.normalize("NFKC", flags))))
    return all(_is_nothing(wish, _folded(denials)) for wish in wishes)


def _is_nothing(wish: str, denials: tuple[str, ...]) -> bool:
    """Whether a wish is for nothing: “不要”, “のし:不要”, “0円”; but neither “100円” nor “kimono”."""
    if wish in denials or _NOTHING.fullmatch(wish):
        return True
    ending = next((word for word in denials if len(word) > 1 and wish.endswith(word)), "")
    before = wish.removesuffix(ending)[-1:]
    is_longer_word = ending[:1].isascii() and before.isascii() and (before.isalnum() or before in ".,")
    return bool(ending) and not is_longer_word


def _holds_any(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in _folded(words))


@lru_cache(maxsize=8)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_fold, words))


def _is_for_other(fields: Mapping[str, str]) -> bool:
    """Whether the goods go to somebody else than the buyer."""
    recipient = fields.get(Role.RECIPIENT_NAME, "")
    buyer = fields.get(Role.BUYER_NAME, "") if recipient else ""
    return bool(buyer) and recipient != buyer and _name(recipient) != _name(buyer)


def _name(text: str) -> str:
    return without_honorific(_fold(text))


def without_honorific(name: str) -> str:
    """Return a name without what politeness puts behind it."""
    for honorific in _HONORIFICS:
        name = name.rstrip().removesuffix(honorific)
    return name.rstrip()


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
