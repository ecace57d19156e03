"""Rows become outcomes: understood, not understood with a reason, or set aside."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from deliv.core.address import LENIENT_DOMAINS
from deliv.core.exports import Role
from deliv.core.order import Order
from deliv.core.outcomerows import NotUnderstood, OutcomeReader, Recorded, SetAside, read_order
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.outcomewords import Column, OutcomeWords
from deliv.sources.rulefiles import packaged_book

TODAY = date(2026, 11, 22)
TOKYO = ZoneInfo("Asia/Tokyo")
WORDS = OutcomeWords(packaged_book().outcomes, packaged_book().contacts)
COLUMNS = (
    *(Column.ADDRESS, Column.DAY, Column.OUTCOME, Column.COUNT, Column.REASON, Column.PERMANENT),
    *(Column.MAIL, Column.DOMAIN, Column.KEY, Column.MAIL_KEY, Column.SENDER_STATE),
)
KEY = "0123456789abcdef0123456789abcdef"


def read(address="taro@docomo.ne.jp", day="2026-11-20", outcome="sent", **more):
    cells = {"address": address, "day": day, "outcome": outcome, **more}
    reader = OutcomeReader(
        {column: index for index, column in enumerate(COLUMNS) if column in cells},
        0,
        words=WORDS,
        lenient_domains=LENIENT_DOMAINS,
        as_of=TODAY,
        zone=TOKYO,
    )
    return reader.read([cells.get(column, "") for column in COLUMNS], 7)


def outcome_of(**cells) -> Outcome:
    found = read(**cells)
    assert isinstance(found, Recorded)
    assert found.line == 7
    return found.outcome


def reason_of(**cells) -> str:
    found = read(**cells)
    assert isinstance(found, NotUnderstood)
    assert found.line == 7
    return found.template.format(**dict(found.fields))


def test_a_row_about_a_customer():
    assert outcome_of() == Outcome(
        kind=OutcomeKind.SENT, domain="docomo.ne.jp", day=date(2026, 11, 20), who="taro@docomo.ne.jp"
    )


@pytest.mark.parametrize(
    "address", ["Taro <taro@DOCOMO.ne.jp>", "ｔａｒｏ@docomo.ne.jp", " taro@docomo.ne.jp "]
)
def test_an_address_is_mended_as_everywhere(address):
    assert outcome_of(address=address).who == "taro@docomo.ne.jp"


@pytest.mark.parametrize("text", ["docomo.ne.jp", "DOCOMO.NE.JP.", " docomo.ne.jp "])
def test_a_row_about_a_domain(text):
    found = outcome_of(address=text, count="120")
    assert (found.domain, found.who, found.count) == ("docomo.ne.jp", "", 120)
    assert outcome_of(address="", domain=text, count="120") == found


def test_an_international_domain_is_kept_in_a_labels():
    assert outcome_of(address="日本語.example").domain == "xn--wgv71a119e.example"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("2026/11/2", date(2026, 11, 2)),
        ("2026年11月2日", date(2026, 11, 2)),
        ("R8.11.2", date(2026, 11, 2)),
        ("２０２６/１１/２２", date(2026, 11, 22)),
        ("2026/11/22 (日) 9:05", date(2026, 11, 22)),
        ("20261122", date(2026, 11, 22)),
        ("46348", date(2026, 11, 22)),  # as spreadsheets count
        ("20/11/2026", date(2026, 11, 20)),
        # By the shop's clock it was the day after.
        ("2026-11-20T20:05:00-05:00", date(2026, 11, 21)),
        ("2026-11-20T23:30:00Z", date(2026, 11, 21)),
    ],
)
def test_days_as_systems_write_them(text, day):
    assert outcome_of(day=text).day == day


@pytest.mark.parametrize(
    "text", ["03/04/2026", "2026-02-30", "1899-12-31", "2026-11", "昨日", "11/20", "11月20日"]
)
def test_days_that_nobody_can_be_sure_of_are_not_understood(text):
    """Of a day without its year, which one is meant depends on when the file is learned."""
    assert reason_of(day=text) == f"the date “{text}” cannot be read"


def test_long_cells_are_neither_days_nor_words_nor_domains():
    long = "x" * 1_000_000
    assert reason_of(day=long).startswith("the date “xxx")
    assert reason_of(outcome=long).startswith("the outcome “xxx")
    assert reason_of(address=long) == "it is neither an address nor a domain"
    assert WORDS.find_columns([long]) == {}


def test_a_strange_state_of_the_sender_is_left_out():
    assert outcome_of(sender_state="\udc80").sender_state == ""


def test_today_has_happened_and_tomorrow_has_not():
    assert outcome_of(day="2026-11-22").day == TODAY
    assert reason_of(day="2026-11-23") == "2026-11-23 is in the future"


@pytest.mark.parametrize(("text", "count"), [("", 1), ("1", 1), ("1,200", 1200), ("１２", 12)])
def test_counts(text, count):
    assert outcome_of(count=text).count == count


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "12345678901"])
def test_what_is_no_count(text):
    assert reason_of(count=text) == "the count is no whole number"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"outcome": ""}, "there is no outcome"),
        ({"outcome": "ほげ"}, "the outcome “ほげ” is not known"),
        ({"outcome": "x" * 100}, f"the outcome “{'x' * 40}” is not known"),
        ({"day": ""}, "there is no date"),
        ({"day": "soon"}, "the date “soon” cannot be read"),
        ({"address": ""}, "there is neither an address nor a domain"),
        ({"address": "山田太郎"}, "it is neither an address nor a domain"),
        ({"address": "taro@docomo"}, "there is no dot behind the @, so the domain is not complete"),
        ({"address": "\udc80@docomo.ne.jp"}, "there are characters that cannot be read"),
    ],
)
def test_what_is_not_understood_says_why(cells, reason):
    assert reason_of(**cells) == reason


@pytest.mark.parametrize("cells", [{"outcome": "電話"}, {"count": "0"}])
def test_what_says_nothing_is_set_aside(cells):
    found = read(**cells)
    assert isinstance(found, SetAside)
    assert found.line == 7


def test_the_reason_of_a_bounce():
    found = outcome_of(outcome="不達", reason="宛先不明", permanent="はい")
    assert (found.reason, found.permanent) == (BounceReason.USERUNKNOWN, True)
    assert outcome_of(outcome="hard bounce").permanent is True
    assert outcome_of(outcome="hard bounce", permanent="soft").permanent is False
    assert outcome_of(outcome="不達").reason is None


def test_a_bounce_with_a_strange_reason_is_a_bounce_all_the_same():
    found = read(outcome="bounce", reason="the dog ate it")
    assert isinstance(found, Recorded)
    assert found.outcome.reason is BounceReason.UNDEFINED
    assert found.unknown_reason


def test_only_bounces_have_reasons():
    found = read(outcome="reply", reason="the dog ate it", permanent="yes")
    assert isinstance(found, Recorded)
    assert (found.outcome.reason, found.outcome.permanent, found.unknown_reason) == (None, None, False)


def test_a_row_may_name_its_mail():
    found = read(mail="<1@shop.example>")
    assert isinstance(found, Recorded)
    assert (found.mail, found.is_mail_key) == ("1@shop.example", False)
    assert read(mail="1@shop.example") == found


def test_a_row_of_an_export_of_the_history_is_what_it_was():
    found = read(
        address="",
        domain="docomo.ne.jp",
        key=KEY,
        mail_key="0123456789abcdef",
        sender_state="a1",
        outcome="open",
    )
    assert isinstance(found, Recorded)
    assert (found.outcome.who, found.outcome.domain) == (KEY, "docomo.ne.jp")
    assert (found.mail, found.is_mail_key, found.outcome.sender_state) == ("0123456789abcdef", True, "a1")
    assert outcome_of(address="'=a@docomo.ne.jp", key=KEY).who == "=a@docomo.ne.jp"
    assert outcome_of(address="'=a@docomo.ne.jp").who == "'=a@docomo.ne.jp"


def test_short_rows_lack_what_is_behind_their_end():
    reader = OutcomeReader(
        {Column.OUTCOME: 1, Column.DAY: 2}, 0, words=WORDS, lenient_domains=(), as_of=TODAY, zone=TOKYO
    )
    assert reader.read(["mei@gmail.com", "sent"], 3) == NotUnderstood(line=3, template="there is no date")
    assert reader.read([], 4) == NotUnderstood(line=4, template="there is no outcome")


def order(**fields) -> Order:
    return Order(address="taro@docomo.ne.jp", line=4, fields=fields)


def test_an_order_is_a_mail_sent_on_its_day():
    found = read_order(
        order(**{Role.ORDERED_AT: "2026/11/20 10:11:12", Role.ORDER_ID: "A1"}),
        lenient_domains=(),
        as_of=TODAY,
        zone=TOKYO,
    )
    assert found == Recorded(
        outcome=Outcome(
            kind=OutcomeKind.SENT, domain="docomo.ne.jp", day=date(2026, 11, 20), who="taro@docomo.ne.jp"
        ),
        line=4,
        mail="A1",
    )


def test_an_order_without_a_day_is_not_understood():
    assert read_order(order(), lenient_domains=(), as_of=TODAY, zone=TOKYO) == NotUnderstood(
        line=4, template="there is no date"
    )
    either = order(**{Role.ORDERED_AT: "03/04/2026"})
    assert isinstance(read_order(either, lenient_domains=(), as_of=TODAY, zone=TOKYO), NotUnderstood)
    nobody = Order(address="", line=5, fields={Role.ORDERED_AT: "2026-11-20"})
    assert isinstance(read_order(nobody, lenient_domains=(), as_of=TODAY, zone=TOKYO), NotUnderstood)
