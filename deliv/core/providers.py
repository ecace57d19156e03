"""Mailbox providers, and which of them stands behind a domain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deliv.core.filters import Filter, filters_on
from deliv.core.mx import MxRecord
from deliv.core.requirements import Demand
from deliv.core.text import Source, Text


class ProviderKind(StrEnum):
    """What sort of operator receives the mail."""

    CARRIER = "carrier"
    FREEMAIL = "freemail"
    ISP = "isp"
    BUSINESS = "business"
    HOSTING = "hosting"
    GATEWAY = "gateway"
    RELAY = "relay"
    FORWARDER = "forwarder"
    DISPOSABLE = "disposable"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowList:
    """What the customer does so that the shop's mail arrives."""

    ja: tuple[str, ...]
    """Steps in Japanese; ``{sender_domain}`` stands for the shop's mail domain."""
    en: tuple[str, ...]
    """The same steps in English."""
    url: str = ""
    """The operator's own page; empty when none is known."""
    verified: bool = True
    """Whether a source describes these steps."""

    def get(self, lang: str) -> tuple[str, ...]:
        """Return the steps in `lang`."""
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One mailbox operator, or one family of its domains that behave alike."""

    id: str
    """Stable name, kebab-case."""
    kind: ProviderKind
    """What sort of operator it is."""
    names: Text
    """What people call it."""
    sources: tuple[Source, ...]
    """Where these facts come from; at least one."""
    domains: tuple[str, ...] = ()
    """Mail domains, matched exactly."""
    suffixes: tuple[str, ...] = ()
    """Endings with a leading dot: any name below, not the bare name."""
    mx: tuple[str, ...] = ()
    """MX hosts, or with a leading dot any host below."""
    unverified: frozenset[str] = frozenset()
    """Those of the names above that rest on general knowledge."""
    unverified_mx: frozenset[str] = frozenset()
    """Those that do so only as MX hosts, where the same ending is well known in addresses."""
    lenient_local_parts: frozenset[str] = frozenset()
    """Those domains whose customers may hold ``a..b`` and ``a.@``."""
    portable: bool | None = None
    """Whether a customer who leaves the operator may keep the address; None when no source says."""
    portability_unknown: frozenset[str] = frozenset()
    """Those of its domains and suffixes of which `portable` is not known to be true."""
    ended: date | None = None
    """Sourced date on which a retired service stopped taking mail."""
    notice: Text | None = None
    """Why order mail may not be seen here."""
    reach: Text | None = None
    """For relays: the path that does reach the customer."""
    allow_list: AllowList | None = None
    """What the customer does so that the shop's mail arrives."""
    filters: tuple[Filter, ...] = ()
    """What may keep mail from the customer, in all periods that are known."""
    requires: tuple[Demand, ...] = ()
    """What it demands of those who send to it."""

    def filters_on(self, day: date) -> tuple[Filter, ...]:
        """Return its filters in force on `day`, in their order of application."""
        return filters_on(self.filters, day)


class Via(StrEnum):
    """How a provider was recognised."""

    DOMAIN = "domain"
    SUFFIX = "suffix"
    MX = "mx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A provider, and what gave it away."""

    provider: Provider
    """Who it is."""
    via: Via
    """Which of its names matched."""
    name: str
    """The entry of the book that matched."""

    @property
    def is_verified(self) -> bool:
        """Whether a source says that this name belongs to this provider."""
        provider = self.provider
        is_guess = self.via is Via.MX and self.name in provider.unverified_mx
        return not is_guess and self.name not in provider.unverified

    @property
    def is_portable(self) -> bool | None:
        """Whether an address with this name can be kept after leaving; None when no source says."""
        if self.via is Via.MX or self.name in self.provider.portability_unknown:
            return None
        return self.provider.portable


class ProviderBook:
    """All providers, indexed: exact domain first, then the longest suffix, then the MX hosts."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers = tuple(providers)
        """In the order of the files."""
        self._domains = {name: p for p in self.providers for name in p.domains}
        self._suffixes = {name: p for p in self.providers for name in p.suffixes}
        self._mx = {name: p for p in self.providers for name in p.mx}
        self.lenient_domains = frozenset[str]().union(*(p.lenient_local_parts for p in self.providers))
        """Domains whose customers may hold ``a..b`` and ``a.@``."""

    def match(self, domain: str, mx: Iterable[MxRecord] = ()) -> Match | None:
        """Return who receives mail for `domain`, given its MX records; None when nobody is known."""
        if (provider := self._domains.get(domain)) is not None:
            return Match(provider=provider, via=Via.DOMAIN, name=domain)
        for suffix in _suffixes(domain):
            if (provider := self._suffixes.get(suffix)) is not None:
                return Match(provider=provider, via=Via.SUFFIX, name=suffix)
        for record in sorted(mx):
            for name in (record.exchange, *_suffixes(record.exchange)):
                if (provider := self._mx.get(name)) is not None:
                    return Match(provider=provider, via=Via.MX, name=name)
        return None

    def get(self, provider_id: str) -> Provider | None:
        """Return the provider of this id."""
        return next((p for p in self.providers if p.id == provider_id), None)


def _suffixes(domain: str) -> Iterable[str]:
    """Yield ``.b.c`` and ``.c`` for ``a.b.c``: the longest ending first."""
    dot = domain.find(".")
    while dot >= 0:
        yield domain[dot:]
        dot = domain.find(".", dot + 1)
