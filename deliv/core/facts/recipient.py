"""What is known of a customer's address and of the domain behind it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.address import Address
from deliv.core.facts.spec import Evidence, FactSpec, FactValue, flag, word
from deliv.core.mx import MxRecord
from deliv.core.providers import Match, Provider, ProviderKind
from deliv.core.question import Trouble


class Route(StrEnum):
    """Where mail for a domain can go."""

    MX = "mx"
    """To an MX host that has an address."""
    IMPLICIT_MX = "implicit_mx"
    """To the domain's own address, since there is no MX (RFC 5321 section 5.1)."""
    NULL_MX = "null_mx"
    """Nowhere: the domain says that it accepts no mail (RFC 7505)."""
    NO_DOMAIN = "no_domain"
    """Nowhere: the name does not exist."""
    NO_HOST = "no_host"
    """Nowhere: the name has neither MX nor address."""
    UNROUTABLE = "unroutable"
    """Nowhere: no MX host has an address."""
    PRIVATE = "private"
    """Nowhere from outside: all addresses are private or loopback ones."""
    UNKNOWN = "unknown"
    """The DNS did not say."""


class Retired(StrEnum):
    """Whether the service behind a domain has ended."""

    NO = "no"
    DATED = "dated"
    """A source names the day."""
    UNDATED = "undated"
    """It is said so; the DNS decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFacts:
    """What DNS and the provider book say of one customer domain."""

    domain: str
    """The domain: A-labels, lower case."""
    route: Route
    """Where mail for it can go."""
    mx: tuple[MxRecord, ...] = ()
    """MX records in the order tried."""
    match: Match | None = None
    """Who receives its mail; None when nobody is known."""
    did_you_mean: str | None = None
    """The domain that was probably meant."""
    trouble: Trouble | None = None
    """Why the route is unknown."""
    evidence: Evidence = ()
    """What was asked and answered."""

    @property
    def provider(self) -> Provider | None:
        """Who receives its mail."""
        return self.match.provider if self.match else None

    @property
    def kind(self) -> ProviderKind | None:
        """What sort of operator that is."""
        return self.match.provider.kind if self.match else None

    @property
    def null_mx(self) -> bool:
        """Whether the domain says that it accepts no mail (RFC 7505)."""
        return self.route is Route.NULL_MX

    @property
    def implicit_mx(self) -> bool:
        """Whether mail goes to the domain's own address, since there is no MX."""
        return self.route is Route.IMPLICIT_MX

    @property
    def exists(self) -> bool | None:
        """Whether the name exists; None when the DNS did not say."""
        return None if self.route is Route.UNKNOWN else self.route is not Route.NO_DOMAIN

    @property
    def retired(self) -> Retired:
        """Whether its service has ended."""
        if self.provider is None or self.kind is not ProviderKind.RETIRED:
            return Retired.NO
        return Retired.DATED if self.provider.ended else Retired.UNDATED


RECIPIENT_FACTS: Final[Mapping[str, FactSpec]] = {
    "address.nonrfc_local_part": flag("dots at the start, at the end or in a row before the @"),
    "address.smtputf8": flag("characters before the @ that only RFC 6531 mailers can send to"),
    "address.role": flag("belongs to a role such as info@, not to one person"),
    "recipient.route": word("where mail for the domain can go", Route, without=Route.UNKNOWN),
    "recipient.provider": FactSpec(meaning="id of the mailbox provider; empty when nobody is known"),
    "recipient.kind": word("kind of the mailbox provider; empty when nobody is known", ProviderKind, ""),
    "recipient.retired": word("whether the service has ended", Retired),
    "recipient.relay_path": flag("a relay that only one path reaches"),
    "recipient.possible_typo": flag("the domain looks like a slip in a well-known one"),
}
"""The facts about one address that rules may name."""


def is_role(address: Address, role_accounts: Collection[str]) -> bool:
    """Whether the local part, without a ``+tag``, is one of these."""
    return address.local_part.partition("+")[0].lower() in role_accounts


def address_facts(address: Address, *, role_accounts: Collection[str] = ()) -> dict[str, FactValue]:
    """Return the facts about the spelling of one address."""
    return {
        "address.nonrfc_local_part": not address.is_rfc_compliant,
        "address.smtputf8": address.needs_smtputf8,
        "address.role": is_role(address, role_accounts),
    }


def recipient_facts(facts: RecipientFacts) -> dict[str, FactValue]:
    """Return the facts about one customer domain."""
    known = facts.route is not Route.UNKNOWN
    provider = facts.provider
    # Without DNS an unlisted domain may still belong to a provider, by its MX hosts.
    nobody = "" if known else None
    return {
        "recipient.route": facts.route.value if known else None,
        "recipient.provider": provider.id if provider else nobody,
        "recipient.kind": facts.kind.value if facts.kind else nobody,
        "recipient.retired": facts.retired.value,
        "recipient.relay_path": provider.reach is not None if provider else None if not known else False,
        "recipient.possible_typo": facts.did_you_mean is not None,
    }
