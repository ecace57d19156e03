"""Is the likelihood any good? Every later outcome is predicted from the earlier ones, and scored.

Month by month, as it would have been used (the prequential view of Dawid 1984, JRSS A 147, 278):
what happened before a month predicts that month, and then becomes known. Predicted is only what
has a denominator: bounces out of mails sent, test mails in the inbox out of all test mails. Two
baselines show what the model is worth: one rate for everybody, and the priors of the rule book.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from deliv.core.experience import Remembered
from deliv.core.facts import FactValue
from deliv.core.findings import find
from deliv.core.learning import learn_from
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.levels import Seen
from deliv.core.likelihood.tally import Counts, Tally, counts_of
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.providers import Provider
from deliv.core.rulebook import RuleBook
from deliv.core.scores import Bin, Case, Score, Scores, bins_of, gains, score
from deliv.core.settings import HistorySettings
from deliv.core.weighing import Scales

_BLOCK_DAYS: Final = 30
_LEAST_MAILS: Final = {"refused": 100, "inbox": 20}  # before the split, and after it
_LEAST_EVENTS: Final = 5  # of either sort, after it
_RATED: Final = frozenset({OutcomeKind.SENT, OutcomeKind.DELIVERED, OutcomeKind.BOUNCE})


class Event(StrEnum):
    """What is predicted."""

    REFUSED = "refused"
    """A mail comes back."""
    INBOX = "inbox"
    """A test mail is in the inbox."""


class Lack(StrEnum):
    """Why there is not enough data to say anything."""

    EARLIER = "earlier"
    """Too few mails before the split."""
    LATER = "later"
    """Too few mails after it."""
    EVENTS = "events"
    """It happened too seldom, or nearly always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How well one event was predicted."""

    event: Event
    earlier: int
    """Mails before the split."""
    mails: int
    """Mails predicted."""
    events: int
    """How often it happened among them."""
    lack: Lack | None
    """What is missing; then the scores are not to be leant on. None when there is enough."""
    model: Scores | None = None
    """Scores of the model; None where nothing was predicted, like all that follow."""
    global_rate: Scores | None = None
    """Scores of one rate for everybody."""
    priors: Scores | None = None
    """Scores of the rule book, untouched."""
    better_than_global: tuple[Score, Score] | None = None
    """By how much Brier score and log loss of the model are less; above 0 is better."""
    better_than_priors: tuple[Score, Score] | None = None
    bins: tuple[Bin, ...] = ()
    """The reliability diagram of the model."""

    @property
    def enough(self) -> bool:
        """Whether there is enough data."""
        return self.lack is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The whole result."""

    split: date | None
    """First day that was predicted; None for an empty history."""
    months: int
    """How many blocks of 30 days were predicted."""
    trials: tuple[Trial, ...]
    """One for each event."""

    @property
    def enough(self) -> bool:
        """Whether anything can be said."""
        return any(trial.enough for trial in self.trials)


def backtest(
    outcomes: Iterable[Outcome],
    rules: RuleBook,
    *,
    split: date | float = 0.5,
    half_life_days: float = HistorySettings().half_life_days,
    sender: Mapping[str, FactValue] | None = None,
) -> Backtest:
    """Return how well the shop's later outcomes were foreseen.

    split: first day to predict, or the share of the time between the first and the last outcome that
        is only learned from. sender: facts about the sender, as for `learn`.
    """
    known = sorted(outcomes, key=_order)
    if not known:
        return Backtest(split=None, months=0, trials=tuple(map(_nothing, Event)))
    first, last = known[0].day, known[-1].day
    start = split if isinstance(split, date) else first + timedelta(days=round((last - first).days * split))
    foresights = {event: _Foresight(event) for event in Event}
    months = 0
    for begin in _blocks(start, last):
        end = begin + timedelta(days=_BLOCK_DAYS)
        before = [outcome for outcome in known if outcome.day < begin]
        block = [outcome for outcome in known if begin <= outcome.day < end]
        yesterday = begin - timedelta(days=1)
        learned = learn_from(
            Remembered(known=tuple(before)),
            rules,
            as_of=yesterday,
            half_life_days=half_life_days,
            sender=sender,
        )
        oracle = _Oracle(rules, learned, yesterday, sender or {})
        for foresight in foresights.values():
            foresight.take(block, oracle, learned.counts)
        months += 1
    earlier = total_of(outcome for outcome in known if outcome.day < start)
    trials = tuple(foresight.trial(earlier) for foresight in foresights.values())
    return Backtest(split=start, months=months, trials=trials)


