"""Is the likelihood any good? Every later outcome is predicted from the earlier ones, and scored.

Month by month, as it would have been used (the prequential view of Dawid 1984, JRSS A 147, 278):
what happened before a block of 30 days predicts all of that block, and only then becomes known. So
no outcome is predicted from one of the same day, of the same block, or of a later one. Predicted is
only what has a denominator: bounces out of mails sent, and where test mails were out of all test
mails. Two baselines show what the model is worth: one rate for everybody, learned from the same
earlier outcomes, and the priors of the rule book.

What it cannot undo: the rule book is that of today, and may know of changes that came later. How
the shop sent at the time is left aside, unless the facts of today are given. Providers are known by
the names of domains alone, as a history keeps no MX records. A bounce counts on its own day, so one
that arrives in the block after its mail is predicted there; and a mail whose bounce was still to
come counts as accepted, as it would have on that day.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from deliv.core.experience import Remembered
from deliv.core.facts import FactValue
from deliv.core.findings import find
from deliv.core.learning import learn_from
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.levels import Own
from deliv.core.likelihood.tally import Counts, Tally, counts_of, total
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.providers import Provider
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Rule
from deliv.core.scores import Case, bins_of, gains, score, units_of
from deliv.core.settings import HistorySettings
from deliv.core.trials import LEAST_EVENTS, LEAST_UNITS, Backtest, Event, Gain, Lack, Trial
from deliv.core.weighing import Scales

BLOCK_DAYS: Final = 30
"""Days that are predicted at once."""

_RATED: Final = frozenset({OutcomeKind.SENT, OutcomeKind.DELIVERED, OutcomeKind.BOUNCE})


def backtest(
    outcomes: Iterable[Outcome],
    rules: RuleBook,
    *,
    split: date | float = 0.5,
    half_life_days: float = HistorySettings().half_life_days,
    sender: Mapping[str, FactValue] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Return how well the shop's later outcomes were foreseen.

    split: first day to predict, or the share of the time between the first and the last outcome that
        is only learned from. sender: facts about the sender, as for `learn`. on_progress: called with
        the number of months done, and of all.
    """
    known = sorted(outcomes, key=_order)
    if not known:
        return Backtest(first=None, last=None, split=None, months=0, trials=tuple(map(_nothing, Event)))
    first, last = known[0].day, known[-1].day
    start = split if isinstance(split, date) else first + timedelta(days=round((last - first).days * split))
    foresights = {event: _Foresight(event) for event in Event}
    blocks = list(_blocks(known, max(start, first)))
    for done, (begin, at, end) in enumerate(blocks):
        yesterday = begin - timedelta(days=1)
        learned = learn_from(
            Remembered(known=tuple(known[:at])),
            rules,
            as_of=yesterday,
            half_life_days=half_life_days,
            sender=sender,
        )
        oracle = _Oracle(rules, learned, yesterday, sender or {})
        earlier = learned.counts
        for domain, who, counts in _units(known[at:end]):
            view = oracle.view(domain, who)
            for foresight in foresights.values():
                foresight.take(counts, view, earlier, month=done)
        if on_progress is not None:
            on_progress(done + 1, len(blocks))
    before = total_of(known[: bisect_left(known, start, key=_day)])
    return Backtest(
        first=first,
        last=last,
        split=start,
        months=len(blocks),
        trials=tuple(foresight.trial(before) for foresight in foresights.values()),
    )


def _order(outcome: Outcome) -> tuple[date, str, str, str, int]:
    """Return what puts outcomes into one order, so that sums of fractions are the same in every run."""
    return outcome.day, outcome.domain, outcome.who, outcome.kind, outcome.count


def _day(outcome: Outcome) -> date:
    return outcome.day


def total_of(outcomes: Iterable[Outcome]) -> Counts:
    """Return what some outcomes come to, domain by domain."""
    return total(counts for _, _, counts in _units(outcomes))


def _blocks(known: Sequence[Outcome], start: date) -> Iterator[tuple[date, int, int]]:
    """Yield the blocks in which something happened: first day, and where it begins and ends."""
    at = bisect_left(known, start, key=_day)
    while at < len(known):
        number = (known[at].day - start).days // BLOCK_DAYS
        begin = start + timedelta(days=number * BLOCK_DAYS)
        end = bisect_left(known, begin + timedelta(days=BLOCK_DAYS), lo=at, key=_day)
        yield begin, at, end
        at = end


def _units(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str, Counts]]:
    """Yield domain, address and counts: by address where its mails were counted, else the whole domain."""
    domains: dict[str, Tally] = {}
    addresses: dict[tuple[str, str], Tally] = {}
    for outcome in outcomes:
        domains.setdefault(outcome.domain, Tally()).add(outcome.kind, outcome.count, 1.0)
        if outcome.who and outcome.kind in _RATED:
            own = addresses.setdefault((outcome.domain, outcome.who), Tally())
            own.add(outcome.kind, outcome.count, 1.0)
    rest = {domain: counts_of(tally.raw) for domain, tally in domains.items()}
    for (domain, who), tally in addresses.items():
        counts = counts_of(tally.raw)
        if counts.mails > 0:
            rest[domain] -= counts
            yield domain, who, counts
    for domain, counts in rest.items():
        yield domain, "", counts


