"""Quantiles of the beta distribution, by the continued fraction of its distribution function.

Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (continued fraction), evaluated
by the modified Lentz method (Thompson and Barnett 1986, J. Comput. Phys. 64, 490).
"""

import math
from functools import lru_cache

_TINY = 1e-300
_EPSILON = 1e-12


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
