"""What the shop says of itself: the values of ``deliv.yaml``."""

from dataclasses import dataclass, field
from datetime import date

from deliv.core.canary import DEFAULT_CANARY


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """Who the shop is."""

    name: str = ""
    """Name that customers know."""
    phone: str = ""
    """Number that customers may call."""
    hours: str = ""
    """When they may call it, in words."""
    timezone: str = ""
    """IANA name such as ``Asia/Tokyo``; empty for the computer's own."""
    country: str = "JP"
    """ISO 3166 code: its public holidays, and its phone numbers without country code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderProfile:
    """How the shop sends."""

    from_address: str
    """The header-From address, or only its domain."""
    envelope: str = ""
    """Domain that bounces go back to; empty for that of the service, else the header-From domain."""
    reply_to: str = ""
    """Address in Reply-To; empty when replies go to the header-From address."""
    ips: tuple[str, ...] = ()
    """IP addresses from which the mail leaves."""
    sends_through: tuple[str, ...] = ()
    """Ids of the services that send it."""
    selectors: tuple[str, ...] = ()
    """DKIM selectors, as ``s1`` or with their domain as ``s1._domainkey.shop.example``."""
    volume_per_day: int | None = None
    """Mails a day; None when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """How the DNS is asked."""

    nameservers: tuple[str, ...] = ()
    """Resolvers as ``HOST`` or ``HOST:PORT``; empty for the computer's own."""
    timeout: float = 5.0
    """Seconds for one question, all its tries together."""
    concurrency: int = 100
    """Questions under way at once."""
    qps: float = 0.0
    """Most questions in a second; 0 for no limit."""
    budget: float = 1800.0
    """Seconds that all questions of a run may take together."""
    canary: tuple[str, ...] = DEFAULT_CANARY
    """Domains that certainly take mail, to find out whether the resolver can be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """When the shop is there to phone."""

    workdays: frozenset[int] = frozenset(range(5))
    """Days of the week on which somebody is there, from Monday, which is 0."""
    closed: frozenset[date] = frozenset()
    """Days off, besides public holidays and the end of the year."""
    phone_window: str = ""
    """Hours for calls such as ``10:00-19:00``; empty for those of the rule book."""
    quiet_hours: str = ""
    """Hours without mail by hand to carriers such as ``21:00-08:00``; empty for those of the rule book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySettings:
    """What became of the shop's earlier mails."""

    path: str = ""
    """File that it is kept in; empty for the usual place, ``off`` for none."""
    half_life_days: float = 180.0
    """Days after which an outcome counts half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in ``deliv.yaml``."""

    shop: ShopSettings = field(default_factory=ShopSettings)
    sender: SenderProfile | None = None
    network: NetworkSettings = field(default_factory=NetworkSettings)
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    history: HistorySettings = field(default_factory=HistorySettings)
    rules: tuple[str, ...] = ()
    """Folders with rules of the shop's own."""
