"""What a run knows of the shop's history: made once, then asked for every domain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from deliv.core.explanation import LevelName
from deliv.core.historybook import Channel, HistoryBook
from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.engagement import Engaged, glean
from deliv.core.likelihood.ledger import Ledger
from deliv.core.likelihood.levels import (
    Evidence,
    Level,
    Own,
    Seen,
    domain_level,
    inbox_of,
    pooled,
    trials_of,
)
from deliv.core.likelihood.pooling import NOTHING, Beta
from deliv.core.likelihood.tally import Counts, total
from deliv.core.providers import Provider

ProviderOf: TypeAlias = Callable[[str], Provider | None]
"""Returns who receives mail for a domain."""
BeliefOf: TypeAlias = Callable[[Provider | None], Belief]
"""Returns what is believed of a provider, given how the shop sends today."""

_NONE: Final = Seen(raw=Counts(), weighed=Counts())


class Learned:
    """The history of a run, seen with what is believed of every provider."""

    def __init__(
        self, ledger: Ledger, book: HistoryBook, *, provider_of: ProviderOf, belief_of: BeliefOf
    ) -> None:
        self.book = book
        self._ledger = ledger
        self._domains = ledger.domains
        self._places = _Places(self._domains, provider_of, belief_of)
        self._engagement = _engagement(self._places, book)
        self._kinds: dict[str, Level] = {}
        self._levels: dict[tuple[str, str], tuple[Level, ...]] = {}

    @property
    def counts(self) -> Counts:
        """What the whole history comes to, unfaded."""
        return self._ledger.counts

    @property
    def has_engagement(self) -> bool:
        """Whether what customers do has moved a figure, so that its assumption is to be stated."""
        return any(self._engagement.values())

    def own(self, normalized: str) -> Own | None:
        """Return what is known of one address; None when there is nothing but silence after its mails."""
        return self._ledger.own(normalized)

    def evidence(self, domain: str, provider: Provider | None, own: Own | None = None) -> Evidence | None:
        """Return everything that is known of an address; None when there is nothing."""
        at = provider.id if provider else ""
        levels = self._levels.get((domain, at))
        if levels is None:
            levels = self._levels[domain, at] = self._levels_of(domain, provider)
        here = self._domains.get(domain, _NONE)
        if own is not None and here.raw.mails > 0:
            rest = here.without(own.seen.counted)
            levels = tuple(domain_level(domain, rest) if level.is_own_domain else level for level in levels)
        levels = tuple(level for level in levels if not level.is_empty)
        if not levels and own is None:
            return None
        others = self._places.rest(at, domain).raw if at else Counts()
        observations = others.observations + here.raw.observations
        if own is not None:
            # Where the domain's mails are counted, those of the address are among them.
            observations += 0 if here.raw.mails > 0 else own.seen.raw.noted
        kind = provider.kind.value if provider else ""
        channels = self.book.channels.items()
        heard = frozenset(channel for channel, each in channels if not each.ignores(at, kind))
        return Evidence(levels=levels, own=own, observations=observations, heard=heard)

    def _levels_of(self, domain: str, provider: Provider | None) -> tuple[Level, ...]:
        at = provider.id if provider else ""
        rest = self._places.rest(at, domain)
        belief = self._places.belief(provider)
        return (
            self._kind_level(provider),
            # Domains of which nobody is known to be the provider have little in common.
            pooled(
                LevelName.PROVIDER,
                at,
                [(rest, belief)],
                self.book.from_provider if provider else self.book.from_strangers,
            ),
            domain_level(domain, self._domains.get(domain, _NONE)),
            *self._engagement.get(at, ()),
        )

    def _kind_level(self, provider: Provider | None) -> Level:
        """Return what the other providers of its kind have in common; found once for all its domains."""
        at, kind = (provider.id, provider.kind.value) if provider else ("", "")
        level = self._kinds.get(at)
        if level is None:
            groups = self._places.groups.items() if provider else ()
            others = [(g.seen, g.belief) for name, g in groups if name != at and g.kind == kind]
            level = self._kinds[at] = pooled(LevelName.KIND, kind, others).leaning(self.book.kind_spread)
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """All domains of one provider."""

    kind: str
    seen: Seen
    belief: Belief


class _Places:
    """Which domains belong together."""

    def __init__(self, domains: Mapping[str, Seen], provider_of: ProviderOf, belief_of: BeliefOf) -> None:
        self._belief_of = belief_of
        self._domains = domains
        self._home: dict[str, str] = {}
        providers: dict[str, Provider | None] = {}
        members: dict[str, list[Seen]] = {}
        for domain in sorted(domains):
            provider = provider_of(domain)
            name = provider.id if provider else ""
            self._home[domain] = name
            providers[name] = provider
            members.setdefault(name, []).append(domains[domain])
        self.groups = {
            name: _Group(
                kind=provider.kind.value if (provider := providers[name]) else "",
                seen=Seen(raw=total(s.raw for s in seen), weighed=total(s.weighed for s in seen)),
                belief=belief_of(providers[name]),
            )
            for name, seen in members.items()
        }

    def belief(self, provider: Provider | None) -> Belief:
        """Return what is believed of a provider."""
        group = self.groups.get(provider.id if provider else "")
        return group.belief if group else self._belief_of(provider)

    def rest(self, name: str, domain: str) -> Seen:
        """Return what is known of a provider but for one of its domains."""
        group = self.groups.get(name)
        if group is None:
            return _NONE
        return group.seen.without(self._domains[domain]) if self._home.get(domain) == name else group.seen


_LEVELS: Final[Mapping[Channel, LevelName]] = {
    Channel.REPLY: LevelName.REPLY,
    Channel.CLICK: LevelName.CLICK,
    Channel.OPEN: LevelName.OPEN,
    Channel.REPORT: LevelName.REPORT,
}


def _engagement(places: _Places, book: HistoryBook) -> dict[str, tuple[Level, ...]]:
    """Return what customers' acts say of each provider."""
    levels: dict[str, tuple[Level, ...]] = dict.fromkeys(places.groups, ())
    priors = {
        name: group.belief.inbox + inbox_of(group.seen.weighed) for name, group in places.groups.items()
    }
    for channel, constants in book.channels.items():
        heard = [
            name
            for name, group in places.groups.items()
            if group.seen.weighed.accepted > 0 and not constants.ignores(name, group.kind)
        ]
        groups = [
            Engaged(
                prior=priors[name],
                accepted=places.groups[name].seen.weighed.accepted,
                events=places.groups[name].seen.weighed.events(channel),
            )
            for name in heard
        ]
        gleaned = glean(groups, constants, of_rest=channel is Channel.REPORT)
        if gleaned.rate <= 0:
            continue
        for name, worth in zip(heard, gleaned.worth, strict=True):
            group = places.groups[name]
            reports = NOTHING
            if channel is Channel.REPORT:
                counts, weight = group.seen.weighed, constants.weight
                reports = Beta(yes=counts.junk * weight, no=counts.missing * weight)
            priors[name] += worth
            level = Level(
                name=_LEVELS[channel],
                subject=name,
                seen=group.seen,
                inbox=trials_of([(worth, group.belief.inbox)]),
                junk=trials_of([(reports, group.belief.junk)]),
                events=round(group.seen.raw.events(channel)),
                rate=gleaned.rate,
            )
            levels[name] = (*levels[name], level)
    return levels
