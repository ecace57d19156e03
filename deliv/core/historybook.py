"""How much the shop's own outcomes count: the constants of the likelihood, all of them stated.

No figure has been published for any of them, so they are estimates; the backtest tells a shop
whether they serve it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from deliv.core.rules import Basis
from deliv.core.text import Text


class Channel(StrEnum):
    """What customers do that tells where a mail landed."""

    REPLY = "reply"
    CLICK = "click"
    OPEN = "open"
    REPORT = "report"
    """They say that it was in the junk folder, or never came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBook:
    """How much one channel tells."""

    weight: float = 0.0
    """Share of a full observation that one mail counts as, from 0 to 1."""
    spread: float = 0.5
    """How far customers of providers differ in it for other reasons: a standard deviation of log(rate)."""
    own: float = 0.0
    """How many observed mails one event is worth for the very address that it came from."""
    ignored_kinds: frozenset[str] = frozenset()
    """Kinds of provider whose machines do it by themselves."""
    ignored_providers: frozenset[str] = frozenset()
    """Ids of such providers."""

    def ignores(self, provider_id: str, kind: str) -> bool:
        """Whether it says nothing there."""
        return kind in self.ignored_kinds or provider_id in self.ignored_providers


_GATEWAYS = frozenset({"gateway"})

CHANNELS: Mapping[Channel, ChannelBook] = MappingProxyType(
    {
        Channel.REPLY: ChannelBook(weight=1.0, spread=0.25, own=10.0),
        Channel.CLICK: ChannelBook(weight=0.5, spread=0.5, own=3.0, ignored_kinds=_GATEWAYS),
        Channel.OPEN: ChannelBook(
            weight=0.2,
            spread=1.0,
            own=1.0,
            ignored_kinds=_GATEWAYS,
            ignored_providers=frozenset({"icloud"}),
        ),
        Channel.REPORT: ChannelBook(weight=0.3, spread=0.5, own=3.0),
    }
)
"""What holds where the rule book says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryBook:
    """How the shop's own outcomes are counted."""

    refused_share: Mapping[str, float] = field(default_factory=lambda: {"default": 0.5})
    """Share of the mail that a prior calls missing which comes back as a bounce, by kind and ``default``."""
    other_state: float = 0.3
    """What an outcome counts that was seen while the shop's sender findings were others."""
    kind_spread: float = 0.3
    """How far all providers of a kind may differ from the rule book together: a standard deviation
    of log-odds."""
    from_strangers: float = 5.0
    """Mails that everything known of other domains of which no provider is known is worth at most."""
    from_provider: float = 50.0
    """Mails that everything known of the provider's other domains is worth at most."""
    for_address: float = 4.0
    """Mails that everything known of a domain is worth for an address with outcomes of its own."""
    dead_for_days: int = 365
    """Days after which nobody believes any more that a mailbox is gone: numbers are given out again."""
    channels: Mapping[Channel, ChannelBook] = field(default_factory=lambda: CHANNELS)
    """How much replies, clicks, opens and reports tell."""
    basis: Basis = Basis.ESTIMATE
    """What these constants rest on."""
    note: Text | None = None
    """Where they come from, in words."""

    def bounces(self, kind: str) -> float:
        """Return the share of missing mail that bounces at providers of a kind."""
        return self.refused_share.get(kind, self.refused_share.get("default", 0.5))