@dataclass(frozen=True, slots=True)
class _View:
    """What is predicted for an address."""

    group: str
    """Its provider, or its domain where none is known."""
    model: Belief
    prior: Belief
    """What the rule book says alone."""
    is_dead: bool = False
    """Whether the mailbox is known to be gone."""


class _Oracle:
    """Says what the model, and what the rule book alone, predicts for an address."""

    def __init__(
        self, rules: RuleBook, learned: Learned, as_of: date, sender: Mapping[str, FactValue]
    ) -> None:
        self._rules = rules
        self._learned = learned
        self._as_of = as_of
        self._sender = sender
        self._providers: dict[str, Provider | None] = {}
        self._fired: dict[str, list[Rule]] = {}
        self._views: dict[str, _View] = {}

    def view(self, domain: str, who: str) -> _View:
        """Return what is predicted; addresses of which nothing but silence is known share it."""
        own = self._learned.own(who) if who else None
        if own is not None:
            return self._look(domain, own)
        view = self._views.get(domain)
        if view is None:
            view = self._views[domain] = self._look(domain, None)
        return view

    def _look(self, domain: str, own: Own | None) -> _View:
        provider = self._provider(domain)
        scales = Scales(
            rules=self._rules,
            provider=provider,
            volume_per_day=None,
            as_of=self._as_of,
            past=self._learned.evidence(domain, provider, own),
        )
        prior, model = scales.rates(self._rules_at(provider))
        return _View(
            group=provider.id if provider else domain,
            model=model,
            prior=prior,
            is_dead=own is not None and own.is_dead,
        )

    def _provider(self, domain: str) -> Provider | None:
        if domain not in self._providers:
            match = self._rules.providers.match(domain)
            self._providers[domain] = match.provider if match else None
        return self._providers[domain]

    def _rules_at(self, provider: Provider | None) -> list[Rule]:
        at = provider.id if provider else ""
        if at not in self._fired:
            values = dict(self._sender)
            if provider is not None:
                values |= {"recipient.provider": provider.id, "recipient.kind": provider.kind.value}
            found = find(self._rules.rules, values, (), self._as_of)
            self._fired[at] = [finding.rule for finding in found.fired]
        return self._fired[at]


_Forecast = tuple[str, int, float, float, float]
"""Group and month; probability by the model, by one rate for everybody, and by the rule book."""


@dataclass(slots=True)
class _Foresight:
    """The predictions of one event, by model and baselines; equal ones are added up."""

    event: Event
    cases: dict[_Forecast, tuple[float, float]] = field(default_factory=dict)
    """How often it happened, and how often it could have."""

    def take(self, counts: Counts, view: _View, earlier: Counts, *, month: int) -> None:
        """Compare what became of some mails with what was predicted of them."""
        events, mails = self.event.happened(counts)
        if mails <= 0:
            return
        before, tries = self.event.happened(earlier)
        common = (before + 0.5) / (tries + 1.0)  # never 0: the baseline may not fail for one surprise
        is_certain = view.is_dead and self.event is Event.REFUSED
        ours = 1.0 if is_certain else self.event.chance(view.model)
        key = view.group, month, ours, common, self.event.chance(view.prior)
        known = self.cases.get(key, (0.0, 0.0))
        self.cases[key] = known[0] + events, known[1] + mails

    def _by(self, place: int) -> list[Case]:
        return [
            Case(predicted=(ours, common, prior)[place], events=events, mails=mails, group=group, month=month)
            for (group, month, ours, common, prior), (events, mails) in self.cases.items()
        ]

    def trial(self, earlier: Counts) -> Trial:
        """Return how well it went."""
        model, global_rate, priors = map(self._by, range(3))
        _, before = self.event.happened(earlier)
        mails, events = sum(case.mails for case in model), sum(case.events for case in model)
        trial = Trial(
            event=self.event,
            earlier=round(before),
            mails=round(mails),
            events=round(events),
            units=units_of(model),
            lack=None,
        )
        trial = replace(trial, lack=_lack(trial))
        if mails <= 0:
            return trial
        return replace(
            trial,
            model=score(model),
            global_rate=score(global_rate),
            priors=score(priors),
            over_global=_gain(model, global_rate),
            over_priors=_gain(model, priors),
            bins=bins_of(model),
        )


def _gain(ours: Sequence[Case], theirs: Sequence[Case]) -> Gain:
    brier, log_loss = gains(ours, theirs)
    return Gain(brier=brier, log_loss=log_loss)


def _lack(trial: Trial) -> Lack | None:
    if trial.earlier < trial.event.least:
        return Lack.EARLIER
    if trial.mails < trial.event.least:
        return Lack.LATER
    if min(trial.events, trial.mails - trial.events) < LEAST_EVENTS:
        return Lack.EVENTS
    return Lack.UNITS if trial.units < LEAST_UNITS else None


def _nothing(event: Event) -> Trial:
    return Trial(event=event, earlier=0, mails=0, events=0, units=0, lack=Lack.EARLIER)
