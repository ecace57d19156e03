"""The list of the day in every format, and the whole of it as it was last agreed on.

    DELIV_UPDATE_GOLDEN=1 python -m pytest tests/formats/test_agenda.py -n 0

writes the files under tests/data/golden anew; look at the difference before you keep it.
"""

import csv
import io
import json
import os
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator

from deliv.core.advicebook import Situation
from deliv.core.agenda import Status
from deliv.core.contacts import ContactKind
from deliv.core.ladder import StepKind
from deliv.core.settings import CalendarSettings, Settings, ShopSettings
from deliv.formats import agendalabels
from deliv.formats.agenda import AgendaFormat, open_agenda_writer
from deliv.formats.agendacsv import HEADINGS, AgendaCsvWriter
from deliv.formats.agendatable import AgendaTableWriter
from deliv.locale import translator
from tests.usecases.agenda import NEW_YORK, NOW, SHOP, TOKYO, agenda, row, said

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
SHOP_IN_TOKYO = Settings(
    shop=ShopSettings(name="はんこ堂", phone="03-1234-5678", hours="平日10-18時", timezone="Asia/Tokyo")
)
ROWS = (
    row(order_id="1001", buyer_name="佐藤 花子", ordered_at="2026-11-09"),
    row("hanako@gone.example", order_id="1002", buyer_name="田中 次郎", buyer_phone="03-3456-7890"),
    row(order_id="1003", ordered_at="2026-11-19", gift="のし", amount="45000", need_by="2026-11-30"),
    row(order_id="1004", ordered_at="2026-11-19", gift="のし", amount="45000", need_by="2026-11-30"),
    row("mei@living.example", order_id="1005", buyer_name='=HYPERLINK("http://x.example")'),
    row("ken@ezweb.ne.jp", order_id="1006", ordered_at="2026-11-24"),
    row("no address", order_id="1007", buyer_phone="000-0000-0000", ordered_at="2026-11-24"),
    row("ito@silent.example", order_id="1008", ordered_at="2026-11-12"),
)
LOG = (
    said("reply", "2026-11-10", "1001", "まだ届かない。苦情"),
    said("mail", "2026-11-16", "1008"),
    said("phone", "2026-11-20", "9999"),
    said("planned", "2026-11-24", "1003"),
)


@pytest.fixture
def day(rules):
    return agenda(ROWS, rules, LOG, settings=SHOP_IN_TOKYO)


def written(agenda, format_, lang="ja"):
    file = io.StringIO(newline="")
    open_agenda_writer(format_, file, lang=lang).write(agenda)
    return file.getvalue()


def table(agenda, *, lang="en", color=False, width=100):
    file = io.StringIO()
    AgendaTableWriter(file, lang, color=color, width=width).write(agenda)
    return file.getvalue()


def lines(agenda, lang="ja"):
    return list(csv.DictReader(io.StringIO(written(agenda, "csv", lang), newline="")))


def events(agenda, lang="ja"):
    return Calendar.from_ical(written(agenda, "ics", lang)).events


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("format_", AgendaFormat)
def test_the_list_looks_as_agreed(day, format_, lang):
    text = written(day, format_, lang)
    text = text.replace(day.header.rules_digest, "DIGEST").replace("\r\n", "\n")
    golden = GOLDEN / f"followup.{lang}.{'txt' if format_ == 'table' else format_}"
    if os.environ.get("DELIV_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", AgendaFormat)
def test_the_same_list_is_written_in_the_same_bytes(rules, format_):
    first, second = (agenda(ROWS, rules, LOG, settings=SHOP_IN_TOKYO) for _ in range(2))
    assert written(first, format_) == written(second, format_)


@pytest.mark.parametrize("format_", AgendaFormat)
def test_a_list_without_orders_is_a_list(rules, format_):
    assert written(agenda([], rules), format_)


def test_the_next_step_never_lies_before_this_one(day):
    following = [found for found in day.entries if found.then is not None]
    assert len(following) > 3
    assert all(found.then.due > found.do_on for found in following)


