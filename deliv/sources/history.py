"""The shop's history: what became of its mails, in one SQLite file.

Learning is idempotent because the file keeps facts, not lines. Everything that a source says of the same
customer, kind, day, reason and mail is one fact with a number of mails: rows of one source add up, unless
they name their mail, which happened once. Of two sources that state the same fact the larger number counts:
they are taken for two records of the same mails. So a file learned twice, or again under another name,
changes nothing, one that has grown adds what is new in it, and the order of rows and files is all the same.
The price: two mails that differ in nothing, and stand in two different files, count once.

A source is first gathered in a temporary table, then merged in one transaction: whoever else reads or
learns waits only for the merge, and a run that is killed leaves the history as it was. The rollback journal
is used, not the write-ahead log: that one needs shared memory, which the network folders of shops do not
have, leaves two more files beside the history, and lets nobody read in a folder that is read-only.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from deliv.core.errors import HistoryError
from deliv.core.learning import HistoryContent, LearnedSource, Taken
from deliv.core.outcomerows import Recorded
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.sources.historykey import AddressKey
from deliv.sources.historyschema import STEPS, bring_up_to_date

PATIENCE: Final = 30.0
"""Seconds to wait for another run that is writing."""

_CACHE: Final = 32_768  # KiB of pages in memory; what is gathered beyond them goes to a temporary file
_MOST_SOURCES: Final = 20  # that are listed
_FACT: Final = "domain, who, kind, day, reason, permanent, mail"
_NOBODY: Final = b""
_KINDS: Final = {kind.value: kind for kind in OutcomeKind}
_REASONS: Final = {reason.value: reason for reason in BounceReason}
_FLAGS: Final = {-1: None, 0: False, 1: True}
_NUMBERS: Final = {flag: number for number, flag in _FLAGS.items()}

TEMPLATES: Final = {
    "BUSY": "another program is using the history {path}; try again later; it is as it was before",
    "FULL": "the disk has no room for the history {path}; make some and try again; it is as it was before",
    "READONLY": (
        "the history {path} cannot be written: the file or its folder is read-only; name another one with "
        "--history; it is as it was before"
    ),
    "CANTOPEN": "the history {path} cannot be opened; name another file with --history; it is as it was before",
    "NOTADB": "{path} is no history of deliv; name another file with --history; it is as it was before",
    "CORRUPT": (
        "the history {path} is damaged; put back a copy of it, or name another file with --history; "
        "nothing was changed in it"
    ),
    "IOERR": "the history {path} cannot be read or written by this computer; nothing was changed in it",
}
"""What SQLite's errors mean to people, by the beginning of their names."""


