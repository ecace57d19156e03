"""Customer lists and order exports, in real files: rows, headings, and where rows begin."""

import functools
import io
import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliv.core.errors import InputError
from deliv.core.order import Order, OrderTable
from deliv.core.rulebook import RuleBook
from deliv.sources.orders import OrderFile, read_orders
from deliv.sources.rulefiles import load_rules

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def orders_of(path: Path, rules: RuleBook, **options: str) -> list[Order]:
    return list(read_orders(path, rules=rules, **options))


def addresses(path: Path, rules: RuleBook, **options: str) -> list[str]:
    return [order.address for order in orders_of(path, rules, **options)]


def refusal(path: Path, rules: RuleBook, **options: str) -> str:
    with pytest.raises(InputError) as caught:
        orders_of(path, rules, **options)
    return str(caught.value)


# --- rows -----------------------------------------------------------------------------------------


def test_each_row_knows_its_cells_its_number_and_its_line(write: Write, rules: RuleBook) -> None:
    path = write("id,email,name\r\n1,taro@shop.example,太郎\r\n2,hanako@shop.example,花子\r\n")
    assert orders_of(path, rules) == [
        Order(address="taro@shop.example", row=1, line=2, cells=("1", "taro@shop.example", "太郎")),
        Order(address="hanako@shop.example", row=2, line=3, cells=("2", "hanako@shop.example", "花子")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_characters_of_japanese_exports_survive_in_every_encoding(
    encoding: str, write: Write, rules: RuleBook
) -> None:
    path = write("注文番号,メールアドレス,氏名\r\n①,taro＠shop.example,髙﨑～－\r\n".encode(encoding))
    with OrderFile(path, rules) as file:
        assert file.columns == ("注文番号", "メールアドレス", "氏名")
        assert file.address_column == "メールアドレス"
        assert [order.cells for order in file] == [("①", "taro＠shop.example", "髙﨑～－")]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"], ids=["comma", "tab", "semicolon"])
@pytest.mark.parametrize("closed", [True, False], ids=["last-line-ended", "last-line-open"])
def test_every_delimiter_and_line_end_is_read(
    delimiter: str, end: str, *, closed: bool, write: Write, rules: RuleBook
) -> None:
    lines = [["id", "email"], ["1", "taro@shop.example"], ["2", "hanako@shop.example"]]
    text = end.join(delimiter.join(cells) for cells in lines) + (end if closed else "")
    found = orders_of(write(text), rules)
    assert [(order.line, order.cells) for order in found] == [
        (2, ("1", "taro@shop.example")),
        (3, ("2", "hanako@shop.example")),
    ]


def test_commas_in_the_headings_of_a_tab_separated_list_do_not_matter(write: Write, rules: RuleBook) -> None:
    path = write("a,b,c,d\temail\n1,2,3\ttaro@shop.example\n")
    assert addresses(path, rules) == ["taro@shop.example"]


def test_a_list_of_a_single_column_needs_no_delimiter(write: Write, rules: RuleBook) -> None:
    assert addresses(write("email\ntaro@shop.example\n"), rules) == ["taro@shop.example"]


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks(write: Write, rules: RuleBook) -> None:
    path = write(
        "email,住所,備考\r\n"
        'taro@shop.example,"東京都\r\n千代田区\r\n1-1","""至急"", お願い"\r\n'
        "hanako@shop.example,,\r\n"
    )
    first, second = orders_of(path, rules)
    assert first.cells == ("taro@shop.example", "東京都\r\n千代田区\r\n1-1", '"至急", お願い')
    assert (first.line, second.line) == (2, 5)
    assert (first.row, second.row) == (1, 2)


def test_blank_lines_in_the_middle_are_rows_and_at_the_end_are_counted(write: Write, rules: RuleBook) -> None:
    path = write("email,id\ntaro@shop.example,1\n\n\nhanako@shop.example,2\n\n\n\n")
    with OrderFile(path, rules) as file:
        rows = list(file)
        assert [(order.row, order.line, order.address, order.cells) for order in rows] == [
            (1, 2, "taro@shop.example", ("taro@shop.example", "1")),
            (2, 3, "", ()),
            (3, 4, "", ()),
            (4, 5, "hanako@shop.example", ("hanako@shop.example", "2")),
        ]
        assert file.skipped == 3
        assert list(file) == rows
        assert file.skipped == 3


@pytest.mark.parametrize("line", [",", " ", '""', " , "], ids=["commas", "space", "quotes", "both"])
def test_a_line_of_empty_cells_is_a_row_even_at_the_end(line: str, write: Write, rules: RuleBook) -> None:
    with OrderFile(write(f"email,id\na@shop.example,1\n{line}\n"), rules) as file:
        assert [order.address.strip() for order in file] == ["a@shop.example", ""]
        assert file.skipped == 0


def test_short_rows_have_no_address_and_long_ones_widen_the_table(write: Write, rules: RuleBook) -> None:
    path = write("id,name,email\n1\n2,二郎,jiro@shop.example,x,y\n3,三郎,saburo@shop.example\n")
    with OrderFile(path, rules) as file:
        found = list(file)
        assert [order.address for order in found] == ["", "jiro@shop.example", "saburo@shop.example"]
        assert [len(order.cells) for order in found] == [1, 5, 3]
        assert file.columns == ("id", "name", "email", "", "")
        assert list(file) == found
        assert file.columns == ("id", "name", "email", "", "")


def test_only_headings_means_no_rows(write: Write, rules: RuleBook) -> None:
    with OrderFile(write("id,email\r\n"), rules) as file:
        assert list(file) == []
        assert file.skipped == 0


def test_a_list_can_be_read_as_often_as_needed_and_half_way(write: Write, rules: RuleBook) -> None:
    path = write("email\n" + "".join(f"c{n}@shop.example\n" for n in range(50)))
    with OrderFile(path, rules) as file:
        assert isinstance(file, OrderTable)
        whole = list(file)
        rows = iter(file)
        next(rows)
        del rows
        assert list(file) == whole
        assert len(whole) == 50


def test_a_broken_byte_in_one_cell_keeps_the_encoding_and_the_row(write: Write, rules: RuleBook) -> None:
    path = write(
        "email,氏名\n太@shop.example,太郎\n".encode() + b"x\xff@shop.example,\xe8\n" + b"c@d.example,z\n"
    )
    with OrderFile(path, rules) as file:
        assert (file.encoding.name, file.encoding.broken_lines) == ("utf-8", 1)
        assert [order.cells for order in file] == [
            ("太@shop.example", "太郎"),
            ("x\udcff@shop.example", "\udce8"),
            ("c@d.example", "z"),
        ]


def test_a_nul_in_a_row_stays_in_its_row(write: Write, rules: RuleBook) -> None:
    assert addresses(write(b"email\na\x00b@shop.example\nc@shop.example\n"), rules) == [
        "a\x00b@shop.example",
        "c@shop.example",
    ]


def test_the_encoding_can_be_named(write: Write, rules: RuleBook) -> None:
    path = write("email,氏名\na@shop.example,あ\n".encode("euc_jp"))
    assert orders_of(path, rules, encoding="euc-jp")[0].cells == ("a@shop.example", "あ")


# --- the address column ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "メールアドレス",
            "ﾒｰﾙｱﾄﾞﾚｽ",
            "email",
            "Email",
            "EMAIL",
            "Ｅｍａｉｌ",
            "E-mail",
            "Ｅ－ｍａｉｌ",
            "e-MAIL",
        ),
        *(
            " email ",
            "　メールアドレス　",
            '"email"',
            "Email  Address",
            "注文者メールアドレス",
            "メールアドレス（請求先）",
        ),
        *("Email (Billing)", "mail", "メール"),
    ],
)
def test_the_address_column_is_found_by_its_heading(heading: str, write: Write, rules: RuleBook) -> None:
    path = write(f"id,{heading},name\n1,taro@shop.example,x\n")
    assert addresses(path, rules) == ["taro@shop.example"]


