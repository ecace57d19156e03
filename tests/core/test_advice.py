"""What to do, by when, and what to say."""

from datetime import date, time
from decimal import Decimal

import pytest

from deliv.core.advice import advise, choose_entry
from deliv.core.advicebook import Action, AdviceBook, AdviceEntry, CallHours
from deliv.core.case import Case, Urgency
from deliv.core.ladder import Ladder, Step, StepKind
from deliv.core.placement import Risk
from deliv.core.providers import AllowList, ProviderKind
from deliv.core.rules import Reason
from deliv.core.settings import CalendarSettings, Settings, ShopSettings
from deliv.core.text import Text
from deliv.core.wording import same, shop_fields
from deliv.core.workdays import Hours
from deliv.sources.rulefiles import load_rules

PACKAGED = load_rules().advice
TUESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = (
    date(2026, 11, day) for day in (24, 26, 27, 28, 29, 30)
)


def entry(name, *, risks=tuple(Risk), kinds=(), reasons=(), action=Action.SEND, ladder="none", **more):
    return AdviceEntry(
        risks=frozenset(risks),
        kinds=frozenset(kinds),
        reasons=frozenset(reasons),
        action=action,
        ladder=ladder,
        text=more.pop("text", Text(ja=name, en=name)),
        **more,
    )


def ladder(name, *steps):
    return Ladder(id=name, steps=tuple(Step(after=after, do=do) for after, do in steps))


