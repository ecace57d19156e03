"""``deliv learn``: what it takes, what it says, and what it never does twice."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from deliv.sources.rulefiles import packaged_book
from tests.bounces import COPY, group, notice, postfix, report
from tests.exports import sheet_of, workbook
from tests.nameserver import Fault

DAY = ("--as-of", "2026-11-22")
NO_SENDER = (
    "No sender is named (--from, or sender: in deliv.yaml), so outcomes are kept without how your mail was "
    "set up at the time.\n"
)
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
    assert (run.code, run.text, run.stderr) == (0, LEARNED, NO_SENDER)
    assert deliv("learn", file, *DAY, "--quiet").stderr == ""
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


# --- bounce mail ----------------------------------------------------------------------------------

TARO, HANAKO, MEI, KEN = "taro@docomo.ne.jp", "hanako@ezweb.ne.jp", "mei@gmail.com", "ken@nifty.com"


def returned(mail: bytes, to: str, number: int, day: str = "Mon, 3 Jun 2024") -> bytes:
    """Return a bounce of the order mail with this number, on its day."""
    mail = mail.replace(b"To: taro@docomo.ne.jp", f"To: {to}\nMessage-ID: <{number}@shop.example>".encode())
    return mail.replace(b"Mon, 3 Jun 2024", day.encode())


def filtered() -> bytes:
    said = "550 Unknown user taro@docomo.ne.jp"
    of_taro = group(TARO, said, status="5.0.0", remote="mfsmax.docomo.ne.jp")
    text = postfix(TARO, said, "end of DATA", host="mfsmax.docomo.ne.jp")
    return returned(report(of_taro, text=text), TARO, 1)


def japanese() -> bytes:
    """Return a notice of au, in ISO-2022-JP, with a copy of the mail behind it."""
    text = (
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n"
        "The user(s) account is temporarily over quota.\n\n"
        f"<{HANAKO}>\n\n----- Original message -----\n{COPY}"
    )
    mail = notice(
        text,
        sender="Postmaster@ezweb.ne.jp",
        subject="Mail System Error - Returned Mail",
        charset="iso-2022-jp",
    )
    return returned(mail, HANAKO, 2)


MAILS = {
    "cur/1717376401.M1P1.mx:2,S": filtered(),
    "cur/1717376402.M2P1.mx:2,": japanese(),
    "cur/1717376403.M3P1.mx:2,RS": returned(report(group(MEI)), MEI, 3),
    "new/1717376404.M4P1.mx": returned(report(group(KEN, "552 5.2.2 full", status="5.2.2")), KEN, 4),
    "new/1717376405.M5P1.mx": returned(
        report(group(KEN, "450 4.2.0 Greylisted", status="4.2.0", action="delayed")), KEN, 5
    ),
    "new/1717376406.M6P1.mx": notice(
        f"I am away until Monday.\n{KEN}", sender=KEN, subject="自動返信", charset="utf-8"
    ),
    "tmp/1717376407.M7P1.mx": returned(report(group(MEI)), MEI, 6),
}


@pytest.fixture
def maildir(tmp_path) -> Path:
    for name, content in MAILS.items():
        path = tmp_path / "Maildir" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "Maildir"


NOT_COUNTED = (
    "  mails that are only late, or refused for a while, and tried again: 1\n"
    "  mails that are no bounces, such as answers and automatic replies: 1\n"
)
NO_RATE = (
    "bounces without a count of sent mail: no rate learned (domains: 4); rows “sent” tell how many were "
    "sent, or your order export: deliv learn --as sent\n"
)


def test_a_maildir_is_learned_shown_and_learned_again(deliv, maildir, tmp_path):
    run = deliv("learn", maildir, *DAY)
    assert run.code == 0
    assert run.text == f"Maildir: 6 mails\n  new: bounced: 4\n{NOT_COUNTED}{NO_RATE}"
    history = data(tmp_path) / "history.sqlite3"
    assert outcomes(history) == [
        (domain, "bounce", "2024-06-03", 1)
        for domain in ("docomo.ne.jp", "ezweb.ne.jp", "gmail.com", "nifty.com")
    ]
    reasons = {TARO: "filtered", HANAKO: "mailboxfull", MEI: "userunknown", KEN: "mailboxfull"}
    for address, reason in reasons.items():
        (known,) = deliv("history", "show", address, "--format", "json").document["outcomes"]
        assert (known["outcome"], known["reason"], known["date"]) == ("bounce", reason, "2024-06-03")
    before = history.read_bytes()
    run = deliv("learn", maildir, "--as-of", "2026-12-24")
    assert run.text == f"Maildir: 6 mails\n  nothing new\n  known already: bounced: 4\n{NOT_COUNTED}{NO_RATE}"
    assert history.read_bytes() == before


def test_a_bounce_in_two_folders_is_one(deliv, maildir, tmp_path):
    deliv("learn", maildir, *DAY)
    mbox = b"".join(b"From x Mon Jun  3 10:00:00 2024\n" + mail + b"\n\n" for mail in MAILS.values())
    (tmp_path / "mbox").write_bytes(mbox)
    run = deliv("learn", "mbox", *DAY)
    assert "mbox: 7 mails\n  new: bounced: 1\n  known already: bounced: 4\n" in run.text  # that in tmp is new
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "a.eml").write_bytes(filtered())
    (tmp_path / "b.eml").write_bytes(filtered())
    assert "nothing new\n  known already: bounced: 1\n" in deliv("learn", "mails", *DAY).text
    assert "nothing new\n  known already: bounced: 1\n" in deliv("learn", "b.eml", *DAY).text


def test_mails_in_japanese(deliv, maildir):
    run = deliv("learn", maildir, *DAY, "--lang", "ja")
    assert run.text.startswith(
        "Maildir: メール6通\n  新規: 不達 4件\n"
        "  遅延・一時的な拒否で、まだ再送中のメール: 1件\n"
        "  不達通知ではないメール（返信、自動応答など）: 1件\n"
    )


def test_mails_that_are_not_understood_are_counted_by_reason(deliv, tmp_path):
    (tmp_path / "a.eml").write_bytes(report(group("taro@localhost")))
    run = deliv("learn", "a.eml", *DAY)
    assert run.code == 2
    assert run.text == (
        "a.eml: 1 mails\n"
        "  mails that were not understood, and not learned: 1\n"
        "    the bounce names no address that anybody can mail: 1\n"
    )


def test_a_folder_without_mail_is_a_sentence(deliv, tmp_path):
    (tmp_path / "orders").mkdir()
    run = deliv("learn", "orders", *DAY)
    assert (run.code, run.text) == (2, "")
    assert "there is no mail in the folder orders; name a Maildir" in run.stderr


def test_a_row_that_names_the_mail_as_the_bounce_does_is_the_same_bounce(deliv, maildir, tmp_path):
    deliv("learn", maildir, *DAY)
    head = "email,date,outcome,reason,permanent,message id"
    file = written(tmp_path / "x.csv", head, f"{MEI},2024-06-03,bounce,userunknown,yes,<3@shop.example>")
    assert "nothing new" in deliv("learn", file, *DAY).text
    file = written(tmp_path / "y.csv", "email,date,outcome", f"{MEI},2024-06-03,bounce")
    assert "new: bounced: 1" in deliv("learn", file, *DAY).text


def test_check_says_that_bounces_alone_teach_no_rate(deliv, maildir, server, tmp_path):
    deliv("learn", maildir, *DAY)
    file = written(tmp_path / "list.csv", "email", "ken@gmail.com")
    run = deliv("check", file, "--as-of", "2024-06-10", server=server)
    assert "Bounces without a count of sent mail: no rate learned (4)" in run.text


# --- how the shop sent at the time ----------------------------------------------------------------

FROM = ("--from", "order@shop.example")
STATES = (
    ROWS[0],
    "taro@docomo.ne.jp,2026-11-20,sent,,",
    "taro@docomo.ne.jp,2026-10-23,sent,,",
    "taro@docomo.ne.jp,2026-10-22,sent,,",
    "taro@docomo.ne.jp,2025-11-20,sent,,",
)


def states(tmp_path: Path) -> list[str]:
    db = sqlite3.connect(data(tmp_path) / "history.sqlite3")
    try:
        found = db.execute("SELECT sender_state FROM outcomes ORDER BY day").fetchall()
    finally:
        db.close()
    return [state for (state,) in found]


def test_new_outcomes_are_of_the_sender_findings_that_a_check_has(deliv, server, tmp_path):
    """Those of the last 30 days; nobody knows how the shop sent before."""
    server.zone["_dmarc.shop.example"] = {}
    run = deliv("learn", written(tmp_path / "x.csv", *STATES), *DAY, *FROM, server=server)
    assert (run.code, run.stderr) == (0, "")
    old, oldest, new, newest = states(tmp_path)
    assert (old, oldest) == ("", "")
    assert new == newest != ""
    list_ = written(tmp_path / "list.csv", "email", "ken@gmail.com")
    run = deliv("check", list_, *DAY, *FROM, "--format", "json", server=server)
    ids = [each["rule"] for each in run.document["sender"]["findings"]]
    serious = sorted(each for each in ids if packaged_rule(each).severity != "info")
    assert serious
    assert new == hashlib.sha256("\n".join(serious).encode()).hexdigest()[:12]


def packaged_rule(name: str):
    (rule,) = [rule for rule in packaged_book().rules if rule.id == name]
    return rule


def test_what_was_mended_is_another_state(deliv, server, tmp_path):
    file = written(tmp_path / "x.csv", *STATES[:2])
    deliv("learn", file, *DAY, *FROM, "--history", "good.db", server=server)
    server.zone["shop.example"] = {"MX": ["10 mx.shop.example."], "TXT": []}
    (tmp_path / "deliv.yaml").write_text("sender: {from: order@shop.example}\n")
    deliv("learn", file, *DAY, server=server)
    (bad,) = states(tmp_path)
    deliv("learn", file, *DAY, server=server)  # it stays what it was when it was learned
    assert states(tmp_path) == [bad]
    (tmp_path / "good.db").replace(data(tmp_path) / "history.sqlite3")
    assert states(tmp_path) != [bad]


def test_a_resolver_that_cannot_be_trusted_tells_no_state(deliv, file, tmp_path):
    run = deliv("learn", file, *DAY, *FROM)  # where nobody answers
    assert (run.code, run.text) == (0, LEARNED)
    assert run.stderr == (
        "deliv: the DNS does not tell how your mail is set up now, so outcomes are kept without it; learn "
        "them in a network whose DNS can be trusted\n"
    )
    assert {*states(tmp_path)} == {""}


def test_one_answer_that_is_missing_tells_no_state(deliv, file, server, tmp_path):
    server.faults = {"_dmarc.shop.example": Fault(rcode="SERVFAIL")}
    run = deliv("learn", file, *DAY, *FROM, server=server)
    assert "the DNS does not tell" in run.stderr
    assert {*states(tmp_path)} == {""}


def test_a_state_can_be_replayed(deliv, file, server, tmp_path):
    list_ = written(tmp_path / "list.csv", "email", "ken@gmail.com")
    deliv("check", list_, *DAY, *FROM, "--record", "dns.json", server=server)
    run = deliv("learn", file, *DAY, *FROM, "--replay", "dns.json")
    assert run.stderr == ""
    assert "" not in states(tmp_path)


def test_a_sender_that_is_none_learns_nothing(deliv, file, tmp_path):
    run = deliv("learn", file, *DAY, "--from", "nobody")
    assert (run.code, run.text) == (2, "")
    assert not (data(tmp_path) / "history.sqlite3").exists()


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
    assert (run.code, run.text, run.stderr) == (0, LEARNED, NO_SENDER)
