"""What a shop can learn from, in real files."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deliv.core.errors import InputError, RuleErrors
from deliv.core.exports import Role
from deliv.core.outcomerows import NotUnderstood, Reading, Recorded, SetAside
from deliv.core.outcomes import OutcomeKind
from deliv.core.rulebook import RuleBook
from deliv.sources.orders import OrderFile
from deliv.sources.outcomefiles import SourceKind, holds_mail, open_outcomes
from deliv.sources.rulefiles import load_rules
from tests.exports import EXPORTS, sheet_of, workbook
from tests.recorded import TODAY, recorded

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def read(tmp_path: Path, rules: RuleBook):
    def reading(content: str | bytes, **options) -> list[Reading]:
        path = tmp_path / "list.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with open_outcomes(str(path), rules, as_of=TODAY, zone=TOKYO, **options) as readings:
            return list(readings)

    return reading


def said(readings: Iterable[Reading]) -> list[tuple[str, str, str, int]]:
    return [
        (
            each.outcome.who or each.outcome.domain,
            each.outcome.kind.value,
            each.outcome.day.isoformat(),
            each.line,
        )
        for each in readings
        if isinstance(each, Recorded)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_japanese_list(read, encoding):
    rows = [
        "日付,メールアドレス,結果,件数",
        "2026/11/20,taro@docomo.ne.jp,不達,",
        "2026/11/19,docomo.ne.jp,送信,120",
    ]
    text = "\r\n".join([*rows, ""])
    assert said(read(text.encode(encoding))) == [
        ("taro@docomo.ne.jp", "bounce", "2026-11-20", 2),
        ("docomo.ne.jp", "sent", "2026-11-19", 3),
    ]


def test_an_english_list_with_domains(read):
    text = "domain\tdate\toutcome\tcount\ngmail.com\t2026-11-19\tsent\t120\n"
    (found,) = read(text)
    assert (found.outcome.domain, found.outcome.who, found.outcome.count) == ("gmail.com", "", 120)


def test_addresses_win_over_domains_where_both_stand(read):
    text = (
        "domain,email,date,outcome\ngmail.com,mei@gmail.com,2026-11-19,reply\ngmail.com,,2026-11-19,reply\n"
    )
    assert [who for who, *_ in said(read(text))] == ["mei@gmail.com", "gmail.com"]


def test_a_log_of_contacts(read):
    """Replies and bounces count; mails, text messages and calls say nothing of a mail's fate."""
    text = (
        "order id,address,date,kind,note\n"
        "A1,taro@docomo.ne.jp,2026-11-18,mail,order confirmed\n"
        "A1,taro@docomo.ne.jp,2026-11-19,bounce,\n"
        "A1,taro@docomo.ne.jp,2026-11-19,phone,reached\n"
        "A2,mei@gmail.com,2026-11-19,reply,thanks\n"
        "A3,,2026-11-19,reply,\n"
    )
    found = read(text)
    assert said(found) == [
        ("taro@docomo.ne.jp", "bounce", "2026-11-19", 3),
        ("mei@gmail.com", "reply", "2026-11-19", 5),
    ]
    assert [each.line for each in found if isinstance(each, SetAside)] == [2, 4]
    assert [each.line for each in found if isinstance(each, NotUnderstood)] == [6]
    assert [each.mail for each in found if isinstance(each, Recorded)] == ["A1", "A2"]


def test_a_japanese_log_of_contacts_with_what_came_of_it(read):
    text = (
        "注文番号,メールアドレス,対応日時,対応方法,結果\n"
        "A1,taro@docomo.ne.jp,2026/11/18 10:00,メール,不達\n"
        "A1,taro@docomo.ne.jp,2026/11/19 11:00,電話,留守\n"
        "A2,mei@gmail.com,2026/11/19,入電,届いた\n"
        "A2,mei@gmail.com,2026/11/19,予定,電話する\n"
    )
    found = read(text)
    assert said(found) == [
        ("taro@docomo.ne.jp", "bounce", "2026-11-18", 2),
        ("mei@gmail.com", "reply", "2026-11-19", 4),
    ]
    assert [each.line for each in found if isinstance(each, SetAside)] == [3, 5]


