"""Laws of learning: order, repetition and the cut into files make no difference."""

import sqlite3
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from deliv.core.outcomes import OutcomeKind
from deliv.sources.history import History
from deliv.sources.historykey import AddressKey
from tests.recorded import TODAY, recorded

KEY = AddressKey("0123456789abcdef")
ROWS = st.lists(
    st.builds(
        recorded,
        st.sampled_from(["a@gmail.com", "A@gmail.com", "b@gmail.com", "gmail.com", "docomo.ne.jp"]),
        st.sampled_from(["sent", "bounce", "reply"]),
        st.sampled_from(["2026-11-19", "2026-11-20"]),
        mail=st.sampled_from(["", "", "1", "2"]),
        count=st.integers(1, 3),
    ),
    max_size=12,
)


def facts(*sources):
    """Return the facts of a fresh history that learned from these sources, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "h"
        with History(path, KEY) as history:
            history._file.connection.execute("PRAGMA synchronous = OFF")
            for rows in sources:
                history.learn(rows, name="x", on=TODAY)
        db = sqlite3.connect(path)
        try:
            return sorted(db.execute("SELECT * FROM outcomes"))
        finally:
            db.close()


def sameness(row):
    """Return what makes two rows records of the same fact."""
    outcome = row.outcome
    return outcome.domain, outcome.who.casefold(), outcome.kind, outcome.day, row.mail


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_rows_makes_no_difference(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert facts(shuffled) == facts(rows)


@given(ROWS)
@settings(max_examples=60)
def test_learning_twice_changes_nothing(rows):
    assert facts(rows, rows) == facts(rows)


@given(ROWS, st.integers(0, 12))
@settings(max_examples=60)
def test_a_file_that_grows_comes_to_the_same_as_the_whole(rows, cut):
    assert facts(rows[:cut], rows) == facts(rows) == facts(rows, rows[:cut])


@given(ROWS, st.lists(st.integers(0, 2), min_size=12, max_size=12))
@settings(max_examples=60)
def test_the_cut_into_files_makes_no_difference_while_equal_rows_stay_together(rows, places):
    """Rows that record the same fact go to the same file; any others to any."""
    place_of = {}
    files = defaultdict(list)
    for row, place in zip(rows, places, strict=False):
        files[place_of.setdefault(sameness(row), place)].append(row)
    assert facts(*files.values()) == facts(rows)
    assert facts(*reversed(files.values())) == facts(rows)


@given(ROWS, ROWS)
@settings(max_examples=60)
def test_the_order_of_files_makes_no_difference_and_none_of_them_is_exceeded(one, other):
    both = facts(one, other)
    assert both == facts(other, one)
    for each in (one, other):
        known = {fact[:7]: fact[7] for fact in both}
        assert all(known[fact[:7]] >= fact[7] for fact in facts(each))


@given(ROWS)
@settings(max_examples=60)
def test_the_report_counts_every_mail_once(rows):
    with tempfile.TemporaryDirectory() as folder, History(Path(folder) / "h", KEY) as history:
        taken = history.learn(rows, name="x", on=TODAY)
        again = history.learn(rows, name="x", on=TODAY)
        kept = dict.fromkeys(OutcomeKind, 0)
        for outcome in history.outcomes():
            kept[outcome.kind] += outcome.count
        assert taken.new == {kind: count for kind, count in kept.items() if count}
        assert again.new == {}
        assert again.known == taken.new
