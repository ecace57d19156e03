"""The history: what it learns once, what it forgets, and what may happen to its file."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import deliv
from deliv.core.errors import HistoryError
from deliv.core.lessons import Taken
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.sources import historyfile
from deliv.sources.history import History
from deliv.sources.historykey import AddressKey
from deliv.sources.historyschema import APPLICATION_ID, STEPS
from tests.recorded import TODAY, recorded

KEY = AddressKey("0123456789abcdef")
OTHER = AddressKey("fedcba9876543210")
SENT, BOUNCE = OutcomeKind.SENT, OutcomeKind.BOUNCE
NOTHING = Taken(new={}, known={})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


def learn(path: Path, *rows, key=KEY, **options) -> Taken:
    with History(path, key) as history:
        return history.learn(rows, name="x.csv", on=TODAY, **options)


def dump(path: Path) -> list[str]:
    """Return all that is in the tables."""
    db = sqlite3.connect(path)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def refusal(path: Path, **options) -> str:
    with pytest.raises(HistoryError) as caught:
        History(path, KEY, **options)
    return str(caught.value)


# --- learning -------------------------------------------------------------------------------------


def test_what_was_learned_comes_back(path):
    row = recorded(
        kind="bounce", count=2, reason=BounceReason.MAILBOXFULL, permanent=False, sender_state="before"
    )
    assert learn(path, row, recorded("gmail.com", count=120)) == Taken(new={BOUNCE: 2, SENT: 120}, known={})
    with History(path, KEY) as history:
        who = history.key_of("taro@docomo.ne.jp")
        assert list(history.outcomes()) == [
            replace(row.outcome, who=who),
            Outcome(kind=SENT, domain="gmail.com", day=date(2026, 11, 20), count=120),
        ]


def test_learning_twice_changes_nothing(path):
    rows = [
        recorded(),
        recorded(kind="bounce"),
        recorded("mei@gmail.com", mail="<1@x>"),
        recorded("gmail.com"),
    ]
    learn(path, *rows)
    before = dump(path)
    assert learn(path, *rows) == Taken(new={}, known={SENT: 3, BOUNCE: 1})
    assert dump(path) == before


def test_a_file_that_has_grown_brings_only_what_is_new(path):
    rows = [recorded(), recorded("mei@gmail.com")]
    learn(path, *rows)
    assert learn(path, *rows, recorded("ken@gmail.com")) == Taken(new={SENT: 1}, known={SENT: 2})


def test_equal_rows_of_one_source_are_as_many_mails(path):
    assert learn(path, recorded(), recorded(), recorded(count=3)) == Taken(new={SENT: 5}, known={})
    assert learn(path, recorded(), recorded()) == Taken(new={}, known={SENT: 2})


def test_equal_rows_that_name_their_mail_are_one_event(path):
    """The lines of an order repeat its number; another order of the same day is another mail."""
    assert learn(path, recorded(mail="A1"), recorded(mail="A1"), recorded(mail="A2")).new == {SENT: 2}
    with History(path, KEY) as history:
        assert [outcome.count for outcome in history.outcomes()] == [2]


def test_a_row_that_stands_in_two_files_is_one_event(path):
    learn(path, recorded(), recorded("mei@gmail.com"))
    assert learn(path, recorded(), recorded("ken@gmail.com")) == Taken(new={SENT: 1}, known={SENT: 1})


def test_a_total_that_has_grown_takes_the_place_of_the_smaller_one(path):
    learn(path, recorded("gmail.com", count=100))
    assert learn(path, recorded("gmail.com", count=120)) == Taken(new={SENT: 20}, known={SENT: 100})
    assert learn(path, recorded("gmail.com", count=90)) == Taken(new={}, known={SENT: 90})
    with History(path, KEY) as history:
        assert [outcome.count for outcome in history.outcomes()] == [120]


@pytest.mark.parametrize(
    "other",
    [
        recorded("mei@docomo.ne.jp"),
        recorded("docomo.ne.jp"),
        recorded(kind="reply"),
        recorded(day="2026-11-21"),
        recorded(mail="<1@x>"),
    ],
    ids=["who", "domain", "kind", "day", "mail"],
)
def test_what_tells_facts_apart(path, other):
    learn(path, recorded())
    assert sum(learn(path, other).new.values()) == 1


def test_reasons_tell_bounces_apart(path):
    learn(path, recorded(kind="bounce"))
    assert learn(path, recorded(kind="bounce", reason=BounceReason.EXPIRED)).new == {BOUNCE: 1}
    assert learn(path, recorded(kind="bounce", reason=BounceReason.EXPIRED, permanent=True)).new == {
        BOUNCE: 1
    }


def test_the_spelling_of_an_address_does_not_matter(path):
    learn(path, recorded("Taro@docomo.ne.jp"))
    assert learn(path, recorded("taro@docomo.ne.jp")).new == {}


def test_the_state_of_the_sender_is_that_of_the_first_time(path):
    learn(path, recorded(sender_state="before"))
    learn(path, recorded(sender_state="after"), recorded("mei@gmail.com", sender_state="after"))
    with History(path, KEY) as history:
        assert [outcome.sender_state for outcome in history.outcomes()] == ["before", "after"]


def test_a_name_with_bytes_that_are_no_characters(path):
    with History(path, KEY) as history:
        history.learn([recorded()], name="\udc80.csv", on=TODAY)
        assert history.content().sources[0].name == "?.csv"


def test_nothing_at_all_can_be_learned(path):
    assert learn(path) == NOTHING
    with History(path, KEY) as history:
        assert history.content().first_day is None
        assert list(history.outcomes()) == []


def test_a_source_that_breaks_off_teaches_nothing(path):
    learn(path, recorded())
    before = dump(path)

    def breaking_off():
        yield recorded("mei@gmail.com")
        raise ValueError("no more")

    with History(path, KEY) as history:
        with pytest.raises(ValueError, match="no more"):
            history.learn(breaking_off(), name="x", on=TODAY)
        assert history.learn([recorded("mei@gmail.com")], name="x", on=TODAY).new == {SENT: 1}
        history.forget("mei@gmail.com")
    assert [line for line in dump(path) if "outcomes" in line] == [
        line for line in before if "outcomes" in line
    ]


# --- reading --------------------------------------------------------------------------------------


def test_outcomes_can_be_added_up_by_domain_and_begin_on_a_day(path):
    learn(
        path,
        *(recorded(f"{name}@gmail.com", mail=name) for name in "abc"),
        recorded("a@gmail.com", day="2026-11-01"),
    )
    with History(path, KEY) as history:
        assert len(list(history.outcomes())) == 4
        by_domain = list(history.outcomes(by_address=False))
        assert [(each.who, each.day.day, each.count) for each in by_domain] == [("", 1, 1), ("", 20, 3)]
        assert sum(each.count for each in history.outcomes(since=date(2026, 11, 2))) == 3


def test_customers_of_whom_only_silence_is_known_may_be_added_up(path):
    learn(
        path,
        *(recorded(f"quiet{number}@docomo.ne.jp") for number in range(3)),
        recorded("loud@docomo.ne.jp"),
        recorded("loud@docomo.ne.jp", BOUNCE, "2026-11-21"),
    )
    with History(path, KEY) as history:
        loud = history.key_of("loud@docomo.ne.jp")
        found = {(each.who, each.kind): each.count for each in history.outcomes(fold_silent=True)}
        assert history.days == (date(2026, 11, 20), date(2026, 11, 21))
    assert found == {("", SENT): 3, (loud, SENT): 1, (loud, BOUNCE): 1}


def test_what_is_known_of_one_address(path):
    learn(path, recorded(), recorded(kind="bounce", day="2026-11-01"), recorded("mei@docomo.ne.jp"))
    with History(path, KEY) as history:
        assert [each.kind for each in history.outcomes_of("TARO@docomo.ne.jp")] == [BOUNCE, SENT]
        content = history.content(address="taro@docomo.ne.jp")
        assert (content.addresses, content.by_kind, content.first_day) == (
            1,
            {SENT: 1, BOUNCE: 1},
            date(2026, 11, 1),
        )
        assert content.outcomes == tuple(history.outcomes_of("taro@docomo.ne.jp"))
        assert history.content(address="nobody@docomo.ne.jp").first_day is None


def test_what_is_known_of_a_domain_and_of_all(path):
    learn(path, recorded(), recorded("docomo.ne.jp", count=9), recorded("mei@gmail.com", kind="bounce"))
    with History(path, KEY) as history:
        assert history.content(domain="docomo.ne.jp").by_domain == {"docomo.ne.jp": {SENT: 10}}
        content = history.content()
        assert (content.addresses, content.plain_addresses, content.without_sent) == (2, 0, 1)
        assert content.by_kind == {SENT: 10, BOUNCE: 1}
        assert [(each.name, each.learned_on, each.mails) for each in content.sources] == [
            ("x.csv", TODAY, 11)
        ]


# --- addresses and keys ---------------------------------------------------------------------------


def test_the_file_holds_no_address(path):
    learn(path, recorded("taro.yamada@docomo.ne.jp", mail="order-4711"))
    content = path.read_bytes()
    assert b"docomo.ne.jp" in content
    assert b"yamada" not in content
    assert b"4711" not in content


def test_the_owner_may_want_addresses_in_plain_text_even_later(path):
    learn(path, recorded("taro.yamada@docomo.ne.jp"))
    assert learn(path, recorded("taro.yamada@docomo.ne.jp"), plain_addresses=True).new == {}
    assert b"taro.yamada@docomo.ne.jp" in path.read_bytes()
    with History(path, KEY) as history:
        assert [address for _, address in history.records()] == ["taro.yamada@docomo.ne.jp"]
        assert history.content().plain_addresses == 1
        assert [each.who for each in history.outcomes()] == [history.key_of("taro.yamada@docomo.ne.jp")]


def test_a_history_says_that_it_knows_addresses_under_other_keys(path):
    learn(path, recorded(), recorded("gmail.com"))
    with History(path, OTHER) as history:
        assert history.has_other_keys
        assert history.keys == (KEY.fingerprint,)
        assert history.content().other_keys == (KEY.fingerprint,)
        assert list(history.outcomes_of("taro@docomo.ne.jp")) == []
        assert history.content(domain="gmail.com").by_kind == {SENT: 1}
    with History(path, KEY) as history:
        assert not history.has_other_keys


def test_domains_need_no_key(path):
    learn(path, recorded("gmail.com"))
    with History(path, OTHER) as history:
        assert history.keys == ()
        assert not history.has_other_keys


def test_records_can_be_learned_again_anywhere(path, tmp_path):
    learn(
        path,
        recorded(mail="A1"),
        recorded("gmail.com", count=5),
        recorded(kind="bounce"),
        plain_addresses=True,
    )
    with History(path, KEY) as history, History(tmp_path / "copy", KEY) as copy:
        for _ in range(2):
            copy.learn([record for record, _ in history.records()], name="x", on=TODAY)
        assert list(copy.outcomes()) == list(history.outcomes())
        history.learn([record for record, _ in copy.records()], name="x", on=TODAY)
        assert list(copy.outcomes()) == list(history.outcomes())


# --- forgetting -----------------------------------------------------------------------------------


def test_a_forgotten_address_is_gone_from_the_file(path):
    learn(
        path, recorded(), recorded(kind="bounce", count=2), recorded("mei@docomo.ne.jp"), plain_addresses=True
    )
    hashed = KEY.hash("taro@docomo.ne.jp")
    assert hashed in path.read_bytes()
    with History(path, KEY) as history:
        assert history.forget("Taro@docomo.ne.jp") == 3
        assert history.forget("taro@docomo.ne.jp") == 0
        assert history.content().addresses == 1
    content = path.read_bytes()
    assert hashed not in content
    assert b"taro" not in content
    assert KEY.hash("mei@docomo.ne.jp") in content
    assert not path.with_name(path.name + "-journal").exists()


def test_what_is_forgotten_is_gone_even_where_the_file_cannot_be_written_anew(path, monkeypatch):
    monkeypatch.setattr(historyfile.HistoryFile, "compact", lambda self: None)
    learn(path, recorded("taro.yamada@docomo.ne.jp"), recorded("mei@gmail.com"), plain_addresses=True)
    with History(path, KEY) as history:
        assert history.forget("taro.yamada@docomo.ne.jp") == 1
    assert b"yamada" not in path.read_bytes()
    assert KEY.hash("taro.yamada@docomo.ne.jp") not in path.read_bytes()


def test_a_reader_does_not_keep_anybody_from_being_forgotten(path):
    learn(path, *(recorded(f"user{number}@gmail.com") for number in range(3)))
    with History(path, KEY) as history, History(path, KEY, patience=0.05) as other:
        assert history.forget("user1@gmail.com") == 1
        db = other._file.connection
        reading = db.execute("SELECT * FROM outcomes")
        reading.fetchone()
        history._file.connection.execute("PRAGMA busy_timeout = 50")
        history._file.compact()
        reading.close()
        assert history.content().addresses == 2


def test_an_address_in_plain_text_is_forgotten_under_every_key(path):
    learn(path, recorded(), plain_addresses=True)
    learn(path, recorded(), key=OTHER, plain_addresses=True)
    with History(path, OTHER) as history:
        assert history.forget("taro@docomo.ne.jp") == 2
    assert b"taro" not in path.read_bytes()


def test_pruning_forgets_what_is_old_with_all_that_hangs_on_it(path):
    learn(path, recorded(day="2025-01-01"), key=OTHER, plain_addresses=True)
    learn(path, recorded("mei@gmail.com", day="2026-11-01"), plain_addresses=True)
    with History(path, KEY) as history:
        assert history.prune(date(2026, 11, 1)) == 1
        assert history.keys == (KEY.fingerprint,)
        assert history.content().plain_addresses == 1
        assert history.content().by_domain.keys() == {"gmail.com"}
        assert len(history.content().sources) == 2
        assert history.prune(date(2027, 1, 1)) == 1
        assert history.content().sources == ()
    assert b"taro" not in path.read_bytes()


# --- the file -------------------------------------------------------------------------------------


def test_the_file_is_for_its_owner_alone(tmp_path):
    learn(tmp_path / "data" / "h", recorded())
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "data" / "h").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["h"]


def test_a_file_of_version_1_is_brought_up_to_date(path):
    db = sqlite3.connect(path)
    db.executescript(STEPS[0])
    row = ("gmail.com", b"", "sent", "2026-11-20", "", -1, b"", 7, "")
    db.execute("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()

    assert learn(path, recorded(), plain_addresses=True).new == {SENT: 1}
    with History(path, KEY) as history:
        assert history.content().by_kind == {SENT: 8}
        assert history.content().plain_addresses == 1
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    db.close()


def test_a_step_that_fails_leaves_the_older_version(path):
    learn(path, recorded())
    before = dump(path)
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        History(path, KEY, steps=(*STEPS, "CREATE TABLE more (x); nonsense"))
    assert dump(path) == before
    with History(path, KEY) as history:
        assert history.content().by_kind == {SENT: 1}


def test_a_newer_version_is_left_alone(path):
    History(path, KEY, steps=(*STEPS, "CREATE TABLE more (x)")).close()
    before = path.read_bytes()
    assert "was written by a newer deliv (version 3 of its tables, this one knows 2)" in refusal(path)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (x)")
    db.commit()
    db.close()
    before = path.read_bytes()
    assert "is the database of some other program" in refusal(path)
    assert path.read_bytes() == before


def test_what_is_no_database_is_left_alone(path):
    path.write_text("email,date,outcome\n" * 100)
    assert "is no history of deliv" in refusal(path)
    assert path.read_text() == "email,date,outcome\n" * 100


def test_a_damaged_file_is_a_sentence(path):
    learn(path, *(recorded(f"user{number}@gmail.com") for number in range(2000)))
    content = bytearray(path.read_bytes())
    content[8192:] = b"\x5a" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="is damaged"), History(path, KEY) as history:
        list(history.outcomes())


def test_a_folder_is_no_history(tmp_path):
    assert "cannot be opened" in refusal(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    assert "name another file with --history" in refusal(tmp_path / "file" / "below")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="whoever may do everything is not refused"
)
def test_a_read_only_folder_can_be_read_but_not_written(tmp_path):
    folder = tmp_path / "data"
    learn(folder / "h", recorded())
    (folder / "h").chmod(0o400)
    folder.chmod(0o500)
    try:
        with History(folder / "h", KEY) as history:
            assert history.content().by_kind == {SENT: 1}
            with pytest.raises(HistoryError, match="is read-only"):
                history.learn([recorded(kind="reply")], name="x", on=TODAY)
        assert "cannot be opened" in refusal(folder / "new")
    finally:
        folder.chmod(0o700)


def test_a_history_that_may_only_be_read_is_a_sentence(path):
    learn(path, recorded())
    with History(path, KEY) as history:
        history._file.connection.execute("PRAGMA query_only = ON")
        # Temporary tables are refused, too; the sentence is the same as in a folder that is read-only.
        with pytest.raises(HistoryError, match="is read-only"):
            history.learn([recorded(kind="reply")], name="x", on=TODAY)
        assert history.content().by_kind == {SENT: 1}


def test_a_full_disk_is_a_sentence_and_changes_nothing(path):
    learn(path, recorded())
    with History(path, KEY) as history:
        history._file.connection.execute("PRAGMA main.max_page_count = 8")
        rows = [recorded(f"user{number}@gmail.com") for number in range(2000)]
        with pytest.raises(HistoryError, match="no room for the history"):
            history.learn(rows, name="x", on=TODAY)
        assert history.content().by_kind == {SENT: 1}


def test_whoever_waits_too_long_is_told(path):
    learn(path, recorded())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with History(path, KEY, patience=0.05) as history:
            assert history.content().by_kind == {SENT: 1}  # reading goes on
            with pytest.raises(HistoryError, match="another program is using the history"):
                history.learn([recorded(kind="reply")], name="x", on=TODAY)
    finally:
        other.close()


@pytest.mark.parametrize("name", historyfile.TEMPLATES)
def test_every_error_says_what_is_left(name):
    template = historyfile.TEMPLATES[name]
    assert "{path}" in template
    assert "; it is as it was" in template or "; nothing was changed" in template


def test_a_bug_of_ours_is_no_trouble_with_the_file(path):
    with History(path, KEY) as history, pytest.raises(sqlite3.OperationalError, match="no such table"):
        history._file.rows("SELECT * FROM bookmarks")


# --- several runs ---------------------------------------------------------------------------------

LEARNER = """
import sys
from pathlib import Path
from deliv.sources.history import History
from deliv.sources.historykey import address_key
from tests.recorded import TODAY, recorded

