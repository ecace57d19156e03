"""Laws of the list of the day, tried on generated exports, logs and moments."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deliv.core.advicebook import Situation
from deliv.core.agenda import Status
from deliv.core.contacts import Contact, ContactKind
from deliv.core.ladder import StepKind
from deliv.core.moments import Moment
from deliv.core.phone import read_phones
from deliv.core.settings import NetworkSettings, Settings, ShopSettings
from deliv.sources.rulefiles import load_rules
from tests.usecases.agenda import ZONE, agenda

RULES = load_rules()
PHONES = ["", "090-1234-5678", "9098765432", "03-1234-5678", "000-0000-0000", "080-1111-2222\n03-8765-4321"]
GOODS = "ダイヤの指輪"
RECIPIENT = "贈られ花子"
IDS = ["", "", "#1001", "1002", "00123", "1004.0", "-"]
ADDRESSES = [
    "a@docomo.ne.jp",
    "b@living.example",
    "c@gone.example",
    "d@broken.example",
    "e@gmail.com",
    "",
    "broken@@x",
]
ZONES = [ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")]
FIRST, LAST = date(2026, 12, 10), date(2027, 3, 20)  # over the end of the year, and into summer time
DAYS = st.dates(FIRST, LAST)


def _filled(fields):
    return {name: text for name, text in fields.items() if text or name == "address"}


ROWS = st.fixed_dictionaries(
    {
        "address": st.sampled_from(ADDRESSES),
        "order_id": st.sampled_from(IDS),
        "ordered_at": st.one_of(st.just(""), DAYS.map(str), st.just("2027-01-10T23:50:00+00:00")),
        "buyer_name": st.sampled_from(["", "山田 太郎", "佐藤 次郎 様"]),
        "buyer_phone": st.sampled_from(PHONES),
        "recipient_name": st.sampled_from(["", "山田太郎", RECIPIENT]),
        "recipient_phone": st.sampled_from(PHONES),
        "amount": st.sampled_from(["", "500", "¥98,000"]),
        "gift": st.sampled_from(["", "不要", "のし"]),
        "note": st.sampled_from(["", f"{GOODS}を内緒で", "よろしく"]),
        "need_by": st.one_of(st.just(""), DAYS.map(str)),
        "mailed_at": st.one_of(st.just(""), DAYS.map(str)),
        "replied_at": st.one_of(st.just(""), st.just(""), DAYS.map(str)),
    }
).map(_filled)
EXPORTS = st.lists(ROWS, min_size=1, max_size=6)


@st.composite
def contacts(draw, kinds=tuple(ContactKind)):
    day, clock = draw(DAYS), draw(st.none() | st.times(time(8), time(20)))
    by_order = draw(st.booleans())
    return Contact(
        kind=draw(st.sampled_from(kinds)),
        when=Moment(day=day, at=clock and datetime.combine(day, clock.replace(microsecond=0), ZONES[0])),
        order_id=draw(st.sampled_from([name for name in IDS if name])) if by_order else "",
        address="" if by_order else draw(st.sampled_from(ADDRESSES[:5])),
        note=draw(st.sampled_from(["", "返金してほしい", "まだ解決していない", "留守"])),
    )


LOGS = st.lists(contacts(), max_size=6)
NOWS = st.builds(datetime.combine, DAYS, st.times(), st.sampled_from(ZONES))


def settings_at(now):
    country = "JP" if now.tzinfo is ZONES[0] else "US"
    return Settings(
        shop=ShopSettings(name="はんこ堂", phone="03-9999-9999", country=country),
        network=NetworkSettings(concurrency=1, canary=()),
    )


def made(rows, log, now):
    return agenda(rows, RULES, log, now=now, settings=settings_at(now), zone=ZONE)


def shown(found):
    return [
        (
            entry.subject.rows,
            entry.situation,
            entry.status,
            entry.do,
            entry.due,
            entry.do_on,
            entry.say,
            entry.mail,
        )
        for entry in found.entries
    ]


LISTS = settings(max_examples=settings().max_examples // 5)  # each example plans whole lists


@LISTS
@given(EXPORTS, LOGS, NOWS)
def test_every_row_belongs_to_exactly_one_order(rows, log, now):
    entries = made(rows, log, now).entries

    assert sorted(number for entry in entries for number in entry.subject.rows) == list(
        range(1, len(rows) + 1)
    )
    for entry in entries:
        lines = [rows[number - 1] for number in entry.subject.rows]
        known = {line["address"] for line in lines if line["address"] in ADDRESSES[:5]}
        assert len(known) <= 1
        assert len({line.get("order_id") for line in lines}) == 1


@LISTS
@given(EXPORTS, LOGS, NOWS)
def test_only_the_buyer_is_ever_called(rows, log, now):
    for entry in made(rows, log, now).entries:
        lines = [rows[number - 1] for number in entry.subject.rows]
        country = settings_at(now).shop.country
        own = {number for line in lines for number in read_phones(line.get("buyer_phone", ""), country)}
        others = {
            number
            for line in lines
            if line.get("recipient_name") == RECIPIENT and line.get("buyer_name")
            for number in read_phones(line.get("recipient_phone", ""), country)
        }
        called = {*([entry.phone] if entry.phone else []), *entry.subject.order.phones}
        assert called <= own - others
        assert (entry.phone is not None) == bool(entry.window) == (entry.do in (StepKind.PHONE, StepKind.SMS))


@LISTS
@given(EXPORTS, LOGS, NOWS)
def test_every_open_order_has_a_step_with_a_day_that_can_be_kept(rows, log, now):
    workdays = RULES.advice.workdays(settings_at(now))
    for entry in made(rows, log, now).entries:
        if entry.status is Status.DONE:
            assert entry.do is entry.due is entry.do_on is entry.then is None
            continue
        assert entry.do is not None
        assert entry.due is not None
        assert entry.do_on is not None
        assert entry.due <= entry.do_on  # always: what is due is done on that day, or as soon as can be
        assert entry.do_on >= now.date()
        assert entry.do_on in workdays
        assert entry.then is None or entry.then.due >= entry.due or entry.overdue == 0
        assert (entry.status is Status.OVERDUE) == (entry.due < now.date())
        if entry.window:
            spans = [tuple(span.split("-")) for span in entry.window.split("/")]
            assert all("09:00" <= start < end <= "20:00" for start, end in spans)
            assert all(end <= "12:00" or start >= "13:00" for start, end in spans)
            assert entry.do_on > now.date() or f"{now:%H:%M}" < spans[-1][1]


@LISTS
@given(EXPORTS, LOGS, st.lists(contacts(kinds=(ContactKind.PLANNED,)), min_size=1, max_size=4), NOWS)
def test_plans_change_nothing(rows, log, plans, now):
    assert shown(made(rows, [*plans, *log], now)) == shown(made(rows, log, now))


@LISTS
@given(EXPORTS, LOGS, NOWS, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_log_nor_a_second_look_changes_anything(rows, log, now, shuffler):
    mixed = [*log, *log]
    shuffler.shuffle(mixed)
    assert shown(made(rows, mixed, now)) == shown(made(rows, log, now))


@LISTS
@given(EXPORTS, LOGS, NOWS)
def test_after_an_answer_nobody_is_called(rows, log, now):
    answers = [
        Contact(kind=ContactKind.REPLY, when=Moment(day=now.date()), order_id=name) for name in IDS if name
    ]
    for entry in made(rows, [*log, *answers], now).entries:
        if entry.order_id and (entry.since <= now.date()) and entry.subject.contacts:
            assert entry.status is Status.DONE or entry.situation is Situation.COMPLAINT


@LISTS
@given(
    EXPORTS,
    LOGS,
    NOWS,
    st.sampled_from([ContactKind.MAIL, ContactKind.SMS, ContactKind.PHONE, ContactKind.LETTER]),
)
def test_what_is_done_today_makes_nothing_more_overdue(rows, log, now, kind):
    before = {entry.subject.rows: entry for entry in made(rows, log, now).entries}
    done = [Contact(kind=kind, when=Moment(day=now.date(), at=now), order_id=name) for name in IDS if name]
    for entry in made(rows, [*log, *done], now).entries:
        old = before[entry.subject.rows]
        assume(old.subject.order.ordered_at is not None)  # else the log says since when
        if old.status is Status.DONE and old.situation is Situation.SILENT and not old.subject.contacts:
            continue  # an old order is taken up again by whoever writes to its customer
        assert entry.overdue <= old.overdue


@LISTS
@given(EXPORTS, LOGS, NOWS)
def test_what_is_proposed_betrays_no_gift(rows, log, now):
    for entry in made(rows, log, now).entries:
        texts = [entry.say, entry.sms, entry.mail, entry.mail_subject]
        for text in filter(None, texts):
            for words in (text.ja, text.en):
                assert GOODS not in words
                assert RECIPIENT not in words
                assert "{" not in words