def test_the_buyer_s_own_address_wins_over_other_columns(write: Write, rules: RuleBook) -> None:
    path = write("メール,注文者メールアドレス\nother@shop.example,buyer@shop.example\n")
    assert addresses(path, rules) == ["buyer@shop.example"]


def test_of_equal_headings_the_first_one_counts(write: Write, rules: RuleBook) -> None:
    path = write("email,email\nfirst@shop.example,second@shop.example\n")
    assert addresses(path, rules) == ["first@shop.example"]


def test_a_heading_may_hold_a_line_break(write: Write, rules: RuleBook) -> None:
    path = write('"注文\n番号",email\n1,taro@shop.example\n')
    assert [(order.address, order.line) for order in orders_of(path, rules)] == [("taro@shop.example", 3)]


def test_a_heading_with_a_line_break_is_read_with_tabs_too(write: Write, rules: RuleBook) -> None:
    path = write('"注文\n番号"\temail\n1\ttaro@shop.example\n2\tjiro@shop.example\n')
    assert addresses(path, rules) == ["taro@shop.example", "jiro@shop.example"]


@pytest.mark.parametrize(
    "column", ["連絡先", "２つ目", " 連絡先 ", "2"], ids=["name", "folded", "spaces", "number"]
)
def test_a_column_can_be_named_or_numbered(column: str, write: Write, rules: RuleBook) -> None:
    heading = "2つ目" if "つ" in column else "連絡先"
    path = write(f"email,{heading}\nwrong@shop.example,right@shop.example\n")
    assert addresses(path, rules, column=column) == ["right@shop.example"]


