"""Logs of contacts: read as people keep them, and plans written behind them."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from deliv.core.contacts import Contact, ContactKind, ContactVocabulary
from deliv.core.errors import InputError, OutputError, RuleErrors
from deliv.core.moments import Moment
from deliv.sources import contactlog
from deliv.sources.contactfiles import read_contacts
from deliv.sources.contactlog import append_planned
from deliv.sources.rulefiles import load_rules
from tests.exports import sheet_of, workbook

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date()
RULES = load_rules()
HEAD = "order_id,address,date,kind,note"
HEAD_JA = "注文番号,メールアドレス,日付,種類,メモ"


def read(text: str, encoding: str = "utf-8"):
    return read_contacts(io.BytesIO(text.encode(encoding)), rules=RULES, now=NOW)


def plan(order_id: str = "55", address: str = "", day: date = TODAY, note: str = "電話する") -> Contact:
    when = Moment(day=day)
    return Contact(kind=ContactKind.PLANNED, when=when, order_id=order_id, address=address, note=note)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_log_is_read_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    text = f"{HEAD_JA}\r\n55,,2026/11/20 10:15,電話,留守①～髙\r\n".replace(",", delimiter)
    (contact,) = read(text, encoding).contacts
    assert (contact.kind, contact.order_id, contact.note) == (ContactKind.PHONE, "55", "留守①～髙")
    assert contact.when == Moment(
        day=date(2026, 11, 20), at=datetime(2026, 11, 20, 10, 15, tzinfo=NOW.tzinfo)
    )
    assert contact.line == 2


def test_a_workbook_is_read_like_the_text():
    rows = [HEAD_JA.split(","), ["55", None, "2026-11-20", "電話", "留守"]]
    found = read_contacts(io.BytesIO(workbook(sheet_of(rows))), rules=RULES, now=NOW)
    assert [each.order_id for each in found.contacts] == ["55"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((kind.value, kind) for kind in ContactKind),
        *(
            ("メール", "mail"),
            ("ＳＭＳ", "sms"),
            ("ショートメール", "sms"),
            ("電話", "phone"),
            (" TEL ", "phone"),
        ),
        *(("手紙", "letter"), ("はがき", "letter"), ("返信", "reply"), ("返事", "reply"), ("ﾒｰﾙ", "mail")),
        *(("不達", "bounce"), ("エラー", "bounce"), ("予定", "planned")),
    ],
)
def test_kinds_are_known_by_their_words(word, kind):
    (contact,) = read(f"{HEAD}\n55,,2026-11-20,{word},\n").contacts
    assert contact.kind == kind


@pytest.mark.parametrize("word", ["返信待ち", "電話しない", "", "call me", "未送信"])
def test_what_only_begins_like_a_kind_is_none(word):
    found = read(f"{HEAD}\n55,,2026-11-20,{word},\n56,,2026-11-20,phone,\n")
    assert [each.order_id for each in found.contacts] == ["56"]
    (fault,) = found.faults
    assert fault.line == 2
    assert f"“{word}” is no kind of contact; use one of: mail, sms" in str(fault)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("55,,someday,phone,", "“someday” is no day"),
        ("55,,,phone,", "“” is no day"),
        ("55,,11/12/2026,phone,", "is no day"),  # which of the two is the month?
        ("55,,2026-11-25,phone,", "has not come yet"),
        ("55,,11/25,phone,", "has not come yet"),
        (",,2026-11-20,phone,", "neither an order number nor a mail address"),
        (",nobody,2026-11-20,phone,", "neither an order number nor a mail address"),
    ],
)
def test_what_is_not_understood_is_named_and_never_counts(cells, said):
    found = read(f"{HEAD}\n\n{cells}\n57,,2026-11-24 18:00,phone,\n")
    assert [each.order_id for each in found.contacts] == ["57"]
    (fault,) = found.faults
    assert (fault.line, said in str(fault)) == (3, True)


def test_a_day_without_a_year_is_the_last_one():
    (contact,) = read(f"{HEAD_JA}\n55,,11月20日,電話,\n").contacts
    assert contact.when.day == date(2026, 11, 20)


def test_plans_may_lie_ahead():
    (contact,) = read(f"{HEAD}\n55,,2026-12-01,planned,\n").contacts
    assert contact.kind is ContactKind.PLANNED


def test_addresses_are_mended_like_those_of_orders():
    (contact,) = read(f"{HEAD}\n,山田 <Taro＠DOCOMO.ne.jp>,2026-11-20,mail,\n").contacts
    assert contact.address == "Taro@docomo.ne.jp"


def test_an_order_number_is_enough_where_the_address_is_nonsense():
    (contact,) = read(f"{HEAD}\n55,nobody,2026-11-20,mail,\n").contacts
    assert (contact.order_id, contact.address) == ("55", "")


def test_a_defused_cell_is_what_it_was():
    (contact,) = read(f"{HEAD}\n'=55,,2026-11-20,mail,\n").contacts
    assert contact.order_id == "=55"


@pytest.mark.parametrize("head", ["order_id,date,note", "date,kind", "a,b,c", "order_id,kind"])
def test_what_is_no_log_says_which_columns_it_needs(head):
    with pytest.raises(InputError, match="it needs columns for the date, for the kind"):
        read(f"{head}\n1,2,3\n")


def test_an_open_quotation_mark_hides_no_line():
    with pytest.raises(InputError, match="quotation mark"):
        read(f'{HEAD}\n55,,2026-11-20,phone,"oops\n56,,2026-11-20,reply,\n')


def test_words_of_ones_own_are_added(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "contact_words: {phone: [ガチャ切り]}\ncontact_headings: {kind: [やったこと]}\n", encoding="utf-8"
    )
    rules = load_rules(tmp_path)
    text = "注文番号,日付,やったこと\n55,2026-11-20,ガチャ切り\n56,2026-11-20,電話\n"
    found = read_contacts(io.BytesIO(text.encode()), rules=rules, now=NOW)
    assert [each.kind for each in found.contacts] == ["phone", "phone"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact_words: {phone: [メール]}", "“メール” stands for two kinds of contact"),
        ("contact_words: {phone: ['']}", "none may be empty"),
        ("contact_words: {fax: [FAX]}", "“fax” is not known here"),
        ("contact_headings: {when: [日]}", "“when” is not known here"),
        ("contact_headings: {date: []}", "there must be at least one word"),
    ],
)
def test_faulty_words_are_named(tmp_path, text, said):
    (tmp_path / "mine.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(RuleErrors) as raised:
        load_rules(tmp_path)
    assert said in str(raised.value)


def test_a_rule_book_without_words_has_none():
    assert ContactVocabulary().headings == {}


# --- writing --------------------------------------------------------------------------------------


def test_a_new_log_opens_in_excel_and_is_a_log(tmp_path):
    log = tmp_path / "log.csv"
    done = append_planned(log, [plan(address="taro@docomo.ne.jp")], rules=RULES, now=NOW)
    assert (done.added, done.known, done.nameless, done.replaced) == (1, 0, 0, 0)
    assert log.read_bytes().startswith(b"\xef\xbb\xbf")
    assert log.read_text(encoding="utf-8-sig").splitlines() == [
        HEAD,
        "55,taro@docomo.ne.jp,2026-11-24,planned,電話する",
    ]
    (contact,) = read_contacts(log, rules=RULES, now=NOW).contacts
    assert contact.kind is ContactKind.PLANNED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("ends", [True, False])
def test_the_form_of_a_log_is_kept(tmp_path, encoding, newline, ends):
    log = tmp_path / "log.csv"
    text = f"種類\t日付\t担当\t注文番号{newline}電話\t2026-11-20\t髙橋\t54{newline if ends else ''}"
    log.write_bytes(text.encode(encoding))
    before = log.read_bytes()
    append_planned(log, [plan()], rules=RULES, now=NOW)
    assert log.read_bytes().startswith(before)
    with log.open(encoding=encoding, newline="") as file:
        lines = file.read().split(newline)
    assert lines == [
        "種類\t日付\t担当\t注文番号",
        "電話\t2026-11-20\t髙橋\t54",
        "planned\t2026-11-24\t\t55",
        "",
    ]


def test_a_second_run_changes_no_byte(tmp_path):
    log = tmp_path / "log.csv"
    plans = [plan("=1+1 🎁"), plan("007"), plan("", "taro@docomo.ne.jp"), plan("", "")]
    log.write_bytes(f"{HEAD_JA}\r\n".encode("cp932"))
    first = append_planned(log, plans, rules=RULES, now=NOW)
    content = log.read_bytes()
    second = append_planned(log, [*plans, plan("7")], rules=RULES, now=NOW)
    assert (first.added, first.nameless, first.replaced) == (3, 1, 1)
    assert (second.added, second.known) == (0, 4)
    assert log.read_bytes() == content
    assert b"'=1+1 ?," in content


def test_another_day_is_another_plan(tmp_path):
    log = tmp_path / "log.csv"
    append_planned(log, [plan()], rules=RULES, now=NOW)
    assert append_planned(log, [plan(day=date(2026, 11, 25))], rules=RULES, now=NOW).added == 1


def test_a_call_on_the_same_day_is_no_plan(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(f"{HEAD}\n55,,2026-11-24,phone,\n", encoding="utf-8")
    assert append_planned(log, [plan()], rules=RULES, now=NOW).added == 1


def test_a_log_by_addresses_takes_addresses(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("email,date,kind\n", encoding="utf-8")
    done = append_planned(log, [plan(address="a@x.example"), plan("56")], rules=RULES, now=NOW)
    assert (done.added, done.nameless) == (1, 1)
    assert log.read_text(encoding="utf-8").splitlines()[1:] == ["a@x.example,2026-11-24,planned"]


def test_a_crash_leaves_the_old_file_whole(tmp_path, monkeypatch):
    log = tmp_path / "log.csv"
    log.write_text(f"{HEAD}\n54,,2026-11-20,phone,\n", encoding="utf-8")
    before = log.read_bytes()

    def crash(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(contactlog.os, "fsync", crash)
    with pytest.raises(OutputError, match="No space left on device"):
        append_planned(log, [plan()], rules=RULES, now=NOW)
    assert log.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_a_workbook_and_a_folder_are_refused(tmp_path):
    book = tmp_path / "log.xlsx"
    book.write_bytes(workbook(sheet_of([HEAD.split(",")])))
    with pytest.raises(InputError, match="is an Excel workbook; name a CSV file"):
        append_planned(book, [plan()], rules=RULES, now=NOW)
    with pytest.raises(OutputError, match="is a folder"):
        append_planned(tmp_path, [plan()], rules=RULES, now=NOW)


def test_the_rights_of_a_log_are_kept_and_those_of_a_new_one_are_the_owners(tmp_path):
    log = tmp_path / "log.csv"
    append_planned(log, [plan()], rules=RULES, now=NOW)
    assert log.stat().st_mode & 0o777 == 0o600
    log.chmod(0o640)
    append_planned(log, [plan("56")], rules=RULES, now=NOW)
    assert log.stat().st_mode & 0o777 == 0o640
