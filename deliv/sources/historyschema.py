"""The tables of a history, and how older ones are brought up to date.

Rows are kept by what they say, so that learning something twice finds it in its place: one row for
each customer, kind, day, reason and mail, with the number of mails. ``who`` is what stands for an address,
and empty for a whole domain; ``mail`` is what stands for a mail or an order, and empty when the source
does not name it. A missing reason is ``''``, and a missing “for good” is -1, as they belong to the key.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

from deliv.core.errors import HistoryError

APPLICATION_ID: Final = 0x64656C76
"""“delv”, by which SQLite files of deliv are known."""

STEPS: Final[Sequence[str]] = (
    """
    CREATE TABLE outcomes (
        domain TEXT NOT NULL,
        who BLOB NOT NULL,
        kind TEXT NOT NULL,
        day TEXT NOT NULL,
        reason TEXT NOT NULL,
        permanent INTEGER NOT NULL,
        mail BLOB NOT NULL,
        count INTEGER NOT NULL,
        sender_state TEXT NOT NULL,
        PRIMARY KEY (domain, who, kind, day, reason, permanent, mail)
    ) WITHOUT ROWID;
    CREATE TABLE keys (fingerprint TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE sources (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, learned_on TEXT NOT NULL, mails INTEGER NOT NULL
    );
    """,
    # Version 2: addresses in plain text, where the owner wants them.
    "CREATE TABLE addresses (who BLOB PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;",
)
"""What leads from each version to the next; the first one begins with an empty file."""


def is_up_to_date(connection: sqlite3.Connection, path: object, steps: Sequence[str] = STEPS) -> bool:
    """Return whether a file has all of its tables.

    Raises HistoryError for another program's database, and for one of a newer deliv.
    """
    return _version(connection, path, len(steps)) == len(steps)


def bring_up_to_date(connection: sqlite3.Connection, path: object, steps: Sequence[str] = STEPS) -> None:
    """Give a new file its tables, and an older one those that it lacks; all of it or nothing.

    Raises HistoryError for another program's database, and for one of a newer deliv.
    """
    if is_up_to_date(connection, path, steps):
        return
    connection.execute("BEGIN EXCLUSIVE")  # of several runs that come at once, one does it
    try:
        for step in steps[_version(connection, path, len(steps)) :]:
            for statement in step.split(";"):  # executescript would commit first
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: object, newest: int) -> int:
    (identity,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if identity != APPLICATION_ID and (identity or version or tables):
        template = (
            "{path} is the database of some other program; name another file with --history; "
            "nothing was learned or read"
        )
        raise HistoryError(template, path=path)
    if version > newest:
        template = (
            "{path} was written by a newer deliv (version {version} of its tables, this one knows {newest}); "
            "use that one; nothing was learned or read"
        )
        raise HistoryError(template, path=path, version=version, newest=newest)
    return int(version)
