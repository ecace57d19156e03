"""The reliability diagram, as text and as SVG."""

import re
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from deliv.core.scores import Bin
from deliv.formats.reliability import reliability_lines, reliability_svg
from deliv.locale import translator

SPACE = {"svg": "http://www.w3.org/2000/svg"}


def dot(predicted, observed, mails, low=None, high=None):
    low = observed * 0.8 if low is None else low
    return Bin(
        predicted=predicted, observed=observed, low=low, high=high or min(1, observed * 1.2), mails=mails
    )


BINS = (
    dot(0.01, 0.012, 900, 0.006, 0.02),
    dot(0.03, 0.025, 800, 0.015, 0.037),
    dot(0.07, 0.09, 300, 0.066, 0.12),
)
CROWDED = (*(dot(0.002 * n, 0.002 * n, 1000) for n in range(1, 10)), dot(1.0, 0.9, 12, 0.7, 0.98))
EDGES = {
    "none": (),
    "one": (dot(0.5, 0.0, 1, 0.0, 0.9),),
    "all": (dot(1.0, 1.0, 5), dot(0.0, 0.0, 5, 0.0, 0.3)),
    "three": BINS,
    "crowded": CROWDED,
}


def lines_of(bins, lang="en"):
    return list(reliability_lines(bins, translator(lang)))


def drawn(*diagrams, lang="en", title="title"):
    return ET.fromstring(reliability_svg(diagrams, translator(lang), title=title).encode())


def test_the_text_shows_a_dot_for_each_bin_and_its_figures():
    lines = lines_of(BINS)

    assert sum(line.count("o") for line in lines if "|" in line) == 3
    assert "      7.0%        9.0%        6.6%-12.0%         300" in lines
    assert any(line.rstrip().endswith("20%  predicted") for line in lines)


def test_one_large_chance_does_not_squeeze_the_many_small_ones_into_a_corner():
    grid = [line for line in lines_of(CROWDED) if "|" in line]

    assert sum(line.count("o") for line in grid) >= 6
    assert "0%  1%    5%  10%   20%" in "".join(lines_of(CROWDED))


@pytest.mark.parametrize("bins", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_text_stays_within_the_terminal(bins, lang):
    lines = lines_of(bins, lang)

    assert bool(lines) is bool(bins)
    assert all(cell_len(line) <= 77 for line in lines)


@pytest.mark.parametrize("bins", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_svg_has_a_dot_for_each_bin_within_its_square(bins, lang):
    root = drawn(("x", bins), lang=lang)
    circles = root.findall(".//svg:circle", SPACE)
    (square,) = (each for each in root.findall(".//svg:rect", SPACE) if each.get("fill") == "none")
    left, top, side = (float(square.get(name)) for name in ("x", "y", "width"))

    assert len(circles) == len(bins)
    for circle in circles:
        assert left <= float(circle.get("cx")) <= left + side
        assert top <= float(circle.get("cy")) <= top + side


def test_a_dot_on_the_diagonal_is_right():
    (circle,) = drawn(("x", [dot(0.05, 0.05, 10)])).findall(".//svg:circle", SPACE)
    root = drawn(("x", [dot(0.05, 0.05, 10)]))
    (diagonal,) = (each for each in root.findall(".//{*}line") if each.get("stroke-dasharray"))
    x1, y1, x2, y2 = (float(diagonal.get(name)) for name in ("x1", "y1", "x2", "y2"))
    x, y = float(circle.get("cx")), float(circle.get("cy"))

    assert (x - x1) / (x2 - x1) == pytest.approx((y - y1) / (y2 - y1), abs=0.001)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_svg_is_labelled_in_words(lang):
    texts = {text.text for text in drawn(("戻り", BINS), lang=lang).findall(".//{*}text")}

    _ = translator(lang)
    assert {"title", "戻り", _("what happened"), _("what was predicted"), _("mails")} <= texts
    assert {"0%", "5%", "20%", "900", "800", "300"} <= texts


def test_every_dot_tells_its_figures():
    (_, *tips) = (each.text for each in drawn(("x", BINS)).findall(".//{*}title"))

    assert tips[2] == "7.0% predicted, 9.0% happened (6.6%-12.0%), 300 mails"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_several_diagrams_stand_beside_and_below_each_other(count):
    root = drawn(*[(f"x{number}", BINS) for number in range(count)])
    width, height = float(root.get("width")), float(root.get("height"))
    panels = [each.get("transform") for each in root.findall("svg:g", SPACE)]

    assert len(set(panels)) == count
    for panel in panels:
        x, y = map(float, re.findall(r"\d+", panel))
        assert x + 500 < width + 21
        assert y + 500 < height


@pytest.mark.parametrize("text", ["</svg><script>x</script>", "a & <b>", '"\x1b[2J\x00\u202e\ud800'])
def test_hostile_text_is_only_text(text):
    content = reliability_svg([(text, BINS)], translator("en"), title=text)
    root = ET.fromstring(content.encode())

    assert root.find(".//svg:script", SPACE) is None
    assert not {"\x1b", "\x00", "\u202e", "\ud800"} & {*content}


def test_the_svg_asks_nobody_else_for_anything():
    content = reliability_svg([("x", BINS)], translator("ja"), title="x")

    assert re.findall(r"\w+://[^\"' ]+", content) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|url\(|@import|<image|<style|<script", content)