class History:
    """A history on disk, open until the block ends.

    path: its file, which is created if need be, for its owner alone. key: what addresses are hashed
    with. patience: seconds to wait for another run that is writing.

    Everything raises HistoryError when the file cannot be read or written, or is no history.
    """

    def __init__(
        self,
        path: str | Path,
        key: AddressKey,
        *,
        patience: float = PATIENCE,
        steps: Sequence[str] = STEPS,
    ) -> None:
        self.path = Path(path)
        """Where it is."""
        self._key = key
        _create(self.path)
        with _explaining(self.path):
            self._db = sqlite3.connect(self.path, timeout=patience, isolation_level=None)
            try:
                self._db.execute(f"PRAGMA cache_size = -{_CACHE}")
                self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
                bring_up_to_date(self._db, self.path, steps)
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- keys -------------------------------------------------------------------------------------

    def key_of(self, normalized: str) -> str:
        """Return what stands for an address, as `Outcome.who` has it: 32 hexadecimal digits."""
        return self._key.hash(normalized).hex()

    @property
    def fingerprint(self) -> str:
        """What tells the present key from others."""
        return self._key.fingerprint

    @property
    def keys(self) -> tuple[str, ...]:
        """Fingerprints of all keys under which it has learned of addresses."""
        rows = self._rows("SELECT fingerprint FROM keys ORDER BY since, fingerprint")
        return tuple(fingerprint for (fingerprint,) in rows)

    @property
    def has_other_keys(self) -> bool:
        """Whether it has learned of addresses that nobody can recognise with the present key."""
        return bool({*self.keys} - {self.fingerprint})

    # --- learning ---------------------------------------------------------------------------------

    def learn(
        self,
        rows: Iterable[Recorded],
        *,
        name: str,
        on: date,
        sender_state: str = "",
        plain_addresses: bool = False,
    ) -> Taken:
        """Take what is new in `rows`: all of it or, when anything goes wrong, nothing.

        name: what the source is called. on: the present day. sender_state: fingerprint of the shop's
        sender findings, for rows that have none. plain_addresses: keep the addresses themselves, too.
        """
        cells = (self._cells(row, sender_state, plain=plain_addresses) for row in rows)
        with _explaining(self.path):
            try:
                self._gather(cells)
                with self._writing():
                    return self._merge(name, on)
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                for table in ("gathered", "facts"):
                    self._db.execute(f"DROP TABLE IF EXISTS temp.{table}")

    def _gather(self, cells: Iterable[tuple[Any, ...]]) -> None:
        """Write everything to a temporary table, then what is the same into one row of another."""
        self._db.execute(f"CREATE TEMP TABLE gathered ({_FACT}, count, sender_state, address)")
        self._db.execute("BEGIN")  # the history itself is not touched, so nobody waits
        self._db.executemany("INSERT INTO gathered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cells)
        self._db.execute(
            f"""
            CREATE TEMP TABLE facts AS SELECT {_FACT},
                CASE WHEN mail = x'' THEN sum(count) ELSE max(count) END AS count,
                max(sender_state) AS sender_state, max(address) AS address
            FROM gathered GROUP BY {_FACT}
            """  # noqa: S608 - constants
        )
        self._db.execute("COMMIT")

    def _merge(self, name: str, on: date) -> Taken:
        """Take the facts that are new, or larger than they were."""
        counts = self._db.execute(
            f"""
            SELECT facts.kind, sum(max(facts.count - coalesce(outcomes.count, 0), 0)), sum(facts.count)
            FROM facts LEFT JOIN outcomes USING ({_FACT}) GROUP BY facts.kind
            """  # noqa: S608 - constants
        ).fetchall()
        new = {_KINDS[kind]: number for kind, number, _ in counts if number}
        known = {_KINDS[kind]: total - number for kind, number, total in counts if total > number}
        self._db.execute(
            f"""
            INSERT INTO outcomes SELECT {_FACT}, count, sender_state FROM facts WHERE true
            ON CONFLICT DO UPDATE SET count = excluded.count WHERE excluded.count > count
            """  # noqa: S608 - constants
        )
        self._db.execute(
            "INSERT OR IGNORE INTO addresses SELECT who, max(address) FROM facts WHERE address <> '' GROUP BY who"
        )
        self._db.execute(
            """
            INSERT OR IGNORE INTO keys
            SELECT DISTINCT lower(hex(substr(who, 1, 4))), ? FROM facts WHERE who <> x''
            """,
            (on.isoformat(),),
        )
        if new:
            source = (name, on.isoformat(), sum(new.values()))
            self._db.execute("INSERT INTO sources (name, learned_on, mails) VALUES (?, ?, ?)", source)
        return Taken(new=new, known=known)

    def _cells(self, row: Recorded, sender_state: str, *, plain: bool) -> tuple[Any, ...]:
        outcome = row.outcome
        who, address = _NOBODY, ""
        if "@" in outcome.who:
            who = self._key.hash(outcome.who)
            address = outcome.who if plain else ""
        elif outcome.who:
            who = bytes.fromhex(outcome.who)
        mail = _NOBODY
        if row.mail:
            mail = bytes.fromhex(row.mail) if row.is_mail_key else self._key.hash_mail(row.mail)
        return (
            outcome.domain,
            who,
            outcome.kind.value,
            outcome.day.isoformat(),
            outcome.reason.value if outcome.reason else "",
            _NUMBERS[outcome.permanent],
            mail,
            outcome.count,
            outcome.sender_state or sender_state,
            address,
        )

    # --- reading ----------------------------------------------------------------------------------

    def outcomes(self, *, by_address: bool = True, since: date = date.min) -> Iterator[Outcome]:
        """Yield what it holds, with `who` as `key_of` returns it, by domain.

        by_address: False adds the customers of a domain up, which is far less to read. since: the
        first day that counts.
        """
        who = "who" if by_address else "x''"
        columns = f"domain, {who}, kind, day, reason, permanent, sender_state"
        query = f"SELECT {columns}, sum(count) FROM outcomes WHERE day >= ? GROUP BY {columns}"  # noqa: S608
        with _explaining(self.path):
            for row in self._db.execute(query, (since.isoformat(),)):
                yield _outcome(row)

    def outcomes_of(self, normalized: str) -> Iterator[Outcome]:
        """Yield what it holds of one address, the oldest first."""
        columns = "domain, who, kind, day, reason, permanent, sender_state"
        query = f"""
            SELECT {columns}, sum(count) FROM outcomes WHERE domain = ? AND who = ?
            GROUP BY {columns} ORDER BY day, kind
            """  # noqa: S608 - constants
        return map(_outcome, self._rows(query, (_domain_of(normalized), self._key.hash(normalized))))

    def records(self) -> Iterator[tuple[Recorded, str]]:
        """Yield every single fact with the address in plain text, where that is known."""
        query = """
            SELECT domain, outcomes.who, kind, day, reason, permanent, sender_state, count, mail,
                coalesce(address, '')
            FROM outcomes LEFT JOIN addresses ON outcomes.who = addresses.who
            """
        with _explaining(self.path):
            for row in self._db.execute(query):
                yield Recorded(outcome=_outcome(row[:8]), mail=row[8].hex(), is_mail_key=True), row[9]

    def content(self, *, domain: str | None = None, address: str | None = None) -> HistoryContent:
        """Return what it holds, all in all, of one domain, or of one normalized address."""
        where, values = "true", tuple[Any, ...]()
        if address is not None:
            where, values = "domain = ? AND who = ?", (_domain_of(address), self._key.hash(address))
        elif domain is not None:
            where, values = "domain = ?", (domain,)
        chosen = f"FROM outcomes WHERE {where}"
        ((first, last),) = self._rows(f"SELECT min(day), max(day) {chosen}", values)
        by_domain: dict[str, dict[OutcomeKind, int]] = {}
        for name, kind, count in self._rows(
            f"SELECT domain, kind, sum(count) {chosen} GROUP BY domain, kind", values
        ):
            by_domain.setdefault(name, {})[_KINDS[kind]] = count
        ((addresses,),) = self._rows(
            f"SELECT count(*) FROM (SELECT DISTINCT who {chosen} AND who <> x'')", values
        )
        ((plain,),) = self._rows(
            f"SELECT count(*) FROM addresses WHERE who IN (SELECT who {chosen} AND who <> x'')", values
        )
        whole = domain is None and address is None
        return HistoryContent(
            first_day=date.fromisoformat(first) if first else None,
            last_day=date.fromisoformat(last) if last else None,
            by_domain=by_domain,
            addresses=addresses,
            plain_addresses=plain,
            without_sent=sum(
                OutcomeKind.BOUNCE in counts and OutcomeKind.SENT not in counts for counts in by_domain.values()
            ),
            other_keys=tuple(key for key in self.keys if key != self.fingerprint),
            sources=self._sources() if whole else (),
            outcomes=tuple(self.outcomes_of(address)) if address is not None else (),
        )

    def _sources(self) -> tuple[LearnedSource, ...]:
        query = "SELECT name, learned_on, mails FROM sources ORDER BY id DESC LIMIT ?"
        return tuple(
            LearnedSource(name=name, learned_on=date.fromisoformat(on), mails=mails)
            for name, on, mails in self._rows(query, (_MOST_SOURCES,))
        )

    # --- forgetting -------------------------------------------------------------------------------

    def forget(self, normalized: str) -> int:
        """Forget an address, so that no byte of the file tells of it, and return how many mails that were.

        Under other keys it is found only where it was kept in plain text.
        """
        domain = _domain_of(normalized)
        with _explaining(self.path), self._writing():
            query = "SELECT who FROM addresses WHERE address = ? COLLATE NOCASE"
            found = {who for (who,) in self._db.execute(query, (normalized,))} | {self._key.hash(normalized)}
            total = 0
            for who in found:
                (mails,) = self._db.execute(
                    "SELECT coalesce(sum(count), 0) FROM outcomes WHERE domain = ? AND who = ?", (domain, who)
                ).fetchone()
                total += mails
                self._db.execute("DELETE FROM outcomes WHERE domain = ? AND who = ?", (domain, who))
                self._db.execute("DELETE FROM addresses WHERE who = ?", (who,))
        self._compact()
        return total

    def prune(self, before: date) -> int:
        """Forget everything that is older than a day, and return how many mails that were."""
        day = (before.isoformat(),)
        with _explaining(self.path), self._writing():
            (total,) = self._db.execute(
                "SELECT coalesce(sum(count), 0) FROM outcomes WHERE day < ?", day
            ).fetchone()
            self._db.execute("DELETE FROM outcomes WHERE day < ?", day)
            self._db.execute("DELETE FROM addresses WHERE who NOT IN (SELECT who FROM outcomes)")
            self._db.execute("DELETE FROM sources WHERE learned_on < ?", day)
            self._db.execute(
                """
                DELETE FROM keys WHERE fingerprint NOT IN
                (SELECT DISTINCT lower(hex(substr(who, 1, 4))) FROM outcomes WHERE who <> x'')
                """
            )
        self._compact()
        return int(total)

    def _compact(self) -> None:
        """Write the file anew, without the room of what is gone."""
        with _explaining(self.path):
            self._db.execute("VACUUM")

    # --- SQLite -----------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with _explaining(self.path):
            return self._db.execute(query, values).fetchall()


def _create(path: Path) -> None:
    """Make an empty file that only its owner can read, if there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        template = "the history {path} cannot be opened ({reason}); name another file with --history; nothing was done"
        raise HistoryError(template, path=path, reason=error.strerror or error) from error


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Turn what happens to files into a sentence; what can only be our bug goes through."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").partition("_")[0]
        if name not in TEMPLATES:
            raise
        raise HistoryError(TEMPLATES[name], path=path) from error


def _outcome(row: Sequence[Any]) -> Outcome:
    domain, who, kind, day, reason, permanent, sender_state, count = row
    return Outcome(
        kind=_KINDS[kind],
        domain=domain,
        day=date.fromisoformat(day),
        who=who.hex(),
        count=count,
        reason=_REASONS[reason] if reason else None,
        permanent=_FLAGS[permanent],
        sender_state=sender_state,
    )


def _domain_of(normalized: str) -> str:
    return normalized.rpartition("@")[2].casefold()
