"""``deliv check`` on the exports of shop systems, each as its system writes it."""

import io
import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from tests.exports import ADDRESSES, EXPORTS, sheet_of, workbook

BY_SYSTEM = {export.system: export for export in EXPORTS}
ROWS = [ADDRESSES[0], *ADDRESSES]


def column_of(export):
    return ["--column", export.column] if export.column else []


@pytest.fixture(scope="module")
def names():
    from deliv.sources.rulefiles import load_rules

    return {system.id: system.names for system in load_rules().exports}


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_the_export_of_every_system_is_checked_row_by_row(deliv, server, tmp_path, names, export):
    (tmp_path / "orders.csv").write_bytes(export.content())
    run = deliv("check", "orders.csv", *column_of(export), "--format", "json", server=server)
    assert run.code == 1
    assert run.document["system"] == export.system
    assert [row["address"] for row in run.results] == ROWS
    assert [row["risk"] for row in run.results] == ["medium", "medium", "low", "certain"]
    run = deliv(
        "check", "orders.csv", *column_of(export), "--format", "csv", "--encoding", "utf-8", server=server
    )
    assert [row[export.address] for row in run.rows] == ROWS
    assert f"Rows checked: 4 ({names[export.system].en})" in run.stderr


def test_the_json_is_that_of_the_schema(deliv, server, tmp_path):
    text = files("deliv.formats").joinpath("deliv-1.schema.json").read_text(encoding="utf-8")
    validator = Draft202012Validator(json.loads(text))
    (tmp_path / "orders.csv").write_bytes(BY_SYSTEM["base"].content())
    (tmp_path / "plain.csv").write_text("email\nmei@gmail.com\n", encoding="utf-8")
    for name, system in (("orders.csv", "base"), ("plain.csv", None)):
        document = deliv("check", name, "--format", "json", server=server).document
        validator.validate(document)
        assert document["system"] == system


def test_the_table_names_the_system_in_the_language_of_the_shop(deliv, server, tmp_path):
    (tmp_path / "orders.csv").write_bytes(BY_SYSTEM["rakuten-rms"].content())
    run = deliv("check", "orders.csv", "--lang", "ja", server=server)
    assert "確認した行: 4行（楽天市場 RMS 受注データ）" in run.text


def test_a_workbook_is_checked_like_the_text(deliv, server, tmp_path):
    export = BY_SYSTEM["color-me"]
    (tmp_path / "orders.xlsx").write_bytes(workbook(sheet_of(export.rows())))
    run = deliv("check", "orders.xlsx", "--format", "json", server=server)
    assert (run.document["system"], [row["address"] for row in run.results]) == ("color-me", ROWS)
    piped = deliv(
        "check", "-", "--format", "json", input=(tmp_path / "orders.xlsx").read_bytes(), server=server
    )
    assert piped.results == run.results


@pytest.mark.parametrize(
    ("system", "address", "provider"),
    [
        ("amazon", "abc123def456@marketplace.amazon.co.jp", "amazon"),
        ("rakuten-rms", "0123456789abcdef@pc.fw.rakuten.ne.jp", "rakuten"),
    ],
)
def test_masked_addresses_are_relays_and_not_the_customers_own_mailbox(
    deliv, server, tmp_path, system, address, provider
):
    export = BY_SYSTEM[system]
    domain = address.partition("@")[2]
    server.zone[domain] = {"MX": ["10 mx.customer.example."]}
    (tmp_path / "orders.csv").write_bytes(export.content(export.rows([address])))
    (row,) = deliv("check", "orders.csv", "--format", "json", server=server).results
    assert row["provider"]["kind"] == "relay"
    assert provider in row["provider"]["id"]


def test_further_lines_of_an_order_take_its_address_and_say_so(deliv, server, tmp_path):
    export = BY_SYSTEM["shopify-orders"]
    rows = export.rows(["taro@docomo.ne.jp", "", ""])
    rows[3][export.headings.index("Name")] = "#1002"
    (tmp_path / "orders.csv").write_bytes(export.content(rows))
    run = deliv("check", "orders.csv", "--format", "json", server=server)
    assert [row["address"] for row in run.results] == ["taro@docomo.ne.jp", "taro@docomo.ne.jp", ""]
    assert [row["mends"] for row in run.results] == [[], ["same_order"], []]
    assert (run.document["summary"]["same_order"], run.document["summary"]["mended"]) == (1, 0)
    run = deliv("check", "orders.csv", "--format", "csv", server=server)
    assert [row["Email"] for row in run.rows] == ["taro@docomo.ne.jp", "", ""]
    assert "Read as taro@docomo.ne.jp." in run.rows[1]["deliv_advice"]
    assert "got that of their order's first line: 1" in run.stderr


