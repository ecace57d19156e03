"""Whose export is it, and which column says what?"""

import pytest

from deliv.core.exports import ExportSystem, Role, RowFields, fold_heading, layout_of, recognise, role_text
from deliv.core.order import Order
from deliv.core.text import Text


def system(name: str, *signature: str, columns: dict[Role, tuple[str, ...]] | None = None) -> ExportSystem:
    return ExportSystem(id=name, names=Text(ja=name, en=name), signature=signature, columns=columns or {})


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("住所１", "住所1"),
        ("ﾒｰﾙｱﾄﾞﾚｽ", "メールアドレス"),
        ("メールアドレス（請求先）", "メールアドレス(請求先)"),
        ("  EMAIL ", "email"),
        ('\ufeff"Email"', "email"),
        ("購入者　メールアドレス", "購入者 メールアドレス"),
    ],
)
def test_headings_are_compared_after_folding(written: str, known: str) -> None:
    assert fold_heading(written) == fold_heading(known)


def test_a_system_is_recognised_when_all_headings_of_its_signature_are_there() -> None:
    base = system("base", "注文ID", "メールアドレス(請求先)")
    assert recognise(["備考", "注文ＩＤ", "メールアドレス（請求先）"], [base]) is base
    assert recognise(["注文ID", "メールアドレス"], [base]) is None
    assert recognise([], [base]) is None
    assert recognise(["x"], [system("nothing")]) is None


def test_the_longest_signature_wins() -> None:
    short, long = system("short", "a"), system("long", "a", "b")
    assert recognise(["a", "b"], [short, long]) is long
    assert recognise(["a", "c"], [short, long]) is short


def test_of_two_that_fit_the_one_with_more_known_headings_wins_and_a_tie_is_nobody() -> None:
    first = system("first", "a", columns={Role.NOTE: ("n",), Role.BUYER_NAME: ("x + y",)})
    second = system("second", "b", columns={Role.NOTE: ("n",)})
    assert recognise(["a", "b", "n", "y"], [first, second]) is first
    assert recognise(["a", "b", "n"], [first, second]) is None


COLUMNS = {
    Role.BUYER_NAME: ("姓 + 名", "氏名"),
    Role.BUYER_PHONE: ("電話1 + 電話2 + 電話3", "携帯"),
    Role.GIFT: ("のし", "包装"),
    Role.ORDERED_AT: ("日 + 時",),
}


def test_a_layout_holds_the_places_that_are_there() -> None:
    layout = layout_of(["名", "氏名", "携帯", "姓", "のし", "姓"], COLUMNS)
    assert layout == {Role.BUYER_NAME: ((3, 0), (1,)), Role.BUYER_PHONE: ((2,),), Role.GIFT: ((4,),)}


def test_what_a_system_leaves_open_is_looked_for_by_general_headings() -> None:
    own = {Role.NOTE: ("memo",), Role.AMOUNT: ("sum",)}
    fallback = {Role.NOTE: ("note",), Role.AMOUNT: ("total",)}
    assert layout_of(["note", "memo", "total"], own, fallback) == {Role.NOTE: ((1,),), Role.AMOUNT: ((2,),)}


HEADINGS = ["姓", "名", "氏名", "電話1", "電話2", "電話3", "携帯", "のし", "包装", "日", "時"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("髙橋|花子|別|090|0000|0001||あり||2026-11-22|10:20", ("髙橋 花子", "090-0000-0001", "あり")),
        ("||別||||080||箱||", ("別", "080", "箱")),
        (" 髙橋 |||||||あり|箱||", ("髙橋", "", "あり\n箱")),
        ("||||||||||", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_cells_say_what_their_role_asks_for(cells: str, expected: tuple[str, ...]) -> None:
    layout = layout_of(HEADINGS, COLUMNS)
    roles = (Role.BUYER_NAME, Role.BUYER_PHONE, Role.GIFT)
    assert tuple(role_text(role, cells.split("|"), layout[role]) for role in roles) == expected


def test_fields_are_a_mapping_without_what_is_empty() -> None:
    cells = ["髙橋", "花子", "", "", "", "", "", "", "", "2026-11-22", "10:20"]
    fields = RowFields(cells, layout_of(HEADINGS, COLUMNS))
    assert dict(fields) == {"ordered_at": "2026-11-22 10:20", "buyer_name": "髙橋 花子"}
    assert len(fields) == 2
    assert fields.get("gift") is None
    assert "no_such_role" not in fields
    assert repr(fields) == repr(dict(fields))


def test_an_order_without_a_file_has_no_fields_and_is_what_its_cells_are() -> None:
    assert dict(Order(address="a@b.example").fields) == {}
    told = Order(address="a@b.example", fields={"gift": "1"})
    assert told.fields["gift"] == "1"
    assert told == Order(address="a@b.example")
    assert len({told, Order(address="a@b.example")}) == 1


def test_a_row_answers_what_it_does_not_say_with_the_default() -> None:
    fields = RowFields(["a@b.example", " "], {Role.BUYER_EMAIL: ((0,),), Role.NOTE: ((1,),)})
    assert fields.get(Role.BUYER_EMAIL) == fields.get("buyer_email", "none") == "a@b.example"
    assert [fields.get(key, "none") for key in (Role.NOTE, Role.AMOUNT, "no such role")] == ["none"] * 3
    assert fields.get("note") is None
    assert "note" not in fields
