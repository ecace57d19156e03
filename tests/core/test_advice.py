"""What to do, by when, and what to say."""

from datetime import date

import pytest

from deliv.core.advice import Action, AdviceBook, AdviceEntry, advise, business_day, choose_entry
from deliv.core.placement import Risk
from deliv.core.providers import AllowList, ProviderKind
from deliv.core.rules import Reason
from deliv.core.text import Text

TUESDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (24, 27, 28, 29, 30))


@pytest.mark.parametrize(
    ("start", "days", "closed", "expected"),
    [
        pytest.param(TUESDAY, 0, (), TUESDAY, id="today"),
        pytest.param(TUESDAY, 2, (), date(2026, 11, 26), id="in-the-same-week"),
        pytest.param(TUESDAY, 3, (), FRIDAY, id="up-to-friday"),
        pytest.param(TUESDAY, 4, (), MONDAY, id="over-the-weekend"),
        pytest.param(TUESDAY, 14, (), date(2026, 12, 14), id="over-two-weekends"),
        pytest.param(FRIDAY, 1, (), MONDAY, id="friday-to-monday"),
        pytest.param(SATURDAY, 0, (), MONDAY, id="saturday-means-monday"),
        pytest.param(SUNDAY, 0, (), MONDAY, id="sunday-means-monday"),
        pytest.param(SATURDAY, 1, (), date(2026, 12, 1), id="one-day-after-that-monday"),
        pytest.param(TUESDAY, 0, (TUESDAY,), date(2026, 11, 25), id="closed-today"),
        pytest.param(TUESDAY, 1, (date(2026, 11, 25),), date(2026, 11, 26), id="closed-tomorrow"),
        pytest.param(
            FRIDAY, 1, (MONDAY, date(2026, 12, 1)), date(2026, 12, 2), id="closed-behind-the-weekend"
        ),
        pytest.param(TUESDAY, 3, (SATURDAY,), FRIDAY, id="closed-on-a-saturday-changes-nothing"),
        pytest.param(date(2026, 12, 31), 1, (date(2027, 1, 1),), date(2027, 1, 4), id="over-new-year"),
    ],
)
def test_business_days(start, days, closed, expected):
    assert business_day(start, days, frozenset(closed)) == expected


def entry(name, *, risks=tuple(Risk), kinds=(), reasons=(), action=Action.SEND, **more):
    return AdviceEntry(
        risks=frozenset(risks),
        kinds=frozenset(kinds),
        reasons=frozenset(reasons),
        action=action,
        text=Text(ja=name, en=name),
        **more,
    )


BOOK = AdviceBook(
    entries=(
        entry("typo", risks=[Risk.HIGH], reasons=[Reason.POSSIBLE_TYPO, Reason.NO_ADDRESS]),
        entry("high carrier", risks=[Risk.HIGH], kinds=[ProviderKind.CARRIER]),
        entry("high", risks=[Risk.HIGH]),
        entry("rest"),
    ),
    phone_window="10:00-19:00",
)


@pytest.mark.parametrize(
    ("risk", "kind", "reasons", "expected"),
    [
        pytest.param(Risk.HIGH, None, {Reason.POSSIBLE_TYPO}, "typo", id="reason"),
        pytest.param(
            Risk.HIGH, None, {Reason.NO_ADDRESS, Reason.DNS_FAILURE}, "typo", id="one-of-the-reasons"
        ),
        pytest.param(
            Risk.HIGH, ProviderKind.CARRIER, {Reason.POSSIBLE_TYPO}, "typo", id="the-first-that-fits"
        ),
        pytest.param(Risk.HIGH, ProviderKind.CARRIER, set(), "high carrier", id="kind"),
        pytest.param(Risk.HIGH, ProviderKind.ISP, set(), "high", id="another-kind"),
        pytest.param(Risk.HIGH, None, set(), "high", id="no-kind"),
        pytest.param(Risk.LOW, ProviderKind.CARRIER, {Reason.POSSIBLE_TYPO}, "rest", id="another-risk"),
    ],
)
def test_the_first_line_that_fits_holds(risk, kind, reasons, expected):
    assert choose_entry(BOOK, risk, kind, reasons).text.en == expected


FIELDS = {
    "shop": Text(ja="花屋", en="the florist"),
    "sender_domain": Text(ja="shop.example", en="shop.example"),
}


def test_placeholders_are_filled_in_both_languages():
    line = AdviceEntry(
        risks=frozenset(Risk),
        action=Action.PHONE_FIRST,
        due_in=3,
        text=Text(ja="{due} {window} に電話", en="Phone on {due}, {window}"),
        say=Text(ja="{shop}です", en="This is {shop}"),
    )
    steps = AllowList(
        ja=("{sender_domain} を登録",), en=("Add {sender_domain}",), url="https://x.test", verified=False
    )

    advice = advise(BOOK, line, as_of=TUESDAY, fields=FIELDS, allow_list=steps)

    assert advice.action is Action.PHONE_FIRST
    assert advice.due == FRIDAY
    assert advice.text == Text(ja="11月27日(金) 10:00-19:00 に電話", en="Phone on 2026-11-27, 10:00-19:00")
    assert advice.say == Text(ja="花屋です", en="This is the florist")
    assert advice.tell_customer == AllowList(
        ja=("shop.example を登録",), en=("Add shop.example",), url="https://x.test", verified=False
    )


def test_what_the_customer_typed_is_never_read_as_a_placeholder():
    line = entry("")
    line = AdviceEntry(risks=line.risks, action=line.action, text=Text(ja="{shop}", en="{shop}"))
    nasty = Text(ja="{due}{0.__class__}", en="{shop}")

    assert advise(BOOK, line, as_of=TUESDAY, fields={"shop": nasty}).text == nasty


@pytest.mark.parametrize(
    ("action", "due_in", "window"),
    [
        pytest.param(Action.PHONE_FIRST, 0, "10:00-19:00", id="phone-first"),
        pytest.param(Action.PHONE_IF_SILENT, 2, "10:00-19:00", id="phone-if-silent"),
        pytest.param(Action.FIX_ADDRESS, 0, "10:00-19:00", id="fix-address"),
        pytest.param(Action.SEND_WITH_NOTICE, 2, "10:00-19:00", id="send-with-notice"),
        pytest.param(Action.SEND_WITH_NOTICE, None, "", id="nothing-due"),
        pytest.param(Action.SEND, None, "", id="send"),
        pytest.param(Action.USE_RELAY, None, "", id="relay"),
        pytest.param(Action.RECHECK, 0, "", id="recheck-is-no-call"),
    ],
)
def test_a_window_stands_only_where_somebody_phones(action, due_in, window):
    advice = advise(BOOK, entry("", action=action, due_in=due_in), as_of=TUESDAY, fields={})

    assert advice.phone_window == window
    assert (advice.due is None) is (due_in is None)


def test_the_shops_own_window_and_closed_days_hold():
    advice = advise(
        BOOK,
        entry("", action=Action.PHONE_FIRST, due_in=0),
        as_of=TUESDAY,
        fields={},
        phone_window="13:00-15:00",
        closed={TUESDAY},
    )

    assert advice.phone_window == "13:00-15:00"
    assert advice.due == date(2026, 11, 25)


def test_nothing_is_said_where_there_is_nothing_to_say():
    advice = advise(BOOK, entry("x"), as_of=TUESDAY, fields={})

    assert (advice.say, advice.tell_customer, advice.due) == (None, None, None)
