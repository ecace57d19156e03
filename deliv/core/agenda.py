"""The list of a day: for each order what to do about it, on which day, with which words."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from deliv.core.advicebook import LegalNote, Situation
from deliv.core.assessment import Assessment
from deliv.core.contacts import Contact
from deliv.core.ladder import PlannedStep, StepKind
from deliv.core.ordercontext import OrderContext
from deliv.core.phone import PhoneNumber
from deliv.core.report import RunHeader, Summary
from deliv.core.text import Text
from deliv.core.wording import Template
from deliv.core.workdays import PhoneHours

_PRESSING: Final = timedelta(days=7)


class Status(StrEnum):
    """How urgent an order is."""

    OVERDUE = "overdue"
    """A step was missed."""
    TODAY = "today"
    WAIT = "wait"
    """Nothing is due yet."""
    DONE = "done"
    """Nothing is to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order with all that is known of it."""

    assessment: Assessment
    """Its first row, judged."""
    order: OrderContext
    """What that row says of the order."""
    rows: tuple[int, ...]
    """All rows of the order, from 1."""
    contacts: tuple[Contact, ...] = ()
    """What passed between shop and customer, without plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What is to be done about one order."""

    subject: OpenOrder
    """Which order."""
    situation: Situation
    """Where the conversation stands."""
    since: date
    """Since when."""
    status: Status
    """How urgent it is."""
    do: StepKind | None = None
    """The next step, as it can be taken; None when nothing is to be done."""
    due: date | None = None
    """Day by which it is due; None when nothing is to be done."""
    do_on: date | None = None
    """Day on which to do it: `due`, or the next day on which that is possible."""
    not_before: time | None = None
    """Time of that day before which it would disturb; None when it does not matter."""
    overdue: int = 0
    """Business days that have passed since it was due."""
    window: str = ""
    """Hours for a call, such as ``10:00-12:00/13:00-19:00``; empty when the step is none."""
    phone: PhoneNumber | None = None
    """The number to call: the buyer's; None when the step is no call."""
    then: PlannedStep | None = None
    """What comes next if the customer stays silent; None when nothing does."""
    say: Text | None = None
    """What to say on the phone."""
    avoid: tuple[Text, ...] = ()
    """What not to say or do in the call."""
    sms: Text | None = None
    """What to write by SMS instead; None when the number takes none."""
    mail_subject: Text | None = None
    """Subject of the mail to write."""
    mail: Text | None = None
    """The mail, or the letter, to write."""
    remarks: tuple[Text, ...] = ()
    """What else to know."""
    look_in_own_junk: bool = False
    """Whether the customer's answer may lie in the shop's own junk folder."""
    script: Template | None = None
    """What `say` and `mail` were made from."""

    @property
    def order_id(self) -> str:
        """Number of the order; empty when the list has none."""
        return self.subject.order.order_id

    @property
    def waits_for_customer(self) -> bool:
        """Whether something is to be done since nothing has come back."""
        silent = self.situation in (Situation.SILENT, Situation.DIALOGUE)
        return silent and self.do not in (None, StepKind.RECHECK)

    @property
    def misses_answer(self) -> bool:
        """Whether it is time to look where an answer of the customer may have gone."""
        return self.waits_for_customer and self.status in (Status.OVERDUE, Status.TODAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The list of a day."""

    header: RunHeader
    """What was known before the first row."""
    now: datetime
    """The moment for which it was made, by the shop's clock."""
    entries: tuple[FollowUp, ...] = field(repr=False)  # asyncio.run() writes out what it returns, unasked
    """One for each order, the most urgent first."""
    summary: Summary
    """What was known after the last row."""
    unmatched: tuple[Contact, ...] = ()
    """Lines of the log that count for no order of the list: of others, older ones, or of days to come."""
    phone_hours: PhoneHours
    """When the shop phones."""
    call_minutes: int = 10
    """How long a call takes."""
    legal_note: LegalNote | None = None
    """What a refused mail may mean; None when it concerns no order of the list."""


def urgency_of(found: FollowUp) -> tuple[object, ...]:
    """Return the place of an order on the list: what shouts comes first."""
    order = found.subject.order
    return (
        list(Status).index(found.status),
        found.situation is not Situation.COMPLAINT,
        (order.need_by if _is_pressing(found) else None) or date.max,
        -found.overdue,
        -(order.amount or Decimal(0)),
        found.due or date.max,
        list(StepKind).index(found.do) if found.do else 0,
        found.subject.rows,
    )


def _is_pressing(found: FollowUp) -> bool:
    """Whether the goods are needed within days, or were a few days ago."""
    need_by = found.subject.order.need_by
    return need_by is not None and found.do_on is not None and abs(need_by - found.do_on) <= _PRESSING
