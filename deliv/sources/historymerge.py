"""Learning into a history's tables: what a source says is gathered first, then merged at once.

Everything that a source says of the same customer, kind, day, reason and mail is one fact with a number of
mails: rows of one source add up, unless they name their mail, which happened once. Of two sources that
state the same fact the larger number counts: they are taken for two records of the same mails. So a
file learned twice, or again under another name, changes nothing, one that has grown adds what is new in
it, and the order of rows and of files is all the same. The price: two mails that differ in nothing, and
stand in two different files, count once; too little evidence is better than evidence that is not there.

The temporary tables are the connection's own, and SQLite spills them to a temporary file beyond its cache:
a source of any length is read in bounded memory, and a run that is killed leaves the history as it was.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, TypeAlias

from deliv.core.lessons import Taken
from deliv.core.outcomes import OutcomeKind
from deliv.sources.historyfile import HistoryFile

FactCells: TypeAlias = tuple[str, bytes, str, str, str, int, bytes, int, str, str]
"""Domain, who, kind, day, reason, permanent, mail; count, sender state, and the address or nothing."""

_FACT: Final = "domain, who, kind, day, reason, permanent, mail"
# In the order of the history's own table, so that merging goes through that once.
_GATHER: Final = f"""
    CREATE TEMP TABLE facts AS SELECT {_FACT},
        CASE WHEN mail = x'' THEN sum(count) ELSE max(count) END AS count,
        max(sender_state) AS sender_state, max(address) AS address
    FROM gathered GROUP BY {_FACT}
    """  # noqa: S608 - constants
_COMPARE: Final = f"""
    SELECT facts.kind, sum(max(facts.count - coalesce(outcomes.count, 0), 0)), sum(facts.count)
    FROM facts LEFT JOIN outcomes USING ({_FACT}) GROUP BY facts.kind
    """  # noqa: S608 - constants
_MERGE: Final = f"""
    INSERT INTO outcomes SELECT {_FACT}, count, sender_state FROM facts WHERE true
    ON CONFLICT DO UPDATE SET count = excluded.count WHERE excluded.count > count
    """  # noqa: S608 - constants
_MERGE_ADDRESSES: Final = """
    INSERT OR IGNORE INTO addresses SELECT who, min(address) FROM facts WHERE address <> '' GROUP BY who
    """
_MERGE_KEYS: Final = """
    INSERT OR IGNORE INTO keys
    SELECT DISTINCT lower(hex(substr(who, 1, 4))), ? FROM facts WHERE who <> x''
    """


def merge(file: HistoryFile, cells: Iterable[FactCells], *, name: str, on: date) -> Taken:
    """Take what is new, or more than was known, and return how many mails that were."""
    db = file.connection
    with file.explaining():
        try:
            db.execute(f"CREATE TEMP TABLE gathered ({_FACT}, count, sender_state, address)")
            db.execute("BEGIN")  # the history itself is not touched, so nobody waits
            db.executemany("INSERT INTO gathered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cells)
            db.execute(_GATHER)
            db.execute("COMMIT")
            return _take(file, name, on)
        finally:
            file.roll_back()
            for table in ("gathered", "facts"):
                db.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _take(file: HistoryFile, name: str, on: date) -> Taken:
    with file.writing() as db:
        counts: list[tuple[str, int, int]] = db.execute(_COMPARE).fetchall()
        new = {OutcomeKind(kind): number for kind, number, _ in counts if number}
        known = {OutcomeKind(kind): total - number for kind, number, total in counts if total > number}
        day = on.isoformat()
        db.execute(_MERGE)
        db.execute(_MERGE_ADDRESSES)
        db.execute(_MERGE_KEYS, (day,))
        if new:
            plain = name.encode("utf-8", "replace").decode()  # a name may hold bytes that are no characters
            source = (plain, day, sum(new.values()))
            db.execute("INSERT INTO sources (name, learned_on, mails) VALUES (?, ?, ?)", source)
    return Taken(new=new, known=known)
