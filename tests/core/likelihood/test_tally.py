"""Counting outcomes: denominators, fading, and what makes an address dead."""

from datetime import date, timedelta

import pytest

from deliv.core.experience import Remembered
from deliv.core.historybook import HistoryBook
from deliv.core.likelihood.ledger import Ledger
from deliv.core.likelihood.tally import AddressTally, Counts, Coverage, counts_of, weight_of
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from tests.core.likelihood.past import RECENTLY, TODAY, note

K = OutcomeKind
GONE = {"reason": BounceReason.USERUNKNOWN, "permanent": True}


@pytest.mark.parametrize(
    ("numbers", "mails", "bounced", "uncounted"),
    [
        ({K.SENT: 10, K.BOUNCE: 2}, 10, 2, 0),
        ({K.SENT: 10, K.DELIVERED: 8, K.BOUNCE: 2}, 10, 2, 0),
        ({K.DELIVERED: 8, K.BOUNCE: 2}, 10, 2, 0),
        ({K.SENT: 1, K.BOUNCE: 3}, 3, 3, 0),
        ({K.BOUNCE: 3}, 0, 0, 3),
        ({K.REPLY: 3}, 0, 0, 0),
        ({}, 0, 0, 0),
    ],
    ids=["sent", "sent-and-known", "known", "more-bounces", "no-denominator", "only-replies", "nothing"],
)
def test_every_rate_has_its_denominator(numbers, mails, bounced, uncounted):
    counts = counts_of(numbers)

    assert (counts.mails, counts.bounced, counts.uncounted) == (mails, bounced, uncounted)


def test_counts_add_up_and_never_fall_below_zero():
    one, two = Counts(mails=10, bounced=1), Counts(mails=4, replies=2)

    assert one + two == Counts(mails=14, bounced=1, replies=2)
    assert (one + two) - two == one
    assert two - one == Counts(replies=2)


@pytest.mark.parametrize(
    ("age", "then", "now", "weight"),
    [
        (0, "", "", 1.0),
        (180, "", "", 0.5),
        (360, "a", "a", 0.25),
        (180, "a", "b", 0.15),
        (0, "a", "", 1.0),
        (0, "", "b", 1.0),
    ],
)
def test_outcomes_fade_and_count_less_under_another_state_of_the_sender(age, then, now, weight):
    outcome = Outcome(kind=K.SENT, domain="x.example", day=TODAY - timedelta(days=age), sender_state=then)

    assert weight_of(
        outcome, as_of=TODAY, half_life_days=180, sender_state=now, other_state=0.3
    ) == pytest.approx(weight)


def dead(*events, dead_for_days=365):
    tally = AddressTally()
    for kind, day, more in events:
        tally.note(note(kind, "x.example", day=day, **more))
    return tally.is_dead(TODAY, dead_for_days), tally.last_bounce


BEFORE, AFTER = RECENTLY - timedelta(days=9), RECENTLY + timedelta(days=9)


@pytest.mark.parametrize(
    ("events", "is_dead"),
    [
        pytest.param([(K.BOUNCE, RECENTLY, GONE)], True, id="gone"),
        pytest.param([(K.BOUNCE, RECENTLY, GONE | {"reason": BounceReason.HASMOVED})], True, id="moved"),
        pytest.param([(K.REPLY, BEFORE, {}), (K.BOUNCE, RECENTLY, GONE)], True, id="answered-before"),
        pytest.param([(K.SENT, AFTER, {}), (K.BOUNCE, RECENTLY, GONE)], True, id="silence-proves-nothing"),
        pytest.param([(K.BOUNCE, RECENTLY, GONE), (K.REPLY, AFTER, {})], False, id="answered-since"),
        pytest.param([(K.BOUNCE, RECENTLY, GONE), (K.JUNK, RECENTLY, {})], False, id="found-it-that-day"),
        pytest.param([(K.BOUNCE, RECENTLY, GONE), (K.DELIVERED, AFTER, {})], False, id="taken-since"),
        pytest.param(
            [(K.DELIVERED, RECENTLY, {}), (K.BOUNCE, RECENTLY, GONE)], True, id="taken-and-returned"
        ),
        pytest.param(
            [(K.BOUNCE, RECENTLY, GONE | {"permanent": None})], True, id="nobody-says-that-it-is-for-now"
        ),
        pytest.param([(K.BOUNCE, RECENTLY, GONE | {"permanent": False})], False, id="for-now"),
        pytest.param([(K.BOUNCE, date(2025, 11, 1), GONE)], False, id="long-ago"),
        pytest.param([(K.REPLY, RECENTLY, {})], False, id="no-bounce"),
        *(
            pytest.param(
                [(K.BOUNCE, RECENTLY, {"reason": reason, "permanent": True})], False, id=reason.value
            )
            for reason in BounceReason
            if reason not in (BounceReason.USERUNKNOWN, BounceReason.HASMOVED)
        ),
    ],
)
def test_only_the_mailbox_itself_can_be_dead(events, is_dead):
    assert dead(*events)[0] is is_dead


def test_a_bounce_is_the_last_word_until_something_arrives():
    assert dead((K.BOUNCE, RECENTLY, {}))[1] == RECENTLY
    assert dead((K.BOUNCE, RECENTLY, {}), (K.DELIVERED, AFTER, {}))[1] is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 5), True),
        (date(2026, 9, 4), True),
        (date(2026, 9, 3), False),
        (date(2026, 12, 1), True),
        (date(2026, 12, 2), False),
        (date(2025, 10, 5), False),
    ],
)
def test_only_days_around_a_count_have_a_denominator(day, expected):
    assert (day in Coverage([date(2026, 10, 31), date(2026, 10, 5)])) is expected


def test_without_a_count_no_day_has_one():
    assert date(2026, 10, 5) not in Coverage([])


def test_a_year_of_bounces_beside_the_mails_of_a_week_is_no_rate():
    mails = Outcome(kind=K.SENT, domain="gmail.com", day=date(2026, 11, 20), count=30)
    old = Outcome(kind=K.BOUNCE, domain="gmail.com", day=date(2026, 3, 1), count=60)
    new = Outcome(kind=K.BOUNCE, domain="gmail.com", day=date(2026, 11, 21), count=2)
    past = Remembered(known=(mails, old, new))
    ledger = Ledger(past, HistoryBook(), as_of=date(2026, 11, 24), half_life_days=180)
    assert (ledger.counts.mails, ledger.counts.bounced, ledger.counts.uncounted) == (30, 2, 60)