def test_a_format_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="is not a valid AgendaFormat"):
        open_agenda_writer("pdf", io.StringIO())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_there_are_words_for_everything(lang):
    translate = translator(lang)
    for words, members in (
        (agendalabels.STATUS, Status),
        (agendalabels.STEP, StepKind),
        (agendalabels.SITUATION, Situation),
        (agendalabels.CONTACT, ContactKind),
    ):
        assert {*words} == {*members}
        assert len({translate(text) for text in words.values()}) == len(words)


# --- the table ------------------------------------------------------------------------------------


def test_the_complaint_of_two_weeks_shouts(day):
    shown = table(day, color=True)
    first = shown.splitlines()[0]
    assert first.startswith("\x1b[1;31m佐藤 花子 (order 1001): the customer has waited for your answer")
    assert "business days overdue: 7" in first
    body = table(day).split("overdue: 4\n", 2)[-1]
    assert body.index("1001") < body.index("1003")


def test_without_colours_there_is_no_escape_and_data_is_no_markup(rules):
    shown = table(
        agenda([row(order_id="1", buyer_name="[red]x[/red]\x1b[31m", ordered_at="2026-11-01")], rules)
    )
    assert "\x1b" not in shown
    assert "[red]x[/red]" in shown


def test_what_concerns_several_orders_is_said_once(day):
    shown = table(day, width=200)
    assert shown.count("This may be a gift") == 1
    assert shown.count("[1]") > 1


def test_the_legal_note_stands_there_only_when_a_mail_cannot_have_arrived(rules, day):
    assert "keiyaku-web.com" in table(day)
    assert "keiyaku-web.com" not in table(agenda([row(order_id="1")], rules))


def test_lines_of_the_log_that_fit_nothing_are_named(day):
    shown = table(day, lang="ja")
    assert "当てはまらない連絡記録: 1行" in shown
    assert "電話、9999" in shown


def test_who_waits_is_listed_by_day(rules):
    rows = [row(order_id=str(number), ordered_at="2026-11-24") for number in range(1, 12)]
    shown = table(agenda(rows, rules))
    assert "Who can wait, and until when\n  2026-11-25: Write again by mail: 山田 太郎 (order 1), " in shown
    assert "and 3 more\n" in shown


# --- CSV ------------------------------------------------------------------------------------------


def test_every_order_stands_there_once_the_most_urgent_first(day):
    found = lines(day)
    assert sorted(each["注文番号"] for each in found) == [cells["order_id"] for cells in ROWS]
    assert [each["番号"] for each in found] == [str(number) for number in range(1, len(ROWS) + 1)]
    statuses = [each["状況"] for each in found]
    order = ["遅れています", "今日", "待ち", "対応なし"]
    assert statuses == sorted(statuses, key=order.index)
    assert found[0]["注文番号"] == "1001"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_headings_are_in_the_language_of_the_shop(day, lang):
    translate = translator(lang)
    assert list(lines(day, lang)[0]) == [translate(heading) for heading in HEADINGS]


def test_numbers_keep_their_zeros_and_formulas_are_harmless(day):
    found = {each["注文番号"]: each for each in lines(day)}
    assert found["1001"]["電話番号"] == "090-1234-5678"
    assert found["1002"]["電話番号"] == "03-3456-7890"
    assert found["1005"]["お客様"] == '\'=HYPERLINK("http://x.example")'
    writer = AgendaCsvWriter(io.StringIO(), "ja")
    writer.write(day)
    assert writer.defused == 1
    file = io.StringIO()
    AgendaCsvWriter(file, "ja", raw_cells=True).write(day)
    assert ',"=HYPERLINK(""http://x.example"")",' in file.getvalue()


@pytest.mark.parametrize(
    ("country", "phone", "written_as"),
    [
        ("JP", "+1 202-456-1111", "+1 202-456-1111"),
        ("DE", "030 901820", "030 901820"),
        ("JP", "0120123456", "0120-123-456"),
    ],
)
def test_a_number_is_no_sum(rules, country, phone, written_as):
    settings = Settings(shop=ShopSettings(country=country))
    (line,) = lines(agenda([row(order_id="1", buyer_phone=phone)], rules, settings=settings))
    assert line["電話番号"] == written_as
    assert not (written_as.isdigit() and written_as.startswith("0"))


