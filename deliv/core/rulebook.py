"""The whole rule book, loaded and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from deliv.core.advice import AdviceBook
from deliv.core.blocklists import BlockList
from deliv.core.mx import parse_mx
from deliv.core.placement import PlacementBook
from deliv.core.providers import Provider, ProviderBook
from deliv.core.requirements import Requirement
from deliv.core.rules import Rule
from deliv.core.services import ServiceBook
from deliv.core.typos import suggest

_STALE_AFTER_DAYS = 548  # 18 months


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything that deliv knows before it asks the DNS."""

    providers: ProviderBook
    """Who receives mail for which domain."""
    rules: tuple[Rule, ...]
    """What can be said of an address."""
    placement: PlacementBook
    """Priors and bands."""
    advice: AdviceBook
    """What to do."""
    address_headings: tuple[str, ...]
    """Headings of the column that holds the customer's address, the best first."""
    digest: str
    """SHA-256 over the files, so that two runs can be compared."""
    role_accounts: frozenset[str] = frozenset()
    """Local parts, in lower case, that stand for a role and not for a person."""
    requirements: tuple[Requirement, ...] = ()
    """What providers ask for."""
    services: ServiceBook = field(default_factory=ServiceBook)
    """Who sends mail for shops."""
    block_lists: tuple[BlockList, ...] = ()
    """Whom receivers may ask about a sender."""

    def stale(self, as_of: date) -> tuple[str, ...]:
        """Return the ids of rules and providers that nobody has checked for 18 months."""
        checked: Mapping[str, date] = {rule.id: rule.checked for rule in self.rules} | {
            provider.id: max(source.checked for source in provider.sources)
            for provider in self.providers.providers
        }
        checked = {**checked, **{entry.id: entry.checked for entry in self.providers.slips.entries}}
        return tuple(name for name, day in checked.items() if (as_of - day).days > _STALE_AFTER_DAYS)


def classify(domain: str, rules: RuleBook, *, mx: tuple[str, ...] = ()) -> Provider | None:
    """Return the mailbox provider behind `domain`; None when nobody is known.

    `mx` are its MX records as ``10 host.`` or only host names, in the order tried. Exact domain
    wins over the longest suffix, and that over the MX hosts.
    """
    texts = [text if " " in text.strip() else f"{rank} {text}" for rank, text in enumerate(mx)]
    match = rules.providers.match(domain.lower().rstrip("."), parse_mx(texts))
    return match.provider if match else None


def suggest_domain(domain: str, rules: RuleBook, *, exists: bool | None = None) -> str | None:
    """Return the well-known domain that was probably meant, or None.

    exists: whether `domain` takes mail. False: a slip or two are recognised. None, not known: only
    slips that the rule book names, and look-alike letters. True: only domains that the rule book
    names as traps. A domain that is real in itself is never corrected.
    """
    return suggest(domain.lower().rstrip("."), rules.providers, exists=exists)
