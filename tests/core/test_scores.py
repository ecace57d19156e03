"""Brier score, log loss, calibration error, and their bootstrap."""

import math

import pytest
from scipy.stats import beta

from deliv.core.scores import Case, bins_of, brier, gains, jeffreys, log_loss, score, units_of


def case(predicted, events, mails=1, **more):
    return Case(predicted=predicted, events=events, mails=mails, **more)


def test_the_brier_score_is_the_squared_difference():
    assert brier(case(0.2, 1)) == pytest.approx(0.64)
    assert brier(case(0.2, 0)) == pytest.approx(0.04)
    assert brier(case(0.2, 3, 10)) == pytest.approx(3 * 0.64 + 7 * 0.04)


def test_the_log_loss_is_the_negative_log_likelihood():
    assert log_loss(case(0.2, 3, 10)) == pytest.approx(-3 * math.log(0.2) - 7 * math.log(0.8))


@pytest.mark.parametrize("predicted", [0.0, 1.0])
def test_one_surprise_does_not_decide_the_log_loss(predicted):
    assert log_loss(case(predicted, 1 - predicted)) == pytest.approx(-math.log(0.001))


def test_bins_hold_about_as_many_mails_and_keep_equal_predictions_together():
    cases = [case(p / 100, p % 2, 10) for p in range(50)] + [case(0.9, 1, 10)] * 50
    bins = bins_of(cases)

    assert sum(each.mails for each in bins) == 1000
    assert [each.predicted for each in bins] == sorted(each.predicted for each in bins)
    assert (bins[-1].predicted, bins[-1].observed, bins[-1].mails) == pytest.approx((0.9, 0.1, 500))
    assert len(bins) == 6


def test_the_calibration_error_is_the_mean_distance_by_mails():
    cases = [case(0.1, 20, 100), case(0.5, 150, 300)]

    assert score(cases).calibration.value == pytest.approx(0.1 * 100 / 400)


def test_every_mail_weighs_the_same():
    one = score([case(0.2, 3, 10), case(0.7, 1, 2)])
    many = score([*[case(0.2, 1)] * 3, *[case(0.2, 0)] * 7, case(0.7, 1), case(0.7, 0)])

    assert one.brier.value == pytest.approx(many.brier.value)
    assert one.log_loss.value == pytest.approx(many.log_loss.value)
    assert one.calibration.value == pytest.approx(many.calibration.value)


def test_no_bin_is_surer_than_independent_mails_would_make_it():
    (one,) = bins_of([case(0.1, 10, 100)])
    alone = jeffreys(10, 100)

    assert (one.low, one.high) == (alone.low, alone.high)
    assert alone.low == pytest.approx(beta.ppf(0.05, 10.5, 90.5), abs=1e-5)
    assert alone.high == pytest.approx(beta.ppf(0.95, 10.5, 90.5), abs=1e-5)
    assert jeffreys(0, 5).low == 0
    assert jeffreys(5, 5).high == 1


def spread(cases):
    brier = score(cases).brier
    return brier.high - brier.low


def test_mails_of_one_group_share_their_fate():
    """A hundred cases of one provider are hardly more than one: cutting them finer makes nothing surer."""
    rates = [0.0, 0.1, 0.2, 0.3, 0.9]
    whole = [case(0.3, round(rate * 100), 100, group=str(rate)) for rate in rates]
    cut = [case(0.3, round(rate * 100) / 20, 5, group=str(rate)) for rate in rates for _ in range(20)]
    apart = [case(0.3, round(rate * 100) / 20, 5, group=f"{rate} {n}") for rate in rates for n in range(20)]

    assert spread(cut) == pytest.approx(spread(whole))
    assert spread(apart) < spread(whole) / 3


def test_mails_of_one_month_share_their_fate():
    rates = [0.0, 0.1, 0.2, 0.3, 0.9]
    months = [
        case(0.3, round(rate * 100) / 20, 5, group=str(n), month=month)
        for month, rate in enumerate(rates)
        for n in range(20)
    ]
    one = [case(0.3, round(rate * 100), 100, group="x", month=month) for month, rate in enumerate(rates)]

    assert spread(months) > 0.8 * spread(one)
    assert (units_of(months), units_of(one)) == (100, 5)


def test_the_size_of_a_history_does_not_make_the_bootstrap_long():
    cases = [case(0.1, 0.1, group=str(n), month=m) for n in range(2000) for m in range(6)]

    assert score(cases).brier.value == pytest.approx(0.09)


def test_scores_lie_within_their_intervals_and_are_the_same_in_every_run():
    cases = [case(0.1 + 0.01 * n, n % 3 == 0, 5, group=str(n % 7), month=n % 5) for n in range(40)]
    one, two = score(cases), score(cases)

    assert one == two
    for each in (one.brier, one.log_loss, one.calibration):
        assert each.low <= each.value <= each.high


def test_a_better_forecast_gains():
    truth = [n % 4 == 0 for n in range(200)]
    sharp = [case(0.9 if event else 0.1, event, group=str(n % 9)) for n, event in enumerate(truth)]
    blunt = [case(0.25, event, group=str(n % 9)) for n, event in enumerate(truth)]

    assert all(gain.low > 0 for gain in gains(sharp, blunt))
    assert all(gain.high < 0 for gain in gains(blunt, sharp))
    assert all(gain.low == gain.value == gain.high == 0 for gain in gains(blunt, blunt))