def test_lines_of_a_text_stay_in_their_cell(day):
    text = written(day, "csv")
    assert "\r" not in text.replace("\r\n", "")
    assert any("\n" in each["言わないこと・しないこと"] for each in lines(day))


def test_who_answered_shows_nothing_to_do(rules):
    (line,) = lines(agenda([row(order_id="1")], rules, [said("reply", "2026-11-23", "1")]))
    assert (line["状況"], line["対応"], line["いつ"]) == ("対応なし", "", "")


def test_a_hostile_name_cannot_break_out_of_its_line(rules):
    (line,) = lines(agenda([row(order_id="1", buyer_name="x\r\n2,\x1b[31m,evil\u202e")], rules))
    assert "\x1b" not in "".join(line.values())
    assert "\u202e" not in "".join(line.values())


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_json_is_that_of_the_schema(rules, day, lang):
    text = files("deliv.formats").joinpath("deliv-followup-1.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    for each in (day, agenda([], rules), agenda([row(), {"address": "x"}], rules)):
        Draft202012Validator(schema).validate(json.loads(written(each, "json", lang)))


def test_the_order_stands_there_without_the_buyers_name(day):
    document = json.loads(written(day, "json"))
    orders = {each["order"]["order_id"]: each for each in document["orders"]}
    assert all("buyer_name" not in each["order"] for each in document["orders"])
    assert orders["1003"]["order"] == {
        "order_id": "1003",
        "ordered_at": "2026-11-19",
        "amount": 45000,
        "gift": "flag",
        "phone": {"number": "090-1234-5678", "e164": "+819012345678", "mobile": True},
        "can_sms": True,
        "need_by": "2026-11-30",
        "note": None,
        "mailed_at": None,
        "replied_at": None,
    }
    assert document["now"] == "2026-11-24T10:30:00+09:00"
    assert sum(document["summary"]["by_status"].values()) == document["summary"]["orders"] == len(ROWS)
    assert [each["order_id"] for each in document["unmatched"]] == ["9999"]


# --- iCalendar ------------------------------------------------------------------------------------


def test_there_is_one_event_for_each_call_and_one_for_the_orders_of_a_customer(day):
    found = events(day)
    described = "\n".join(str(event["description"]) for event in found)
    calls = [each for each in day.entries if each.do and each.do.is_call]
    assert all(f"注文{each.order_id}" in described for each in calls)
    summaries = [str(event["summary"]) for event in found]
    assert sum("1003" in text for text in summaries) == 1
    assert any("1003" in text and "1004" in text for text in summaries)
    assert len({event["uid"] for event in found}) == len(found)


def test_events_stand_in_the_hours_for_calls_one_after_the_other(rules):
    rows = [
        row(f"a{number}@docomo.ne.jp", order_id=str(number), ordered_at="2026-11-10") for number in range(60)
    ]
    day = agenda(rows, rules, settings=SHOP_IN_TOKYO)
    found = events(day)
    assert len(found) == 60
    starts = [event.start for event in found]
    assert starts[0] == datetime(2026, 11, 24, 10, 30, tzinfo=TOKYO)
    assert len({*starts}) == len([*day.phone_hours.slots(10, not_before=time(10, 30))])
    for event in found:
        assert event.end - event.start == timedelta(minutes=10)
        assert time(9) <= event.start.time() < event.end.time() <= time(20)
        assert event.end.time() <= time(12) or event.start.time() >= time(13)
        assert event.start >= NOW


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        (time(11, 55), time(13, 0), time(13, 10)),
        (time(12, 30), time(13, 0), time(13, 10)),
        (time(18, 45, 30), time(18, 50), time(19, 0)),
        (time(7, 0), time(10, 0), time(10, 10)),
    ],
)
def test_the_first_call_is_not_before_now_and_never_at_lunch(rules, moment, start, end):
    now = datetime.combine(NOW.date(), moment, TOKYO)
    (event,) = events(
        agenda([row(order_id="1", ordered_at="2026-11-10")], rules, now=now, settings=SHOP_IN_TOKYO)
    )
    assert (event.start.time(), event.end.time()) == (start, end)


