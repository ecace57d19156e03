"""The whole rule book, loaded and checked."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from deliv.core.advicebook import AdviceBook, LegalNote
from deliv.core.blocklists import BlockList
from deliv.core.bouncerules import BounceRule
from deliv.core.contacts import ContactVocabulary
from deliv.core.exports import ExportSystem, RoleHeadings
from deliv.core.ladder import Ladder
from deliv.core.mx import parse_mx
from deliv.core.outcomewords import OutcomeVocabulary
from deliv.core.placement import PlacementBook
from deliv.core.providers import Provider, ProviderBook
from deliv.core.requirements import Requirement
from deliv.core.rules import Rule
from deliv.core.services import SendingService, ServiceBook
from deliv.core.slips import SlipEntry
from deliv.core.text import is_stale, last_checked
from deliv.core.typos import suggest
from deliv.core.wording import Template

Entry: TypeAlias = (
    Rule
    | Provider
    | Requirement
    | SendingService
    | BlockList
    | SlipEntry
    | ExportSystem
    | Ladder
    | Template
    | LegalNote
    | BounceRule
)
"""What the book names by an id; a provider and a service may have the same one."""


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
    exports: tuple[ExportSystem, ...] = ()
    """What shop systems export."""
    order_headings: RoleHeadings = field(default_factory=dict)
    """Headings of other columns, whatever the system; the best first."""
    contacts: ContactVocabulary = field(default_factory=ContactVocabulary)
    """How logs of contacts are written."""
    outcomes: OutcomeVocabulary = field(default_factory=OutcomeVocabulary)
    """How lists of outcomes are written."""
    bounce_rules: tuple[BounceRule, ...] = ()
    """What refusals mean; the first that fits is believed."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything in it that has an id of its own."""
        return (
            *self.rules,
            *self.providers.providers,
            *self.requirements,
            *self.services.services,
            *self.block_lists,
            *self.providers.slips.entries,
            *self.exports,
            *self.advice.ladders.values(),
            *self.advice.templates.values(),
            *((self.advice.legal_note,) if self.advice.legal_note else ()),
            *self.bounce_rules,
        )

    def named(self, name: str) -> tuple[Entry, ...]:
        """Return the entries with this id, or else the provider of this domain or address."""
        found = tuple(entry for entry in self.entries if entry.id == name)
        if not found and "." in name:
            match = self.providers.match(name.rpartition("@")[2].lower().rstrip("."))
            found = (match.provider,) if match else ()
        return found

    def stale(self, as_of: date) -> tuple[str, ...]:
        """Return the ids of entries that nobody has checked for 18 months."""
        sourced = [e for e in self.entries if not isinstance(e, Requirement | Ladder) and e.sources]
        old = [entry.id for entry in sourced if is_stale(last_checked(entry.sources), as_of)]
        return tuple(dict.fromkeys(old))


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
