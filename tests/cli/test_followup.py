"""``deliv followup``: whom to reach today, from the real command line."""

import csv
import io
import json

import pytest
from icalendar import Calendar

from tests.cli.commandline import SAMPLE
from tests.exports import ADDRESSES, EXPORTS, sheet_of, workbook

AT = ("--as-of", "2026-11-24T10:30")
REPLAY = ("--replay", SAMPLE / "dns.json")
SHOP = "shop: {name: はんこ堂, phone: 03-1234-5678, timezone: Asia/Tokyo}\n"
HEAD = "注文番号,注文日,注文者名,メールアドレス,注文者電話番号\r\n"
ORDERS = HEAD + (
    "1001,2026-11-09,佐藤 花子,hanako@docomo.ne.jp,090-1234-5678\r\n"
    "1002,2026-11-19,髙橋 一郎,ichiro@docomo.ne.jp,03-3456-7890\r\n"
    "1003,2026-11-24,=1+cmd|' /C calc'!A0,mei@gmail.com,\r\n"
)
LOG = "注文番号,日付,種類,メモ\r\n1001,2026-11-10,返信,まだ届かない\r\n"


@pytest.fixture
def shop(tmp_path):
    """Return a folder with orders, a log and settings."""
    (tmp_path / "deliv.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "orders.csv").write_bytes(ORDERS.encode("cp932"))
    (tmp_path / "log.csv").write_bytes(LOG.encode("cp932"))
    return tmp_path


def column_of(export):
    return ["--column", export.column] if export.column else []


def lines_of(content, encoding="utf-8-sig"):
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


# --- the exports of all systems -------------------------------------------------------------------


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_the_export_of_every_system_is_followed_up(deliv, server, tmp_path, export):
    (tmp_path / "orders.csv").write_bytes(export.content())
    run = deliv(
        "followup", "orders.csv", *column_of(export), *AT, "--format", "json", "--lang", "ja", server=server
    )
    assert (run.code, run.stderr) == (0, "")
    assert run.document["system"] == export.system
    orders = run.document["orders"]
    assert sorted(row for order in orders for row in order["rows"]) == [1, 2, 3, 4]
    assert [each["normalized"] for each in sorted(orders, key=lambda each: each["rows"])] == [*ADDRESSES]
    for order in orders:
        assert order["order"]["order_id"] == export.fields.get("order_id")
        assert order["status"] == "done" or (order["due"] and order["do_on"])
    run = deliv("followup", "orders.csv", *column_of(export), *AT, "--format", "csv", server=server)
    assert len(lines_of(run.stdout)) == len(orders)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.system)
def test_check_tells_the_order_of_every_system(deliv, server, tmp_path, export):
    (tmp_path / "orders.csv").write_bytes(export.content())
    results = deliv("check", "orders.csv", *column_of(export), "--format", "json", server=server).results
    assert len(results) == len(ADDRESSES) + 1
    for result in results:
        assert result["order"]["order_id"] == export.fields.get("order_id")
        assert (result["order"]["gift"] is not None) == bool(
            {"gift", "recipient_name"} & export.fields.keys()
        )
        assert "buyer_name" not in result["order"]
        assert result["advice"]["steps"][0].keys() == {"do", "due"}


def test_a_list_of_addresses_alone_has_no_order(deliv, server, tmp_path):
    (tmp_path / "list.csv").write_text("email\nmei@gmail.com\n", encoding="utf-8")
    (result,) = deliv("check", "list.csv", "--format", "json", server=server).results
    assert result["order"] is None


def test_a_workbook_is_followed_up_like_the_text(deliv, server, tmp_path):
    rows = list(csv.reader(io.StringIO(ORDERS)))
    (tmp_path / "orders.xlsx").write_bytes(workbook(sheet_of(rows)))
    (tmp_path / "orders.csv").write_bytes(ORDERS.encode("cp932"))
    book, text = (
        deliv("followup", name, *AT, "--format", "json", server=server).document["orders"]
        for name in ("orders.xlsx", "orders.csv")
    )
    assert book == text


