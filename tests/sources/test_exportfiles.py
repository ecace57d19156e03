"""The exports of shop systems: as rule files describe them, and as files on disk."""

import io
from pathlib import Path

import pytest

from deliv.core.errors import InputError, RuleErrors
from deliv.core.exports import Role, recognise
from deliv.core.rulebook import RuleBook
from deliv.sources.orders import OrderFile, read_orders
from deliv.sources.rulefiles import load_rules
from deliv.sources.tablefile import UndecodableCell
from tests.exports import ADDRESSES, EXPORTS, Export

ROWS = [ADDRESSES[0], *ADDRESSES]


def named(system: str) -> Export:
    return next(export for export in EXPORTS if export.system == system)


def test_there_is_a_file_of_every_system(rules: RuleBook) -> None:
    assert sorted(export.system for export in EXPORTS) == sorted(system.id for system in rules.exports)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_every_system_is_recognised_and_its_columns_are_found(export: Export, rules: RuleBook) -> None:
    with OrderFile(io.BytesIO(export.content()), rules, column=export.column) as file:
        assert file.system is not None
        assert file.system.id == export.system
        assert file.address_column == export.address
        assert file.delimiter == export.delimiter == file.system.delimiter
        assert not file.system.encodings or export.encoding in file.system.encodings
        orders = list(file)
    assert [order.address for order in orders] == ROWS
    assert [order.row for order in orders] == [1, 2, 3, 4]
    assert [dict(order.fields)["buyer_email"] for order in orders] == ROWS
    fields = dict(orders[0].fields)
    assert {name: fields.get(name) for name in export.fields} == export.fields


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_every_heading_of_a_system_counts_however_its_width(export: Export, rules: RuleBook) -> None:
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    system = recognise([heading.translate(wide) for heading in export.headings], rules.exports)
    assert system is not None
    assert system.id == export.system


@pytest.mark.parametrize(
    "headings", ["email,name", "メールアドレス,氏名,備考", "Name,Email", "注文番号,メールアドレス"]
)
def test_a_plain_list_is_nobodys_export(headings: str, rules: RuleBook) -> None:
    content = f"{headings}\na@shop.example,a@shop.example,x\n".encode()
    with OrderFile(io.BytesIO(content), rules) as file:
        assert file.system is None


def test_general_headings_are_read_without_a_system(rules: RuleBook) -> None:
    headings = "注文番号,メールアドレス,お名前,電話番号,お届け希望日,合計金額"
    content = f"{headings}\n1,a@shop.example,花子,090,11/30,1000円\n".encode("cp932")
    (order,) = read_orders(io.BytesIO(content), rules=rules)
    assert dict(order.fields) == {
        "order_id": "1",
        "buyer_name": "花子",
        "buyer_email": "a@shop.example",
        "buyer_phone": "090",
        "amount": "1000円",
        "need_by": "11/30",
    }


def test_a_list_of_addresses_alone_carries_nothing(rules: RuleBook) -> None:
    (order,) = read_orders(io.BytesIO(b"email\na@shop.example\n"), rules=rules)
    assert dict(order.fields) == {}


# --- several lines of one order -------------------------------------------------------------------


def shopify(*rows: tuple[str, str]) -> bytes:
    export = named("shopify-orders")
    cells = [["" for _ in export.headings] for _ in rows]
    for row, (order, address) in zip(cells, rows, strict=True):
        row[export.headings.index("Name")] = order
        row[export.headings.index("Email")] = address
    return export.content([list(export.headings), *cells])


def test_an_order_whose_further_lines_are_empty_keeps_its_address(rules: RuleBook) -> None:
    content = shopify(
        ("#1", "a@x.example"),
        ("#1", ""),
        ("#1", " "),
        ("#2", ""),
        ("#2", ""),
        ("", ""),
        ("#3", "c@x.example"),
    )
    orders = list(read_orders(io.BytesIO(content), rules=rules))
    assert [order.address for order in orders] == [*["a@x.example"] * 3, "", "", "", "c@x.example"]
    assert [order.inherited for order in orders] == [False, True, True, *[False] * 4]
    assert orders[1].cells[named("shopify-orders").headings.index("Email")] == ""


def test_an_address_is_never_taken_from_another_order(rules: RuleBook) -> None:
    content = shopify(("#1", "a@x.example"), ("#2", ""), ("#1", ""))
    orders = list(read_orders(io.BytesIO(content), rules=rules))
    assert [order.address for order in orders] == ["a@x.example", "", ""]


def test_other_systems_leave_an_empty_cell_empty(rules: RuleBook) -> None:
    export = named("base")
    content = export.content(export.rows(["a@x.example", ""]))
    assert [order.address for order in read_orders(io.BytesIO(content), rules=rules)] == ["a@x.example", ""]


# --- a system that was named ----------------------------------------------------------------------