def test_words_of_ones_own_are_known_in_lists_of_outcomes_too(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "contact_words: {phone: [ガチャ切り]}\noutcome_words: {junk: [ゴミ箱]}\n"
        "outcome_headings: {outcome: [顛末]}\noutcome_reasons: {suspend: [冬眠]}\n",
        encoding="utf-8",
    )
    rules = load_rules(tmp_path)
    rows = ["ゴミ箱,", "ガチャ切り,", "不達,冬眠"]
    text = "\n".join(
        ["メールアドレス,日付,顛末,理由", *(f"mei@gmail.com,2026-11-19,{row}" for row in rows), ""]
    )
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    with open_outcomes(str(tmp_path / "list.csv"), rules, as_of=TODAY, zone=TOKYO) as readings:
        junk, call, bounce = readings
    assert said([junk, bounce]) == [
        ("mei@gmail.com", "junk", "2026-11-19", 2),
        ("mei@gmail.com", "bounce", "2026-11-19", 4),
    ]
    assert isinstance(call, SetAside)
    assert bounce.outcome.reason == "suspend"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outcome_words: {junk: [不達]}", "“不達” stands for two outcomes"),
        ("outcome_words: {junk: [bounce]}", "“bounce” stands for two outcomes"),
        ("outcome_words: {lost: [x]}", "“lost” is not known here"),
        ("outcome_headings: {key: [x]}", "“key” is not known here"),
        ("outcome_reasons: {suspend: [スパム]}", "“スパム” stands for two reasons"),
        ("outcome_reasons: {suspend: ['']}", "none may be empty"),
    ],
)
def test_faulty_words_are_named(tmp_path, text, said):
    (tmp_path / "mine.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(RuleErrors) as raised:
        load_rules(tmp_path)
    assert said in str(raised.value)


def test_a_row_may_have_several_lines(read):
    text = 'email,date,outcome,note\nmei@gmail.com,2026-11-19,reply,"two\nlines"\nken@gmail.com,x,reply,\n'
    found = read(text)
    assert said(found) == [("mei@gmail.com", "reply", "2026-11-19", 2)]
    assert found[1].line == 4


def test_a_workbook(read):
    rows = [["メールアドレス", "日付", "結果"], ["mei@gmail.com", "2026/11/19", "返信"]]
    assert said(read(workbook(sheet_of(rows)))) == [("mei@gmail.com", "reply", "2026-11-19", 2)]


def test_a_column_of_an_unusual_name(read):
    text = "who,date,outcome\nmei@gmail.com,2026-11-19,reply\n"
    assert said(read(text, column="who")) == [("mei@gmail.com", "reply", "2026-11-19", 2)]


def test_nothing_vanishes(read):
    rows = ["mei@gmail.com,2026-11-19,reply", ",,", "x", "", "ken@gmail.com,2026-11-19,phone"]
    assert len(read("\n".join(["email,date,outcome", *rows, ""]))) == len(rows)


def refusal(read, content, **options) -> str:
    with pytest.raises(InputError) as caught:
        read(content, **options)
    return str(caught.value)


def test_a_list_without_outcomes_is_perhaps_one_of_orders(read):
    text = "email,order date\nmei@gmail.com,2026-11-19\n"
    assert "learn from it with --as sent" in refusal(read, text)
    assert "a heading such as outcome / 結果" in refusal(read, "email,date\nmei@gmail.com,2026-11-19\n")


def test_days_are_those_of_the_shop_and_never_guessed(read):
    head = "email,date,outcome\n"
    rows = ["2026-11-20T20:00:00Z", "03/04/2026", "11/20"]
    found = read(head + "".join(f"mei@gmail.com,{day},reply\n" for day in rows))
    assert said(found) == [("mei@gmail.com", "reply", "2026-11-21", 2)]
    assert [each.line for each in found if isinstance(each, NotUnderstood)] == [3, 4]
    rows = ["A1,2026-11-20T20:00:00Z,mei@gmail.com", "A2,03/04/2026,mei@gmail.com"]
    text = "\n".join(["注文番号,注文日時,メールアドレス", *rows, ""])
    sent, either = read(text, kind=SourceKind.SENT)
    assert said([sent]) == [("mei@gmail.com", "sent", "2026-11-21", 2)]
    assert isinstance(either, NotUnderstood)


def test_a_list_without_days(read):
    assert "no column with the date, with a heading such as 日付 / 日時" in refusal(
        read, "email,outcome\nmei@gmail.com,reply\n"
    )


def test_a_list_without_addresses(read):
    assert "name it with --column" in refusal(read, "date,outcome\n2026-11-19,reply\n")


# --- orders ---------------------------------------------------------------------------------------


def test_each_order_is_one_mail_sent_on_its_day(read):
    text = (
        "注文番号,注文日時,メールアドレス\n"
        "A1,2026/11/20 10:11:12,taro@docomo.ne.jp\nA1,2026/11/20 10:11:12,taro@docomo.ne.jp\n"
        "A2,2026/11/21 10:11:12,taro@docomo.ne.jp\n"
    )
    found = read(text, kind=SourceKind.SENT)
    assert {(each.mail, each.outcome.kind, each.outcome.day.day) for each in found} == {
        ("A1", OutcomeKind.SENT, 20),
        ("A2", OutcomeKind.SENT, 21),
    }


@pytest.mark.parametrize(
    "export", [each for each in EXPORTS if each.column is None], ids=lambda export: export.system
)
def test_exports_of_shop_systems_tell_what_was_sent(export, read, tmp_path, rules):
    path = tmp_path / "list.csv"
    path.write_bytes(export.content())
    with OrderFile(path, rules) as orders:
        places = orders.roles.get(Role.ORDERED_AT)
    if places is None:
        assert "no column with the day of the order" in refusal(read, export.content(), kind=SourceKind.SENT)
        return
    head, *rows = export.rows()
    for row in rows:
        for index, text in zip(places[0], ("2026/11/20", "10:11:12"), strict=False):
            row[index] = text
    found = read(export.content([head, *rows]), kind=SourceKind.SENT)
    assert len(found) == len(rows)
    assert {(each.mail, each.outcome.day.day) for each in found} == {(export.fields.get("order_id", ""), 20)}


# --- mail -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "is_mail"),
    [
        ("bounce.eml", b"", True),
        ("mbox", b"From MAILER-DAEMON Fri Nov 20 10:00:00 2026\nReturn-Path: <>\n", True),
        ("mail", b"Return-Path: <>\nReceived: from x\n", True),
        ("list.csv", b"email,date,outcome\n", False),
        ("list.csv", b"To,date,outcome\n", False),
        ("list.csv", b"From,To,date\n", False),
        ("list.csv", "日付,宛先\n".encode("cp932"), False),
        ("empty.csv", b"", False),
    ],
)
def test_what_holds_mail(tmp_path, name, content, is_mail):
    (tmp_path / name).write_bytes(content)
    assert holds_mail(str(tmp_path / name)) is is_mail


def test_a_folder_holds_mail_and_what_is_not_there_holds_none(tmp_path):
    assert holds_mail(str(tmp_path))
    assert not holds_mail(str(tmp_path / "none"))
    assert not holds_mail("-")


def test_mail_is_handed_to_what_reads_mail(tmp_path, rules):
    def bounce_mails(path):
        assert path == tmp_path
        return [recorded(kind="bounce", mail="<1@shop.example>")]

    with open_outcomes(str(tmp_path), rules, as_of=TODAY, zone=TOKYO, bounce_mails=bounce_mails) as readings:
        assert said(readings) == [("taro@docomo.ne.jp", "bounce", "2026-11-20", 2)]


def test_mail_that_nobody_reads_is_a_sentence(tmp_path, rules):
    with (
        pytest.raises(InputError, match="holds mail"),
        open_outcomes(str(tmp_path), rules, as_of=TODAY, zone=TOKYO) as readings,
    ):
        list(readings)