def test_a_heading_that_is_a_number_wins_over_the_number_of_a_column(write: Write, rules: RuleBook) -> None:
    path = write("a,1\nfirst@shop.example,second@shop.example\n")
    assert addresses(path, rules, column="1") == ["second@shop.example"]


@pytest.mark.parametrize("column", ["メモ", "0", "3", "-1", "１"], ids=repr)
def test_a_column_that_is_not_there_lists_the_headings(column: str, write: Write, rules: RuleBook) -> None:
    path = write("注文番号,連絡先\n1,taro@shop.example\n")
    assert refusal(path, rules, column=column) == (
        f"{path} has no column “{column}” (found: 注文番号 / 連絡先); nothing was checked"
    )


def test_without_a_known_heading_the_headings_are_listed(write: Write, rules: RuleBook) -> None:
    path = write("注文番号,連絡先\n1,taro@shop.example\n")
    message = refusal(path, rules)
    assert "name it with --column (found: 注文番号 / 連絡先); nothing was checked" in message


def test_very_many_and_very_long_headings_are_cut_short(write: Write, rules: RuleBook) -> None:
    path = write(",".join(f"h{n}" + "x" * 500 for n in range(500)) + "\n")
    message = refusal(path, rules)
    assert len(message) < 1_000
    assert message.count(" / ") == 12


@pytest.mark.parametrize("column", [None, "メール", "1", "2"])
@pytest.mark.parametrize(
    "first",
    ["taro@secret.example", "1,taro@secret.example,x", "taro＠secret.example,1", '"taro@secret.example"'],
    ids=["only", "among-others", "full-width", "quoted"],
)
def test_a_list_without_headings_has_a_message_of_its_own_and_shows_no_address(
    first: str, column: str | None, write: Write, rules: RuleBook
) -> None:
    path = write(f"{first}\nhanako@secret.example,2,y\n")
    options = {"column": column} if column else {}
    message = refusal(path, rules, **options)
    assert "secret" not in message
    assert "holds an address where headings should be; add a line with headings" in message