BOOK = AdviceBook(
    entries=(
        entry("typo", risks=[Risk.HIGH], reasons=[Reason.POSSIBLE_TYPO, Reason.NO_ADDRESS]),
        entry("high carrier", risks=[Risk.HIGH], kinds=[ProviderKind.CARRIER]),
        entry("high", risks=[Risk.HIGH]),
        entry("rest"),
    ),
    ladders={
        each.id: each
        for each in (
            ladder("none", (0, StepKind.MAIL)),
            ladder("today", (0, StepKind.PHONE), (1, StepKind.LETTER)),
            ladder("later", (0, StepKind.MAIL), (1, StepKind.MAIL), (3, StepKind.PHONE)),
            ladder("sms", (1, StepKind.SMS)),
            ladder("relay", (0, StepKind.RELAY), (2, StepKind.PHONE)),
            ladder("recheck", (0, StepKind.RECHECK)),
            ladder("letter", (2, StepKind.LETTER)),
        )
    },
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
    line = entry(
        "",
        action=Action.PHONE_FIRST,
        ladder="later",
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
    assert [each.due for each in advice.steps] == [TUESDAY, date(2026, 11, 25), FRIDAY]


def test_what_the_customer_typed_is_never_read_as_a_placeholder():
    line = entry("", text=Text(ja="{shop}", en="{shop}"))
    nasty = Text(ja="{due}{0.__class__}", en="{shop}")

    assert advise(BOOK, line, as_of=TUESDAY, fields={"shop": nasty}).text == nasty


@pytest.mark.parametrize(
    ("ladder", "due", "window"),
    [
        pytest.param("today", TUESDAY, "10:00-19:00", id="a-call-now"),
        pytest.param("later", FRIDAY, "10:00-19:00", id="a-call-if-silent"),
        pytest.param("sms", date(2026, 11, 25), "10:00-19:00", id="an-sms-rings-too"),
        pytest.param("none", None, "", id="only-the-order-mail"),
        pytest.param("relay", TUESDAY, "", id="relay"),
        pytest.param("recheck", TUESDAY, "", id="recheck"),
        pytest.param("letter", THURSDAY, "", id="letter"),
    ],
)
def test_the_first_step_that_is_no_mail_is_due_and_hours_stand_only_where_somebody_phones(
    ladder, due, window
):
    advice = advise(BOOK, entry("", ladder=ladder), as_of=TUESDAY, fields={})

    assert (advice.due, advice.phone_window) == (due, window)


def test_nothing_is_said_where_there_is_nothing_to_say():
    advice = advise(BOOK, entry("x"), as_of=TUESDAY, fields={})

    assert (advice.say, advice.tell_customer, advice.due) == (None, None, None)


# --- the days, by the packaged ladders ------------------------------------------------------------


def shop(*, country="JP", **calendar):
    return Settings(shop=ShopSettings(country=country), calendar=CalendarSettings(**calendar))


MON_TO_SAT = frozenset(range(6))


@pytest.mark.parametrize(
    ("as_of", "settings", "due"),
    [
        pytest.param(TUESDAY, shop(), THURSDAY, id="in-the-week"),
        pytest.param(FRIDAY, shop(), date(2026, 12, 1), id="over-the-weekend"),
        pytest.param(SATURDAY, shop(), date(2026, 12, 2), id="saturday-counts-as-monday"),
        pytest.param(FRIDAY, shop(workdays=MON_TO_SAT), MONDAY, id="saturdays-worked"),
        pytest.param(SUNDAY, shop(workdays=MON_TO_SAT), date(2026, 12, 2), id="sunday-counts-as-monday"),
        pytest.param(TUESDAY, shop(closed=frozenset({THURSDAY})), FRIDAY, id="a-closed-day"),
        pytest.param(date(2026, 11, 20), shop(), date(2026, 11, 25), id="over-the-day-of-labour-thanks"),
        pytest.param(date(2026, 11, 20), shop(country="US"), TUESDAY, id="which-the-us-does-not-know"),
        pytest.param(TUESDAY, shop(country="US"), FRIDAY, id="but-thanksgiving"),
        pytest.param(date(2026, 12, 28), shop(), date(2027, 1, 5), id="over-the-end-of-the-year"),
        pytest.param(date(2026, 12, 31), shop(), date(2027, 1, 6), id="within-it"),
        pytest.param(date(2026, 12, 28), shop(country="US"), date(2026, 12, 30), id="which-is-japanese"),
        pytest.param(date(2026, 4, 28), shop(), date(2026, 5, 1), id="golden-week-before"),
        pytest.param(date(2026, 5, 1), shop(), date(2026, 5, 8), id="golden-week-behind"),
        pytest.param(date(2026, 5, 2), shop(), date(2026, 5, 11), id="golden-week-within"),
    ],
)
def test_a_carriers_customer_is_phoned_on_the_second_business_day(as_of, settings, due):
    line = choose_entry(PACKAGED, Risk.MEDIUM, ProviderKind.CARRIER, set())

    advice = advise(PACKAGED, line, as_of=as_of, fields=shop_fields(settings), settings=settings)

    assert advice.due == due
    assert f"{due.month}月{due.day}日" in advice.text.ja
    assert due.isoformat() in advice.text.en


@pytest.mark.parametrize(
    ("own", "window", "shown"),
    [
        pytest.param("", "10:00-19:00", "10:00-12:00/13:00-19:00", id="usual"),
        pytest.param("06:00-23:00", "09:00-20:00", "09:00-12:00/13:00-20:00", id="clipped"),
        pytest.param("13:00-15:00", "13:00-15:00", "13:00-15:00", id="behind-lunch"),
        pytest.param("09:30-12:30", "09:30-12:30", "09:30-12:00", id="into-lunch"),
        pytest.param("12:00-13:00", "12:00-13:00", "12:00-13:00", id="only-at-lunch-is-meant"),
        pytest.param("20:00-22:00", "10:00-19:00", "10:00-12:00/13:00-19:00", id="nothing-is-left"),
    ],
)
def test_hours_for_calls_are_the_shops_own_within_what_is_decent(own, window, shown):
    settings = shop(phone_window=own)
    line = choose_entry(PACKAGED, Risk.HIGH, None, set())

    advice = advise(PACKAGED, line, as_of=TUESDAY, fields=shop_fields(settings), settings=settings)

    assert advice.phone_window == window
    assert shown in advice.text.ja
    assert shown in advice.text.en


def test_a_book_whose_own_window_is_indecent_falls_back_to_the_limits():
    night = Hours(start=time(21), end=time(23))
    book = AdviceBook(entries=(), ladders={}, hours=CallHours(window=night))

    assert str(book.phone_hours(Settings()).window) == "09:00-20:00"


# --- what an order adds ---------------------------------------------------------------------------

CARRIER = choose_entry(PACKAGED, Risk.MEDIUM, ProviderKind.CARRIER, set())
PHONE_FIRST = choose_entry(PACKAGED, Risk.HIGH, None, set())
REMARKS = {
    "deadline": ("に必要なご注文", "are needed by"),
    "passed": ("を過ぎています", "has passed"),
    "amount": ("金額の大きい", "worth much"),
    "gift": ("贈り物かもしれません", "may be a gift"),
    "no phone": ("電話番号がありません", "no phone number"),
}


def remarked(line, case, as_of=TUESDAY):
    """Return the advice for a case, and which remarks stand in both of its languages."""
    advice = advise(PACKAGED, line, as_of=as_of, fields=shop_fields(Settings()), case=case)
    found = {name for name, (ja, en) in REMARKS.items() if ja in advice.text.ja}
    assert found == {name for name, (ja, en) in REMARKS.items() if en in advice.text.en}
    return advice, found


@pytest.mark.parametrize(
    ("line", "case", "due", "remarks"),
    [
        (CARRIER, Case(), THURSDAY, set()),
        (CARRIER, Case(is_dear=True), date(2026, 11, 25), {"amount"}),
        (PHONE_FIRST, Case(is_dear=True), TUESDAY, set()),
        (CARRIER, Case(is_gift=True), THURSDAY, {"gift"}),
        (CARRIER, Case(lacks_phone=True), THURSDAY, {"no phone"}),
        (CARRIER, Case(need_by=FRIDAY), date(2026, 11, 25), {"deadline"}),
        (CARRIER, Case(need_by=TUESDAY), TUESDAY, {"deadline"}),
        (CARRIER, Case(need_by=MONDAY), THURSDAY, {"deadline"}),
        (CARRIER, Case(need_by=date(2026, 12, 20)), THURSDAY, set()),
        (CARRIER, Case(need_by=date(2026, 11, 20)), TUESDAY, {"passed"}),
        (PHONE_FIRST, Case(need_by=FRIDAY), TUESDAY, set()),
        (PHONE_FIRST, Case(need_by=date(2026, 11, 25)), TUESDAY, {"deadline"}),
        (
            CARRIER,
            Case(is_gift=True, lacks_phone=True, is_dear=True, need_by=FRIDAY),
            date(2026, 11, 25),
            {"gift", "no phone", "amount", "deadline"},
        ),
    ],
    ids=lambda value: value.ladder if isinstance(value, AdviceEntry) else None,
)
def test_an_order_brings_the_call_forward_and_says_why(line, case, due, remarks):
    advice, found = remarked(line, case)

    assert advice.due == due
    assert found == remarks
    assert "{" not in advice.text.ja + advice.text.en


def test_an_order_adds_nothing_where_nobody_phones():
    line = choose_entry(PACKAGED, Risk.LOW, None, set())
    case = Case(is_gift=True, lacks_phone=True, is_dear=True, need_by=TUESDAY)

    assert remarked(line, case) == remarked(line, Case())


def test_the_call_about_what_may_be_a_gift_asks_for_the_buyer_first():
    gift, _ = remarked(PHONE_FIRST, Case(is_gift=True))
    plain, _ = remarked(PHONE_FIRST, Case())

    assert "ご本人でいらっしゃいますか" in gift.say.ja
    assert gift.say.en.startswith("May I speak with")
    assert plain.say.en.startswith("This is")
    assert "ご本人" not in plain.say.ja


def test_words_for_the_customers_eyes_are_no_script_and_stay_for_a_gift():
    gift, _ = remarked(CARRIER, Case(is_gift=True))

    assert gift.say == remarked(CARRIER, Case())[0].say


def test_remarks_and_scripts_that_a_book_lacks_are_left_out():
    case = Case(is_gift=True, need_by=TUESDAY)
    line = entry("x", action=Action.PHONE_FIRST, ladder="today", say=same("hello"))

    advice = advise(BOOK, line, as_of=TUESDAY, fields={}, case=case)

    assert (advice.text, advice.say) == (same("x"), same("hello"))


@pytest.mark.parametrize(("country", "is_dear"), [("JP", True), ("US", False)])
def test_an_amount_counts_only_in_a_currency_that_the_book_knows(country, is_dear):
    assert (country in PACKAGED.urgency.amounts) is is_dear
    assert PACKAGED.urgency.amounts["JP"] == Decimal(30_000)
    assert Urgency().amounts == {}
