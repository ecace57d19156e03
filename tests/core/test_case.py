"""What of an order brings a call forward."""

from datetime import date
from decimal import Decimal

import pytest

from deliv.core.case import Case, Urgency, case_of, case_of_row
from deliv.core.exports import Role
from deliv.core.ordercontext import OrderContext, OrderReader
from deliv.core.settings import Settings
from tests.usecases.agenda import TOKYO

URGENCY = Urgency(amounts={"JP": Decimal(30000)})


@pytest.mark.parametrize(
    ("amount", "country", "expected"),
    [(30000, "JP", True), (29999, "JP", False), (None, "JP", False), (10**9, "US", False)],
)
def test_an_amount_is_dear_by_the_countrys_measure(amount, country, expected):
    order = OrderContext(amount=None if amount is None else Decimal(amount))
    assert case_of(order, URGENCY, country).is_dear is expected


@pytest.mark.parametrize(
    ("need_by", "latest"),
    [((2026, 11, 27), (2026, 11, 25)), ((2026, 11, 24), (2026, 11, 19)), ((2027, 1, 5), (2026, 12, 28))],
)
def test_the_customer_is_called_two_business_days_before_the_deadline(rules, need_by, latest):
    hurry = Case(need_by=date(*need_by)).hurry(URGENCY, rules.advice.workdays(Settings()))
    assert hurry.latest == date(*latest)


def test_a_row_says_the_same_as_its_order(rules):
    reader = OrderReader(words=rules.advice.words, zone=TOKYO)
    fields = {
        Role.GIFT: "のし",
        Role.AMOUNT: "50000",
        Role.NEED_BY: "2026-12-24",
        Role.BUYER_PHONE: "090-1234-5678",
    }
    assert case_of_row(fields, reader, URGENCY, has_phones=True) == case_of(
        reader.read(fields), URGENCY, "JP"
    )
