"""Public holidays, by the package, and kept."""

from datetime import date

import pytest

from deliv.sources import publicholidays
from deliv.sources.publicholidays import knows_country


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("DELIV_CACHE", raising=False)
    publicholidays.public_holidays.cache_clear()
    yield tmp_path / "deliv"
    publicholidays.public_holidays.cache_clear()


def days(country, year):
    publicholidays.public_holidays.cache_clear()
    return publicholidays.public_holidays(country)(year)


# Transcribed from the calendar of the Cabinet Office (https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html).
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((2026, 5, 6), True),  # instead of Sunday 3 May
        ((2026, 9, 22), True),  # between two holidays
        ((2026, 11, 23), True),
        ((2027, 3, 22), True),  # instead of Sunday 21 March
        ((2026, 5, 7), False),
        ((2026, 12, 25), False),
        ((2026, 12, 31), False),
    ],
)
def test_holidays_of_japan(cache, day, expected):
    assert (date(*day) in days("JP", day[0])) is expected


def test_a_year_is_kept(cache):
    known = days("JP", 2026)
    (file,) = cache.glob("holidays-JP-2026-*.json")
    file.write_text('["2026-06-15"]')
    assert days("JP", 2026) == {date(2026, 6, 15)}
    file.unlink()
    assert days("JP", 2026) == known


@pytest.mark.parametrize("content", ["", "[", "[1]", '["today"]', "7", "{}x", "\0"])
def test_a_damaged_file_is_done_without(cache, content):
    known = days("JP", 2026)
    (file,) = cache.glob("holidays-JP-2026-*.json")
    file.write_text(content)
    assert days("JP", 2026) == known


def test_nothing_is_kept_where_the_user_wants_nothing_kept(cache, monkeypatch):
    monkeypatch.setenv("DELIV_CACHE", "off")
    assert date(2026, 11, 23) in days("JP", 2026)
    assert not cache.exists()


def test_a_country_without_known_holidays_has_none(cache):
    assert not knows_country("XX")
    assert days("XX", 2026) == frozenset()
    assert knows_country("JP")
