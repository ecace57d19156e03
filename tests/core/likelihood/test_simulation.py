"""Is the likelihood honest? Providers whose truth is drawn from the stated prior, in shops of every size."""

import random

import pytest

from deliv.core.backtest import backtest
from deliv.core.experience import Remembered
from deliv.core.learning import learn_from
from deliv.core.trials import Event
from deliv.core.weighing import Scales
from tests.simulation import DAY, PRIORS, book_of, draw, live, reply_rate

PROVIDERS = 400


def simulate(rules, seed, mails, seeds, **more):
    """Return a book, its truths and a year at each of its providers."""
    dice = random.Random(seed)
    book = book_of(rules, [PRIORS[number % len(PRIORS)] for number in range(PROVIDERS)])
    truths = draw(book, dice)
    outcomes = [
        outcome
        for truth in truths.values()
        for outcome in live(
            truth,
            dice,
            mails=dice.choice(mails),
            seeds=dice.choice(seeds),
            replies=reply_rate(book, dice),
            **more,
        )
    ]
    return book, truths, outcomes


def covered(book, truths, outcomes):
    """Return the share of providers whose truth lies in its interval. Nothing fades: truths stand still."""
    learned = learn_from(Remembered(known=tuple(outcomes)), book, as_of=DAY, half_life_days=1e9)
    hits = 0
    for provider in book.providers.providers:
        truth = truths[provider.id]
        past = learned.evidence(truth.domain, provider)
        scales = Scales(rules=book, provider=provider, volume_per_day=None, as_of=DAY, past=past)
        placement = scales.place(())
        hits += placement.inbox_low <= truth.seen <= placement.inbox_high
    return hits / len(truths)


SIZES = {
    "all sizes": ((0, 5, 20, 100, 500, 2000), (0, 5, 20, 100)),
    "no history": ((0,), (0,)),
    "a year of bounces alone": ((500,), (0,)),
    "few mails": ((20,), (5,)),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3, 4, 5))])
def test_nine_intervals_out_of_ten_cover_the_truth(rules, seed, size):
    assert 0.85 <= covered(*simulate(rules, seed, *SIZES[size])) <= 0.95


@pytest.mark.parametrize(
    ("seed", "mails"),
    [
        (1, 200),
        *(pytest.param(seed, 200, marks=pytest.mark.full) for seed in (2, 3)),
        *(pytest.param(seed, 1000, marks=pytest.mark.full) for seed in (1, 2)),
    ],
)
def test_with_two_hundred_mails_the_model_beats_both_baselines(rules, seed, mails):
    book, _, outcomes = simulate(rules, seed, (mails,), (mails // 5,))

    for trial in backtest(outcomes, book, split=0.75).trials:
        assert trial.enough
        for better in (
            trial.over_global.brier,
            trial.over_global.log_loss,
            trial.over_priors.brier,
            trial.over_priors.log_loss,
        ):
            assert better.low > 0, f"{trial.event}: {better}"


@pytest.mark.parametrize(
    ("seed", "mails"), [(1, 20), *(pytest.param(seed, 8, marks=pytest.mark.full) for seed in (1, 2, 3))]
)
def test_with_few_it_is_never_worse_by_more_than_noise(rules, seed, mails):
    book, _, outcomes = simulate(rules, seed, (mails,), (mails // 4,))

    for trial in backtest(outcomes, book, split=0.75).trials:
        for better in (
            trial.over_global.brier,
            trial.over_global.log_loss,
            trial.over_priors.brier,
            trial.over_priors.log_loss,
        ):
            assert better.high >= 0, f"{trial.event}: {better}"


def test_what_is_predicted_is_what_happens(rules):
    book, _, outcomes = simulate(rules, 7, (500,), (0,))
    (refused,) = [t for t in backtest(outcomes, book, split=0.75).trials if t.event is Event.REFUSED]

    assert refused.model.calibration.value < 0.01
    assert refused.model.calibration.value < refused.priors.calibration.value