# --- files that are no list -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n\n", "holds no headings"),
        (b" , ,\n", "holds no headings"),
        (b"\xef\xbb\xbf", "holds no headings"),
        (b"\xff\xfe", "holds no headings"),
        (b"PK\x03\x04" + b"\0" * 100, "cannot be read as an Excel workbook"),
        (b"\0" * 100, "is no text file"),
        (b"id\n1\n", "has no column with mail addresses"),
    ],
    ids=["empty", "blank-lines", "empty-cells", "only-bom", "only-utf16-bom", "xlsx", "nuls", "no-column"],
)
def test_what_is_no_list_is_refused_and_says_that_nothing_was_checked(
    content: bytes, message: str, write: Write, rules: RuleBook
) -> None:
    path = write(content)
    told = refusal(path, rules)
    assert str(path) in told
    assert message in told
    assert told.endswith("nothing was checked")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path, rules: RuleBook) -> None:
    assert "is a folder" in refusal(tmp_path, rules)
    assert "there is no file" in refusal(tmp_path / "gone.csv", rules)


# --- where rows begin -----------------------------------------------------------------------------

HEAD = "id,name,email\n"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,a,b@c.example\n2,"山田,b@c.example\n', 3),
        ('1,"山田,b@c.example\n' + "2,x,b@c.example\n" * 500, 2),
        ('1,x,b@c.example\n2,"山田,b@c.example\n3,x,y@c.example\n4,"佐藤",z@c.example\n', 3),
        ('1,x,b@c.example\n2,"山田,b@c.example\n3,x,"y@c.example"\n4,x,z@c.example\n', 3),
    ],
    ids=["last-row", "to-the-end", "until-a-quoted-cell", "until-the-last-cell"],
)
def test_a_quote_that_hides_where_rows_begin_ends_the_run(
    rows: str, line: int, write: Write, rules: RuleBook
) -> None:
    path = write(HEAD + rows)
    message = refusal(path, rules)
    assert f"a quotation mark that opens on line {line} seems never to be closed" in message
    assert message.endswith("correct that line; nothing was checked")
    assert "@" not in message


def test_a_quote_that_swallows_rows_is_noticed_by_their_width(write: Write, rules: RuleBook) -> None:
    path = write(HEAD + '1,"x,b@c.example\n2,x,c@c.example\n3,x"\n4,x,e@c.example\n')
    assert "opens on line 2" in refusal(path, rules)


@pytest.mark.parametrize(
    "content",
    [
        'id,name,email\n1,x,"b@c.example\n2,x,c@c.example\n3,x,d@c.example"\n4,x,e@c.example\n',
        'email,note\n"a@c.example\nb@c.example,c@c.example"\n',
        'id,email,city,note\n1,a@c.example,x,"note\n2,b@c.example,x,note"\n3,c@c.example,x,\n',
    ],
    ids=["in-the-address", "in-the-address-of-two-columns", "in-the-last-column"],
)
def test_a_quote_that_swallows_rows_into_one_cell_is_noticed(
    content: str, write: Write, rules: RuleBook
) -> None:
    assert "opens on line 2" in refusal(write(content), rules)


def test_an_address_in_a_note_of_several_lines_is_no_row(write: Write, rules: RuleBook) -> None:
    note = "のしをお願いします\n返事は info@c.example, または電話で"
    path = write(f'id,email,city,note\n1,a@c.example,x,"{note}"\n2,b@c.example,x,\n')
    assert [order.cells[3] for order in orders_of(path, rules)] == [note, ""]


@pytest.mark.parametrize("row", ['2,"山田"太郎,b@c.example', '2,山"田,b@c.example', '2,""山,b@c.example'])
def test_a_stray_quote_inside_a_line_is_the_business_of_that_row(
    row: str, write: Write, rules: RuleBook
) -> None:
    path = write(f"{HEAD}1,x,a@c.example\n{row}\n3,y,c@c.example\n")
    found = orders_of(path, rules)
    assert [(order.line, order.address) for order in found] == [
        (2, "a@c.example"),
        (3, "b@c.example"),
        (4, "c@c.example"),
    ]


