"""The backtest: what it predicts, what it leaves alone, and when it says that it cannot tell."""

from datetime import date, timedelta

import pytest

from deliv.core.backtest import backtest
from deliv.core.outcomes import BounceReason, OutcomeKind
from deliv.core.scores import Score
from deliv.core.trials import Event, Gain, Lack, Verdict
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
    assert refused.over_priors.brier.low > 0
    assert refused.over_priors.verdict is Verdict.BETTER


@pytest.mark.parametrize(
    ("outcomes", "lack"),
    [
        pytest.param([], Lack.EARLIER, id="nothing"),
        pytest.param(months(12, sent=5, bounced=1), Lack.EARLIER, id="few-before"),
        pytest.param([*month(0), *month(12, sent=20)], Lack.LATER, id="few-after"),
        pytest.param(months(12, bounced=0), Lack.EVENTS, id="no-bounce"),
        pytest.param([note(K.BOUNCE, "nifty.com", 900)], Lack.EARLIER, id="no-denominator"),
        pytest.param([*month(0, sent=200), *month(12, sent=200)], Lack.UNITS, id="one-month"),
    ],
)
def test_too_little_is_said_to_be_too_little(rules, outcomes, lack):
    result = backtest(outcomes, rules)
    refused = trial(result)

    assert refused.lack is lack
    assert refused.have < refused.need
    assert not result.enough


def gain(brier, log_loss):
    return Gain(
        brier=Score(value=0, low=brier[0], high=brier[1]),
        log_loss=Score(value=0, low=log_loss[0], high=log_loss[1]),
    )


@pytest.mark.parametrize(
    ("brier", "log_loss", "verdict"),
    [
        ((0.1, 0.2), (0.1, 0.2), Verdict.BETTER),
        ((-0.1, 0.2), (0.1, 0.2), Verdict.ALIKE),
        ((-0.2, -0.1), (0.1, 0.2), Verdict.ALIKE),
        ((0.0, 0.0), (0.0, 0.0), Verdict.ALIKE),
        ((-0.2, -0.1), (-0.2, -0.1), Verdict.WORSE),
    ],
)
def test_a_verdict_is_given_only_without_doubt(brier, log_loss, verdict):
    assert gain(brier, log_loss).verdict is verdict


def test_a_split_before_or_after_everything_leaves_nothing_to_say(rules):
    early = backtest(months(12), rules, split=date(1970, 1, 1))
    late = backtest(months(12), rules, split=date(2030, 1, 1))

    assert (trial(early).earlier, early.months, trial(early).lack) == (0, 12, Lack.EARLIER)
    assert (trial(late).mails, late.months, trial(late).lack) == (0, 0, Lack.LATER)


def test_years_of_silence_cost_nothing(rules):
    """One outcome with a wrong date does not make a block for every month since."""
    old = note(K.SENT, "nifty.com", day=date(1990, 1, 1))
    done = []
    result = backtest([old, *months(12)], rules, on_progress=lambda *numbers: done.append(numbers))

    assert result.first == date(1990, 1, 1)
    assert done == [(number, 12) for number in range(1, 13)]


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


@pytest.mark.parametrize(("days", "is_known"), [(-1, True), (0, False), (1, False), (29, False)])
def test_a_day_is_predicted_from_the_days_before_it_and_from_no_other(rules, days, is_known):
    """Not even from outcomes of the same day, whoever they are of, nor of the same month."""
    split = FIRST + timedelta(days=180)
    flood = note(K.BOUNCE, "nifty.com", 500, day=split + timedelta(days=days))
    known = [*months(6, bounced=1), *(o for o in month(6, bounced=1))]

    quiet, loud = (trial(backtest(o, rules, split=split)) for o in (known, [*known, flood]))

    is_same = loud.bins[0].predicted == pytest.approx(quiet.bins[0].predicted, abs=1e-12)
    assert is_same is not is_known
    assert loud.global_rate.brier.value != quiet.global_rate.brier.value


def test_an_address_is_not_predicted_from_its_own_later_bounce(rules):
    gone = {"who": "x@nifty.com", "reason": BounceReason.USERUNKNOWN, "permanent": True}
    outcomes = [*months(12), *month(8, sent=1, bounced=1, **gone)]

    assert all(each.predicted < 0.2 for each in trial(backtest(outcomes, rules)).bins)


def test_addresses_of_which_nothing_is_known_may_be_added_up(rules):
    named = [
        note(K.SENT, "nifty.com", 1, day=FIRST + timedelta(days=30 * number), who=f"{who}@nifty.com")
        for number in range(12)
        for who in range(60)
    ]
    folded = [note(K.SENT, "nifty.com", 60, day=FIRST + timedelta(days=30 * number)) for number in range(12)]
    rest = months(12, sent=60, bounced=5)

    one, two = trial(backtest([*named, *rest], rules)), trial(backtest([*folded, *rest], rules))

    assert (one.mails, one.events) == (two.mails, two.events)
    assert one.model.brier.value == pytest.approx(two.model.brier.value)


def test_the_unit_is_a_provider_where_one_is_known(rules):
    outcomes = [
        *months(12),
        *months(12, domain="ezweb.ne.jp"),
        *months(12, domain="au.com"),
        *months(12, domain="one.example"),
        *months(12, domain="two.example"),
    ]
    assert trial(backtest(outcomes, rules)).units == 4 * 6


def test_test_mails_are_predicted_too(rules):
    outcomes = [
        outcome
        for number in range(12)
        for outcome in (
            note(K.SEED_INBOX, "docomo.ne.jp", 6, day=FIRST + timedelta(days=30 * number)),
            note(K.SEED_JUNK, "docomo.ne.jp", 2, day=FIRST + timedelta(days=30 * number)),
        )
    ]
    result = backtest(outcomes, rules)
    inbox, junk = trial(result, Event.INBOX), trial(result, Event.JUNK)
    missing = trial(result, Event.MISSING)

    assert inbox.enough
    assert inbox.events / inbox.mails == pytest.approx(0.75)
    assert junk.events / junk.mails == pytest.approx(0.25)
    assert (missing.events, missing.lack) == (0, Lack.EVENTS)
    assert sum(each.bins[0].predicted for each in (inbox, junk, missing)) == pytest.approx(1, abs=0.01)


def test_a_mailbox_known_to_be_gone_is_foreseen(rules):
    gone = {"who": "x@nifty.com", "reason": BounceReason.USERUNKNOWN, "permanent": True}
    outcomes = [*months(12), *(o for n in (2, 8) for o in month(n, sent=1, bounced=1, **gone))]

    refused = trial(backtest(outcomes, rules))

    assert refused.bins[-1].predicted == 1.0
    assert refused.mails == 601


def test_the_order_of_outcomes_does_not_matter(rules):
    outcomes = [*months(12), *months(12, domain="ocn.ne.jp", bounced=3)]

    assert backtest(outcomes, rules) == backtest(outcomes[::-1], rules)
