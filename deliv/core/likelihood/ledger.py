"""The history added up, by domain and by address: made once for a run, whatever is believed of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Final

from deliv.core.experience import Experience
from deliv.core.historybook import HistoryBook
from deliv.core.likelihood.levels import Own, PastBounce, Seen
from deliv.core.likelihood.tally import AddressTally, Counts, Coverage, Tally, total, weight_of
from deliv.core.outcomes import Outcome, OutcomeKind

_SILENT: Final = frozenset({OutcomeKind.SENT, OutcomeKind.DELIVERED})
_SEEDS: Final = frozenset({OutcomeKind.SEED_INBOX, OutcomeKind.SEED_JUNK, OutcomeKind.SEED_MISSING})


class Ledger:
    """What became of the shop's mails until a day, as much as it still weighs."""

    def __init__(
        self,
        experience: Experience,
        book: HistoryBook,
        *,
        as_of: date,
        half_life_days: float,
        sender_state: str = "",
    ) -> None:
        self._key_of = experience.key_of
        self._as_of = as_of
        self._dead_for_days = book.dead_for_days
        self._weights: dict[tuple[date, str], float] = {}
        self._lines: dict[str, list[Outcome]] = {}
        self._heard: set[str] = set()
        self._own: dict[str, Own] = {}
        domains: defaultdict[str, Tally] = defaultdict(Tally)
        waiting: defaultdict[tuple[str, OutcomeKind, date, str], int] = defaultdict(int)
        counted_days: set[date] = set()
        for outcome in experience.outcomes():
            if outcome.day > as_of:
                continue
            at = outcome.day, outcome.sender_state
            if at not in self._weights:
                self._weights[at] = weight_of(
                    outcome,
                    as_of=as_of,
                    half_life_days=half_life_days,
                    sender_state=sender_state,
                    other_state=book.other_state,
                )
            if outcome.kind in _SILENT:
                counted_days.add(outcome.day)
            if outcome.kind in _SILENT or outcome.kind in _SEEDS:
                domains[outcome.domain].add(outcome.kind, outcome.count, self._weights[at])
            else:
                waiting[outcome.domain, outcome.kind, *at] += outcome.count
            if outcome.who:
                self._lines.setdefault(outcome.who, []).append(outcome)
                if outcome.kind not in _SILENT:
                    self._heard.add(outcome.who)
        self._add_counted(domains, waiting, Coverage(counted_days))
        self.domains: Mapping[str, Seen] = {domain: Seen.of(tally) for domain, tally in domains.items()}
        """What each domain saw."""

    def _add_counted(
        self,
        domains: defaultdict[str, Tally],
        waiting: Mapping[tuple[str, OutcomeKind, date, str], int],
        coverage: Coverage,
    ) -> None:
        """Add what has a denominator: a year of bounces beside the orders of a month is no rate."""
        for (domain, kind, day, state), count in waiting.items():
            weight = self._weights[day, state]
            if day in coverage:
                domains[domain].add(kind, count, weight)
            elif kind is OutcomeKind.BOUNCE:
                domains[domain].add_loose(count, weight)

    @property
    def counts(self) -> Counts:
        """What the whole history comes to, unfaded."""
        return total(seen.raw for seen in self.domains.values())

    def own(self, normalized: str) -> Own | None:
        """Return what is known of one address; None when there is nothing but silence after its mails."""
        if not self._heard:
            return None
        who = self._key_of(normalized)
        if who not in self._heard:
            return None
        own = self._own.get(who)
        if own is None:
            own = self._own[who] = self._added_up(self._lines[who])
        return own

    def _added_up(self, lines: list[Outcome]) -> Own:
        tally = AddressTally()
        for outcome in lines:
            tally.add(outcome.kind, outcome.count, self._weights[outcome.day, outcome.sender_state])
            tally.note(outcome)
        dead = tally.is_dead(self._as_of, self._dead_for_days)
        day = tally.dead_on if dead else tally.last_bounce
        return Own(
            seen=Seen.of(tally),
            past_bounce=PastBounce(day=day, is_for_good=dead) if day is not None else None,
        )
