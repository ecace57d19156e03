"""Cells that a spreadsheet would run."""

import pytest

from deliv.core.spreadsheet import defused, is_formula, undefused


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-x", "@x", "\tx", "\rx"])
def test_a_formula_is_defused_and_comes_back(cell):
    assert is_formula(cell)
    assert defused(cell) == f"'{cell}"
    assert undefused(defused(cell)) == cell


@pytest.mark.parametrize("cell", ["", "x", "090-1234-5678", "+81 90", "-1", "'x", "'090"])
def test_everything_else_stays_as_it_is(cell):
    assert not is_formula(cell)
    assert defused(cell) == undefused(cell) == cell
