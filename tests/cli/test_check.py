"""``deliv check``: from a customer list to what stands in the report."""

import csv
import io
import json
import os
import re
from datetime import datetime
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deliv.core.rules import Reason
from deliv.formats import labels
from tests.cli.commandline import OURS, listed, rows_of
from tests.nameserver import Fault

WIDE = {"COLUMNS": "200"}  # so that no cell is folded
FAULTY = Fault(rcode="SERVFAIL")
CANARY_NAMES = {"gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com"}


# --- the four formats -----------------------------------------------------------------------------


def test_the_table_is_the_default_and_says_for_every_row_what_to_do(deliv, server, tmp_path):
    file = listed(
        tmp_path / "list.csv",
        ["taro@docomo.ne.jp", "mei@gmail.com", "ken@gone.example", "yui@takes-no-mail.example"],
    )
    run = deliv("check", file, "--as-of", "2026-11-24", env=WIDE, server=server)
    assert run.code == 1
    assert "taro@docomo.ne.jp" in run.text
    assert "NTT docomo" in run.text
    assert "caution" in run.text
    assert "Send with a notice; phone on 11/26 if silent" in run.text
    assert "Send as usual" in run.text
    assert labels.REASON[Reason.NO_DNS_ENTRIES] in run.text
    assert labels.REASON[Reason.DOES_NOT_ACCEPT_MAIL] in run.text
    assert "Rows checked: 4" in run.text
    assert run.stderr == ""


