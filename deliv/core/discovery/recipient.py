"""What a customer's domain is, and who receives its mail."""

from typing import Final

from deliv.core.discovery.route import discover_route
from deliv.core.facts import RecipientFacts, Route
from deliv.core.providers import ProviderBook, ProviderKind, Via
from deliv.core.question import Asking
from deliv.core.typos import suggest

# They run the mail of their domains themselves; who rents a server may break what stands there.
_OPERATORS: Final = frozenset({ProviderKind.CARRIER, ProviderKind.FREEMAIL, ProviderKind.ISP})
_NOWHERE: Final = frozenset({Route.NULL_MX, Route.NO_DOMAIN, Route.NO_HOST, Route.UNROUTABLE})


def discover_recipient(domain: str, book: ProviderBook) -> Asking[RecipientFacts]:
    """Find out what a customer's `domain` is and who receives its mail."""
    listed = book.match(domain)
    # A listed provider whose hosts seem to have no address is a broken DNS, not a dead provider;
    # and most customers are at a listed one, so that this spares most of the questions.
    is_operator = listed is not None and listed.via is not Via.LIST and listed.provider.kind in _OPERATORS
    found = yield from discover_route(domain, trust_hosts=is_operator)
    takes_mail = None if found.route is Route.UNKNOWN else found.route not in _NOWHERE
    return RecipientFacts(
        domain=domain,
        route=found.route,
        mx=found.mx,
        match=book.match(domain, found.mx),
        did_you_mean=suggest(domain, book, exists=takes_mail),
        trouble=found.trouble,
        evidence=tuple(("recipient.route", line) for line in found.evidence),
    )