def test_a_system_can_be_named(deliv, server, tmp_path):
    text = "受注コード,メールアドレス,メールアドレス(メイン)\n1,mei@gmail.com,taro@docomo.ne.jp\n"
    (tmp_path / "orders.csv").write_bytes(text.encode("cp932"))
    plain = deliv("check", "orders.csv", "--format", "json", server=server)
    named = deliv("check", "orders.csv", "--format", "json", "--system", "futureshop", server=server)
    by_variable = deliv(
        "check", "orders.csv", "--format", "json", env={"DELIV_SYSTEM": "futureshop"}, server=server
    )
    assert plain.document["system"] is None
    assert named.document["system"] == by_variable.document["system"] == "futureshop"
    assert named.results[0]["address"] == "taro@docomo.ne.jp"


def test_an_unknown_system_is_refused(deliv, tmp_path):
    (tmp_path / "orders.csv").write_text("email\nmei@gmail.com\n", encoding="utf-8")
    run = deliv("check", "orders.csv", "--system", "rakuten")
    assert run.code == 2
    assert "there is no system “rakuten”; use one of: aiship-r, amazon, base" in run.stderr


def test_a_system_without_addresses_says_so(deliv, tmp_path):
    (tmp_path / "orders.csv").write_bytes(BY_SYSTEM["minne"].content())
    run = deliv("check", "orders.csv")
    assert run.code == 2
    assert "(minne)" in run.stderr


def test_undecodable_cells_are_named_with_line_and_column(deliv, server, tmp_path):
    content = "氏名,メールアドレス\r\n髙橋,mei@gmail.com\r\n".encode("cp932") + b"\xff,taro@docomo.ne.jp\r\n"
    (tmp_path / "orders.csv").write_bytes(content + b"x,ke\x80n@gmail.com\r\n")
    run = deliv("check", "orders.csv", "--format", "csv", server=server)
    assert "lines with bytes that are no characters in cp932: 2" in run.stderr
    assert "  line 3, column 1 (氏名)\n  line 4, column 2 (メールアドレス)\n" in run.stderr
    assert [row.split(b",")[0] for row in run.stdout.splitlines()[1:]] == [
        "髙橋".encode("cp932"),
        b"\xff",
        b"x",
    ]
    report = deliv("check", "orders.csv", "--format", "json", server=server)
    assert report.results[2]["result"] == "unknown"


# --- --show-columns -------------------------------------------------------------------------------


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_show_columns_explains_every_system_and_asks_nobody(deliv, server, tmp_path, names, export):
    (tmp_path / "orders.csv").write_bytes(export.content())
    run = deliv("check", "orders.csv", *column_of(export), "--show-columns", server=server)
    assert (run.code, run.stderr) == (0, "")
    assert f"system: {names[export.system].en} (--system {export.system})" in run.text
    assert f"encoding: {export.encoding}" in run.text
    assert f"between the cells: {'tabs' if export.delimiter != ',' else 'commas'}" in run.text
    assert f"  buyer's mail address: {export.address}" in run.text
    for text in export.fields.values():
        assert f": {text}\n" in run.text
    assert "Row 3 (line 4)" in run.text
    assert "Row 4" not in run.text
    assert server.questions == []


def test_show_columns_of_a_plain_list_names_what_is_missing(deliv, tmp_path):
    (tmp_path / "list.csv").write_text("id,email,memo\n1,mei@gmail.com,\x1b[31mred\n", encoding="utf-8")
    run = deliv("check", "list.csv", "--show-columns")
    assert run.code == 0
    assert "system: none that deliv knows by its headings" in run.text
    assert "not found: order number, day of the order" in run.text
    assert "not used: id / memo" in run.text
    assert "  buyer's mail address: mei@gmail.com" in run.text
    assert "\x1b" not in run.text


def test_show_columns_names_the_sheet_and_speaks_japanese(deliv, tmp_path):
    (tmp_path / "orders.xlsx").write_bytes(workbook("", sheet_of(BY_SYSTEM["base"].rows())))
    run = deliv("check", "orders.xlsx", "--show-columns", "--lang", "ja")
    assert "ブックのシート: 2" in run.text
    assert "注文者のメールアドレス: メールアドレス(請求先)" in run.text


def test_show_columns_shows_an_inherited_address(deliv, tmp_path):
    export = BY_SYSTEM["shopify-orders"]
    (tmp_path / "orders.csv").write_bytes(export.content(export.rows(["taro@docomo.ne.jp", ""])))
    run = deliv("check", "orders.csv", "--show-columns")
    assert run.text.count("buyer's mail address: taro@docomo.ne.jp") == 2
    assert "This line has no address; that of the order's first line is taken." in run.text


def test_show_columns_refuses_what_cannot_be_read(deliv, tmp_path):
    (tmp_path / "list.csv").write_bytes(io.BytesIO().getvalue())
    run = deliv("check", "list.csv", "--show-columns")
    assert (run.code, run.stdout) == (2, b"")
    assert "is empty" in run.stderr
