"""Brier score, log loss, calibration error, and their bootstrap."""

import math

import pytest

from deliv.core.scores import Bin, Case, bins_of, brier, calibration_error, gains, log_loss, score


def case(predicted, events, mails=1):
    return Case(predicted=predicted, events=events, mails=mails)


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
    assert bins[-1] == Bin(predicted=pytest.approx(0.9), observed=pytest.approx(0.1), mails=500)
    assert len(bins) == 6


def test_the_calibration_error_is_the_mean_distance():
    bins = (Bin(predicted=0.1, observed=0.2, mails=100), Bin(predicted=0.5, observed=0.5, mails=300))

    assert calibration_error(bins) == pytest.approx(0.025)
    assert calibration_error(()) == 0


def test_scores_lie_within_their_intervals_and_are_the_same_in_every_run():
    cases = [case(0.1 + 0.01 * n, n % 3 == 0, 5) for n in range(40)]
    one, two = score(cases), score(cases)

    assert one == two
    for each in (one.brier, one.log_loss, one.calibration):
        assert each.low <= each.value <= each.high


def test_a_better_forecast_gains():
    truth = [n % 4 == 0 for n in range(200)]
    sharp = [case(0.9 if event else 0.1, event) for event in truth]
    blunt = [case(0.25, event) for event in truth]

    assert all(gain.low > 0 for gain in gains(sharp, blunt))
    assert all(gain.high < 0 for gain in gains(blunt, sharp))
    assert all(gain.low == gain.value == gain.high == 0 for gain in gains(blunt, blunt))
