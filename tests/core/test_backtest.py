"""The backtest: what it predicts, what it leaves alone, and when it says that it cannot tell."""

from datetime import date, timedelta

import pytest

from deliv.core.backtest import Event, Lack, backtest
from deliv.core.outcomes import BounceReason, OutcomeKind
from tests.core.likelihood.past import note

K = OutcomeKind
FIRST = date(2026, 1, 1)


def month(number, domain="nifty.com", sent=100, bounced=10, **more):
    day = FIRST + timedelta(days=30 * number)
    return [note(K.SENT, domain, sent, day=day, **more), note(K.BOUNCE, domain, bounced, day=day, **more)]


def trial(result, event=Event.REFUSED):
    return next(each for each in result.trials if each.event is event)


def months(count, **more):
    return [outcome for number in range(count) for outcome in month(number, **more)]


def test_a_steady_rate_is_found(rules):
    result = backtest(months(12), rules)
    refused = trial(result)

    assert result.enough
    assert result.months == 6
    assert refused.enough
    assert (refused.earlier, refused.mails, refused.events) == (600, 600, 60)
    assert refused.bins[0].predicted == pytest.approx(0.1, abs=0.01)
    assert refused.bins[0].observed == pytest.approx(0.1)
    assert refused.better_than_priors[0].low > 0


@pytest.mark.parametrize(
    ("outcomes", "lack"),
    [
        pytest.param([], Lack.EARLIER, id="nothing"),
        pytest.param(months(12, sent=5, bounced=1), Lack.EARLIER, id="few-before"),
        pytest.param([*month(0), *month(12, sent=20)], Lack.LATER, id="few-after"),
        pytest.param(months(12, bounced=0), Lack.EVENTS, id="no-bounce"),
        pytest.param([note(K.BOUNCE, "nifty.com", 900)], Lack.EARLIER, id="no-denominator"),
    ],
)
def test_too_little_is_said_to_be_too_little(rules, outcomes, lack):
    result = backtest(outcomes, rules)

    assert trial(result).lack is lack
    assert not result.enough


def test_the_split_is_where_it_is_asked_for(rules):
    split = FIRST + timedelta(days=270)

    result = backtest(months(12), rules, split=split)

    assert (result.split, trial(result).earlier, trial(result).mails) == (split, 900, 300)


def test_nothing_is_learned_from_what_comes_later(rules):
    """A provider that breaks after the split surprises the model in its first month."""
    broken = [*months(6, bounced=1), *(o for n in range(6, 7) for o in month(n, bounced=90))]

    refused = trial(backtest(broken, rules, split=FIRST + timedelta(days=180)))

    assert refused.bins[0].predicted < 0.05
    assert refused.bins[0].observed == pytest.approx(0.9)


def test_test_mails_are_predicted_too(rules):
    outcomes = [
        outcome
        for number in range(12)
        for outcome in (
            note(K.SEED_INBOX, "docomo.ne.jp", 6, day=FIRST + timedelta(days=30 * number)),
            note(K.SEED_JUNK, "docomo.ne.jp", 2, day=FIRST + timedelta(days=30 * number)),
        )
    ]
    inbox = trial(backtest(outcomes, rules), Event.INBOX)

    assert inbox.enough
    assert inbox.events / inbox.mails == pytest.approx(0.75)


def test_a_mailbox_known_to_be_gone_is_foreseen(rules):
    gone = {"who": "x@nifty.com", "reason": BounceReason.USERUNKNOWN, "permanent": True}
    outcomes = [*months(12), *(o for n in (2, 8) for o in month(n, sent=1, bounced=1, **gone))]

    refused = trial(backtest(outcomes, rules))

    assert refused.bins[-1].predicted == 1.0
    assert refused.mails == 601


def test_the_order_of_outcomes_does_not_matter(rules):
    outcomes = [*months(12), *months(12, domain="ocn.ne.jp", bounced=3)]

    assert backtest(outcomes, rules) == backtest(outcomes[::-1], rules)
