"""One order on the list of the day: what, when, to which number, with which words."""

from datetime import date, datetime, time

import pytest

from deliv.core.advicebook import Remark
from deliv.core.settings import CalendarSettings, Settings, ShopSettings
from tests.usecases.agenda import CANARIES, NOW, SHOP, TEMPERROR, TOKYO, agenda, only, row, said


def shown(found):
    return f"{found.status} {found.do} {found.due:%m-%d} {found.do_on:%m-%d} {found.overdue}"


def remarks(found, rules):
    """Return the names of the remarks, found by how their texts begin."""
    beginnings = {name: rules.advice.remarks[name].en.split("{")[0] for name in Remark}
    return {
        name
        for text in found.remarks
        for name, words in beginnings.items()
        if words and text.en.startswith(words)
    }


@pytest.mark.parametrize(
    ("fields", "contacts", "expected"),
    [
        pytest.param({"ordered_at": "2026-11-24"}, [], "wait mail 11-25 11-25 0", id="ordered-today"),
        pytest.param({}, [], "today mail 11-24 11-24 0", id="ordered-on-friday-before-a-holiday"),
        pytest.param(
            {"ordered_at": "2026-11-18"}, [], "overdue phone 11-20 11-24 1", id="the-call-overtakes"
        ),
        pytest.param(
            {"ordered_at": "2026-11-18", "buyer_phone": ""}, [], "overdue letter 11-20 11-24 1", id="no-phone"
        ),
        pytest.param(
            {"ordered_at": "2026-11-18"},
            [said("phone", "2026-11-20")],
            "wait phone 11-26 11-26 0",
            id="called",
        ),
        pytest.param(
            {"ordered_at": "2026-11-18"},
            [said("planned", "2026-11-20")],
            "overdue phone 11-20 11-24 1",
            id="planned",
        ),
        pytest.param(
            {"ordered_at": "2026-11-24", "need_by": "2026-11-25"},
            [],
            "today phone 11-24 11-24 0",
            id="deadline",
        ),
        pytest.param(
            {"ordered_at": "2026-11-24", "amount": "98,000円"}, [], "wait phone 11-25 11-25 0", id="amount"
        ),
        pytest.param({"address": "a@gone.example"}, [], "overdue phone 11-20 11-24 1", id="dead-address"),
        pytest.param({"address": ""}, [], "overdue phone 11-20 11-24 1", id="no-address"),
        pytest.param({}, [said("bounce", "2026-11-24")], "today phone 11-24 11-24 0", id="refused-today"),
        pytest.param(
            {"ordered_at": "2026-11-01"},
            [said("reply", "2026-11-10", note="返金してほしい")],
            "overdue phone 11-12 11-24 7",
            id="the-two-week-complaint",
        ),
        pytest.param(
            {"address": "a@living.example"},
            [said("mail", "2026-11-24")],
            "wait mail 11-27 11-27 0",
            id="wrote-by-hand",
        ),
    ],
)
def test_what_is_done_when(rules, fields, contacts, expected):
    assert shown(only(row(**({"order_id": "1001"} | fields)), rules, *contacts)) == expected


@pytest.mark.parametrize(
    ("fields", "contacts"),
    [
        pytest.param({"address": "a@living.example"}, [], id="low-risk"),
        pytest.param(
            {"address": "a@living.example"}, [said("mail", "2026-11-20")], id="only-the-automatic-mail"
        ),
        pytest.param({}, [said("reply", "2026-11-20")], id="answered"),
        pytest.param({"replied_at": "2026-11-21"}, [], id="answered-by-the-export"),
        pytest.param({"ordered_at": "2026-08-20"}, [], id="old-and-nothing-written-down"),
        pytest.param({}, [said("phone", "2026-11-24", note="対応完了")], id="closed"),
    ],
)
def test_where_nothing_is_to_be_done(rules, fields, contacts):
    found = only(row(**({"order_id": "1001"} | fields)), rules, *contacts)
    assert (str(found.status), found.do, found.due, found.do_on) == ("done", None, None, None)


def test_an_old_order_of_which_something_was_written_down_is_not_left_alone(rules):
    found = only(row(order_id="1001", ordered_at="2026-08-20"), rules, said("mail", "2026-08-21"))
    assert (str(found.status), str(found.do)) == ("overdue", "phone")


@pytest.mark.parametrize(
    ("now", "do_on"),
    [
        ((2026, 11, 24, 12, 30), 24),
        ((2026, 11, 24, 19, 5), 25),
        ((2026, 11, 24, 22, 0), 25),
        ((2026, 11, 22, 11, 0), 24),
    ],
    ids=["lunch", "after-hours", "night", "sunday"],
)
def test_a_call_is_made_when_somebody_is_there(rules, now, do_on):
    found = only(row(ordered_at="2026-11-16"), rules, now=datetime(*now, tzinfo=TOKYO))
    assert (found.do_on, found.window) == (date(2026, 11, do_on), "10:00-12:00/13:00-19:00")
    assert found.phone.national == "090-1234-5678"


