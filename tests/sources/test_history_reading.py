"""A history that is only read: nothing is made, nothing is changed, and older ones are understood."""

import sqlite3

import pytest

from deliv.core.errors import HistoryError
from deliv.sources.history import History
from deliv.sources.historykey import AddressKey
from deliv.sources.historyschema import STEPS
from tests.recorded import TODAY, recorded

KEY = AddressKey("0123456789abcdef")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.sqlite3"


def learned(path, steps=STEPS):
    with History(path, KEY, steps=steps) as history:
        history.learn([recorded()], name="x.csv", on=TODAY)
    return path.read_bytes()


def made_older(path):
    """Return the content of a history as the first version of its tables had it."""
    learned(path)
    db = sqlite3.connect(path)
    db.execute("DROP TABLE addresses")
    db.execute("PRAGMA user_version = 1")
    db.close()
    return path.read_bytes()


def read(path, **options):
    with History(path, KEY, read_only=True, **options) as history:
        return list(history.outcomes()), history.keys


def test_what_was_learned_is_read_and_the_file_stays_as_it_is(path):
    content = learned(path)
    (outcome,), keys = read(path)

    assert (outcome.domain, outcome.who) == ("docomo.ne.jp", KEY.hash("taro@docomo.ne.jp").hex())
    assert keys == (KEY.fingerprint,)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_older_history_is_understood_without_being_changed(path):
    content = made_older(path)

    assert len(read(path)[0]) == 1
    assert path.read_bytes() == content


def test_an_empty_file_is_an_empty_history(path):
    path.touch()

    assert read(path) == ([], ())
    assert path.read_bytes() == b""


@pytest.mark.parametrize("make", [learned, made_older])
def test_nothing_can_be_written(path, make):
    content = make(path)
    with History(path, KEY, read_only=True) as history, pytest.raises(HistoryError):
        history.forget("taro@docomo.ne.jp")

    assert path.read_bytes() == content


def test_what_is_no_history_is_refused(path):
    path.write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(HistoryError, match="is no history of deliv"):
        read(path)
    path.unlink()
    learned(path, (*STEPS, "CREATE TABLE more (x)"))
    with pytest.raises(HistoryError, match="newer deliv"):
        read(path)


def test_a_run_that_was_killed_while_writing_is_cleared_up_behind(path):
    """The journal that it left has to be rolled back before anybody can read."""
    learned(path)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA cache_size = 1")
    db.execute("PRAGMA cache_spill = 1")
    db.execute("BEGIN IMMEDIATE")
    db.execute("CREATE TABLE big (x)")
    db.executemany("INSERT INTO big VALUES (?)", [("x" * 3000,)] * 200)
    journal = path.with_name(path.name + "-journal")
    copy = path.parent / "killed"
    copy.mkdir()
    killed = copy / path.name
    killed.write_bytes(path.read_bytes())
    (copy / journal.name).write_bytes(journal.read_bytes())
    db.execute("ROLLBACK")
    db.close()

    assert read(killed) == read(path)
