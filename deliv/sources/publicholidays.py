"""Public holidays, by the ``holidays`` package.

Loading it takes longer than everything else that a look-up does, so the days of a year are kept in the
user's cache folder. They are kept for this very version of the package: laws change.
"""

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from deliv.sources.folders import cache_folder
from deliv.sources.rulecache import keep_json


@lru_cache(maxsize=8)
def public_holidays(country: str) -> Callable[[int], frozenset[date]]:
    """Return what knows the public holidays of a country, by its ISO 3166 code.

    A country that the package does not know has none; see `knows_country`.
    """
    return lru_cache(maxsize=64)(lambda year: _holidays(country, year))


def knows_country(country: str) -> bool:
    """Whether the holidays of a country are known."""
    import holidays

    return country in holidays.list_supported_countries()


def _holidays(country: str, year: int) -> frozenset[date]:
    file = _cache_file(country, year)
    if file is not None and (kept := _read(file)) is not None:
        return kept
    import holidays

    try:
        days = frozenset(holidays.country_holidays(country, years=[year]))
    except NotImplementedError:
        return frozenset()
    if file is not None:
        keep_json(file, sorted(day.isoformat() for day in days))
    return days


def _cache_file(country: str, year: int) -> Path | None:
    """Return where the days of a year are kept; None where nothing is."""
    folder, package = cache_folder(), find_spec("holidays")
    if folder is None or package is None or package.origin is None:
        return None
    try:
        stamp = Path(package.origin).with_name("version.py").stat().st_mtime_ns
    except OSError:
        return None
    return folder / f"holidays-{country}-{year}-{stamp:x}.json"


def _read(file: Path) -> frozenset[date] | None:
    try:
        return frozenset(map(date.fromisoformat, json.loads(file.read_bytes())))
    except (OSError, ValueError, TypeError):
        return None