# --- the list on the screen and in files ----------------------------------------------------------


def test_the_complaint_shouts_and_an_empty_log_does_not(deliv, shop):
    run = deliv("followup", "orders.csv", "--contacts", "log.csv", *AT, "--lang", "ja", *REPLAY)
    assert (run.code, run.stderr) == (0, "")
    assert run.text.splitlines()[0].startswith(
        "佐藤 花子（注文1001）: 11月10日(火)からお客様が回答を待っています"
    )
    run = deliv("followup", "orders.csv", *AT, "--lang", "ja", *REPLAY)
    assert run.text.startswith("連絡するお客様（11月24日(火) 10:30現在）")


def test_the_csv_opens_in_excel(deliv, shop):
    args = ("followup", "orders.csv", "--contacts", "log.csv", *AT, "--lang", "ja", *REPLAY)
    piped = deliv(*args, "--format", "csv")
    assert piped.stdout.startswith(b"\xef\xbb\xbf")
    assert deliv(*args, "--output", "today.csv").stdout == b""
    assert (shop / "today.csv").read_bytes() == piped.stdout
    found = lines_of(piped.stdout)
    assert [line["注文番号"] for line in found] == ["1001", "1002", "1003"]
    assert [line["電話番号"] for line in found] == ["090-1234-5678", "03-3456-7890", ""]
    assert found[2]["お客様"].startswith("'=1+cmd")
    assert "アポストロフィ" in piped.stderr or "「'」" in piped.stderr
    raw = deliv(*args, "--format", "csv", "--raw-cells")
    assert lines_of(raw.stdout)[2]["お客様"].startswith("=1+cmd")


def test_the_csv_can_be_cp932_and_counts_what_that_cannot_hold(deliv, shop):
    (shop / "orders.csv").write_text(ORDERS.replace("髙橋", "𠮷田"), encoding="utf-8")
    args = ("followup", "orders.csv", *AT, "--lang", "ja", *REPLAY, "--format", "csv", "--encoding", "cp932")
    run = deliv(*args)
    assert {line["お客様"] for line in lines_of(run.stdout, "cp932")} >= {"?田 一郎", "佐藤 花子"}
    assert "「?」" in run.stderr


def test_an_encoding_that_there_is_not_is_refused(deliv, shop):
    run = deliv("followup", "orders.csv", "--format", "csv", "--encoding", "cp9999", *REPLAY)
    assert (run.code, run.stdout) == (2, b"")


@pytest.mark.parametrize("format_", ["table", "csv", "json", "ics"])
def test_the_same_run_gives_the_same_bytes(deliv, shop, format_):
    args = ("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", format_)
    assert deliv(*args).stdout == deliv(*args).stdout


@pytest.mark.parametrize("format_", ["csv", "json", "ics"])
def test_the_format_goes_by_the_ending_of_the_file(deliv, shop, format_):
    args = ("followup", "orders.csv", *AT, *REPLAY)
    assert deliv(*args, "--output", f"today.{format_}").code == 0
    by_option = deliv(*args, "--format", format_).stdout
    by_variable = deliv(*args, env={"DELIV_FOLLOWUP_FORMAT": format_}).stdout
    assert (shop / f"today.{format_}").read_bytes() == by_option == by_variable


def test_the_calendar_holds_the_calls(deliv, shop):
    run = deliv("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", "ics")
    found = Calendar.from_ical(run.stdout).events
    assert len(found) == 2
    assert [event.start.isoformat() for event in found] == [
        "2026-11-24T10:30:00+09:00",
        "2026-11-24T10:40:00+09:00",
    ]


def test_machine_formats_are_english_unless_a_language_is_named(deliv, shop):
    run = deliv("followup", "orders.csv", *AT, *REPLAY, "--format", "json", env={"LANG": "ja_JP.UTF-8"})
    assert (run.document["lang"], run.document["schema"]) == ("en", "deliv-followup/1")
    run = deliv("followup", "orders.csv", *AT, *REPLAY, "--format", "csv", env={"LANG": "ja_JP.UTF-8"})
    assert run.text.startswith("\ufeff番号,状況,")


