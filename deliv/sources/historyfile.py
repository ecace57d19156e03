"""The SQLite file behind a history: opening it, one writer at a time, and what its errors mean to people.

The rollback journal is used, not the write-ahead log: that one needs shared memory, which the network
folders of shops do not have, leaves two more files beside the history, and lets nobody read where the
folder is read-only. Whoever writes gathers everything before, so that others wait only for a moment.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from deliv.core.errors import HistoryError
from deliv.sources.historyschema import STEPS, bring_up_to_date, is_up_to_date

PATIENCE: Final = 30.0
"""Seconds to wait for another run that is writing."""

TEMPLATES: Final = {
    "BUSY": "another program is using the history {path}; try again later; it is as it was before",
    "FULL": "the disk has no room for the history {path}; make some and try again; it is as it was before",
    "READONLY": (
        "the history {path} cannot be written: the file or its folder is read-only; name another one with "
        "--history; it is as it was before"
    ),
    "CANTOPEN": "the history {path} cannot be opened; name another file with --history; it is as it was",
    "NOTADB": "{path} is no history of deliv; name another file with --history; it is as it was before",
    "CORRUPT": (
        "the history {path} is damaged; put back a copy of it, or name another file with --history; "
        "nothing was changed in it"
    ),
    "IOERR": "the history {path} cannot be read or written by this computer; nothing was changed in it",
}
"""What SQLite's errors mean to people, by the beginning of their names."""

_CACHE: Final = 32_768  # KiB of pages in memory; what is gathered beyond them goes to a temporary file


class HistoryFile:
    """A history's file, open until it is closed; created, for its owner alone, if there is none.

    read_only: create and change nothing, whatever is asked for.
    """

    def __init__(
        self,
        path: Path,
        *,
        patience: float = PATIENCE,
        steps: Sequence[str] = STEPS,
        read_only: bool = False,
    ) -> None:
        self.path = path
        """Where it is."""
        if not read_only:
            _create(path)
        with self.explaining():
            self._db = sqlite3.connect(path, timeout=patience, isolation_level=None)
            try:
                self._db.execute(f"PRAGMA cache_size = -{_CACHE}")
                if read_only:
                    self._read_only(steps)
                    return
                self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
                bring_up_to_date(self._db, path, steps)
            except BaseException:
                self._db.close()
                raise

    def _read_only(self, steps: Sequence[str]) -> None:
        """Let nothing be written. An older history is brought up to date in memory.

        The file itself is not opened as read-only: then nobody could clear up behind a run that was killed
        while it was writing.
        """
        self._db.execute("PRAGMA query_only = ON")
        if not is_up_to_date(self._db, self.path, steps):
            copy = sqlite3.connect(":memory:", isolation_level=None)
            self._db.backup(copy)
            self._db.close()
            self._db = copy
            bring_up_to_date(copy, self.path, steps)
            copy.execute("PRAGMA query_only = ON")

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, in which transactions are begun by hand."""
        return self._db

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""
        with self.explaining():
            return self._db.execute(query, values).fetchall()

    def each(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows of a query one by one."""
        with self.explaining():
            yield from self._db.execute(query, values)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for one transaction: all of the block happens, or nothing."""
        with self.explaining():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            finally:
                self.roll_back()

    def roll_back(self) -> None:
        """Undo what was begun and not finished."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def compact(self) -> None:
        """Write the file anew, without the room of what is gone, if that can be done just now.

        What is gone has been overwritten already, so that nothing depends on it.
        """
        with suppress(sqlite3.OperationalError):  # somebody is reading, or the disk has no room for two
            self._db.execute("VACUUM")

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn what happens to files into a sentence; what can only be our bug goes through."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").partition("_")[0]
            if name not in TEMPLATES:
                raise
            raise HistoryError(TEMPLATES[name], path=self.path) from error


def _create(path: Path) -> None:
    """Make an empty file that only its owner can read, if there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        template = (
            "the history {path} cannot be opened ({reason}); name another file with --history; "
            "nothing was learned or read"
        )
        raise HistoryError(template, path=path, reason=error.strerror or error) from error
