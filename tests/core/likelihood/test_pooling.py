"""Partial pooling, against its formulas and against scipy."""

import math

import pytest
from scipy import optimize, special

from deliv.core.likelihood.pooling import NOTHING, Beta, Trials, common_shift, hand_down, lean

BELIEF = Beta(yes=1, no=19)


def trial(yes, n, expected=BELIEF):
    return Trials(seen=Beta(yes=yes, no=n - yes), expected=expected)


@pytest.mark.parametrize(
    ("n", "cap", "worth"), [(50, math.inf, 50), (50, 50, 25), (5, 50, 50 / 11), (1e9, 5, 5)]
)
def test_what_others_saw_is_worth_less_than_it_is(n, cap, worth):
    down = hand_down([trial(n / 10, n)], BELIEF.mean, cap)

    assert down.strength == pytest.approx(worth)
    assert down.mean == pytest.approx(0.1)


def test_nobody_hands_down_nothing():
    assert hand_down([], 0.5) == hand_down([trial(0, 0)], 0.5) == NOTHING


@pytest.mark.parametrize(("yes", "rate"), [(0, 0.0), (100, 1.0)])
def test_all_or_nothing_stays_so(yes, rate):
    assert hand_down([trial(yes, 100)], 0.4).mean == rate


def test_from_elsewhere_comes_the_difference_to_what_was_expected():
    """Twice the odds that were expected of them are twice the odds here."""
    seen = 2 * 0.05 / (1 + 0.05)  # odds of 1/19, doubled
    down = hand_down([trial(1000 * seen, 1000)], 0.5)

    assert down.mean == pytest.approx(2 / 3, abs=1e-6)


def test_the_common_shift_is_the_mode_that_scipy_finds():
    members = [trial(12, 100), trial(3, 10), trial(0, 40, Beta(yes=1, no=5))]

    def log_density(shift):
        total = -(shift**2) / (2 * 0.5**2)
        for member in members:
            n, prior = member.seen.strength, member.expected
            p = special.expit(special.logit(prior.mean) + shift)
            weight = 1 / (1 + (n - 1) / (prior.strength + 1))
            total += weight * (member.seen.yes * math.log(p) + member.seen.no * math.log1p(-p))
        return total

    best = optimize.minimize_scalar(lambda shift: -log_density(shift), bounds=(-5, 5), method="bounded")

    assert common_shift(members, 0.5) == pytest.approx(best.x, abs=1e-4)


def test_a_shift_moves_a_belief_and_keeps_its_strength():
    moved = BELIEF + lean(BELIEF, 1.0)

    assert moved.strength == pytest.approx(BELIEF.strength)
    assert math.log(moved.yes / moved.no) == pytest.approx(math.log(1 / 19) + 1)
    assert BELIEF + lean(BELIEF, 0.0) == BELIEF


def test_no_single_provider_says_much_of_its_kind():
    all_bounced = common_shift([trial(5, 5)], 0.3)
    many = common_shift([trial(5000, 10_000)], 0.3)

    assert 0 < all_bounced < 0.5
    assert 0 < many < 1.0


def test_without_spread_a_kind_has_nothing_in_common():
    assert common_shift([trial(5, 5)], 0.0) == common_shift([], 0.3) == 0.0
