"""The reliability diagram, as text and as SVG."""

from xml.etree import ElementTree as ET

import pytest

from deliv.core.scores import Bin
from deliv.formats.reliability import interval, reliability_lines, reliability_svg
from deliv.locale import translator

BINS = (
    Bin(predicted=0.01, observed=0.012, mails=900),
    Bin(predicted=0.03, observed=0.025, mails=800),
    Bin(predicted=0.07, observed=0.09, mails=300),
)
EDGES = {
    "none": (),
    "one": (Bin(predicted=0.5, observed=0.0, mails=1),),
    "all": (Bin(predicted=1.0, observed=1.0, mails=5), Bin(predicted=0.0, observed=0.0, mails=5)),
    "three": BINS,
}


def test_the_text_shows_a_dot_for_each_bin_and_its_figures():
    lines = list(reliability_lines(BINS, translator("en")))

    assert sum(line.count("o") for line in lines if "|" in line) == 3
    assert "  7.0% predicted, 9.0% happened (6.6%-12.0%), 300 mails" in lines
    assert any(line.rstrip().endswith("10%  predicted") for line in lines)


@pytest.mark.parametrize("bins", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_svg_is_well_formed_and_has_a_dot_for_each_bin(bins, lang):
    root = ET.fromstring(reliability_svg(bins, translator(lang), title="<戻り> & 予測").encode())
    space = {"svg": "http://www.w3.org/2000/svg"}

    assert root.find("svg:title", space).text == "<戻り> & 予測"
    circles = root.findall("svg:circle", space)
    assert len(circles) == len(bins)
    for circle in circles:
        assert 70 <= float(circle.get("cx")) <= 470
        assert 40 <= float(circle.get("cy")) <= 440


@pytest.mark.parametrize("bins", EDGES.values(), ids=EDGES)
def test_the_text_stays_within_the_terminal(bins):
    lines = list(reliability_lines(bins, translator("ja")))

    assert bool(lines) is bool(bins)
    assert all(len(line) <= 79 for line in lines)


@pytest.mark.parametrize("each", BINS)
def test_the_interval_holds_what_happened(each):
    low, high = interval(each)

    assert 0 <= low <= each.observed <= high <= 1
