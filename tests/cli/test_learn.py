"""``deliv learn``: what it takes, what it says, and what it never does twice."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.exports import sheet_of, workbook

DAY = ("--as-of", "2026-11-22")
ROWS = (
    "email,date,outcome,count,reason",
    "taro@docomo.ne.jp,2026-11-20,sent,,",
    "taro@docomo.ne.jp,2026-11-20,bounce,,userunknown",
    "mei@gmail.com,2026-11-20,reply,,",
    "gmail.com,2026-11-19,sent,120,",
)
LEARNED = "outcomes.csv: 4 rows\n  new: sent: 121, bounced: 1, answered: 1\n"


@pytest.fixture
def file(tmp_path) -> Path:
    return written(tmp_path / "outcomes.csv", *ROWS)


def written(path: Path, *rows: str) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def data(tmp_path: Path) -> Path:
    return tmp_path / ".data" / "deliv"


def outcomes(path: Path) -> list[tuple]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT domain, kind, day, count FROM outcomes ORDER BY 1, 2, 3").fetchall()
    finally:
        db.close()


def test_it_says_what_it_took(deliv, file, tmp_path):
    run = deliv("learn", file, *DAY)
    assert (run.code, run.text, run.stderr) == (0, LEARNED, "")
    assert outcomes(data(tmp_path) / "history.sqlite3") == [
        ("docomo.ne.jp", "bounce", "2026-11-20", 1),
        ("docomo.ne.jp", "sent", "2026-11-20", 1),
        ("gmail.com", "reply", "2026-11-20", 1),
        ("gmail.com", "sent", "2026-11-19", 120),
    ]


def test_the_second_time_there_is_nothing_new_even_under_another_name(deliv, file, tmp_path):
    deliv("learn", file, *DAY)
    before = (data(tmp_path) / "history.sqlite3").read_bytes()
    known = "nothing new\n  known already: sent: 121, bounced: 1, answered: 1\n"
    assert deliv("learn", file, *DAY).text == f"outcomes.csv: 4 rows\n  {known}"
    other = tmp_path / "copy.csv"
    other.write_bytes(file.read_bytes())
    assert deliv("learn", other, *DAY).text == f"copy.csv: 4 rows\n  {known}"
    assert (data(tmp_path) / "history.sqlite3").read_bytes() == before


def test_everything_in_japanese(deliv, file):
    run = deliv("learn", file, *DAY, "--lang", "ja")
    assert run.text == "outcomes.csv: 4行\n  新規: 送信 121件、不達 1件、返信あり 1件\n"


def test_rows_that_are_not_understood_are_counted_and_named(deliv, tmp_path):
    file = written(
        tmp_path / "x.csv",
        "メールアドレス,日付,結果,理由",
        "mei@gmail.com,2026/11/23,返信,",
        "mei@gmail.com,昨日,返信,",
        "mei@gmail.com,2026/11/20,ほげ,",
        "mei@gmail.com,2026/11/20,電話,",
        "mei@gmail.com,2026/11/20,ほげ,",
        "mei@gmail.com,2026/11/20,不達,謎",
    )
    run = deliv("learn", file, *DAY)
    assert run.code == 0
    assert run.text == (
        "x.csv: 6 rows\n"
        "  new: bounced: 1\n"
        "  rows that say nothing of a mail's fate, such as calls: 1\n"
        "  rows that were not understood, and not learned: 4\n"
        "    line 4, 6: the outcome “ほげ” is not known\n"
        "    line 2: 2026-11-23 is in the future\n"
        "    line 3: the date “昨日” cannot be read\n"
        "  learned without the reason:\n"
        "    line 7: the reason of the bounce is not known\n"
        "bounces without a count of sent mail: no rate learned (domains: 1); rows “sent” tell how many were "
        "sent, or your order export: deliv learn --as sent\n"
    )


def test_many_lines_are_not_all_named_but_all_counted(deliv, tmp_path):
    rows = ["mei@gmail.com,x,reply"] * 100 + ["mei@gmail.com,2026-11-20,reply"]
    run = deliv("learn", written(tmp_path / "x.csv", "email,date,outcome", *rows), *DAY)
    assert "line 2, 3, 4, " in run.text
    assert " and 80 more: the date “x” cannot be read\n" in run.text


def test_a_list_of_which_nothing_is_understood_ends_with_2(deliv, tmp_path):
    run = deliv("learn", written(tmp_path / "x.csv", "email,date,outcome", "mei@gmail.com,x,reply"), *DAY)
    assert run.code == 2
    assert "not learned: 1\n    line 2: the date “x” cannot be read\n" in run.text


def test_hostile_words_do_no_harm(deliv, tmp_path):
    run = deliv("learn", written(tmp_path / "x.csv", "email,date,outcome", "a@gmail.com,\x1b[2J,sent"), *DAY)
    assert "\x1b" not in run.text + run.stderr


def test_a_source_that_cannot_be_read_does_not_keep_the_others_from_being_learned(deliv, file, tmp_path):
    run = deliv("learn", "missing.csv", file, *DAY)
    assert (run.code, run.text) == (2, LEARNED)
    assert "there is no file missing.csv" in run.stderr
    assert run.stderr.endswith("deliv: nothing was learned from missing.csv\n")


def test_a_list_that_breaks_off_teaches_nothing(deliv, tmp_path):
    file = written(tmp_path / "x.csv", ROWS[0], ROWS[1], '"mei@gmail.com,2026-11-20,reply,,')
    run = deliv("learn", file, *DAY)
    assert (run.code, run.text) == (2, "")
    assert "nothing was learned from" in run.stderr
    assert outcomes(data(tmp_path) / "history.sqlite3") == []


def test_mail_is_not_read_yet(deliv, tmp_path):
    (tmp_path / "Maildir").mkdir()
    run = deliv("learn", "Maildir", *DAY)
    assert (run.code, run.text) == (2, "")
    assert "Maildir holds mail" in run.stderr


def test_standard_input(deliv):
    run = deliv("learn", "-", *DAY, input="\n".join(ROWS).encode())
    assert run.text == LEARNED.replace("outcomes.csv", "stdin")


def test_workbooks_and_cp932(deliv, tmp_path):
    rows = [row.split(",") for row in ROWS]
    (tmp_path / "outcomes.csv").write_bytes(workbook(sheet_of(rows)))
    assert deliv("learn", "outcomes.csv", *DAY).text == LEARNED
    text = "メールアドレス,日付,結果\r\nmei@gmail.com,2026/11/20,迷惑メール\r\n"
    (tmp_path / "x.csv").write_bytes(text.encode("cp932"))
    assert "new: found in the junk folder: 1" in deliv("learn", "x.csv", *DAY).text


def test_orders_tell_what_was_sent(deliv, tmp_path):
    file = written(
        tmp_path / "orders.csv",
        "注文番号,注文日時,メールアドレス",
        "A1,2026/11/20 10:11:12,taro@docomo.ne.jp",
        "A1,2026/11/20 10:11:12,taro@docomo.ne.jp",
        "A2,2026/11/20 10:11:12,taro@docomo.ne.jp",
    )
    run = deliv("learn", file, *DAY)
    assert run.code == 2
    assert "learn from it with --as sent" in run.stderr
    assert deliv("learn", "--as", "sent", file, *DAY).text == "orders.csv: 3 rows\n  new: sent: 2\n"


def test_the_day_is_that_of_the_shop(deliv, file):
    run = deliv("learn", file, "--as-of", "2026-11-19")
    assert "line 2, 3, 4: 2026-11-20 is in the future" in run.text


# --- the history and its key ----------------------------------------------------------------------


def test_the_history_is_for_its_owner_alone_and_names_nobody(deliv, file, tmp_path):
    deliv("learn", file, *DAY)
    kept = {path.name: path for path in data(tmp_path).iterdir()}
    assert {*kept} == {"history.key", "history.sqlite3"}
    assert b"taro" not in kept["history.sqlite3"].read_bytes()
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in kept.values()} == {0o600}


def test_addresses_in_plain_text_are_the_owners_wish(deliv, file, tmp_path):
    deliv("learn", file, *DAY, "--plain-addresses")
    assert b"taro@docomo.ne.jp" in (data(tmp_path) / "history.sqlite3").read_bytes()


def test_where_the_history_is(deliv, file, tmp_path):
    deliv("learn", file, *DAY, "--history", "here.db")
    deliv("learn", file, *DAY, env={"DELIV_HISTORY": "there.db"})
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "deliv.yaml").write_text("history: {path: mine.db}\n")
    deliv("learn", file, *DAY, "--config", "shop/deliv.yaml")
    deliv("learn", file, *DAY, "--config", "shop/deliv.yaml", "--history", "given.db")
    for name in ("here.db", "there.db", "shop/mine.db", "given.db"):
        assert (tmp_path / name).exists()
    assert not (data(tmp_path) / "history.sqlite3").exists()


@pytest.mark.parametrize("settings", ["", 'history: {path: "off"}'])
def test_a_history_that_is_off_learns_nothing(deliv, file, tmp_path, settings):
    (tmp_path / "deliv.yaml").write_text(f"{settings}\n")
    run = deliv("learn", file, *DAY, *([] if settings else ["--history", "off"]))
    assert (run.code, run.text) == (2, "")
    assert "the history is switched off; name a file with --history" in run.stderr
    assert not data(tmp_path).exists()


def test_settings_of_the_history_are_checked(deliv, file, tmp_path):
    (tmp_path / "deliv.yaml").write_text("history: {paht: x}\n")
    run = deliv("learn", file, *DAY)
    assert run.code == 2
    assert "did you mean “path”?" in run.stderr


def test_another_key_is_refused_unless_it_is_wanted(deliv, file, tmp_path):
    """With another key everything would be learned a second time."""
    deliv("learn", file, *DAY)
    env = {"DELIV_KEY": "0123456789abcdef0123"}
    run = deliv("learn", file, *DAY, env=env)
    assert (run.code, run.text) == (2, "")
    assert "what is learned again would count twice; give the old key in DELIV_KEY" in run.stderr
    run = deliv("learn", file, *DAY, "--new-key", env=env)
    assert run.code == 0
    assert "addresses that were learned under another key do not match: " in run.text
    assert deliv("learn", file, *DAY, env=env).code == 0


def test_a_short_key_is_refused(deliv, file):
    run = deliv("learn", file, *DAY, env={"DELIV_KEY": "short"})
    assert run.code == 2
    assert "DELIV_KEY is too short" in run.stderr


def test_a_list_is_no_history(deliv, file):
    before = file.read_bytes()
    run = deliv("learn", file, *DAY, "--history", file)
    assert run.code == 2
    assert "is no history of deliv" in run.stderr
    assert file.read_bytes() == before


def test_a_process_learns_without_what_it_does_not_need(process, file):
    run = process("learn", file, *DAY)
    assert (run.code, run.text, run.stderr) == (0, LEARNED, "")
