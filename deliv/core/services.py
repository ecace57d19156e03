"""Services that send mail for shops: what they want in the DNS, and what gives them away."""

from collections.abc import Iterable
from dataclasses import dataclass

from deliv.core.text import Source, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingService:
    """One service, as its own manual describes it."""

    id: str
    """Stable name, kebab-case."""
    names: Text
    """What people call it."""
    sources: tuple[Source, ...]
    """Where these facts come from; at least one."""
    includes: tuple[str, ...] = ()
    """Domains for ``include:`` in the shop's SPF record."""
    selectors: tuple[str, ...] = ()
    """Names under which its DKIM keys stand; empty where each customer gets names of his own."""
    domains: tuple[str, ...] = ()
    """Domains of its own in DKIM signatures and bounce addresses; names below them, too."""
    envelope: str = ""
    """Bounce domain that it uses unless the customer set up one; empty for the header-From domain."""
    setup: Text | None = None
    """How the customer makes it sign with the shop's own domain."""

    def owns(self, domain: str) -> bool:
        """Whether a domain in a signature or a bounce address is the service's own."""
        return any(domain == name or domain.endswith(f".{name}") for name in self.domains)


class ServiceBook:
    """All services, and the DKIM selectors that are usual everywhere."""

    def __init__(
        self, services: Iterable[SendingService] = (), *, usual_selectors: Iterable[str] = ()
    ) -> None:
        self.services = tuple(services)
        """In the order of the files."""
        own = [selector for service in self.services for selector in service.selectors]
        self.usual_selectors = tuple(dict.fromkeys([*own, *usual_selectors]))
        """Where a DKIM key is looked for when nobody named a selector."""

    def get(self, service_id: str) -> SendingService | None:
        """Return the service of this id."""
        return next((service for service in self.services if service.id == service_id), None)

    def recognize(self, domains: Iterable[str]) -> tuple[SendingService, ...]:
        """Return the services that own one of the domains seen in a mail."""
        seen = tuple(domains)
        return tuple(service for service in self.services if any(map(service.owns, seen)))
