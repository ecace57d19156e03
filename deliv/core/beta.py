"""Quantiles of the beta distribution and of a product of two, by the continued fraction of its
distribution function.

Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (continued fraction), evaluated
by the modified Lentz method (Thompson and Barnett 1986, J. Comput. Phys. 64, 490).
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache

_TINY = 1e-300
_EPSILON = 1e-12
_CELLS = 2**20
_PIECES = 128
_NEGLIGIBLE = 1e-6  # probability of a piece; 128 of them change no quantile by 0.001
_FAR = 18.0  # log-odds: 1 in 10^8
_DEEP = 14.0  # log of a density that no longer counts


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
    """Return the x with P(X ≤ x) = p for X ~ Beta(a, b), to 1e-6: the middle of a cell of 2^-20.

    By false position (see `_crossing`) and, where that is slow, by halving.
    """
    low, high, below, above = 0, _CELLS, -p, 1.0 - p
    mean = a / (a + b)
    spread = math.sqrt(mean * (1.0 - mean) / (a + b + 1.0))
    x, side, steps = int((mean + (1.6 if p > 0.5 else -1.6) * spread) * _CELLS), 0, 0
    while high - low > 1:
        x = min(max(x, low + 1), high - 1)
        value = beta_cdf(x / _CELLS, a, b) - p
        if value < 0:
            low, below, above, side = x, value, above / 2 if side < 0 else above, -1
        else:
            high, above, below, side = x, value, below / 2 if side > 0 else below, 1
        steps += 1
        is_slow = steps > 8 and steps % 2
        x = (
            (low + high) // 2
            if is_slow or above <= below
            else int((low * above - high * below) / (above - below))
        )
    return (low + high) / 2 / _CELLS


@lru_cache(maxsize=65536)
def product_interval(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """Return the 5 % and the 95 % quantile of XY for independent X ~ Beta(a, b) and Y ~ Beta(c, d).

    There is no closed form. Both are cut into small pieces, evenly in log-odds, where their densities
    are smooth whatever the parameters; P(XY ≤ x) is the mean of P(Y ≤ x / X) over the pieces of X. The
    tests compare it with quadrature on a far finer grid.
    """
    if b / (a * (a + b + 1.0)) > d / (c * (c + d + 1.0)):
        a, b, c, d = c, d, a, b  # the pieces of the firmer one, in relation to its mean, are the finer
    pieces = [piece for piece in _pieces(a, b) if piece[1] > _NEGLIGIBLE]
    values, shares = [], [0.0]
    for value, share in _pieces(c, d):
        values.append(value)
        shares.append(shares[-1] + share)

    def below(x: float) -> float:
        return sum(
            share * (_share_below(x / value, values, shares) if value > x else 1.0) for value, share in pieces
        )

    mean = a / (a + b) * c / (c + d)
    square = mean * (a + 1) / (a + b + 1) * (c + 1) / (c + d + 1)
    reach = 1.65 * math.sqrt(max(square - mean * mean, 0.0))
    return _crossing(below, 0.05, mean - reach), _crossing(below, 0.95, mean + reach)


def _crossing(rising: Callable[[float], float], level: float, guess: float) -> float:
    """Return where a rising function from 0 to 1 crosses a level, to 1e-4.

    The Illinois form of the false position (Dowell and Jarratt 1971, BIT 11, 168): half of the steps
    that halving takes.
    """
    low, high, below, above = 0.0, 1.0, -level, 1.0 - level
    x, side = min(max(guess, 1e-3), 1.0 - 1e-3), 0
    while high - low > 1e-4:
        value = rising(x) - level
        if abs(value) < 1e-5:
            return x
        if value < 0:
            low, below, above, side = x, value, above / 2 if side < 0 else above, -1
        else:
            high, above, below, side = x, value, below / 2 if side > 0 else below, 1
        x = (low * above - high * below) / (above - below)
    return x


def _pieces(a: float, b: float) -> list[tuple[float, float]]:
    """Return values of a Beta with their probabilities, in order."""

    def log_density(z: float) -> float:
        # Of the log-odds: x^a (1-x)^b, up to a constant.
        return a * z - (a + b) * (z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z)))

    mode = min(max(math.log(a / b), -_FAR + 1), _FAR - 1)
    top = log_density(mode)
    ends = []
    for end in (-_FAR, _FAR):
        near, far = mode, end
        if log_density(end) < top - _DEEP:
            for _ in range(12):
                middle = (near + far) / 2
                near, far = (middle, far) if log_density(middle) > top - _DEEP else (near, middle)
        ends.append(far)
    step = (ends[1] - ends[0]) / _PIECES
    middles = [ends[0] + (i + 0.5) * step for i in range(_PIECES)]
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    pieces = [(1.0 / (1.0 + math.exp(-z)), math.exp(log_density(z) + log_scale) * step) for z in middles]
    # What lies further out than log-odds can be told apart belongs to the end that is so heavy.
    rest = 1.0 - sum(share for _, share in pieces)
    if rest > 0 and ends[1] == _FAR and (ends[0] != -_FAR or b < a):
        pieces.append((1.0, rest))
    elif rest > 0 and ends[0] == -_FAR:
        pieces.insert(0, (1e-9, rest))
    whole = sum(share for _, share in pieces)
    return [(value, share / whole) for value, share in pieces]


def _share_below(x: float, values: list[float], shares: list[float]) -> float:
    """Return P(Y ≤ x), half of each piece on either side of its value."""
    at = bisect_right(values, x)
    if at == 0:
        return shares[1] / 2 * x / values[0]
    if at == len(values):
        last = (shares[-1] + shares[-2]) / 2
        room = 1.0 - values[-1]
        return last + (1.0 - last) * ((x - values[-1]) / room) if room > 0 else 1.0
    left, right = values[at - 1], values[at]
    low, high = (shares[at - 1] + shares[at]) / 2, (shares[at] + shares[at + 1]) / 2
    return low + (high - low) * (x - left) / (right - left)