def test_a_quote_never_closed_in_the_headings_is_named_so(write: Write, rules: RuleBook) -> None:
    path = write('"id,email\n1,taro@secret.example\n2,jiro@secret.example\n')
    for options in ({}, {"column": "1"}, {"column": "email"}):
        message = refusal(path, rules, **options)
        assert "a quotation mark that opens on line 1" in message
        assert "secret" not in message


def test_rows_with_line_breaks_are_read_on_every_pass_beside_longer_rows(
    write: Write, rules: RuleBook
) -> None:
    path = write(HEAD + '1,x,a@c.example,too,much\n2,"山\n田",b@c.example\n3,x,c@c.example\n')
    with OrderFile(path, rules) as file:
        first = list(file)
        assert [order.line for order in first] == [2, 3, 5]
        assert list(file) == first


@pytest.mark.parametrize(
    "content",
    [
        HEAD.encode() + b"1,x,a@c.example\n" + b"x" * 10_000_000,
        HEAD.encode() + b"1,x,a@c.example\n" + b"x," * 5_000_000 + b"\n",
        HEAD.encode() + b"1,x,a@c.example\n" + b"x" * 200_000 + b"\n",
    ],
    ids=["10-MB-without-end", "10-MB-of-cells", "cell-of-200-KB"],
)
def test_a_line_without_end_ends_the_run(content: bytes, write: Write, rules: RuleBook) -> None:
    path = write(content)
    assert refusal(path, rules) == (
        f"line 3 of {path} is too long to be a row of a list; nothing was checked"
    )


def test_headings_without_end_are_refused(write: Write, rules: RuleBook) -> None:
    assert refusal(write(b"email" * 2_000_000), rules).endswith("nothing was checked")


@functools.cache
def rule_book() -> RuleBook:
    return load_rules()  # a fixture would fill hypothesis' reports


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters='\r\n\t",;'), max_size=12
)


@given(table=st.lists(st.tuples(CELLS, CELLS), max_size=12), end=st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_as_csv_comes_back_row_by_row(table: list[tuple[str, str]], end: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = "email,name" + end + "".join(f"{quoted(a)},{quoted(b)}{end}" for a, b in table)
    found = list(read_orders(io.BytesIO(text.encode()), rules=rule_book()))
    assert [order.cells for order in found] == table
    assert [order.row for order in found] == list(range(1, len(table) + 1))


# --- streams --------------------------------------------------------------------------------------


def piped(content: str) -> io.BufferedReader:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as sender:
        sender.write(content.encode())
    return os.fdopen(read, "rb")


def test_a_dash_reads_standard_input(rules: RuleBook, monkeypatch: pytest.MonkeyPatch) -> None:
    with io.TextIOWrapper(piped("email\ntaro@shop.example\n")) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with OrderFile("-", rules) as file:
            assert file.name == "stdin"
            assert [order.address for order in file] == ["taro@shop.example"]
            assert len(list(file)) == 1


def test_a_stream_that_cannot_be_rewound_is_read_twice(rules: RuleBook) -> None:
    with piped("email\ntaro@shop.example\n") as pipe:
        with OrderFile(pipe, rules) as file:
            assert list(file) == list(file) != []
        assert not pipe.closed


def test_an_open_file_stays_open(write: Write, rules: RuleBook) -> None:
    path = write("email\ntaro@shop.example\n")
    with path.open("rb") as opened:
        assert [order.address for order in read_orders(opened, rules=rules)] == ["taro@shop.example"]
        assert not opened.closed
        with OrderFile(opened, rules) as file:
            assert file.name == str(path)


def test_a_big_list_is_never_held_in_memory(tmp_path: Path, rules: RuleBook) -> None:
    path = tmp_path / "big.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        file.write("注文番号,氏名,メールアドレス\r\n")
        file.writelines(f"{n},髙橋 太郎,customer{n}@shop.example\r\n" for n in range(200_000))
    tracemalloc.start()
    try:
        with OrderFile(path, rules) as orders:
            assert sum(1 for _ in orders) == 200_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 8_900_000
    assert peak < 6_000_000
