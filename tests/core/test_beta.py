"""Quantiles of the beta distribution, against what is known of it."""

import math

import pytest

from deliv.core.beta import beta_cdf, beta_quantile

POINTS = [0.001, 0.05, 0.25, 0.5, 0.73, 0.95, 0.999]


@pytest.mark.parametrize("x", POINTS)
def test_beta_1_1_is_uniform(x):
    assert beta_cdf(x, 1, 1) == pytest.approx(x, abs=1e-12)


@pytest.mark.parametrize("a", [0.1, 0.5, 1, 2, 7.5, 300])
@pytest.mark.parametrize("x", POINTS)
def test_beta_a_1_is_a_power(x, a):
    assert beta_cdf(x, a, 1) == pytest.approx(x**a, abs=1e-10)
    assert beta_cdf(x, 1, a) == pytest.approx(1 - (1 - x) ** a, abs=1e-10)


@pytest.mark.parametrize("x", POINTS)
def test_beta_half_half_is_the_arcsine(x):
    assert beta_cdf(x, 0.5, 0.5) == pytest.approx(2 / math.pi * math.asin(math.sqrt(x)), abs=1e-10)


@pytest.mark.parametrize("x", POINTS)
def test_beta_2_2_is_a_cubic(x):
    assert beta_cdf(x, 2, 2) == pytest.approx(3 * x**2 - 2 * x**3, abs=1e-10)


@pytest.mark.parametrize("a", [0.3, 1, 4, 50, 2000])
def test_a_symmetric_one_has_its_median_in_the_middle(a):
    assert beta_cdf(0.5, a, a) == pytest.approx(0.5, abs=1e-10)
    assert beta_quantile(0.5, a, a) == pytest.approx(0.5, abs=1e-6)
    assert beta_quantile(0.05, a, a) == pytest.approx(1 - beta_quantile(0.95, a, a), abs=2e-6)


def integral(x, a, b, steps=20_000):
    """Return the distribution function by Simpson's rule; a and b at least 1."""

    def density(t):
        return t ** (a - 1) * (1 - t) ** (b - 1)

    width = x / steps
    total = density(0.0) + density(x)
    total += 4 * sum(density(width * k) for k in range(1, steps, 2))
    total += 2 * sum(density(width * k) for k in range(2, steps, 2))
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return total * width / 3 / math.exp(log_beta)


@pytest.mark.parametrize(("a", "b"), [(4.2, 1.8), (17.4, 2.6), (36, 4), (2, 9), (1.5, 1.5)])
@pytest.mark.parametrize("x", [0.1, 0.4, 0.7, 0.9])
def test_it_agrees_with_a_numeric_integral(x, a, b):
    assert beta_cdf(x, a, b) == pytest.approx(integral(x, a, b), abs=1e-5)


@pytest.mark.parametrize(("a", "b"), [(0.2, 3), (4.2, 1.8), (17.4, 2.6), (800, 90)])
def test_the_distribution_function_rises_from_0_to_1(a, b):
    values = [beta_cdf(k / 50, a, b) for k in range(-1, 52)]

    assert values == sorted(values)
    assert values[:2] == [0.0, 0.0]
    assert values[-2:] == [1.0, 1.0]


@pytest.mark.parametrize(("a", "b"), [(1, 1), (4.2, 1.8), (17.4, 2.6), (0.6, 0.2), (800, 90), (9000, 1000)])
@pytest.mark.parametrize("p", [0.01, 0.05, 0.5, 0.95, 0.99])
def test_a_quantile_is_where_the_distribution_function_says_so(p, a, b):
    x = beta_quantile(p, a, b)

    assert beta_cdf(x - 1e-6, a, b) <= p <= beta_cdf(x + 1e-6, a, b)


@pytest.mark.parametrize(
    ("p", "a", "b", "expected"),
    [
        pytest.param(0.05, 1, 1, 0.05, id="uniform"),
        pytest.param(0.25, 2, 1, 0.5, id="square"),
        pytest.param(0.95, 1, 2, 1 - math.sqrt(0.05), id="square-mirrored"),
    ],
)
def test_known_quantiles(p, a, b, expected):
    assert beta_quantile(p, a, b) == pytest.approx(expected, abs=1e-6)