def test_quiet_says_nothing_but_errors(deliv, shop):
    (shop / "log.csv").write_text("注文番号,日付,種類\n1,いつか,電話\n", encoding="utf-8")
    args = ("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", "csv")
    assert deliv(*args).stderr != ""
    assert deliv(*args, "--quiet").stderr == ""


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("2026-11-24", "2026-11-24T00:00:00+09:00"),
        ("2026-11-24T15:30", "2026-11-24T15:30:00+09:00"),
        ("2026-11-24 15:30:00", "2026-11-24T15:30:00+09:00"),
        ("2026-11-24T15:30Z", "2026-11-25T00:30:00+09:00"),
    ],
)
def test_a_moment_is_that_of_the_shops_clock(deliv, shop, text, now):
    run = deliv("followup", "orders.csv", "--as-of", text, *REPLAY, "--format", "json")
    assert run.document["now"] == now
    run = deliv("followup", "orders.csv", *REPLAY, "--format", "json", env={"DELIV_AS_OF": text})
    assert run.document["now"] == now


@pytest.mark.parametrize("text", ["today", "2026-13-01", "0001-01-01", "24.11.2026", ""])
def test_what_is_no_moment_is_refused(deliv, shop, text):
    run = deliv("followup", "orders.csv", "--as-of", text, *REPLAY)
    assert (run.code, run.stdout) == (2, b"")
    assert "is no day and no moment" in run.stderr


def test_without_a_moment_it_is_now(deliv, shop):
    run = deliv("followup", "orders.csv", *REPLAY, "--format", "json")
    assert run.document["now"] > "2026-11"
    assert run.document["now"].endswith("+09:00")


# --- the log --------------------------------------------------------------------------------------


def test_a_plan_is_never_taken_for_a_call(deliv, shop):
    args = ("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", "json")
    before = deliv(*args).stdout
    first = deliv(*args, "--log", "log.csv")
    content = (shop / "log.csv").read_bytes()
    second = deliv(*args, "--log", "log.csv")
    assert before == first.stdout == second.stdout
    assert (shop / "log.csv").read_bytes() == content
    assert content.startswith(LOG.encode("cp932"))
    assert content.decode("cp932").count("planned") == 2
    assert "plans written down in log.csv: 2" in first.stderr
    assert "plans that stood there already: 2" in second.stderr


def test_a_call_in_the_log_is_done(deliv, shop):
    args = ("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", "json")
    (before,) = [each for each in deliv(*args).document["orders"] if each["order"]["order_id"] == "1002"]
    with (shop / "log.csv").open("ab") as log:
        log.write("1002,2026-11-24,電話,留守\r\n".encode("cp932"))
    (after,) = [each for each in deliv(*args).document["orders"] if each["order"]["order_id"] == "1002"]
    assert (before["status"], after["status"]) == ("today", "wait")
    assert after["due"] > "2026-11-24"


def test_the_log_may_be_made_by_the_first_run(deliv, shop):
    args = ("followup", "orders.csv", "--contacts", "new.csv", "--log", "new.csv", *AT, *REPLAY)
    assert deliv(*args).code == 0
    content = (shop / "new.csv").read_bytes()
    assert content.decode("utf-8-sig").splitlines()[0] == "order_id,address,date,kind,note"
    assert deliv(*args).code == 0
    assert (shop / "new.csv").read_bytes() == content