def test_after_hours_the_call_is_on_the_next_business_day(rules):
    now = datetime(2026, 12, 28, 19, 0, tzinfo=TOKYO)
    (event,) = events(
        agenda([row(order_id="1", ordered_at="2026-12-18")], rules, now=now, settings=SHOP_IN_TOKYO)
    )
    assert event.start == datetime(2027, 1, 4, 10, 0, tzinfo=TOKYO)


def test_a_zone_with_summer_time_is_told_with_its_changes(rules):
    settings = Settings(shop=ShopSettings(country="US", timezone="America/New_York"))
    now = datetime(2026, 3, 6, 18, 59, 59, tzinfo=NEW_YORK)  # the clocks change on the 8th
    orders = [
        row(order_id="1", ordered_at="2026-03-02", buyer_phone="(202) 456-1111"),
        row("b@docomo.ne.jp", order_id="2", ordered_at="2026-03-05", buyer_phone="(202) 456-1414"),
    ]
    day = agenda(orders, rules, now=now, settings=settings)
    calendar = Calendar.from_ical(written(day, "ics"))
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["America/New_York"]
    calls = [each for each in day.entries if each.do and each.do.is_call]
    for event, found in zip(calendar.events, calls, strict=True):
        assert event.start.date() == found.do_on
        assert time(9) <= event.start.time() <= time(20)


def test_a_shop_without_a_zone_gets_the_time_of_its_own_clock(rules):
    now = datetime(2026, 11, 24, 10, 30).astimezone()
    day = agenda([row(order_id="1", ordered_at="2026-11-10")], rules, now=now, settings=SHOP)
    text = written(day, "ics")
    assert "DTSTART:20261124T103000\r\n" in text
    assert "VTIMEZONE" not in text


def test_the_same_step_has_the_same_name_on_another_day(rules):
    orders = [row(order_id="1", ordered_at="2026-11-10")]
    today, tomorrow = (
        events(agenda(orders, rules, now=NOW + timedelta(days=days), settings=SHOP_IN_TOKYO))
        for days in (0, 1)
    )
    assert today[0]["uid"] == tomorrow[0]["uid"]
    assert today[0].start.date() != tomorrow[0].start.date()
    later = events(agenda(orders, rules, [said("phone", "2026-11-18", "1")], now=NOW, settings=SHOP_IN_TOKYO))
    assert later[0]["uid"] != today[0]["uid"]


def test_an_event_says_number_and_words_but_not_the_goods(day):
    (event,) = [event for event in events(day) if "1003" in event["summary"]]
    description = str(event["description"])
    assert "090-1234-5678" in description
    assert "ご本人でいらっしゃいますか" in description
    assert "留守番電話には何も残さない" in description
    assert "のし" not in str(event["summary"]) + description


def test_lines_of_a_calendar_end_and_are_folded_as_the_standard_says(day):
    content = written(day, "ics").encode()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert all(
        stamp == b"DTSTAMP:20261124T013000Z" for stamp in content.split(b"\r\n") if b"DTSTAMP" in stamp
    )


def test_very_short_hours_still_hold_a_call(rules):
    settings = Settings(
        shop=ShopSettings(timezone="Asia/Tokyo"), calendar=CalendarSettings(phone_window="10:00-10:05")
    )
    now = datetime(2026, 11, 24, 8, 0, tzinfo=TOKYO)
    (event,) = events(agenda([row(order_id="1", ordered_at="2026-11-10")], rules, now=now, settings=settings))
    assert (event.start.time(), event.end.time()) == (time(10, 0), time(10, 5))
    assert event.start.date() == date(2026, 11, 24)
