"""Quantiles of the beta distribution and of a product of two, by the continued fraction of its
distribution function.

Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (continued fraction), evaluated
by the modified Lentz method (Thompson and Barnett 1986, J. Comput. Phys. 64, 490).
"""

import math
from functools import lru_cache

_TINY = 1e-300
_EPSILON = 1e-12
_NODES = 16


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return P(X ≤ x) for X ~ Beta(a, b), with a and b above 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    # The fraction converges fast only on the left of the mean.
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    log_front = a * math.log(x) + b * math.log1p(-x) - math.log(a)
    log_front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(log_front) / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Return 1 + d1/(1 + d2/(1 + …)) of 26.5.8."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, 500):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / ((1.0 + term * d) or _TINY)
        c = (1.0 + term / c) or _TINY
        value *= c * d
        if abs(c * d - 1.0) < _EPSILON:
            break
    return value


@lru_cache(maxsize=4096)
def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x with P(X ≤ x) = p for X ~ Beta(a, b), to 1e-6, by bisection."""
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=65536)
def product_quantile(p: float, a: float, b: float, c: float, d: float) -> float:
    """Return the x with P(XY ≤ x) = p for independent X ~ Beta(a, b) and Y ~ Beta(c, d).

    There is no closed form. P(XY ≤ x) is the mean of P(Y ≤ x / X) over the quantiles of X, which is
    taken where they are spaced like cosines (Fejér 1933), densely towards both tails; the tests
    compare it with quadrature on a far finer grid.
    """
    mean = a / (a + b)
    if b <= 0 or mean * (1.0 - mean) / (a + b + 1.0) < (0.01 * mean) ** 2:
        return mean * beta_quantile(p, c, d)  # X hardly varies
    angles = [math.pi * (i + 0.5) / _NODES for i in range(_NODES)]
    whole = sum(map(math.sin, angles))
    values = [(max(_coarse_quantile((1 - math.cos(t)) / 2, a, b), _TINY), math.sin(t)) for t in angles]
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        if sum(weight * beta_cdf(middle / value, c, d) for value, weight in values) < p * whole:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _coarse_quantile(p: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if beta_cdf(middle, a, b) < p else (low, middle)
    return (low + high) / 2
