"""How dear a slip is: what fingers do often costs less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliv.core.editing import distance, distances

WORDS = st.text(st.sampled_from("abdegilmo.-"), max_size=9)


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        pytest.param("gmail", "gmail", 0, id="the-same"),
        pytest.param("gmail", "gmial", 0.7, id="swapped"),
        pytest.param("gmail", "gmsil", 0.7, id="the-next-key"),
        pytest.param("gmail", "gmxil", 1.0, id="any-other-key"),
        pytest.param("gmail", "gmil", 0.9, id="left-out"),
        pytest.param("yahoo", "yaho", 0.5, id="one-of-two-left-out"),
        pytest.param("gmail", "gmaill", 0.5, id="doubled"),
        pytest.param("gmail", "gmasil", 0.7, id="the-next-key-touched-as-well"),
        pytest.param("gmail", "gmaxil", 0.9, id="added"),
        pytest.param("i.softbank", "isoftbank", 0.5, id="dot-left-out"),
        pytest.param(".ne.jp", "-ne.jp", 0.5, id="hyphen-for-dot"),
        pytest.param("gmail", "", 4.5, id="nothing"),
        pytest.param("", "gxkqz", 4.5, id="all-added"),
    ],
)
def test_a_slip_costs_what_it_takes(right, wrong, expected):
    assert distance(right, wrong) == pytest.approx(expected)


@given(WORDS, WORDS)
def test_the_distances_to_all_beginnings_are_those_to_each(right, wrong):
    assert distances(right, wrong)[-1] == pytest.approx(distance(right, wrong))
    assert (distance(right, wrong) == 0) is (right == wrong)


@given(WORDS, WORDS, st.floats(0, 3))
def test_a_limit_never_hides_a_distance_within_it(right, wrong, limit):
    whole, limited = distances(right, wrong), distances(right, wrong, limit=limit)

    assert limited in ([], whole)
    assert limited or min(whole) > limit
