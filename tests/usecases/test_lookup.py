"""What support staff type or paste becomes one order for each address."""

import pytest

from deliv.core.order import Order
from deliv.lookup import orders_of


@pytest.mark.parametrize(
    ("texts", "addresses"),
    [
        ([], []),
        ([""], []),
        (["  \n \n"], []),
        (["taro@shop.example"], ["taro@shop.example"]),
        (["a@shop.example", "b@shop.example"], ["a@shop.example", "b@shop.example"]),
        (["a@shop.example\nb@shop.example\r\n\n c@shop.example "], [f"{x}@shop.example" for x in "abc"]),
        (["a@shop.example, b@shop.example；c@shop.example"], [f"{x}@shop.example" for x in "abc"]),
        (["山田 太郎 <taro@shop.example>"], ["山田 太郎 <taro@shop.example>"]),
        (["a@shop.example, a@shop.example"], ["a@shop.example"]),
        (["taro＠shop.example"], ["taro＠shop.example"]),
        (["no address at all"], ["no address at all"]),
    ],
    ids=[
        *("nothing", "empty", "blank-lines", "one", "several-arguments", "several-lines", "a-list"),
        *("pasted-name", "twice-in-a-list", "full-width", "no-address"),
    ],
)
def test_lines_and_lists_are_taken_apart(texts: list[str], addresses: list[str]) -> None:
    assert [order.address for order in orders_of(texts)] == addresses


def test_orders_are_numbered_from_one() -> None:
    assert orders_of(["a@shop.example\n\nb@shop.example", "c@shop.example"]) == [
        Order(address=f"{name}@shop.example", row=number, line=number)
        for number, name in enumerate("abc", start=1)
    ]


def test_the_same_address_in_two_lines_is_two_orders() -> None:
    assert len(orders_of(["a@shop.example", "a@shop.example"])) == 2


def test_two_pasted_names_in_one_line_are_two_orders() -> None:
    (first, second) = orders_of(["Taro <taro@shop.example>, Hanako <hanako@shop.example>"])
    assert "taro@shop.example" in first.address
    assert "hanako@shop.example" in second.address
