"""The advice of the rule book: lines, ladders, words, hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Final

from deliv.core.case import Urgency
from deliv.core.ladder import Ladder
from deliv.core.ordercontext import OrderWords
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind
from deliv.core.rules import Reason
from deliv.core.settings import Settings
from deliv.core.text import Source, Text
from deliv.core.wording import Template
from deliv.core.workdays import (
    DaysOfYear,
    HolidaysOfCountry,
    Hours,
    PhoneHours,
    Workdays,
    decent_hours,
    no_country,
    parse_hours,
)


class Action(StrEnum):
    """The next step, as a word."""

    SEND = "send"
    SEND_WITH_NOTICE = "send_with_notice"
    """Send, and tell the customer where else to look; phone if nothing comes back."""
    PHONE_IF_SILENT = "phone_if_silent"
    PHONE_FIRST = "phone_first"
    FIX_ADDRESS = "fix_address"
    USE_RELAY = "use_relay"
    RECHECK = "recheck"


class Remark(StrEnum):
    """What may have to be said beside the advice."""

    GIFT = "gift"
    GIFT_LETTER = "gift_letter"
    RELAY = "relay"
    """By which path the customer is reached."""
    NO_PHONE = "no_phone"
    SHARED_PHONE = "shared_phone"
    """The only number is that of whoever gets the gift."""
    BAD_PHONE = "bad_phone"
    """What stands there is no phone number."""
    SMS = "sms"
    DEADLINE = "deadline"
    DEADLINE_PASSED = "deadline_passed"
    AMOUNT = "amount"
    OWN_JUNK = "own_junk"
    """The reply may be in the shop's own junk folder."""
    REFUSED = "refused"
    """What it means in law that a mail was refused."""
    QUIET = "quiet"
    """No mail by hand at this hour."""
    OTHER_ORDERS = "other_orders"
    NO_ORDER_DATE = "no_order_date"


class Situation(StrEnum):
    """Where the conversation with a customer stands."""

    SILENT = "silent"
    """Nothing has come back since the order."""
    BOUNCED = "bounced"
    """A mail was refused, and the customer has not answered since."""
    DIALOGUE = "dialogue"
    """The shop has written by hand, and waits."""
    COMPLAINT = "complaint"
    """The customer waits for the shop."""
    ANSWERED = "answered"
    """The customer has answered, and nobody waits."""
    CLOSED = "closed"
    """Somebody wrote down that it is done."""


OWN_LADDER: Final = (Situation.BOUNCED, Situation.DIALOGUE, Situation.COMPLAINT)
"""Situations with a ladder of their own, by their name, whatever the risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceEntry:
    """One line of the advice: for whom it is, and what it says."""

    risks: frozenset[Risk]
    """Risks that it is for."""
    action: Action
    """The next step."""
    text: Text
    """What to do, for the shop; with ``{fields}``."""
    ladder: str
    """Id of the ladder that it begins."""
    kinds: frozenset[ProviderKind] = frozenset()
    """Kinds of provider that it is for; empty for all."""
    reasons: frozenset[Reason] = frozenset()
    """Reasons of which one must be given; empty for no matter which."""
    say: Text | None = None
    """What to say or write to the customer; with ``{fields}``."""


_USUAL: Final = Hours(start=time(10), end=time(19))
DECENT: Final = Hours(start=time(9), end=time(20))
"""Hours outside of which nobody is ever phoned; rule files can only narrow them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHours:
    """When customers are phoned, and when no mail is written by hand."""

    window: Hours = _USUAL
    """Hours for calls where the shop says nothing else."""
    limits: Hours = DECENT
    """Hours outside of which nobody is phoned, whatever the shop says."""
    lunch: Hours | None = None
    """Hours in which nobody is phoned."""
    minutes: int = 10
    """How long a call takes."""
    quiet: Hours | None = None
    """Hours in which no mail is written by hand to `quiet_kinds`."""
    quiet_kinds: frozenset[ProviderKind] = frozenset()
    """Kinds of provider whose customers' phones ring at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalNote:
    """What a mail that did not arrive may mean for the contract."""

    text: Text
    """In words."""
    sources: tuple[Source, ...]
    """Where it comes from."""
    id: str = "legal-note"
    """Its name in the rule book; there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceBook:
    """The advice, its ladders and its words."""

    entries: tuple[AdviceEntry, ...]
    """The first one that fits holds; the last one fits everything."""
    ladders: Mapping[str, Ladder]
    """By id."""
    hours: CallHours = field(default_factory=CallHours)
    """When to phone."""
    templates: Mapping[str, Template] = field(default_factory=dict)
    """Texts to say and to write, by id."""
    remarks: Mapping[Remark, Text] = field(default_factory=dict)
    """What is said beside the advice."""
    avoid: tuple[Text, ...] = ()
    """What not to say in any call."""
    avoid_gift: tuple[Text, ...] = ()
    """What not to say when it may be a gift."""
    urgency: Urgency = field(default_factory=Urgency)
    """What brings a call forward."""
    legal_note: LegalNote | None = None
    """What a refused mail may mean."""
    year_end: Mapping[str, tuple[DaysOfYear, ...]] = field(default_factory=dict)
    """By country: days of every year on which shops are closed, besides public holidays."""
    words: OrderWords = field(default_factory=OrderWords)
    """How gifts and complaints are recognised."""
    public_holidays: HolidaysOfCountry = field(default=no_country, compare=False)
    """Knows the public holidays of each country."""

    def workdays(self, settings: Settings) -> Workdays:
        """Return the days on which this shop works."""
        calendar, country = settings.calendar, settings.shop.country
        return Workdays(
            weekdays=calendar.workdays,
            closed=calendar.closed,
            yearly=self.year_end.get(country, ()),
            public_holidays=self.public_holidays(country),
        )

    def phone_hours(self, settings: Settings) -> PhoneHours:
        """Return when this shop phones; never outside of the limits."""
        hours, own = self.hours, settings.calendar.phone_window
        windows = (parse_hours(own), hours.window) if own else (hours.window,)
        # A shop that phones only at lunch time means it.
        tries = ((window, pause) for window in windows for pause in (hours.lunch, None))
        found = (decent_hours(window, hours.limits, pause) for window, pause in tries)
        return next(filter(None, found), PhoneHours(window=hours.limits))

    def quiet_hours(self, settings: Settings, kind: ProviderKind | None) -> Hours | None:
        """Return the hours in which nobody writes by hand to a mailbox of this kind."""
        own = settings.calendar.quiet_hours
        if kind not in self.hours.quiet_kinds:
            return None
        return parse_hours(own) if own else self.hours.quiet