def test_lines_that_are_not_understood_are_named(deliv, shop):
    with (shop / "log.csv").open("ab") as log:
        log.write(
            "1002,2026-11-25,電話,\r\n1002,2026-11-20,ファックス,\r\n9999,2026-11-20,電話,\r\n".encode(
                "cp932"
            )
        )
    run = deliv(
        "followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY, "--format", "csv", "--lang", "ja"
    )
    assert run.code == 0
    assert "log.csv:3: 「2026-11-25」はまだ先の日付なので数えません" in run.stderr
    assert "log.csv:4: 「ファックス」は連絡の種類ではありません" in run.stderr
    assert "どの注文にも当てはまらない連絡記録: 5行目" in run.stderr


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file log.csv"),
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "is no log of contacts: it needs columns"),
        (b"\x00\x01\x02\x03", "is no text file"),
    ],
)
def test_a_log_that_cannot_be_read_ends_the_run(deliv, shop, content, said):
    (shop / "log.csv").unlink()
    if content is not None:
        (shop / "log.csv").write_bytes(content)
    run = deliv("followup", "orders.csv", "--contacts", "log.csv", *AT, *REPLAY)
    assert (run.code, run.stdout) == (2, b"")
    assert said in run.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--output", "orders.csv"),
        ("--log", "orders.csv"),
        ("--contacts", "log.csv", "--output", "log.csv"),
        ("--output", "x.csv", "--log", "x.csv"),
    ],
    ids=" ".join,
)
def test_no_file_of_the_shop_is_overwritten(deliv, shop, options):
    run = deliv("followup", "orders.csv", *options, *AT, *REPLAY)
    assert (run.code, run.stdout) == (2, b"")
    assert "nothing was written" in run.stderr
    assert (shop / "orders.csv").read_bytes() == ORDERS.encode("cp932")
    assert (shop / "log.csv").read_bytes() == LOG.encode("cp932")


def test_only_one_file_can_be_standard_input(deliv, shop):
    run = deliv("followup", "-", "--contacts", "-", *AT, *REPLAY, input=ORDERS.encode())
    assert run.code == 2
    run = deliv("followup", "-", "--contacts", "log.csv", *AT, *REPLAY, input=ORDERS.encode())
    assert run.code == 0
    run = deliv("followup", "orders.csv", "--contacts", "-", *AT, *REPLAY, input=LOG.encode())
    assert run.code == 0
    assert "1001" in run.text.splitlines()[0]


# --- networks -------------------------------------------------------------------------------------


def test_a_network_that_denies_everything_condemns_nobody(deliv, server, shop):
    server.zone.clear()
    run = deliv("followup", "orders.csv", *AT, "--format", "json", server=server)
    assert run.code == 3
    assert run.document["resolver"]["trusted"] is False
    assert {each["risk"] for each in run.document["orders"]} == {"unknown"}
    assert not any(each["look_in_own_junk"] for each in run.document["orders"])
    assert "denies domains that certainly exist" in run.stderr


def test_orders_whose_reply_may_be_junk_say_so(deliv, server, tmp_path):
    (tmp_path / "orders.csv").write_text(
        "order_id,order date,name,email,phone\n1,2026-11-12,Ken,ken@ezweb.ne.jp,090-1234-5678\n",
        encoding="utf-8",
    )
    (order,) = deliv("followup", "orders.csv", *AT, "--format", "json", server=server).document["orders"]
    assert order["look_in_own_junk"] is True
    assert order["remarks"][0].startswith("Look in your own junk folder before you call")
    server.zone["ezweb.ne.jp"] |= {"TXT": ["v=spf1 ip4:198.51.100.20 -all"]}
    (order,) = deliv("followup", "orders.csv", *AT, "--format", "json", server=server).document["orders"]
    assert order["look_in_own_junk"] is False


def test_a_recording_holds_the_answers_about_replies_too(deliv, server, tmp_path):
    (tmp_path / "orders.csv").write_bytes(ORDERS.encode("cp932"))
    args = ("followup", "orders.csv", *AT, "--format", "json")
    live = deliv(*args, "--record", "dns.json", server=server)
    assert json.loads((tmp_path / "dns.json").read_text(encoding="utf-8"))["schema"] == "deliv-dns/1"
    again = deliv(*args, "--replay", "dns.json")
    assert again.document["orders"] == live.document["orders"]


def test_the_real_process_says_the_same(process, shop):
    run = process("followup", "orders.csv", "--contacts", "log.csv", *AT, "--lang", "ja", *REPLAY)
    assert (run.code, run.stderr) == (0, "")
    assert run.text.startswith("佐藤 花子（注文1001）")
