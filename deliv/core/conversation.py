"""What has passed between shop and customer, and who waits for whom."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from deliv.core.advicebook import Situation
from deliv.core.contacts import Contact, ContactKind, in_time
from deliv.core.ordercontext import OrderContext, OrderWords

# What stands between the parts of a note; spaces part Japanese words, but no English ones.
_BETWEEN: Final = re.compile(r"[、。,.;:!()\[\]/\n]|(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Where things stand with one order."""

    situation: Situation
    """Who waits for whom."""
    since: date
    """Day on which this began: its ladder counts from here."""
    contacts: tuple[Contact, ...] = ()
    """What the shop has done after that, in its order in time."""
    is_recorded: bool = False
    """Whether anything was ever written down of it."""
    is_dated: bool = True
    """Whether the day of the order is known; else the first contact, or today, stands for it."""


def conversation_of(
    order: OrderContext, contacts: Sequence[Contact], words: OrderWords, *, today: date
) -> Conversation:
    """Return where things stand, by the log and by what the export itself says.

    contacts: those of the order, without plans. A reply ends the silence; what the shop writes after it
    begins a new one. The first bounce counts until the customer answers, and a complaint until somebody
    of the shop does.
    """
    known = sorted([*contacts, *_of_export(order, today)], key=in_time)
    ordered = order.ordered_at.day if order.ordered_at else None
    last_reply, after = _behind_reply(known)
    bounce = next((each for each in after if each.kind is ContactKind.BOUNCE), None)
    ours = tuple(each for each in after if each.kind.is_from_shop)
    by_hand = tuple(each for each in ours if each in contacts)  # mails of the shop system answer nobody
    complaint = _unanswered_complaint(known, contacts, words)
    closing = next((each for each in reversed(known) if _closes(each, words.closed)), None)

    def state(situation: Situation, since: date, done: tuple[Contact, ...] = ()) -> Conversation:
        return Conversation(
            situation=situation,
            since=since,
            contacts=done,
            is_recorded=bool(contacts),
            is_dated=ordered is not None,
        )

    if closing is not None and not any(_is_later(each, closing) for each in (bounce, last_reply) if each):
        return state(Situation.CLOSED, closing.when.day)
    if complaint is not None:
        return state(Situation.COMPLAINT, complaint.when.day)
    if bounce is not None:
        return state(
            Situation.BOUNCED,
            bounce.when.day,
            tuple(each for each in ours if in_time(each) > in_time(bounce)),
        )
    if last_reply is None:
        return state(Situation.SILENT, ordered or (known[0].when.day if known else today), ours)
    if by_hand:
        return state(Situation.DIALOGUE, by_hand[0].when.day, by_hand[1:])
    return state(Situation.ANSWERED, last_reply.when.day)


def _of_export(order: OrderContext, today: date) -> list[Contact]:
    """Return the contacts that stand in the export itself."""
    earliest = order.ordered_at.day if order.ordered_at else date.min
    found = {ContactKind.MAIL: order.mailed_at, ContactKind.REPLY: order.replied_at}
    return [
        Contact(kind=kind, when=when)
        for kind, when in found.items()
        if when is not None and earliest <= when.day <= today
    ]


def _behind_reply(known: Sequence[Contact]) -> tuple[Contact | None, Sequence[Contact]]:
    """Return the customer's last answer, and what came after it; everything when there is none."""
    for place in range(len(known) - 1, -1, -1):
        if known[place].kind is ContactKind.REPLY:
            return known[place], known[place + 1 :]
    return None, known


def _unanswered_complaint(
    known: Sequence[Contact], logged: Sequence[Contact], words: OrderWords
) -> Contact | None:
    """Return the first complaint since somebody of the shop last reached out."""
    complaint = None
    for contact in known:
        if contact.kind.is_from_shop and contact in logged:
            complaint = None
        elif contact.kind is ContactKind.REPLY and complaint is None and _holds(contact, words.complaint):
            complaint = contact
    return complaint


def _is_later(contact: Contact, other: Contact) -> bool:
    """Whether a contact came after another one; on the same day only if both have a time."""
    if contact.when.at is None or other.when.at is None:
        return contact.when.day > other.when.day
    return contact.when.at > other.when.at


def _holds(contact: Contact, words: tuple[str, ...]) -> bool:
    """Whether its note holds one of the words."""
    note = _fold(contact.note)
    return any(_fold(word) in note for word in words)


def _closes(contact: Contact, words: tuple[str, ...]) -> bool:
    """Whether a part of its note is one of the words: “電話。解決”, but neither “未解決” nor “not done”."""
    parts = {part.strip() for part in _BETWEEN.split(_fold(contact.note))}
    return any(_fold(word) in parts for word in words)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
