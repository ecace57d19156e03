"""The reliability diagram of a backtest: what was predicted against what happened, as text and as SVG.

Dots on the diagonal are right: of the mails that were said to come back with 5 %, 5 % came back.
Bars are 90 % intervals of what happened, as if mails were independent (Jeffreys' interval; Brown,
Cai and DasGupta 2001, Statistical Science 16, 101).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from deliv.core.beta import beta_quantile
from deliv.core.scores import Bin
from deliv.locale import Translate

_WIDTH: Final = 48
_HEIGHT: Final = 16
_SIDE: Final = 400  # of the square of the SVG file, in pixels
_LEFT: Final = 70
_TOP: Final = 40
_SCALES: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


def reliability_lines(bins: Sequence[Bin], translate: Translate) -> Iterator[str]:
    """Yield the diagram for a terminal, in ASCII, and below it the figures; nothing without bins."""
    if not bins:
        return
    most = _scale(bins)
    yield translate("happened")
    for row, line in enumerate(_grid(bins, most)):
        share = most * (_HEIGHT - 1 - row) / (_HEIGHT - 1)
        label = f"{share:5.1%}" if row % 5 == 0 else ""
        yield f"{label:>7} |{line}"
    yield f"{'':7} +{'-' * _WIDTH}"
    left, right = "0%", f"{most:.0%}"
    yield f"{'':9}{left}{right:>{_WIDTH - len(left)}}  {translate('predicted')}"
    for each in bins:
        low, high = interval(each)
        template = "{predicted} predicted, {observed} happened ({low}-{high}), {mails} mails"
        yield "  " + translate(template).format(
            predicted=f"{each.predicted:.1%}",
            observed=f"{each.observed:.1%}",
            low=f"{low:.1%}",
            high=f"{high:.1%}",
            mails=round(each.mails),
        )


def _grid(bins: Sequence[Bin], most: float) -> list[str]:
    cells = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    for column in range(_WIDTH):
        cells[_row(column / (_WIDTH - 1))][column] = "."
    for each in bins:
        column = round(min(1.0, each.predicted / most) * (_WIDTH - 1))
        low, high = (_row(min(1.0, end / most)) for end in interval(each))
        for row in range(high, low + 1):
            cells[row][column] = "|"
        cells[_row(min(1.0, each.observed / most))][column] = "o"
    return ["".join(line).rstrip() for line in cells]


def _row(share: float) -> int:
    return _HEIGHT - 1 - round(share * (_HEIGHT - 1))


def reliability_svg(bins: Sequence[Bin], translate: Translate, *, title: str) -> str:
    """Return the diagram as an SVG file of its own, which any browser shows."""
    most = _scale(bins)
    whole = sum(each.mails for each in bins) or 1.0
    width, height = _LEFT + _SIDE + 30, _TOP + _SIDE + 60
    bottom = _TOP + _SIDE
    middle = _LEFT + _SIDE / 2
    upright = _TOP + _SIDE / 2
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
            f' height="{height}" role="img" font-family="sans-serif" font-size="12">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _label(middle, 24, title, size=14),
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#444"/>',
        (
            f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _SIDE}" y2="{_TOP}" stroke="#999"'
            ' stroke-dasharray="4 4"/>'
        ),
        *_ticks(most),
        _label(middle, height - 12, translate("predicted")),
        f'<g transform="rotate(-90 18 {upright:.0f})">{_label(18, upright, translate("happened"))}</g>',
    ]
    for each in bins:
        x, y = _LEFT + _SIDE * _part(each.predicted, most), bottom - _SIDE * _part(each.observed, most)
        low, high = (bottom - _SIDE * _part(end, most) for end in interval(each))
        radius = 3 + 9 * math.sqrt(each.mails / whole)
        parts += [
            f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke="#1769aa"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1769aa" fill-opacity="0.7"/>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ticks(most: float) -> Iterator[str]:
    for number in range(6):
        share = most * number / 5
        at = _SIDE * number / 5
        yield _label(_LEFT + at, _TOP + _SIDE + 18, f"{share:.1%}")
        yield _label(_LEFT - 8, _TOP + _SIDE - at + 4, f"{share:.1%}", anchor="end")


def _label(x: float, y: float, text: str, *, anchor: str = "middle", size: int = 12) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _part(share: float, most: float) -> float:
    return min(1.0, share / most)


def _scale(bins: Sequence[Bin]) -> float:
    """Return where both axes end: chances of a bounce are small, and would all lie in one corner."""
    largest = max((max(each.predicted, each.observed) for each in bins), default=1.0)
    return next((scale for scale in _SCALES if largest <= scale), 1.0)


def interval(each: Bin) -> tuple[float, float]:
    """Return the 90 % interval of how often it happened."""
    yes, no = each.observed * each.mails + 0.5, (1.0 - each.observed) * each.mails + 0.5
    low, high = (
        beta_quantile(0.05, round(yes, 6), round(no, 6)),
        beta_quantile(0.95, round(yes, 6), round(no, 6)),
    )
    return min(low, each.observed), max(high, each.observed)
