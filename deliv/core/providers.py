"""Mailbox providers, and which of them stands behind a domain."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from deliv.core.filters import Filter, filters_on
from deliv.core.mx import MxRecord
from deliv.core.requirements import Demand
from deliv.core.slips import SlipBook
from deliv.core.text import Source, Text

LoadList: TypeAlias = Callable[[str], frozenset[str]]
"""Returns the domains on a list of this name; called when a domain is looked for there."""


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
    lists: tuple[str, ...] = ()
    """Names of lists that others keep; their domains are this provider's unless the book says more."""
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
    LIST = "list"


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
    """All providers, indexed: exact domain first, then the longest suffix, then the MX hosts.

    Lists that others keep come last, since they say least; those of disposable addresses come
    before the MX hosts, since whoever runs these says nothing about who reads the mail.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        *,
        load_list: LoadList | None = None,
        slips: SlipBook | None = None,
    ) -> None:
        self.providers = tuple(providers)
        """In the order of the files."""
        self.slips = slips or SlipBook()
        """How these domains are misspelt."""
        self._domains = {name: p for p in self.providers for name in p.domains}
        self._suffixes = {name: p for p in self.providers for name in p.suffixes}
        self._mx = {name: p for p in self.providers for name in p.mx}
        self._listed = tuple((p, name) for p in self.providers for name in p.lists) if load_list else ()
        self._load_list = load_list or _no_list
        self.lenient_domains = frozenset[str]().union(*(p.lenient_local_parts for p in self.providers))
        """Domains whose customers may hold ``a..b`` and ``a.@``."""

    def match(self, domain: str, mx: Iterable[MxRecord] = ()) -> Match | None:
        """Return who receives mail for `domain`, given its MX records; None when nobody is known."""
        return (
            self._match_name(domain)
            or self._match_list(domain, disposable=True)
            or self._match_mx(mx)
            or self._match_list(domain, disposable=False)
        )

    def is_real(self, domain: str) -> bool:
        """Whether somebody is known to receive mail under exactly this name, or below it."""
        return self.match(domain) is not None or f".{domain}" in self._suffixes

    def _match_name(self, domain: str) -> Match | None:
        if (provider := self._domains.get(domain)) is not None:
            return Match(provider=provider, via=Via.DOMAIN, name=domain)
        for suffix in _suffixes(domain):
            if (provider := self._suffixes.get(suffix)) is not None:
                return Match(provider=provider, via=Via.SUFFIX, name=suffix)
        return None

    def _match_mx(self, mx: Iterable[MxRecord]) -> Match | None:
        for record in sorted(mx):
            for name in (record.exchange, *_suffixes(record.exchange)):
                if (provider := self._mx.get(name)) is not None:
                    return Match(provider=provider, via=Via.MX, name=name)
        return None

    def _match_list(self, domain: str, *, disposable: bool) -> Match | None:
        if domain in self.slips.slips or domain in self.slips.traps:
            return None  # somebody put a slip of the pen on a list
        for provider, name in self._listed:
            if (provider.kind is ProviderKind.DISPOSABLE) is disposable and domain in self._load_list(name):
                return Match(provider=provider, via=Via.LIST, name=domain)
        return None

    def get(self, provider_id: str) -> Provider | None:
        """Return the provider of this id."""
        return next((p for p in self.providers if p.id == provider_id), None)


def _no_list(_: str) -> frozenset[str]:
    return frozenset()


def _suffixes(domain: str) -> Iterable[str]:
    """Yield ``.b.c`` and ``.c`` for ``a.b.c``: the longest ending first."""
    dot = domain.find(".")
    while dot >= 0:
        yield domain[dot:]
        dot = domain.find(".", dot + 1)