path, first = Path(sys.argv[1]), int(sys.argv[2])
sys.stdin.read()
for start in range(first, first + 3):
    with History(path, address_key(path.parent, create=True)) as history:
        rows = (recorded(f"user{number}@gmail.com") for number in range(start * 100, start * 100 + 200))
        history.learn(rows, name=str(start), on=TODAY)
"""

BREAKING_OFF = """
import sys, time
from pathlib import Path
from deliv.sources.history import History
from deliv.sources.historykey import AddressKey
from tests.recorded import TODAY, recorded

def rows():
    for number in range(20_000):
        yield recorded(f"user{number}@gmail.com")
    print("half", flush=True)
    time.sleep(50)

with History(Path(sys.argv[1]), AddressKey("0123456789abcdef")) as history:
    history.learn(rows(), name="x", on=TODAY)
"""


def start(code: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(deliv.__file__).parent.parent)},
    )


def test_runs_at_the_same_time_lose_nothing_and_count_nothing_twice(tmp_path):
    path = tmp_path / "history.sqlite3"
    runs = [start(LEARNER, path, first) for first in (0, 1, 2, 3)]
    for run in runs:
        run.stdin.close()  # all of them are waiting for this
        run.stdin = None
    for run in runs:
        run.communicate(timeout=50)
    assert [run.returncode for run in runs] == [0, 0, 0, 0]
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("SELECT count(*), sum(count), count(DISTINCT who) FROM outcomes").fetchone() == (
        700,
        700,
        700,
    )
    assert db.execute("SELECT count(*) FROM keys").fetchone() == (1,)
    db.close()


def test_a_run_that_is_killed_leaves_the_history_as_it_was(path):
    learn(path, recorded())
    before = dump(path)
    run = start(BREAKING_OFF, path)
    assert run.stdout.readline() == "half\n"
    assert learn(path, recorded("mei@gmail.com")).new == {SENT: 1}  # nobody waits for a run that is reading
    run.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    run.communicate(timeout=30)
    with History(path, KEY) as history:
        assert history.forget("mei@gmail.com") == 1
    assert [line for line in dump(path) if '"outcomes"' in line] == [
        line for line in before if '"outcomes"' in line
    ]
