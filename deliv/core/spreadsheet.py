"""Cells that a spreadsheet would run as a formula: names and notes come from web forms."""

import re
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r")
_PHONE_LIKE = re.compile(r"[0-9 +\-().]*", re.ASCII)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run this cell; phone numbers and plain numbers are left alone."""
    return bool(cell) and cell[0] in _FORMULA and not _PHONE_LIKE.fullmatch(cell)


def defused(cell: str) -> str:
    """Return the cell with an apostrophe before it where a spreadsheet would run it."""
    return f"'{cell}" if is_formula(cell) else cell


def undefused(cell: str) -> str:
    """Return a cell as it was before `defused` changed it."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell
