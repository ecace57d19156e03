"""How probable it is that one word was typed for another: a distance that weighs each slip.

The optimal string alignment of Damerau (1964) and Levenshtein, in which what fingers do often costs
less: neighbouring keys, two letters swapped, a letter doubled, a dot lost.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

LOST_DOT: Final = 0.5
"""A dot or a hyphen too many or too few."""
_OTHER: Final = 1.0
_LOST: Final = 0.9
_NEAR: Final = 0.7
_SWAPPED: Final = 0.7
_DOUBLED: Final = 0.5

_ROWS: Final = ("1234567890-", " qwertyuiop", " asdfghjkl", " zxcvbnm.")
# Taken for each other by the eye on paper, or by the ear on the phone.
_ALIKE: Final = ("0o", "1l", "il", "ij", "uv", "vw", "bd", "pq", "nm", "rn", "ck", "sz", "ae", "ei")


def _table() -> Mapping[str, Mapping[str, float]]:
    """Return the cost of one character for another where it is less than that of any other."""
    near = {tuple(pair) for pair in _ALIKE}
    for upper, lower in zip(_ROWS, (*_ROWS[1:], ""), strict=True):
        near |= set(pairwise(upper))
        near |= {(key, below) for shift in (0, 1) for key, below in zip(upper[shift:], lower, strict=False)}
    table: dict[str, dict[str, float]] = {}
    for a, b in near:
        if " " not in {a, b}:
            table.setdefault(a, {a: 0.0})[b] = _NEAR
            table.setdefault(b, {b: 0.0})[a] = _NEAR
    table["."]["-"] = table["-"]["."] = LOST_DOT
    return table


_REPLACED: Final = _table()


def distances(right: str, wrong: str, *, limit: float = math.inf) -> list[float]:
    """Return the distance of `right` to every beginning of `wrong`; empty when all are beyond `limit`."""
    lost, added = _gaps(right), _gaps(wrong, typed=True)
    before: list[float] = []
    row = [0.0]
    for cost in added:
        row.append(row[-1] + cost)
    last = ""
    for letter, loss in zip(right, lost, strict=True):
        older, before, row = before, row, [row[0] + loss]
        replaced = _REPLACED.get(letter, {letter: 0.0})
        best = row[0]
        least = best
        for j, written in enumerate(wrong):
            best += added[j]
            if (cost := before[j + 1] + loss) < best:
                best = cost
            if (cost := before[j] + replaced.get(written, _OTHER)) < best:
                best = cost
            if written == last and j and letter == wrong[j - 1]:
                best = min(best, older[j - 1] + _SWAPPED)
            row.append(best)
            if best < least:  # noqa: PLR1730 - twice as fast as min() in the innermost loop
                least = best
        if least > limit and min(before) + _SWAPPED > limit:
            return []
        last = letter
    return row


def distance(right: str, wrong: str) -> float:
    """Return how much it takes to type `wrong` for `right`: 0 for nothing, about 1 for a slip."""
    return distances(right, wrong)[-1]


@lru_cache(maxsize=4096)
def _gaps(word: str, *, typed: bool = False) -> list[float]:
    """Return for each character what it costs when it stands in this word only.

    typed: it was added; a key beside one that was meant is easily touched along with it.
    """
    costs = []
    for before, letter, after in zip(f" {word}", word, f"{word[1:]} ", strict=False):
        if letter in ".-":
            cost = LOST_DOT
        elif letter == before:
            cost = _DOUBLED
        elif typed and any(
            other != letter and letter in _REPLACED.get(other, ()) for other in (before, after)
        ):
            cost = _NEAR
        else:
            cost = _LOST
        costs.append(cost)
    return costs
