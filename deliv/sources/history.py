"""The shop's history: what became of its mails, in one SQLite file.

`historyschema` has its tables, `historyfile` what is to be known of SQLite, `historymerge` how learning twice
changes nothing, and `historykey` how addresses are kept so that the file tells nobody whom it speaks of.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from deliv.core.lessons import HistoryContent, LearnedSource, Taken
from deliv.core.outcomerows import Recorded
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.sources.historyfile import PATIENCE, HistoryFile
from deliv.sources.historykey import AddressKey
from deliv.sources.historymerge import FactCells, merge
from deliv.sources.historyschema import STEPS

_MOST_SOURCES: Final = 20  # that are listed
_NOBODY: Final = b""
_KINDS: Final = {kind.value: kind for kind in OutcomeKind}
_REASONS: Final = {reason.value: reason for reason in BounceReason}
_FLAGS: Final = {-1: None, 0: False, 1: True}
_NUMBERS: Final = {flag: number for number, flag in _FLAGS.items()}

# Queries are put together from constants; whatever comes from outside is a value of theirs.
_SAID: Final = "domain, who, kind, day, reason, permanent, sender_state"
_ALL: Final = f"SELECT {_SAID}, sum(count) FROM outcomes WHERE day >= ? GROUP BY {_SAID}"  # noqa: S608
_ALL_BY_DOMAIN: Final = _ALL.replace("who", "x''")
_HEARD_OF: Final = "SELECT who FROM outcomes WHERE kind NOT IN ('sent', 'delivered')"
_ALL_BUT_SILENT: Final = f"""
    SELECT domain, CASE WHEN who IN ({_HEARD_OF}) THEN who ELSE x'' END AS heard,
        kind, day, reason, permanent, sender_state, sum(count)
    FROM outcomes WHERE day >= ? GROUP BY domain, heard, kind, day, reason, permanent, sender_state
    """  # noqa: S608
_OF_ADDRESS: Final = "domain = ? AND who = ?"
_ONE: Final = f"""
    SELECT {_SAID}, sum(count) FROM outcomes WHERE {_OF_ADDRESS} GROUP BY {_SAID} ORDER BY day, kind
    """  # noqa: S608
_RECORDS: Final = """
    SELECT domain, outcomes.who, kind, day, reason, permanent, sender_state, count, mail,
        coalesce(address, '')
    FROM outcomes LEFT JOIN addresses ON outcomes.who = addresses.who
    """


class History:
    """A history on disk, open until the block ends.

    path: its file, which is created if need be, for its owner alone. key: what addresses are hashed
    with. patience: seconds to wait for another run that is writing. steps: how its tables came about.
    read_only: it is there, and nothing is written to it.

    Everything raises HistoryError when the file cannot be read or written, or is no history.
    """

    def __init__(
        self,
        path: str | Path,
        key: AddressKey,
        *,
        patience: float = PATIENCE,
        steps: Sequence[str] = STEPS,
        read_only: bool = False,
    ) -> None:
        self._key = key
        self._file = HistoryFile(Path(path), patience=patience, steps=steps, read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._file.path

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
        rows = self._file.rows("SELECT fingerprint FROM keys ORDER BY since, fingerprint")
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
        plain_addresses: bool = False,
    ) -> Taken:
        """Take what is new in `rows`: all of it or, when anything goes wrong, nothing.

        name: what the source is called. on: the present day. plain_addresses: keep the addresses
        themselves, too.
        """
        cells = (self._cells(row, plain=plain_addresses) for row in rows)
        return merge(self._file, cells, name=name, on=on)

    def _cells(self, row: Recorded, *, plain: bool) -> FactCells:
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
            outcome.sender_state,
            address,
        )

    # --- reading ----------------------------------------------------------------------------------

    def outcomes(
        self, *, by_address: bool = True, fold_silent: bool = False, since: date = date.min
    ) -> Iterator[Outcome]:
        """Return what it holds, by domain, with `who` as `key_of` returns it.

        by_address: False adds the customers of a domain up, which is far less to read. fold_silent: adds up
        only those of whom nothing is known but that they were sent mail, so that nothing is lost to
        whoever judges them. since: the first day that counts.
        """
        query = (_ALL_BUT_SILENT if fold_silent else _ALL) if by_address else _ALL_BY_DOMAIN
        return map(_outcome, self._file.each(query, (since.isoformat(),)))

    def outcomes_of(self, normalized: str) -> Iterator[Outcome]:
        """Return what it holds of one address, the oldest first."""
        return map(_outcome, self._file.rows(_ONE, self._place(normalized)))

    def records(self) -> Iterator[tuple[Recorded, str]]:
        """Yield every single fact, and the address in plain text where that is known."""
        for *said, mail, address in self._file.each(_RECORDS):
            yield Recorded(outcome=_outcome(said), mail=mail.hex(), is_mail_key=True), address

    def content(self, *, domain: str | None = None, address: str | None = None) -> HistoryContent:
        """Return what it holds, all in all, of one domain, or of one normalized address."""
        where, values = "true", tuple[Any, ...]()
        if address is not None:
            where, values = _OF_ADDRESS, self._place(address)
        elif domain is not None:
            where, values = "domain = ?", (domain,)

        def ask(what: str, more: str = "") -> list[Any]:
            return self._file.rows(f"SELECT {what} FROM outcomes WHERE {where} {more}", values)  # noqa: S608

        by_domain: dict[str, dict[OutcomeKind, int]] = {}
        for name, kind, count in ask("domain, kind, sum(count)", "GROUP BY domain, kind"):
            by_domain.setdefault(name, {})[_KINDS[kind]] = count
        ((first, last),) = ask("min(day), max(day)")
        ((addresses,),) = ask("count(DISTINCT who)", "AND who <> x''")
        ((plain,),) = ask("count(DISTINCT who)", "AND who IN (SELECT who FROM addresses)")
        return HistoryContent(
            first_day=date.fromisoformat(first) if first else None,
            last_day=date.fromisoformat(last) if last else None,
            by_domain=by_domain,
            addresses=addresses,
            plain_addresses=plain,
            other_keys=tuple(key for key in self.keys if key != self.fingerprint),
            sources=self._sources() if domain is None and address is None else (),
            outcomes=tuple(self.outcomes_of(address)) if address is not None else (),
        )

    def _sources(self) -> tuple[LearnedSource, ...]:
        query = "SELECT name, learned_on, mails FROM sources ORDER BY id DESC LIMIT ?"
        return tuple(
            LearnedSource(name=name, learned_on=date.fromisoformat(on), mails=mails)
            for name, on, mails in self._file.rows(query, (_MOST_SOURCES,))
        )

    @property
    def days(self) -> tuple[date, date] | None:
        """The first day and the last one of which it knows something; None when it is empty."""
        ((first, last),) = self._file.rows("SELECT min(day), max(day) FROM outcomes")
        return (date.fromisoformat(first), date.fromisoformat(last)) if first else None

    # --- forgetting -------------------------------------------------------------------------------

    def forget(self, normalized: str) -> int:
        """Forget an address, so that no byte of the file tells of it, and return how many mails that were.

        Under other keys it is found only where it was kept in plain text.
        """
        domain, present = self._place(normalized)
        total = 0
        with self._file.writing() as db:
            plain = db.execute("SELECT who FROM addresses WHERE address = ? COLLATE NOCASE", (normalized,))
            for who in {present, *(who for (who,) in plain)}:
                place = (domain, who)
                found = db.execute(f"SELECT count FROM outcomes WHERE {_OF_ADDRESS}", place)  # noqa: S608
                total += sum(count for (count,) in found)
                db.execute(f"DELETE FROM outcomes WHERE {_OF_ADDRESS}", place)  # noqa: S608
                db.execute("DELETE FROM addresses WHERE who = ?", (who,))
        self._file.compact()
        return total

    def prune(self, before: date) -> int:
        """Forget everything that is older than a day, and return how many mails that were."""
        day = (before.isoformat(),)
        with self._file.writing() as db:
            ((total,),) = db.execute("SELECT coalesce(sum(count), 0) FROM outcomes WHERE day < ?", day)
            db.execute("DELETE FROM outcomes WHERE day < ?", day)
            db.execute("DELETE FROM addresses WHERE who NOT IN (SELECT who FROM outcomes)")
            db.execute("DELETE FROM sources WHERE learned_on < ?", day)
            db.execute(
                """
                DELETE FROM keys WHERE fingerprint NOT IN
                (SELECT DISTINCT lower(hex(substr(who, 1, 4))) FROM outcomes WHERE who <> x'')
                """
            )
        self._file.compact()
        return int(total)

    def _place(self, normalized: str) -> tuple[str, bytes]:
        """Return where an address is found: domain, and what stands for it."""
        return normalized.rpartition("@")[2].casefold(), self._key.hash(normalized)


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