def test_the_table_in_a_file_leaves_the_summary_to_standard_error(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    run = deliv("check", file, "--output", "report.txt", server=server)
    assert run.code == 0
    assert run.stdout == b""
    assert "Rows checked: 1" in run.stderr
    assert "taro@docomo.ne.jp" in (tmp_path / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv"])
def test_the_format_follows_the_ending_of_the_output_file(deliv, server, tmp_path, ending):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    named = deliv("check", file, "--format", ending, "--as-of", "2026-11-24", server=server)
    deliv("check", file, "--output", f"report.{ending}", "--as-of", "2026-11-24", server=server)
    written = (tmp_path / f"report.{ending}").read_bytes().removeprefix(b"\xef\xbb\xbf")
    if ending == "json":
        assert json.loads(written)["results"] == named.results
    else:
        assert written == named.stdout


def test_the_format_named_wins_over_the_ending(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    deliv("check", file, "--format", "jsonl", "--output", "report.csv", server=server)
    assert json.loads((tmp_path / "report.csv").read_text(encoding="utf-8"))["row"] == 1


BAD_ROWS = [
    "",
    "no address at all",
    "a@b@c",
    "@docomo.ne.jp",
    "taro@",
    "Taro Mihon <taro@docomo.ne.jp>",
    "ｔａｒｏ＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ",
    " taro@docomo.ne.jp ",
    '"taro@docomo.ne.jp, mei@gmail.com"',
    "taro..suzuki@docomo.ne.jp",
    "hanako.@ezweb.ne.jp",
    "taro..suzuki@gmail.com",
    "x@gone.example",
    "x@takes-no-mail.example",
    "x@fails.example",
    "taro\x00@docomo.ne.jp",
    "mei@gmial.com",
    "鈴木@customer.example",
    "x@ドメイン.example",
    "x@127.0.0.1",
    "=cmd|' /C calc'!A0",
    f"{'a' * 300}@customer.example",
    "x@localhost",
    "\x1b[31mred\x1b[0m@customer.example",
]


@pytest.fixture
def bad_list(tmp_path):
    """Return a list with every kind of bad row, one with bytes that are no characters included."""
    path = tmp_path / "bad.csv"
    path.write_bytes("\n".join(["email", *BAD_ROWS, ""]).encode() + b"taro\xff@docomo.ne.jp\n\n\n")
    return path


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(files("deliv.formats").joinpath("deliv-1.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    formats = FormatChecker(["date"])

    @formats.checks("date-time", raises=ValueError)
    def is_date_time(value):
        return datetime.fromisoformat(value).tzinfo is not None

    return Draft202012Validator(schema, format_checker=formats)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("sender", [(), ("--from", "order@shop.example"), ("--from", "order@gone.example")])
def test_the_json_follows_its_schema_whatever_stands_in_the_list(
    deliv, server, bad_list, validator, lang, sender
):
    server.faults["fails.example"] = FAULTY
    run = deliv("check", bad_list, "--format", "json", "--lang", lang, *sender, server=server)
    assert [error.message for error in validator.iter_errors(run.document)] == []
    assert run.document["lang"] == lang
    assert run.document["summary"]["rows"] == len(run.results) == len(BAD_ROWS) + 1
    assert run.document["summary"]["skipped"] == 2
    assert [result["row"] for result in run.results] == list(range(1, len(BAD_ROWS) + 2))


def test_the_schema_is_not_empty_words(validator):
    assert list(validator.iter_errors({"schema": "deliv/1"}))
    assert list(validator.iter_errors({"schema": "deliv/2"}))


@pytest.mark.parametrize(
    ("address", "result", "reason"),
    [
        ("", "undeliverable", "no_address"),
        ("no address at all", "undeliverable", "failed_syntax_check"),
        ("taro..suzuki@docomo.ne.jp", "risky", "nonrfc_local_part"),
        ("hanako.@ezweb.ne.jp", "risky", "nonrfc_local_part"),
        ("taro..suzuki@gmail.com", "undeliverable", "failed_syntax_check"),
        ("x@gone.example", "undeliverable", "no_dns_entries"),
        ("x@takes-no-mail.example", "undeliverable", "does_not_accept_mail"),
        ("x@fails.example", "unknown", "dns_failure"),
        ("mei@gmial.com", "undeliverable", "possible_typo"),
        ("taro\x00@docomo.ne.jp", "undeliverable", "failed_syntax_check"),
    ],
    ids=lambda value: repr(value) if value else "empty",
)
def test_a_bad_row_is_a_result_with_a_reason(deliv, server, tmp_path, address, result, reason):
    server.faults["fails.example"] = FAULTY
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", address, "mei@gmail.com"])
    results = deliv("check", file, "--format", "json", server=server).results
    assert [row["row"] for row in results] == [1, 2, 3]
    assert results[1]["address"] == address
    assert results[1]["result"] == result
    assert reason in results[1]["reasons"]


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        (" taro@docomo.ne.jp ", "whitespace"),
        ("ｔａｒｏ＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ", "full_width"),
        ("taro＠docomo.ne.jp", "full_width"),
        ("見本 太郎 <taro@docomo.ne.jp>", "display_name"),
        ("mailto:taro@docomo.ne.jp", "mailto"),
    ],
)
def test_what_can_be_mended_is_mended_visibly(deliv, server, tmp_path, cell, mend):
    file = listed(tmp_path / "list.csv", [cell])
    run = deliv("check", file, "--format", "json", server=server)
    (result,) = run.results
    assert result["address"] == cell
    assert result["normalized"] == "taro@docomo.ne.jp"
    assert mend in result["mends"]
    assert run.document["summary"]["mended"] == 1
    table = deliv("check", file, env=WIDE, server=server)
    assert f"{cell} → taro@docomo.ne.jp" in table.text


def test_two_addresses_in_one_cell_are_one_row_and_the_first_valid_one_is_judged(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ['"nobody@, mei@gmail.com; taro@docomo.ne.jp"'])
    (result,) = deliv("check", file, "--format", "json", server=server).results
    assert result["normalized"] == "mei@gmail.com"
    assert "several_addresses" in result["reasons"]


def test_jsonl_lines_are_the_results_of_the_json(deliv, server, bad_list):
    lines = deliv("check", bad_list, "--format", "jsonl", server=server)
    document = deliv("check", bad_list, "--format", "json", server=server)
    assert [json.loads(line) for line in lines.stdout.decode().splitlines()] == document.results
    assert f"Rows checked: {len(BAD_ROWS) + 1}" in lines.stderr
    assert "Rows checked" not in document.stderr


def test_json_is_utf8_whatever_the_list_is(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes("お名前,メール\n髙橋①,taro@docomo.ne.jp\n".encode("cp932"))
    run = deliv("check", "list.csv", "--format", "json", "--lang", "ja", server=server)
    assert run.results[0]["provider"]["name"] == "ドコモ"
    assert "ドコモ" in run.stdout.decode("utf-8")


def test_one_result_holds_what_the_readme_promises(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    run = deliv("check", file, "--format", "json", "--as-of", "2026-11-24", server=server)
    (result,) = run.results
    assert result["line"] == 2
    assert (result["result"], result["risk"]) == ("risky", "medium")
    assert result["provider"] == {"id": "docomo", "name": "NTT docomo", "kind": "carrier"}
    placement = result["placement"]
    assert placement["inbox"] + placement["spam"] + placement["missing"] == pytest.approx(1, abs=0.001)
    assert placement["inbox_low"] < placement["inbox"] < placement["inbox_high"]
    assert placement["basis"] == "estimate"
    assert result["advice"]["action"] == "send_with_notice"
    assert result["advice"]["due"] == "2026-11-26"
    assert result["advice"]["tell_customer"]
    assert {finding["rule"] for finding in result["findings"]} == {"carrier-filter"}
    assert all(finding["source"] for finding in result["findings"])
    assert run.document["as_of"] == "2026-11-24"
    assert run.document["resolver"]["trusted"] is True
    assert run.document["summary"]["by_provider"] == {"docomo": 1}


# --- CSV: the list back, with our columns ---------------------------------------------------------

TRICKY = (
    "No,お名前,メール,備考\r\n"
    "1,髙橋①,taro@docomo.ne.jp,～－\r\n"
    '2,"見本, 花子",hanako@ezweb.ne.jp,"彼は ""はい"" と"\r\n'
)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_the_columns_of_the_input_come_back_byte_for_byte(deliv, server, tmp_path, encoding):
    (tmp_path / "list.csv").write_bytes(TRICKY.encode(encoding))
    run = deliv("check", "list.csv", "--format", "csv", "--lang", "ja", server=server)
    for before, after in zip(TRICKY.encode(encoding).splitlines(), run.stdout.splitlines(), strict=True):
        assert after.startswith(before + b",")
    assert run.stdout.endswith(b"\r\n")
    assert "～－" in run.stdout.decode(encoding)
    assert "送信して" in run.stdout.decode(encoding)


def test_our_nine_columns_stand_behind_those_of_the_input(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("no,email\n7,taro@docomo.ne.jp\n", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", "--as-of", "2026-11-24", server=server)
    (row,) = run.rows
    assert tuple(row) == ("no", "email", *OURS)
    assert row["no"] == "7"
    assert row["deliv_result"] == "risky"
    assert row["deliv_risk"] == "medium"
    assert row["deliv_reasons"] == "carrier_filter"
    assert row["deliv_provider"] == "NTT docomo"
    assert row["deliv_did_you_mean"] == ""
    assert re.fullmatch(r"\d+% \(estimate\), \d+\D\d+%", row["deliv_inbox"])
    assert row["deliv_action"] == "send_with_notice"
    assert row["deliv_due"] == "2026-11-26"
    assert row["deliv_advice"].startswith("Send, and tell the customer")


def test_the_domain_that_was_meant_has_its_column(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["mei@gmial.com"])
    (row,) = deliv("check", file, "--format", "csv", server=server).rows
    assert row["deliv_did_you_mean"] == "gmail.com"


def test_a_name_that_is_taken_gets_a_number(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text(
        "email,deliv_risk,deliv_result,deliv_result_2\ntaro@docomo.ne.jp,a,b,c\n", encoding="utf-8"
    )
    (row,) = deliv("check", "list.csv", "--format", "csv", server=server).rows
    assert (row["deliv_risk"], row["deliv_result"], row["deliv_result_2"]) == ("a", "b", "c")
    assert (row["deliv_risk_2"], row["deliv_result_3"]) == ("medium", "risky")
    assert len(row) == 4 + 9


def test_a_report_can_be_checked_again(deliv, server, tmp_path):
    listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    deliv("check", "list.csv", "--output", "once.csv", server=server)
    deliv("check", "once.csv", "--output", "twice.csv", server=server)
    (row,) = rows_of((tmp_path / "twice.csv").read_bytes())
    assert tuple(row) == ("email", *OURS, *(f"{name}_2" for name in OURS))
    assert row["deliv_risk"] == row["deliv_risk_2"] == "medium"


def test_there_is_one_line_for_each_row_in_their_order(deliv, server, tmp_path):
    addresses = ["ken@gone.example", "taro@docomo.ne.jp", "", "mei@gmail.com", "taro@docomo.ne.jp"]
    rows = "".join(f"{number},{address}\n" for number, address in enumerate(addresses, 1))
    (tmp_path / "list.csv").write_text(f"no,email\n{rows}", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    assert [(row["no"], row["email"]) for row in run.rows] == [
        (str(number), address) for number, address in enumerate(addresses, 1)
    ]


def test_ragged_and_blank_rows_stay_where_they_are(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text(
        "no,email,note\n1\n2,taro@docomo.ne.jp\n\n4,mei@gmail.com,x,y,z\n5,ken@gone.example,w\n\n\n",
        encoding="utf-8",
    )
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    lines = list(csv.reader(io.StringIO(run.text, newline="")))
    assert {len(line) for line in lines} == {5 + 9}
    assert lines[0] == ["no", "email", "note", "", "", *OURS]
    assert [line[:5] for line in lines[1:]] == [
        ["1", "", "", "", ""],
        ["2", "taro@docomo.ne.jp", "", "", ""],
        ["", "", "", "", ""],
        ["4", "mei@gmail.com", "x", "y", "z"],
        ["5", "ken@gone.example", "w", "", ""],
    ]
    assert [line[5] for line in lines[1:]] == [
        "undeliverable",
        "risky",
        "undeliverable",
        "deliverable",
        "undeliverable",
    ]
    assert re.search("blank lines skipped at the end: 2", run.stderr)


def test_cells_with_line_breaks_stay_one_row(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes(
        b'note,email\r\n"two\r\nlines",taro@docomo.ne.jp\r\nx,mei@gmail.com\r\n'
    )
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    assert [row["note"] for row in run.rows] == ["two\r\nlines", "x"]
    document = deliv("check", "list.csv", "--format", "json", server=server)
    assert [result["line"] for result in document.results] == [2, 4]


def test_a_utf8_file_gets_a_byte_order_mark_and_a_stream_none(deliv, server, tmp_path):
    listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    deliv("check", "list.csv", "--output", "out.csv", server=server)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfemail,")
    assert deliv("check", "list.csv", "--format", "csv", server=server).stdout.startswith(b"email,")


def test_a_list_with_a_byte_order_mark_comes_back_with_one(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes("メール\ntaro@docomo.ne.jp\n".encode("utf-8-sig"))
    run = deliv("check", "list.csv", "--output", "out.csv", server=server)
    assert run.code == 0
    assert (tmp_path / "out.csv").read_bytes().startswith("\ufeffメール,".encode())


def test_a_cp932_file_comes_back_in_cp932(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes(TRICKY.encode("cp932"))
    deliv("check", "list.csv", "--output", "out.csv", server=server)
    assert "髙橋①" in (tmp_path / "out.csv").read_bytes().decode("cp932")


def test_characters_that_the_output_cannot_hold_are_replaced_and_counted(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("name,email\n🎁森鴎外,taro@docomo.ne.jp\n한,mei@gmail.com\n", "utf-8")
    run = deliv("check", "list.csv", "--encoding", "cp932", "--format", "csv", "--lang", "en", server=server)
    names = [line.split(",")[0] for line in run.stdout.decode("cp932").splitlines()]
    assert names == ["name", "?森鴎外", "?"]
    assert re.search("the output's encoding cannot hold.*: 2", run.stderr)


def test_a_cp932_report_in_english_loses_no_characters_of_ours(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes("お名前,メール\n髙橋,taro@docomo.ne.jp\n".encode("cp932"))
    run = deliv("check", "list.csv", "--format", "csv", "--lang", "en", server=server)
    assert "cannot hold" not in run.stderr
    assert b"?" not in run.stdout


def test_bytes_that_are_no_characters_come_back_unchanged(deliv, server, tmp_path):
    names = [f"{number}" for number in range(20)]
    body = b"".join(
        f"{name},見本,".encode("cp932") + (b"\x87\xff" if name == "7" else b"ok") + b",taro@docomo.ne.jp\r\n"
        for name in names
    )
    (tmp_path / "list.csv").write_bytes("番号,名前,備考,メール\r\n".encode("cp932") + body)
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    line = run.stdout.split(b"\r\n")[8]
    assert line.startswith("7,見本,".encode("cp932") + b"\x87\xff,taro@docomo.ne.jp,risky,")
    assert re.search("bytes that are no characters in cp932: 1", run.stderr)
    assert [row["result"] for row in deliv("check", "list.csv", "-f", "json", server=server).results] == [
        "risky"
    ] * 20


def test_an_address_with_bytes_that_are_no_characters_is_left_open(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes(
        "名前,email\nあ,mei@gmail.com\n".encode() + b"x,taro\xff@docomo.ne.jp\n"
    )
    run = deliv("check", "list.csv", "--format", "json", "--max-unknown", "100", server=server)
    assert run.results[1]["result"] == "unknown"
    assert run.results[1]["reasons"] == ["undecodable"]
    back = deliv("check", "list.csv", "--format", "csv", server=server)
    assert b"x,taro\xff@docomo.ne.jp,unknown," in back.stdout


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "\t=1+1"]
PHONES = ["090-1234-5678", "+81 90 1234 5678", "-1", "(03) 1234-5678", "+81.3.1234.5678"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_cells_that_a_spreadsheet_would_run_are_defused(deliv, server, tmp_path, cell):
    (tmp_path / "list.csv").write_text(f"note,email\n{cell},taro@docomo.ne.jp\n", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    assert run.rows[0]["note"] == f"'{cell}"
    assert re.search("cells that a spreadsheet would run.*: 1", run.stderr)


@pytest.mark.parametrize("cell", PHONES)
def test_phone_numbers_are_left_alone(deliv, server, tmp_path, cell):
    (tmp_path / "list.csv").write_text(f"tel,email\n{cell},taro@docomo.ne.jp\n", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    assert run.rows[0]["tel"] == cell
    assert "apostrophe" not in run.stderr


def test_an_address_and_a_heading_can_be_formulas_too(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("=x(),email\na,=x()@customer.example\n", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", server=server)
    assert run.text.startswith("'=x(),email,")
    assert "\na,'=x()@customer.example," in run.text.replace("\r\n", "\n")
    assert re.search("cells that a spreadsheet would run.*: 2", run.stderr)


def test_raw_cells_leaves_formulas_as_they_are(deliv, server, tmp_path):
    cells = "".join(f"{cell},taro@docomo.ne.jp\n" for cell in FORMULAS)
    (tmp_path / "list.csv").write_text(f"note,email\n{cells}", encoding="utf-8")
    run = deliv("check", "list.csv", "--format", "csv", "--raw-cells", server=server)
    assert [row["note"] for row in run.rows] == FORMULAS
    assert "apostrophe" not in run.stderr


# --- the order export of the issue ----------------------------------------------------------------


def test_a_cp932_order_export_of_1000_rows_gives_1000_results_in_order_with_japanese_advice(
    process, server, tmp_path
):
    domains = ["docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "gmail.com", "customer.example"]
    domains += [f"shop{number}.example" for number in range(40)]
    for domain in domains[-40:]:
        server.zone[domain] = {"MX": ["10 mx.customer.example."]}
    domains += ["gone.example", "takes-no-mail.example"]
    rows = [f"A-{n:04},髙橋 №{n}①～－,k{n}@{domains[n % len(domains)]},090-0000-{n:04}" for n in range(1000)]
    export = "注文番号,お名前,メールアドレス,電話番号\r\n" + "".join(f"{row}\r\n" for row in rows)
    (tmp_path / "注文.csv").write_bytes(export.encode("cp932"))
    run = process("check", "注文.csv", "--format", "csv", "--lang", "ja", server=server)
    assert run.code == 1
    lines = run.stdout.decode("cp932").splitlines()
    assert len(lines) == 1001
    assert [line[: len(row)] for line, row in zip(lines[1:], rows, strict=True)] == rows
    judged = rows_of(run.stdout, "cp932")
    assert [row["注文番号"] for row in judged] == [f"A-{n:04}" for n in range(1000)]
    for row in judged:
        domain = row["メールアドレス"].partition("@")[2]
        expected = "undeliverable" if domain in ("gone.example", "takes-no-mail.example") else None
        assert row["deliv_result"] == expected or row["deliv_result"] in ("risky", "deliverable")
        assert any("\u3040" <= character <= "\u30ff" for character in row["deliv_advice"])
    assert "電話してください" in next(
        row["deliv_advice"] for row in judged if row["メールアドレス"].endswith("@gone.example")
    )
    assert len(server.questions) == len(set(server.questions)) < 150


# --- where the list comes from --------------------------------------------------------------------


def test_a_dash_is_standard_input(process, server):
    run = process("check", "-", "--format", "csv", input=b"email\ntaro@docomo.ne.jp\n", server=server)
    assert run.code == 0
    assert [row["email"] for row in run.rows] == ["taro@docomo.ne.jp"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no /dev/stdin")
def test_a_pipe_is_read_like_a_file(process, server):
    content = TRICKY.encode("cp932")
    run = process("check", "/dev/stdin", "--format", "csv", input=content, server=server)
    assert [row["No"] for row in rows_of(run.stdout, "cp932")] == ["1", "2"]


@pytest.mark.parametrize(
    "heading",
    ["メールアドレス", "Email", "E-mail", "ｅｍａｉｌ", " email ", "注文者メールアドレス", '"mail"'],
)
def test_the_address_column_is_found_by_its_heading(deliv, server, tmp_path, heading):
    (tmp_path / "list.csv").write_text(f"no,{heading},x\n1,taro@docomo.ne.jp,y\n", encoding="utf-8")
    (result,) = deliv("check", "list.csv", "--format", "json", server=server).results
    assert result["address"] == "taro@docomo.ne.jp"


@pytest.mark.parametrize("column", ["連絡先", "3", "連絡先 "])
def test_the_column_can_be_named_by_heading_or_number(deliv, server, tmp_path, column):
    (tmp_path / "list.csv").write_text(
        "no,email,連絡先\n1,taro@docomo.ne.jp,mei@gmail.com\n", encoding="utf-8"
    )
    (result,) = deliv("check", "list.csv", "--format", "json", "--column", column, server=server).results
    assert result["address"] == "mei@gmail.com"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("euc_jp", "euc_jp"), ("iso2022_jp", "iso2022_jp"), ("utf-16", None), ("cp932", "shift_jis")],
)
def test_other_encodings_can_be_named_or_say_so_themselves(deliv, server, tmp_path, encoding, named):
    (tmp_path / "list.csv").write_bytes("お名前,メール\n見本,taro@docomo.ne.jp\n".encode(encoding))
    options = ["--input-encoding", named] if named else []
    run = deliv("check", "list.csv", "--format", "csv", "--encoding", "utf-8", *options, server=server)
    (row,) = run.rows
    assert (row["お名前"], row["メール"], row["deliv_result"]) == ("見本", "taro@docomo.ne.jp", "risky")


@pytest.mark.parametrize("delimiter", ["\t", ";"], ids=["tab", "semicolon"])
def test_other_delimiters_are_found_out(deliv, server, tmp_path, delimiter):
    rows = [["no", "email", "note"], ["1", "taro@docomo.ne.jp", "a, b"]]
    text = "".join(delimiter.join(row) + "\n" for row in rows)
    (tmp_path / "list.tsv").write_text(text, encoding="utf-8")
    run = deliv("check", "list.tsv", "--format", "csv", server=server)
    assert (run.rows[0]["email"], run.rows[0]["note"]) == ("taro@docomo.ne.jp", "a, b")


# --- asked once, judged once ----------------------------------------------------------------------


def test_each_domain_is_asked_once_and_no_address_reaches_the_dns(deliv, server, tmp_path):
    addresses = [f"taro{n}@{domain}" for n in range(30) for domain in ("customer.example", "gone.example")]
    file = listed(tmp_path / "list.csv", addresses)
    deliv("check", file, "--format", "json", server=server)
    assert len(server.questions) == len(set(server.questions))
    asked = {(name, kind) for name, kind in server.questions if name.endswith("example")}
    assert asked == {("customer.example", "MX"), ("mx.customer.example", "A"), ("gone.example", "MX")}
    assert not any("taro" in name or "@" in name for name, _ in server.questions)


def test_upper_and_lower_case_of_a_domain_are_one_question(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["a@customer.example", "b@Customer.EXAMPLE"])
    deliv("check", file, "--format", "json", server=server)
    assert server.questions.count(("customer.example", "MX")) == 1


def test_repeated_addresses_are_counted_and_each_row_has_its_result(deliv, server, tmp_path):
    file = listed(
        tmp_path / "list.csv",
        ["taro@docomo.ne.jp", "mei@gmail.com", "taro@docomo.ne.jp", "taro@DOCOMO.ne.jp"],
    )
    run = deliv("check", file, "--format", "json", server=server)
    assert run.document["summary"]["repeated"] == 2
    first, _, third, _ = run.results
    assert {**third, "row": 1, "line": 2} == first
    assert "rows that repeat an address of an earlier row: 2" in deliv("check", file, server=server).text


# --- the addresses not to mail --------------------------------------------------------------------


def test_do_not_mail_lists_each_undeliverable_address_once_under_the_heading_of_the_input(
    deliv, server, tmp_path
):
    (tmp_path / "list.csv").write_text(
        "no,メールアドレス\n1,ken@gone.example\n2,taro@docomo.ne.jp\n3,yui@takes-no-mail.example\n"
        "4,ken@gone.example\n5,\n6,not an address\n7,=x()@gone.example\n8,x@fails.example\n",
        encoding="utf-8",
    )
    server.faults["fails.example"] = FAULTY
    run = deliv("check", "list.csv", "--do-not-mail", "dead.csv", server=server)
    assert run.code == 1
    content = (tmp_path / "dead.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n") == [
        "メールアドレス",
        "ken@gone.example",
        "yui@takes-no-mail.example",
        "not an address",
        "'=x()@gone.example",
        "",
    ]
    assert "Rows checked: 8" in run.text


def test_do_not_mail_is_written_in_the_encoding_of_the_list(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_bytes("お客様メールアドレス\nken@gone.example\n".encode("cp932"))
    deliv("check", "list.csv", "--do-not-mail", "dead.csv", "--output", "out.csv", server=server)
    assert (tmp_path / "dead.csv").read_bytes() == "お客様メールアドレス\r\nken@gone.example\r\n".encode(
        "cp932"
    )
    assert (tmp_path / "out.csv").exists()


# --- the sender -----------------------------------------------------------------------------------


def test_the_sender_is_in_its_own_block_and_counts_in_each_row(deliv, server, tmp_path):
    server.zone["bare.example"] = {"A": ["198.51.100.40"]}
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", "mei@gmail.com", "ken@gone.example"])
    without = deliv("check", file, "--format", "json", server=server)
    run = deliv("check", file, "--format", "json", "--from", "order@bare.example", server=server)
    assert without.document["sender"] is None
    sender = run.document["sender"]
    assert (sender["domain"], sender["spf"], sender["dmarc"]) == ("bare.example", "missing", "missing")
    found = {finding["rule"] for finding in sender["findings"]}
    assert {"sender-spf-missing", "sender-dmarc-missing"} <= found
    for before, after in zip(without.results[:2], run.results[:2], strict=True):
        assert {"sender-spf-missing"} <= {finding["rule"] for finding in after["findings"]}
        assert "sender_auth_missing" in after["reasons"]
        assert after["placement"]["inbox"] < before["placement"]["inbox"]
    assert "sender_auth_missing" not in run.results[2]["reasons"]


@pytest.mark.parametrize(
    ("records", "dmarc", "rule"),
    [
        (
            {"TXT": ["v=spf1 +all"], "MX": ["10 mx.shop.example."]},
            "v=DMARC1; p=reject",
            "sender-spf-plus-all",
        ),
        ({"TXT": ["v=spf1 -all", "v=spf1 ~all"]}, "v=DMARC1; p=reject", "sender-spf-several"),
        ({"TXT": ["v=spf1 ip4:999.1.1.1 -all"]}, "v=DMARC1; p=reject", "sender-spf-invalid"),
        ({"MX": ["10 mx.shop.example."]}, "v=DMARC1; p=reject", "sender-spf-missing"),
        ({"TXT": ["v=spf1 -all"]}, None, "sender-dmarc-missing"),
        ({"TXT": ["v=spf1 -all"]}, "v=DMARC1; p=none", "sender-dmarc-policy-none"),
        ({"TXT": ["v=spf1 -all"], "MX": ["0 ."]}, "v=DMARC1; p=reject", "sender-no-mx"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("sender") else "",
)
def test_what_is_wrong_with_the_sender_is_found(deliv, server, tmp_path, records, dmarc, rule):
    server.zone["mine.example"] = records
    if dmarc:
        server.zone["_dmarc.mine.example"] = {"TXT": [dmarc]}
    file = listed(tmp_path / "list.csv", ["mei@gmail.com"])
    run = deliv("check", file, "--format", "json", "--from", "order@mine.example", server=server)
    assert rule in {finding["rule"] for finding in run.document["sender"]["findings"]}


def test_a_sender_in_order_leaves_nothing_to_say(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["mei@gmail.com"])
    run = deliv("check", file, "--format", "json", "--from", "order@shop.example", server=server)
    sender = run.document["sender"]
    assert sender["findings"] == []
    assert sender["spf_record"] == "v=spf1 ip4:198.51.100.30 -all"
    assert sender["dmarc_policy"] == "reject"
    assert sender["route"] == "mx"
    assert (
        "SPF: published, DMARC: published, replies: can arrive"
        in deliv("check", file, "--from", "Shop <order@shop.example>", server=server).text
    )


def test_the_steps_for_the_customer_name_the_sender(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    run = deliv("check", file, "--format", "json", "--from", "order@shop.example", server=server)
    assert any("shop.example" in step for step in run.results[0]["advice"]["tell_customer"])


# --- settings, variables, options -----------------------------------------------------------------

NO_VARIABLE = {"DELIV_NAMESERVER": ""}


@pytest.fixture
def settings(tmp_path, server):
    """Return deliv.yaml in the working folder."""
    file = tmp_path / "deliv.yaml"
    file.write_text(
        f"""\
shop: {{name: Mihon Shoten, phone: 03-0000-0000, timezone: Asia/Tokyo}}
sender: {{from: order@shop.example}}
calendar: {{closed: [2026-11-26], phone_window: "13:00-15:00"}}
network: {{nameservers: ["{server.address}"], timeout: 2, canary: [icloud.com]}}
""",
        encoding="utf-8",
    )
    return file


def test_deliv_yaml_in_the_working_folder_is_used(deliv, server, tmp_path, settings):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    options = ["--format", "json", "--as-of", "2026-11-24", "--lang", "ja"]
    run = deliv("check", file, *options, env=NO_VARIABLE)
    assert run.code == 0
    assert run.document["sender"]["domain"] == "shop.example"
    advice = run.results[0]["advice"]
    assert advice["due"] == "2026-11-27"
    assert advice["phone_window"] == "13:00-15:00"
    assert "Mihon Shoten" in advice["say"]
    assert "03-0000-0000" in advice["say"]
    assert {name for name, _ in server.questions} & CANARY_NAMES == {"icloud.com", "docomo.ne.jp"}


def test_another_settings_file_can_be_named(deliv, server, tmp_path, settings):
    (tmp_path / "shops").mkdir()
    settings.rename(tmp_path / "shops" / "mine.yaml")
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    by_option = deliv("check", file, "-f", "json", "--config", "shops/mine.yaml", env=NO_VARIABLE)
    by_variable = deliv("check", file, "-f", "json", env=NO_VARIABLE | {"DELIV_CONFIG": "shops/mine.yaml"})
    assert by_option.document["sender"]["domain"] == "shop.example"
    assert by_variable.document["sender"]["domain"] == "shop.example"


def test_options_win_over_variables_and_those_over_deliv_yaml(deliv, server, tmp_path, settings):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    server.zone["other.example"] = server.zone["third.example"] = {"MX": ["10 mx.shop.example."]}
    env = NO_VARIABLE | {"DELIV_FROM": "order@other.example"}
    by_variable = deliv("check", file, "-f", "json", env=env)
    by_option = deliv("check", file, "-f", "json", "--from", "order@third.example", env=env)
    assert by_variable.document["sender"]["domain"] == "other.example"
    assert by_option.document["sender"]["domain"] == "third.example"


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("DELIV_FORMAT", "jsonl", '{"row":1,'),
        ("DELIV_LANG", "ja", "アドレス"),
        ("DELIV_AS_OF", "2031-01-06", "1/8"),
        ("DELIV_COLUMN", "second", "mei@gmail.com"),
    ],
)
def test_every_option_has_a_variable(deliv, server, tmp_path, variable, value, shown):
    (tmp_path / "list.csv").write_text("email,second\ntaro@docomo.ne.jp,mei@gmail.com\n", encoding="utf-8")
    without = deliv("check", "list.csv", server=server)
    run = deliv("check", "list.csv", env={variable: value}, server=server)
    assert shown in run.text
    assert shown not in without.text


def test_a_whole_run_can_be_set_up_by_variables(deliv, server, tmp_path):
    for folder, domain in (("one", "customer.example"), ("two", "shop.example")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rules.yaml").write_text(
            f"""\
providers:
  - id: rules-{folder}
    kind: isp
    names: {{ja: あ, en: A}}
    domains: [{domain}]
    sources: [{{title: Asked, checked: 2026-11-22, verified: false}}]
""",
            encoding="utf-8",
        )
    content = "名前,メール\n=x,x@customer.example\n髙,y@shop.example\nz,z@gone.example\n"
    (tmp_path / "list.csv").write_bytes(content.encode("cp932"))
    env = {
        "DELIV_RULES": os.pathsep.join(["one", "two"]),
        "DELIV_OUTPUT": "out.csv",
        "DELIV_DO_NOT_MAIL": "dead.csv",
        "DELIV_INPUT_ENCODING": "shift_jis",
        "DELIV_ENCODING": "utf-8",
        "DELIV_RAW_CELLS": "1",
        "DELIV_QUIET": "1",
        "DELIV_RECORD": "dns.json",
        "DELIV_TIMEOUT": "2",
        "DELIV_CONCURRENCY": "5",
        "DELIV_FAIL_ON": "never",
    }
    run = deliv("check", "list.csv", env=env, server=server)
    assert (run.code, run.stdout, run.stderr) == (0, b"", "")
    rows = rows_of((tmp_path / "out.csv").read_bytes())
    assert [row["名前"] for row in rows] == ["=x", "髙", "z"]
    assert [row["deliv_provider"] for row in rows] == ["A", "A", ""]
    assert b"z@gone.example" in (tmp_path / "dead.csv").read_bytes()
    offline = {"DELIV_RULES": env["DELIV_RULES"], "DELIV_REPLAY": "dns.json", "DELIV_MAX_UNKNOWN": "0"}
    again = deliv("check", "list.csv", env=offline)
    assert again.code == 1


def test_the_name_server_and_the_canary_can_come_from_variables(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    env = {"DELIV_NAMESERVER": server.address, "DELIV_CANARY": "customer.example, shop.example"}
    run = deliv("check", file, "--format", "json", env=env)
    assert run.document["resolver"]["trust"] == "trusted"
    asked = {name for name, _ in server.questions}
    assert not asked & CANARY_NAMES
    assert {"customer.example", "shop.example"} <= asked


def test_several_name_servers_take_over_from_each_other(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    run = deliv("check", file, "-f", "json", "--nameserver", "127.0.0.1:1", "--timeout", "1.5", server=server)
    assert run.results[0]["result"] == "deliverable"


def test_the_canary_can_be_given_as_options(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["x@customer.example"])
    run = deliv("check", file, "--canary", "nowhere.example", "--format", "json", server=server)
    assert run.code == 3
    assert run.document["resolver"]["trust"] == "denying"


def test_rules_of_ones_own_are_merged(deliv, server, tmp_path):
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "my-rules" / "provider.yaml").write_text(
        """\
providers:
  - id: my-cable
    kind: isp
    names: {ja: マイケーブル, en: My Cable}
    domains: [customer.example]
    sources: [{title: Asked their support, checked: 2026-11-22, verified: false}]
""",
        encoding="utf-8",
    )
    file = listed(tmp_path / "list.csv", ["x@customer.example", "taro@docomo.ne.jp"])
    before = deliv("check", file, "--format", "json", server=server)
    after = deliv("check", file, "--format", "json", "--rules", "my-rules", server=server)
    assert before.results[0]["provider"] is None
    assert after.results[0]["provider"] == {"id": "my-cable", "name": "My Cable", "kind": "isp"}
    assert after.results[1] == before.results[1]
    assert after.document["rules_digest"] != before.document["rules_digest"]


def test_the_day_decides_when_a_step_is_due_and_which_rules_are_stale(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    now = deliv("check", file, "--format", "json", "--as-of", "2026-11-27", server=server)
    later = deliv("check", file, "--format", "json", "--as-of", "2030-01-04", server=server)
    assert now.results[0]["advice"]["due"] == "2026-12-01"
    assert later.results[0]["advice"]["due"] == "2030-01-08"
    assert now.document["summary"]["stale_rules"] == []
    assert "docomo" in later.document["summary"]["stale_rules"]


def test_quiet_leaves_standard_error_empty(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("n,email\n=1,taro@docomo.ne.jp\n🎁,mei@gmail.com\n", encoding="utf-8")
    options = ["--format", "csv", "--encoding", "cp932"]
    assert deliv("check", "list.csv", *options, server=server).stderr != ""
    quiet = deliv("check", "list.csv", *options, "--quiet", server=server)
    assert quiet.stderr == ""
    assert quiet.stdout


def test_the_language_follows_the_environment_and_machine_formats_stay_english(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    japanese = {"LANG": "ja_JP.UTF-8"}
    assert "ドコモ" in deliv("check", file, env=japanese, server=server).text
    assert "送信して" in deliv("check", file, "-f", "csv", env=japanese, server=server).text
    document = deliv("check", file, "-f", "json", env=japanese, server=server).document
    assert document["lang"] == "en"
    assert document["results"][0]["provider"]["name"] == "NTT docomo"


def test_codes_stay_english_in_japanese(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp", "x@gone.example"])
    ja = deliv("check", file, "-f", "json", "--lang", "ja", server=server).results
    en = deliv("check", file, "-f", "json", "--lang", "en", server=server).results
    for one, other in zip(ja, en, strict=True):
        for key in ("result", "risk", "reasons", "mends", "undecided", "placement"):
            assert one[key] == other[key]
        assert one["advice"]["action"] == other["advice"]["action"]
        assert one["advice"]["text"] != other["advice"]["text"]


def test_hostile_cells_reach_the_terminal_harmless(deliv, server, tmp_path):
    file = listed(
        tmp_path / "list.csv", ["\x1b]0;owned\x07[red]x[/red]@customer.example", "[bold]@x.example"]
    )
    run = deliv("check", file, server=server)
    assert b"\x1b" not in run.stdout
    assert b"\x07" not in run.stdout
    assert "[bold]@x.example" in run.text


def test_a_million_rows_are_not_kept_as_objects(deliv, server, tmp_path):
    """The list is read twice, row by row: what it takes does not grow with the rows."""
    import tracemalloc

    def peak(rows: int) -> int:
        file = listed(tmp_path / f"{rows}.csv", [f"k{n}@customer.example" for n in range(rows)])
        deliv("check", file, "-f", "csv", "-o", "out.csv", server=server)  # caches fill on the first run
        tracemalloc.start()
        deliv("check", file, "-f", "csv", "-o", "out.csv", server=server)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(6000) - peak(1000) < 5000 * 100


# --- what an order adds to the advice -------------------------------------------------------------

ORDERS = """\
注文番号,お名前,メールアドレス,電話番号,お届け先氏名,合計金額,ラッピング,備考,お届け希望日
1,見本太郎,taro@docomo.ne.jp,090-1234-5678,見本太郎,3000,なし,,
2,見本太郎,taro@docomo.ne.jp,090-1234-5678,見本花子,3000,なし,,
3,見本太郎,taro@docomo.ne.jp,,見本太郎,50000,なし,,2026/11/27
4,見本花子,mei@gmail.com,,見本次郎,50000,希望,内緒で,2026/11/25
"""


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_gifts_deadlines_amounts_and_missing_numbers_change_the_advice(deliv, server, tmp_path, lang):
    (tmp_path / "orders.csv").write_bytes(ORDERS.encode("cp932"))
    run = deliv("check", "orders.csv", "-f", "json", "--as-of", "2026-11-24", "--lang", lang, server=server)
    plain, gift, urgent, fine = (row["advice"] for row in run.results)
    words = {
        "ja": ("贈り物かもしれません", "必要なご注文", "金額の大きい", "電話番号がありません"),
        "en": ("may be a gift", "are needed by", "worth much", "no phone number"),
    }[lang]
    assert [[word in row["text"] for word in words] for row in (plain, gift, urgent, fine)] == [
        [False] * 4,
        [True, False, False, False],
        [False, True, True, True],
        [False] * 4,
    ]
    assert [row["due"] for row in (plain, gift, urgent, fine)] == [
        *("2026-11-26", "2026-11-26", "2026-11-25", None),
    ]


@pytest.mark.parametrize(
    ("as_of", "shop", "due"),
    [
        ("2026-12-28", "{}", "2027-01-05"),
        ("2026-12-28", "{shop: {country: US}}", "2026-12-30"),
        ("2026-04-30", "{}", "2026-05-07"),
        (
            "2026-04-30",
            "{calendar: {workdays: [monday, tuesday, wednesday, thursday, friday, saturday]}}",
            "2026-05-02",
        ),
    ],
)
def test_holidays_are_those_of_the_shop(deliv, server, tmp_path, as_of, shop, due):
    (tmp_path / "deliv.yaml").write_text(shop, encoding="utf-8")
    file = listed(tmp_path / "list.csv", ["taro@docomo.ne.jp"])
    run = deliv("check", file, "--format", "csv", "--as-of", as_of, server=server)
    assert [row["deliv_due"] for row in run.rows] == [due]


def test_every_row_is_told_of_its_own_misspelt_address(deliv, server, tmp_path):
    file = listed(tmp_path / "list.csv", ["taro@gmial.com", "mei@gmial.com"])
    run = deliv("check", file, "--format", "csv", "--lang", "en", server=server)
    for row, meant in zip(run.rows, ("taro@gmail.com", "mei@gmail.com"), strict=True):
        assert re.findall(r"\w+@gmail\.com", row["deliv_advice"]) == [meant]