def test_a_named_system_wins(rules: RuleBook) -> None:
    content = "受注コード,メールアドレス(メイン),メールアドレス\n1,main@x.example,other@x.example\n".encode(
        "cp932"
    )
    with OrderFile(io.BytesIO(content), rules) as file:
        assert file.system is None
    with OrderFile(io.BytesIO(content), rules, system="Futureshop") as file:
        assert file.system is not None
        assert (file.system.id, file.address_column) == ("futureshop", "メールアドレス(メイン)")
        assert file.roles[Role.ORDER_ID] == ((0,),)


def test_an_unknown_system_is_refused_with_all_that_there_are(rules: RuleBook) -> None:
    with pytest.raises(InputError) as caught:
        OrderFile(io.BytesIO(b"email\n"), rules, system="rakuten")
    assert all(system.id in str(caught.value) for system in rules.exports)


def test_a_system_without_addresses_says_so(rules: RuleBook) -> None:
    export = named("minne")
    with pytest.raises(InputError, match=r"gives shops no mail addresses \(minne\)"):
        OrderFile(io.BytesIO(export.content()), rules)


# --- bytes that are no characters -----------------------------------------------------------------


def test_undecodable_cells_are_reported_with_line_and_column(rules: RuleBook) -> None:
    content = "注文番号,氏名,メールアドレス\r\n1,花子,a@x.example\r\n2,".encode("cp932") + b"\xff\xfe"
    content += b",b@x.example\r\n3," + "髙橋".encode("cp932") + b",c\xff@x.example\r\n"
    with OrderFile(io.BytesIO(content), rules) as file:
        for _ in range(2):
            assert len(list(file)) == 3
            assert file.undecodable == [
                UndecodableCell(3, 2, "氏名"),
                UndecodableCell(4, 3, "メールアドレス"),
            ]
            assert file.undecodable_count == 2


def test_only_the_first_of_very_many_are_kept(rules: RuleBook) -> None:
    with OrderFile(io.BytesIO(b"email,name\n" + b"a@x.example,\xff\n" * 100), rules) as file:
        assert len(list(file)) == 100
        assert (len(file.undecodable), file.undecodable_count) == (20, 100)


# --- rule files -----------------------------------------------------------------------------------

GOOD = """exports:
  - id: my-system
    names: {ja: 店, en: Mine}
    signature: [宛先, 伝票]
    delimiter: tab
    encodings: [utf-8]
    repeats_order: false
    columns: {buyer_email: [宛先], order_id: [伝票], buyer_name: [姓 + 名]}
    sources: [{title: ours, verified: false, checked: 2026-11-22}]
"""


def loaded(tmp_path: Path, text: str) -> RuleBook:
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    return load_rules(tmp_path)


def test_a_shop_describes_its_own_system(tmp_path: Path) -> None:
    book = loaded(tmp_path, GOOD + "order_headings: {note: [一言]}\n")
    content = "宛先\t伝票\t姓\t名\t一言\na@x.example\t1\t山田\t花子\tはい\n\t1\t\t\t\n".encode()
    first, second = read_orders(io.BytesIO(content), rules=book)
    assert dict(first.fields) == {
        "order_id": "1",
        "buyer_name": "山田 花子",
        "buyer_email": "a@x.example",
        "note": "はい",
    }
    assert second.address == "a@x.example"
    assert book.order_headings[Role.NOTE][:2] == ("一言", "備考")


def test_a_system_can_be_turned_off(tmp_path: Path) -> None:
    book = loaded(tmp_path, "exports: [{id: base, enabled: false}]\n")
    assert "base" not in [system.id for system in book.exports]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("signature: [宛先, 伝票]", "signature: []", "there must be at least one heading"),
        ("    signature: [宛先, 伝票]\n", "", "“signature” is missing"),
        ("signature: [宛先", "signature: ['  '", "a heading may not be empty"),
        ("signature: [宛先", "signature: [1", "this must be text"),
        ("delimiter: tab", "delimiter: pipe", "“pipe” is not known here"),
        ("encodings: [utf-8]", "encodings: [utf8]", "did you mean “utf-8”?"),
        ("buyer_name: [", "buyername: [", "did you mean “buyer_name”?"),
        ("buyer_name: [姓 + 名]", "buyer_name: []", "there must be at least one heading"),
        ("buyer_name: [姓 + 名]", "buyer_name: [姓 + ]", "a heading may not be empty"),
        ("buyer_email: [宛先]", "buyer_email: [宛 + 先]", "an address stands in one column"),
        ("repeats_order: false", "has_email: false", "contradicts the columns"),
        ("repeats_order: false", "repeats: false", "“repeats” is not known here"),
        ("verified: false, ", "", "a verified source needs a url"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleErrors) as caught:
        loaded(tmp_path, GOOD.replace(old, new))
    assert fault in "\n".join(map(str, caught.value.faults))


def test_an_id_may_not_stand_there_twice(tmp_path: Path) -> None:
    with pytest.raises(RuleErrors, match="faults"):
        loaded(tmp_path, GOOD + GOOD.removeprefix("exports:\n"))
