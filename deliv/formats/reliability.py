"""The reliability diagram of a backtest: what was predicted against what happened, as text and as SVG.

Dots on the diagonal are right: of the mails that were said to come back with 5 %, 5 % came back.
Bars are the 90 % intervals of what happened.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len

from deliv.core.scores import Bin
from deliv.formats.safe import printable
from deliv.locale import Translate

_WIDTH: Final = 48
_HEIGHT: Final = 16
_SCALES: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_TICKS: Final = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_CROWDED: Final = 6  # the middle dot lies in so small a part of a linear axis
_APART: Final = 0.085  # of an axis, between two of its labels

# The SVG file, in pixels.
_SIDE: Final = 400
_LEFT: Final = 74
_TOP: Final = 56
_STRIP: Final = 46  # bars that show how many mails a dot stands for
_GAP: Final = 30  # between the square and that strip
_PANEL: Final = (_LEFT + _SIDE + 46, _TOP + _SIDE + _GAP + _STRIP + 66)
_HEAD: Final = 52
_FOOT: Final = 34
_INK, _GREY, _LINE, _DOT = "#1f2933", "#52606d", "#cbd2d9", "#0b69a3"


@dataclass(frozen=True, slots=True)
class _Axis:
    """Both axes of a diagram: from 0 to a share that holds all dots.

    Chances of a bounce are small, and would all lie in one corner; so the axes end soon, and are
    stretched near 0 where a few large chances would squeeze the many small ones.
    """

    most: float
    is_stretched: bool

    @classmethod
    def of(cls, bins: Sequence[Bin]) -> "_Axis":
        """Return the axes for these dots."""
        largest = max((max(each.predicted, each.observed) for each in bins), default=1.0)
        highest = max((each.high for each in bins), default=1.0)
        wanted = max(largest, min(highest, 1.4 * largest))
        most = next((scale for scale in _SCALES if wanted <= scale), 1.0)
        middle = median(each.predicted for each in bins) if bins else 1.0
        return cls(most, middle < most / _CROWDED)

    def place(self, share: float) -> float:
        """Return where a share lies, from 0 to 1."""
        part = min(1.0, max(0.0, share / self.most))
        return math.sqrt(part) if self.is_stretched else part

    def share(self, place: float) -> float:
        """Return the share that lies there."""
        return self.most * (place * place if self.is_stretched else place)

    def ticks(self) -> list[tuple[float, str]]:
        """Return where labels stand, and the labels."""
        if not self.is_stretched:
            return [(number / 5, _round(self.most * number / 5)) for number in range(6)]
        chosen: list[float] = [self.most]
        for share in sorted((s for s in _TICKS if s < self.most), reverse=True):
            if self.place(chosen[-1]) - self.place(share) >= _APART and (
                not share or self.place(share) >= _APART
            ):
                chosen.append(share)
        return [(self.place(share), _round(share)) for share in reversed(chosen)]


def _round(share: float) -> str:
    """Return a share of an axis in per cent, with as many digits as it takes."""
    text = f"{share * 100:.1f}"
    return f"{text.removesuffix('.0')}%"


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{share:.1%}"


def reliability_lines(bins: Sequence[Bin], translate: Translate) -> Iterator[str]:
    """Yield the diagram for a terminal, in ASCII, and below it the figures; nothing without bins."""
    if not bins:
        return
    _ = translate
    axis = _Axis.of(bins)
    yield _("happened")
    labels = {_row(place): label for place, label in axis.ticks()}
    for row, line in enumerate(_grid(bins, axis)):
        yield f"{labels.get(row, ''):>7} |{line}"
    yield f"{'':7} +{'-' * _WIDTH}"
    yield f"{'':9}{_scale_line(axis)}  {_('predicted')}"
    rows = [
        (
            percent(each.predicted),
            percent(each.observed),
            f"{percent(each.low)}-{percent(each.high)}",
            f"{round(each.mails):,}",
        )
        for each in bins
    ]
    titles = (_("predicted"), _("happened"), _("90% interval"), _("mails"))
    yield ""
    for cells in (titles, *rows):
        widths = (10, 12, 18, 12)
        yield "".join(
            " " * (width - cell_len(cell)) + cell for cell, width in zip(cells, widths, strict=True)
        )


def _grid(bins: Sequence[Bin], axis: _Axis) -> list[str]:
    cells = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    for column in range(_WIDTH):
        cells[_row(column / (_WIDTH - 1))][column] = "."
    columns = [round(axis.place(each.predicted) * (_WIDTH - 1)) for each in bins]
    for each, column in zip(bins, columns, strict=True):
        low, high = _row(axis.place(each.low)), _row(axis.place(each.high))
        for row in range(high, low + 1):
            cells[row][column] = "|"
    for each, column in zip(bins, columns, strict=True):  # no bar hides another one's dot
        cells[_row(axis.place(each.observed))][column] = "o"
    return ["".join(line).rstrip() for line in cells]


def _row(place: float) -> int:
    return _HEIGHT - 1 - round(place * (_HEIGHT - 1))


def _scale_line(axis: _Axis) -> str:
    line = [" "] * (_WIDTH + 1)
    free = 0
    for place, label in axis.ticks():
        begin = min(max(round(place * (_WIDTH - 1)) - len(label) // 2, 0), len(line) - len(label))
        if begin >= free:
            line[begin : begin + len(label)] = label
            free = begin + len(label) + 1
    return "".join(line).rstrip()


def reliability_svg(
    diagrams: Sequence[tuple[str, Sequence[Bin]]], translate: Translate, *, title: str
) -> str:
    """Return the diagrams, each with its title, as one SVG file that any browser shows by itself."""
    _ = translate
    across = min(2, max(1, len(diagrams)))
    down = -(-len(diagrams) // across)
    width, height = across * _PANEL[0], _HEAD + down * _PANEL[1] + _FOOT
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
            f' height="{height}" role="img" font-family="system-ui,sans-serif" font-size="12" fill="{_INK}">'
        ),
        f"<title>{_text(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _label(width / 2, 32, title, size=16, weight="600"),
    ]
    for number, (name, bins) in enumerate(diagrams):
        x, y = number % across * _PANEL[0], _HEAD + number // across * _PANEL[1]
        parts += [f'<g transform="translate({x} {y})">', *_panel(name, bins, translate), "</g>"]
    legend = _("dots: mails alike in prediction; bars: 90% intervals; dashes: as predicted")
    parts.append(_label(width / 2, height - 16, legend, size=11, fill=_GREY))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(name: str, bins: Sequence[Bin], translate: Translate) -> Iterator[str]:
    _ = translate
    axis = _Axis.of(bins)
    bottom, middle = _TOP + _SIDE, _LEFT + _SIDE / 2
    floor = bottom + _GAP + _STRIP
    yield _label(middle, _TOP - 22, name, size=14, weight="600")
    for place, label in axis.ticks():
        x, y = _LEFT + _SIDE * place, bottom - _SIDE * place
        yield _rule(x, _TOP, x, bottom, _LINE)
        yield _rule(_LEFT, y, _LEFT + _SIDE, y, _LINE)
        yield _label(x, bottom + 17, label, fill=_GREY)
        yield _label(_LEFT - 8, y + 4, label, anchor="end", fill=_GREY)
    yield _rule(_LEFT, bottom, _LEFT + _SIDE, _TOP, _GREY, more=' stroke-dasharray="5 4"')
    side = f'width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{_GREY}"'
    yield f'<rect x="{_LEFT}" y="{_TOP}" {side}/>'
    upright = f'<g transform="rotate(-90 20 {_TOP + _SIDE / 2:.0f})">'
    yield f"{upright}{_label(20, _TOP + _SIDE / 2, _('what happened'), size=13)}</g>"
    yield _label(middle, floor + 32, _("what was predicted"), size=13)
    yield _label(_LEFT - 8, floor + 4, _("mails"), anchor="end", fill=_GREY)
    yield _rule(_LEFT, floor, _LEFT + _SIDE, floor, _GREY)
    yield from _dots(bins, axis, translate)


def _dots(bins: Sequence[Bin], axis: _Axis, translate: Translate) -> Iterator[str]:
    _ = translate
    bottom, floor = _TOP + _SIDE, _TOP + _SIDE + _GAP + _STRIP
    largest = max((each.mails for each in bins), default=1.0)
    free = -math.inf
    for each in sorted(bins, key=lambda each: each.predicted):
        x = _LEFT + _SIDE * axis.place(each.predicted)
        y, low, high = (bottom - _SIDE * axis.place(share) for share in (each.observed, each.low, each.high))
        template = "{predicted} predicted, {observed} happened ({low}-{high}), {mails} mails"
        told = _(template).format(
            predicted=percent(each.predicted),
            observed=percent(each.observed),
            low=percent(each.low),
            high=percent(each.high),
            mails=f"{round(each.mails):,}",
        )
        tall = (_STRIP - 14) * each.mails / largest
        yield f"<g><title>{_text(told)}</title>"
        yield _rule(x, low, x, high, _DOT, more=' stroke-width="1.5"')
        for end in (low, high):
            yield _rule(x - 4, end, x + 4, end, _DOT, more=' stroke-width="1.5"')
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_DOT}" stroke="#fff"/>'
        bar = f'width="7" height="{tall:.1f}" fill="{_DOT}" fill-opacity="0.45"'
        yield f'<rect x="{x - 3.5:.1f}" y="{floor - tall:.1f}" {bar}/>'
        count = f"{round(each.mails):,}"
        half = 3.2 * len(count)
        if x - half >= free:  # no count over another one
            yield _label(x, floor - tall - 4, count, size=10, fill=_GREY)
            free = x + half + 3
        yield "</g>"


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, *, more: str = "") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}"{more}/>'


def _label(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "middle",
    size: int = 12,
    weight: str = "400",
    fill: str = _INK,
) -> str:
    look = f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(printable(text))
