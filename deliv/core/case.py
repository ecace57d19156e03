"""What of an order changes the advice: a gift, a deadline, an amount, a number that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from deliv.core.exports import Role
from deliv.core.ladder import Hurry
from deliv.core.ordercontext import OrderContext, OrderReader
from deliv.core.workdays import Workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What brings a call forward."""

    deadline_days: int = 2
    """Business days before the goods are needed by which the customer must have been called."""
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    """By country: from which amount on a call comes earlier."""
    amount_days: int = 1
    """By how many business days."""
    give_up_after: int = 20
    """Business days after which an order is left alone of which nothing was ever written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What of an order changes the advice; rows that agree in it share one."""

    is_gift: bool = False
    """Whether it looks like a gift."""
    lacks_phone: bool = False
    """Whether the row has no number of the buyer."""
    is_dear: bool = False
    """Whether it is worth an earlier call."""
    need_by: date | None = None
    """When the goods are needed; None when the row does not say."""

    def hurry(self, urgency: Urgency, workdays: Workdays) -> Hurry:
        """Return what brings the call forward."""
        latest = workdays.before(self.need_by, urgency.deadline_days) if self.need_by else None
        return Hurry(days=urgency.amount_days if self.is_dear else 0, latest=latest)


def case_of(order: OrderContext, urgency: Urgency, country: str) -> Case:
    """Return what an order changes, in a shop of this country."""
    return Case(
        is_gift=order.gift is not None,
        lacks_phone=not order.phones,
        is_dear=_is_dear(order.amount, urgency, country),
        need_by=order.need_by,
    )


def case_of_row(
    fields: Mapping[str, str], reader: OrderReader, urgency: Urgency, *, has_phones: bool
) -> Case:
    """Return the same from a row; a long list needs no more of its orders than this.

    has_phones: whether the list has a column for the buyer's number at all.
    """
    return Case(
        is_gift=reader.gift(fields) is not None,
        lacks_phone=has_phones and not fields.get(Role.BUYER_PHONE),
        is_dear=_is_dear(reader.amount(fields), urgency, reader.country),
        need_by=reader.need_by(fields),
    )


def _is_dear(amount: Decimal | None, urgency: Urgency, country: str) -> bool:
    least = urgency.amounts.get(country)
    return amount is not None and least is not None and amount >= least
