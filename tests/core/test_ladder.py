"""What to do while a customer stays silent, in business days."""

from datetime import date

import pytest

from deliv.core.ladder import Hurry, Ladder, Step, StepKind, by_post, plan, reachable, what_is_left
from deliv.core.settings import Settings
from tests.usecases.agenda import said

MONDAY = date(2026, 11, 9)  # no holiday until Monday 23


@pytest.fixture
def workdays(rules):
    return rules.advice.workdays(Settings())


def shown(steps):
    return " ".join(f"{each.step.do}:{each.due.day}" for each in steps)


def left(rules, workdays, ladder, *contacts, hurry=None):
    return shown(
        what_is_left(plan(rules.advice.ladders[ladder], MONDAY, workdays, hurry), contacts, workdays)
    )


@pytest.mark.parametrize(
    ("hurry", "expected"),
    [
        pytest.param(Hurry(), "mail:9 mail:10 phone:12 phone:16 mail:19 review:30", id="none"),
        pytest.param(Hurry(days=1), "mail:9 mail:10 phone:11 phone:16 mail:19 review:30", id="amount"),
        pytest.param(
            Hurry(latest=date(2026, 11, 10)),
            "mail:9 phone:10 phone:16 mail:19 review:30",
            id="deadline-overtakes-the-mail",
        ),
        pytest.param(
            Hurry(latest=date(2026, 11, 2)),
            "mail:9 phone:9 phone:16 mail:19 review:30",
            id="not-before-the-order",
        ),
        pytest.param(
            Hurry(latest=date(2026, 12, 24)),
            "mail:9 mail:10 phone:12 phone:16 mail:19 review:30",
            id="far-away",
        ),
        pytest.param(
            Hurry(days=99), "mail:9 phone:9 phone:16 mail:19 review:30", id="never-before-the-order"
        ),
    ],
)
def test_what_brings_a_call_forward(rules, workdays, hurry, expected):
    assert shown(plan(rules.advice.ladders["medium"], MONDAY, workdays, hurry)) == expected


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        pytest.param([], "mail:10 phone:12 phone:16 mail:19 review:30", id="nothing"),
        pytest.param([("mail", 9)], "mail:10 phone:12 phone:16 mail:19 review:30", id="the-automatic-mail"),
        pytest.param([("mail", 10)], "phone:12 phone:16 mail:19 review:30", id="the-second-mail"),
        pytest.param([("mail", 13)], "phone:17 phone:19 mail:25 review:3", id="a-late-mail-moves-the-call"),
        pytest.param([("phone", 12)], "phone:16 mail:19 review:30", id="a-call-on-its-day"),
        pytest.param([("phone", 10)], "phone:16 mail:19 review:30", id="a-call-before-its-day"),
        pytest.param([("phone", 18)], "phone:20 mail:26 review:4", id="a-late-call-keeps-the-gap"),
        pytest.param([("sms", 12)], "phone:16 mail:19 review:30", id="sms-counts-as-a-call"),
        pytest.param([("letter", 12)], "phone:16 mail:19 review:30", id="so-does-a-letter"),
        pytest.param([("phone", 12), ("sms", 12)], "phone:16 mail:19 review:30", id="one-attempt-a-day"),
        pytest.param([("mail", 10), ("phone", 10)], "phone:16 mail:19 review:30", id="a-call-after-the-mail"),
        pytest.param(
            [("mail", 10), ("mail", 11), ("mail", 16)],
            "phone:12 phone:16 mail:19 review:30",
            id="no-mail-takes-the-place-of-a-call",
        ),
        pytest.param(
            [("phone", 12), ("phone", 16), ("mail", 19), ("mail", 20)],
            "review:30",
            id="not-yet-to-be-reviewed",
        ),
        pytest.param([("phone", 12), ("phone", 16), ("mail", 19), ("mail", 30)], "", id="all-done"),
    ],
)
def test_what_is_left(rules, workdays, contacts, expected):
    log = [said(kind, f"2026-11-{day:02}") for kind, day in contacts]
    assert left(rules, workdays, "medium", *log) == expected


def test_a_call_takes_no_letters_place(rules, workdays):
    log = [said("phone", f"2026-11-{day:02}") for day in (9, 10, 11, 12)]
    assert left(rules, workdays, "dead-address", *log) == "letter:11 letter:16 review:30"


def test_who_has_no_phone_gets_letters_some_days_apart(rules, workdays):
    ladder = by_post(rules.advice.ladders["dead-address"])
    assert [(step.after, str(step.do)) for step in ladder.steps] == [
        (0, "phone"),
        (5, "letter"),
        (14, "review"),
    ]


def test_a_ladder_that_asks_nothing_of_anybody():
    mail = Step(after=0, do=StepKind.MAIL, is_automatic=True)
    assert Ladder(id="a", steps=(mail,)).is_silent
    assert not Ladder(id="a", steps=(mail, Step(after=1, do=StepKind.REVIEW))).is_silent


@pytest.mark.parametrize(
    ("step", "has_phone", "has_mobile", "expected"),
    [
        (StepKind.PHONE, True, False, StepKind.PHONE),
        (StepKind.SMS, True, True, StepKind.SMS),
        (StepKind.SMS, True, False, StepKind.PHONE),
        (StepKind.SMS, False, False, StepKind.LETTER),
        (StepKind.PHONE, False, False, StepKind.LETTER),
        (StepKind.MAIL, False, False, StepKind.MAIL),
    ],
)
def test_by_which_means(step, has_phone, has_mobile, expected):
    assert reachable(step, has_phone=has_phone, has_mobile=has_mobile) is expected