def _order(outcome: Outcome) -> tuple[date, str, str, str, int]:
    """Return what puts outcomes into one order, so that sums of fractions are the same in every run."""
    return outcome.day, outcome.domain, outcome.who, outcome.kind, outcome.count


def total_of(outcomes: Iterable[Outcome]) -> Counts:
    """Return what some outcomes come to, domain by domain."""
    return sum((seen.raw for _, _, seen in _units(outcomes)), Counts())


def _blocks(start: date, last: date) -> Iterator[date]:
    while start <= last:
        yield start
        start += timedelta(days=_BLOCK_DAYS)


def _units(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str, Seen]]:
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
            yield domain, who, Seen(raw=counts, weighed=counts)
    for domain, counts in rest.items():
        yield domain, "", Seen(raw=counts, weighed=counts)


class _Oracle:
    """Says what the model, and what the rule book alone, predicts for an address."""

    def __init__(
        self, rules: RuleBook, learned: Learned, as_of: date, sender: Mapping[str, FactValue]
    ) -> None:
        self._rules = rules
        self._learned = learned
        self._as_of = as_of
        self._sender = sender

    def rates(self, domain: str, who: str) -> tuple[Belief, Belief, bool]:
        """Return the belief with history, that without, and whether the mailbox is known to be gone."""
        match = self._rules.providers.match(domain)
        provider: Provider | None = match.provider if match else None
        values = dict(self._sender)
        if provider is not None:
            values |= {"recipient.provider": provider.id, "recipient.kind": provider.kind.value}
        fired = [finding.rule for finding in find(self._rules.rules, values, (), self._as_of).fired]
        own = self._learned.own(who) if who else None
        past = self._learned.evidence(domain, provider, own)
        scales = Scales(
            rules=self._rules, provider=provider, volume_per_day=None, as_of=self._as_of, past=past
        )
        start, total = scales.rates(fired)
        return total, start, own is not None and own.is_dead


@dataclass(slots=True)
class _Foresight:
    """The predictions of one event, by model and baselines."""

    event: Event
    model: list[Case] = field(default_factory=list)
    global_rate: list[Case] = field(default_factory=list)
    priors: list[Case] = field(default_factory=list)

    def take(self, block: Sequence[Outcome], oracle: _Oracle, earlier: Counts) -> None:
        """Predict one month."""
        events, mails = self._happened(earlier)
        common = (events + 0.5) / (mails + 1.0)  # never 0: the baseline may not fail for one surprise
        for domain, who, seen in _units(block):
            events, mails = self._happened(seen.raw)
            if mails <= 0:
                continue
            belief, prior, is_dead = oracle.rates(domain, who)
            if self.event is Event.REFUSED:
                ours, theirs = 1.0 if is_dead else belief.refused.mean, prior.refused.mean
            else:
                ours, theirs = belief.inbox.mean, prior.inbox.mean
            for cases, predicted in ((self.model, ours), (self.global_rate, common), (self.priors, theirs)):
                cases.append(Case(predicted=predicted, events=events, mails=mails))

    def _happened(self, counts: Counts) -> tuple[float, float]:
        if self.event is Event.REFUSED:
            return min(counts.bounced, counts.mails), counts.mails
        return counts.seed_inbox, counts.seeds

    def trial(self, earlier: Counts) -> Trial:
        """Return how well it went."""
        before = self._happened(earlier)[1]
        mails, events = sum(c.mails for c in self.model), sum(c.events for c in self.model)
        trial = Trial(
            event=self.event,
            earlier=round(before),
            mails=round(mails),
            events=round(events),
            lack=_lack(self.event, before, mails, events),
        )
        if mails <= 0:
            return trial
        return replace(
            trial,
            model=score(self.model),
            global_rate=score(self.global_rate),
            priors=score(self.priors),
            better_than_global=gains(self.model, self.global_rate),
            better_than_priors=gains(self.model, self.priors),
            bins=bins_of(self.model),
        )


def _lack(event: Event, before: float, mails: float, events: float) -> Lack | None:
    least = _LEAST_MAILS[event]
    if before < least:
        return Lack.EARLIER
    if mails < least:
        return Lack.LATER
    return Lack.EVENTS if min(events, mails - events) < _LEAST_EVENTS else None


def _nothing(event: Event) -> Trial:
    return Trial(event=event, earlier=0, mails=0, events=0, lack=Lack.EARLIER)