@pytest.mark.parametrize(
    ("clock", "do_on", "not_before"),
    [((6, 0), 24, time(8)), ((15, 0), 24, time(8)), ((20, 59), 24, time(8)), ((22, 0), 25, time(8))],
)
def test_no_mail_by_hand_wakes_up_a_carriers_customer(rules, clock, do_on, not_before):
    found = only(row(), rules, now=datetime(2026, 11, 24, *clock, tzinfo=TOKYO))
    assert (str(found.do), found.do_on, found.not_before) == ("mail", date(2026, 11, do_on), not_before)
    assert Remark.QUIET in remarks(found, rules)


def test_a_broken_network_makes_nobody_late(rules):
    dead = dict.fromkeys(CANARIES, TEMPERROR)
    found = only(row("a@living.example", ordered_at="2026-11-02"), rules, zone=dead)
    assert shown(found) == "today recheck 11-24 11-24 0"
    assert str(found.then.step.do) == "phone"


def test_a_domain_that_never_answers_leads_to_a_call_that_nobody_missed(rules):
    found = only(row("a@broken.example", ordered_at="2026-11-12"), rules)
    assert shown(found) == "today phone 11-24 11-24 0"


def test_words_for_a_gift(rules):
    found = only(
        row(ordered_at="2026-11-16", order_id="1001", recipient_name="山田花子", note="ダイヤの指輪"), rules
    )
    assert found.say.ja.startswith("山田 太郎様ご本人で")
    assert len(found.avoid) == 4
    assert Remark.GIFT in remarks(found, rules)
    assert "090-1234-5678" not in found.sms.ja
    assert found.sms.ja.count("03-1234-5678") == 1
    assert "平日" not in found.sms.ja
    assert (found.mail, found.mail_subject) == (None, None)


def test_names_carry_their_politeness_once(rules):
    assert "様様" not in only(row(buyer_name="山田太郎 様"), rules).mail.ja


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        pytest.param({"buyer_phone": ""}, Remark.NO_PHONE, id="no-phone"),
        pytest.param({"buyer_phone": "000-0000-0000"}, Remark.BAD_PHONE, id="filler"),
        pytest.param(
            {"recipient_name": "花子", "recipient_phone": "09012345678"}, Remark.SHARED_PHONE, id="shared"
        ),
    ],
)
def test_who_cannot_be_called_gets_a_letter(rules, fields, remark):
    found = only(row(**({"ordered_at": "2026-11-16"} | fields)), rules)
    assert (str(found.do), found.phone, found.window, found.sms, found.say) == (
        "letter",
        None,
        "",
        None,
        None,
    )
    assert remark in remarks(found, rules)
    assert "お電話いただけますでしょうか" in found.mail.ja


def test_an_sms_step_without_a_mobile_is_a_call(rules):
    found = only(row(ordered_at="2026-11-16", buyer_phone="03-1111-2222"), rules)
    assert (str(found.do), found.sms) == ("phone", None)


def test_the_list_begins_with_what_shouts(rules):
    rows = [
        row("a@living.example", order_id="done"),
        row(order_id="today"),
        row(order_id="wait", ordered_at="2026-11-24"),
        row(order_id="late", ordered_at="2026-11-16"),
        row(order_id="needed", ordered_at="2026-11-18", need_by="2026-11-27"),
        row(order_id="long-past", ordered_at="2026-11-16", need_by="2026-10-01", amount="1"),
        row(order_id="dear", ordered_at="2026-11-16", amount="20000"),
        row(order_id="complaint", ordered_at="2026-11-16"),
    ]
    found = agenda(rows, rules, [said("reply", "2026-11-17", "complaint", note="届かない")]).entries
    assert [entry.order_id for entry in found] == [
        *("complaint", "needed", "long-past", "dear", "late", "today", "wait", "done"),
    ]


def test_a_shop_that_never_opens_gets_a_list(rules):
    closed = Settings(shop=ShopSettings(name="x"), calendar=CalendarSettings(workdays=frozenset()))
    found = only(row(), rules, settings=closed)
    assert found.do_on > NOW.date()


def test_texts_of_a_shop_without_settings_are_complete(rules):
    found = only(row(), rules, settings=Settings())
    assert "(店名)" in found.mail.ja
    assert "{" not in found.mail.ja
    assert SHOP.shop.name not in found.mail.ja
