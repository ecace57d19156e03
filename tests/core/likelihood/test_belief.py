"""Three Betas for one Dirichlet, and the interval of their product, against scipy."""

import random

import numpy as np
import pytest
from scipy import stats

from deliv.core.beta import beta_quantile
from deliv.core.explanation import Parts, Shares
from deliv.core.likelihood.belief import Belief

DOCOMO = Shares(inbox=0.70, spam=0.25, missing=0.05)


@pytest.mark.parametrize("shares", [DOCOMO, Shares(inbox=0.9, spam=0.09, missing=0.01)])
@pytest.mark.parametrize("strength", [1, 6, 40])
@pytest.mark.parametrize("bounces", [0.0, 0.2, 1.0])
def test_without_data_they_are_the_prior(shares, strength, bounces):
    belief = Belief.of(shares, strength, bounces)

    assert belief.shares.inbox == pytest.approx(shares.inbox)
    assert belief.shares.spam == pytest.approx(shares.spam)
    assert belief.shares.missing == pytest.approx(shares.missing)
    assert belief.strength == pytest.approx(strength)
    assert Belief.from_parts(belief.parts) == belief


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
@pytest.mark.parametrize(("a", "b"), [(0.3, 0.7), (1, 1), (4.2, 1.8), (36, 4), (300, 20), (5000, 12)])
def test_quantiles_of_a_beta_are_those_of_scipy(p, a, b):
    assert beta_quantile(p, a, b) == pytest.approx(stats.beta.ppf(p, a, b), abs=1e-5)


PRODUCTS = {
    "prior": Belief.of(DOCOMO, 6, 0.2).parts,
    "a year of bounces": Parts(refused=50, taken=450, inbox=4.2, elsewhere=1.74, junk=1, lost=1),
    "few bounces": Parts(refused=2, taken=18, inbox=4.2, elsewhere=1.74, junk=1, lost=1),
    "many bounces, firm prior": Parts(refused=20, taken=60, inbox=36, elsewhere=4, junk=1, lost=1),
    "test mails": Parts(refused=0.5, taken=40, inbox=29, elsewhere=6, junk=1, lost=1),
    "half refused": Parts(refused=3, taken=3, inbox=5, elsewhere=2, junk=1, lost=1),
    "one address": Parts(refused=1.2, taken=3.6, inbox=3, elsewhere=1.2, junk=1, lost=1),
    "a good address": Parts(refused=0.1, taken=13, inbox=12.8, elsewhere=1.2, junk=1, lost=1),
    "no bounce in few": Parts(refused=0.06, taken=25.94, inbox=4.2, elsewhere=1.74, junk=1, lost=1),
    "all of a few bounced": Parts(refused=5.06, taken=5.94, inbox=4.2, elsewhere=1.74, junk=1, lost=1),
    "hopeless": Parts(refused=400, taken=30, inbox=4.2, elsewhere=1.8, junk=1, lost=1),
}


def product_quantile(p: float, parts: Parts) -> float:
    """Return the quantile of the product of both Betas, by quadrature over one of them."""
    taken = stats.beta.ppf((np.arange(2000) + 0.5) / 2000, parts.taken, parts.refused)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        below = stats.beta.cdf(
            np.minimum(middle / np.maximum(taken, 1e-300), 1), parts.inbox, parts.elsewhere
        )
        low, high = (middle, high) if below.mean() < p else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("parts", PRODUCTS.values(), ids=PRODUCTS)
def test_the_interval_is_right_to_half_a_percent(parts):
    belief = Belief.from_parts(parts)

    low, high = belief.interval

    assert low == pytest.approx(product_quantile(0.05, parts), abs=0.005)
    assert high == pytest.approx(product_quantile(0.95, parts), abs=0.005)


def test_so_it_is_for_odd_counts():
    dice = random.Random(5)
    for _ in range(60):
        n, rest = dice.choice([1, 5, 20, 100, 1000]), max(1e-3, dice.random() * dice.choice([0.01, 0.1, 1]))
        parts = Parts(
            refused=6 * rest + n * rest * dice.random(),
            taken=6 * (1 - rest) + n * (1 - rest),
            inbox=0.2 + 6 * dice.random() + dice.choice([0, 5, 500]) * dice.random(),
            elsewhere=0.05 + 3 * dice.random() + dice.choice([0, 5, 20]) * dice.random(),
            junk=1,
            lost=1,
        )
        low, high = Belief.from_parts(parts).interval
        assert low == pytest.approx(product_quantile(0.05, parts), abs=0.005), parts
        assert high == pytest.approx(product_quantile(0.95, parts), abs=0.005), parts


def test_the_moments_are_those_of_scipy():
    parts = PRODUCTS["few bounces"]
    one, two = stats.beta(parts.taken, parts.refused), stats.beta(parts.inbox, parts.elsewhere)
    mean = one.mean() * two.mean()
    variance = (one.var() + one.mean() ** 2) * (two.var() + two.mean() ** 2) - mean**2
    belief = Belief.from_parts(parts)

    assert belief.shares.inbox == pytest.approx(mean)
    assert mean * (1 - mean) / (belief.strength + 1) == pytest.approx(variance)
