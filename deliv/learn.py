"""Learning what became of mails: a source is read once, and a history takes what it did not know."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Protocol

from deliv.core.lessons import Complaint, Lesson, Taken
from deliv.core.outcomerows import NotUnderstood, Reading, Recorded, SetAside

STATE_HOLDS: Final = timedelta(days=30)
"""How long the shop's sender findings are taken to have been what they are when outcomes are learned.

Nobody knows how the shop sent last year; outcomes that are older are kept without a sender state.
"""

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
    is_mail: bool = False,
) -> Lesson:
    """Let a history learn from one source, and return what that came to.

    name: what the source is called. on: the present day. sender_state: fingerprint of the shop's
    sender findings as they are now, for outcomes of the last days (`STATE_HOLDS`) that have none.
    plain_addresses: keep the addresses themselves, too. is_mail: whether the source holds mails, whose
    number each reading has for its line.

    Raises whatever reading the source raises, and HistoryError; nothing was learned then.
    """
    tally = _Tally(is_mail=is_mail)
    rows = _dated(tally.passing(source), sender_state, since=on - STATE_HOLDS)
    taken = store.learn(rows, name=name, on=on, plain_addresses=plain_addresses)
    return tally.lesson(name, taken)


def _dated(rows: Iterable[Recorded], sender_state: str, *, since: date) -> Iterable[Recorded]:
    """Return the rows, those that are new enough with the present sender state."""
    if not sender_state:
        return rows
    return (
        replace(row, outcome=replace(row.outcome, sender_state=sender_state))
        if row.outcome.day >= since and not row.outcome.sender_state
        else row
        for row in rows
    )


class _Tally:
    """Counts the rows as they go by."""

    def __init__(self, *, is_mail: bool) -> None:
        self._is_mail = is_mail
        self._rows = self._understood = self._last = 0
        self._aside: dict[SetAside, _Lines] = {}
        self._complaints: dict[NotUnderstood, _Lines] = {}
        self._unknown_reasons = _Lines()

    def passing(self, source: Iterable[Reading]) -> Iterator[Recorded]:
        """Pass on the rows that were understood."""
        for reading in source:
            self._rows += not self._is_mail or reading.line != self._last
            self._last = reading.line
            line = 0 if self._is_mail else reading.line
            if isinstance(reading, Recorded):
                self._understood += 1
                if reading.unknown_reason:
                    self._unknown_reasons.add(line)
                yield reading
            elif isinstance(reading, SetAside):
                self._aside.setdefault(replace(reading, line=0), _Lines()).add(line)
            else:
                self._complain(reading, line)

    def _complain(self, fault: NotUnderstood, line: int) -> None:
        reason = replace(fault, line=0)
        if reason not in self._complaints and len(self._complaints) >= _MOST_REASONS:
            reason = _MORE
        self._complaints.setdefault(reason, _Lines()).add(line)

    def lesson(self, name: str, taken: Taken) -> Lesson:
        """Return what it all came to."""
        unknown = self._unknown_reasons
        return Lesson(
            name=name,
            rows=self._rows,
            understood=self._understood,
            taken=taken,
            complaints=_ranked(lines.complaint(why) for why, lines in self._complaints.items()),
            aside=_ranked(lines.complaint(why) for why, lines in self._aside.items()),
            unknown_reasons=unknown.complaint(_UNKNOWN_REASON) if unknown.count else None,
            is_mail=self._is_mail,
        )


def _ranked(complaints: Iterable[Complaint]) -> tuple[Complaint, ...]:
    return tuple(sorted(complaints, key=lambda complaint: -complaint.count))


class _Lines:
    """How many lines, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[int] = []

    def add(self, line: int) -> None:
        """Count one line."""
        self.count += 1
        if line and len(self._first) < _MOST_LINES:
            self._first.append(line)

    def complaint(self, reason: NotUnderstood | SetAside) -> Complaint:
        """Return them with the reason that they share."""
        fields = reason.fields if isinstance(reason, NotUnderstood) else ()
        return Complaint(template=reason.template, fields=fields, count=self.count, lines=tuple(self._first))
