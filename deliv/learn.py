"""Learning what became of mails: a source is read once, and a history takes what it did not know."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from deliv.core.lessons import Complaint, Lesson, Taken
from deliv.core.outcomerows import NotUnderstood, Reading, Recorded, SetAside

_MOST_LINES: Final = 20  # that are named for one reason
_MOST_REASONS: Final = 50  # a file of which every row is strange in its own way
_MORE: Final = NotUnderstood(line=0, template="it is not understood for some other reason")
_UNKNOWN_REASON: Final = NotUnderstood(line=0, template="the reason of the bounce is not known")


class OutcomeStore(Protocol):
    """What keeps outcomes: a `deliv.sources.history.History`."""

    def learn(
        self,
        rows: Iterable[Recorded],
        *,
        name: str,
        on: date,
        sender_state: str = "",
        plain_addresses: bool = False,
    ) -> Taken:
        """Take what is new in `rows`, all of it or, when reading them fails, nothing."""
        ...


def learn(
    source: Iterable[Reading],
    store: OutcomeStore,
    *,
    name: str,
    on: date,
    sender_state: str = "",
    plain_addresses: bool = False,
) -> Lesson:
    """Let a history learn from one source, and return what that came to.

    name: what the source is called. on: the present day. sender_state: fingerprint of the shop's
    sender findings as they are now. plain_addresses: keep the addresses themselves, too.

    Raises whatever reading the source raises, and HistoryError; nothing was learned then.
    """
    tally = _Tally()
    taken = store.learn(
        tally.passing(source), name=name, on=on, sender_state=sender_state, plain_addresses=plain_addresses
    )
    return tally.lesson(name, taken)


class _Tally:
    """Counts the rows as they go by."""

    def __init__(self) -> None:
        self._rows = self._understood = self._aside = 0
        self._complaints: dict[NotUnderstood, _Lines] = {}
        self._unknown_reasons = _Lines()

    def passing(self, source: Iterable[Reading]) -> Iterator[Recorded]:
        """Pass on the rows that were understood."""
        for reading in source:
            self._rows += 1
            if isinstance(reading, Recorded):
                self._understood += 1
                if reading.unknown_reason:
                    self._unknown_reasons.add(reading.line)
                yield reading
            elif isinstance(reading, SetAside):
                self._aside += 1
            else:
                self._complain(reading)

    def _complain(self, fault: NotUnderstood) -> None:
        reason = replace(fault, line=0)
        if reason not in self._complaints and len(self._complaints) >= _MOST_REASONS:
            reason = _MORE
        self._complaints.setdefault(reason, _Lines()).add(fault.line)

    def lesson(self, name: str, taken: Taken) -> Lesson:
        """Return what it all came to."""
        complaints = [lines.complaint(reason) for reason, lines in self._complaints.items()]
        unknown = self._unknown_reasons
        return Lesson(
            name=name,
            rows=self._rows,
            understood=self._understood,
            set_aside=self._aside,
            taken=taken,
            complaints=tuple(sorted(complaints, key=lambda complaint: -complaint.count)),
            unknown_reasons=unknown.complaint(_UNKNOWN_REASON) if unknown.count else None,
        )


class _Lines:
    """How many lines, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[int] = []

    def add(self, line: int) -> None:
        """Count one line."""
        self.count += 1
        if len(self._first) < _MOST_LINES:
            self._first.append(line)

    def complaint(self, reason: NotUnderstood) -> Complaint:
        """Return them with the reason that they share."""
        return Complaint(
            template=reason.template, fields=reason.fields, count=self.count, lines=tuple(self._first)
        )
