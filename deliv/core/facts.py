"""What is known of a customer's domain and of the sender; the facts that rules may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from deliv.core.address import Address
from deliv.core.auth.dmarc import DmarcDiscovery, DmarcStatus, Policy
from deliv.core.auth.spf import Qualifier, SpfRecord
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


class SpfStatus(StrEnum):
    """What a domain publishes as SPF."""

    VALID = "valid"
    MISSING = "missing"
    INVALID = "invalid"
    SEVERAL = "several"
    TEMPERROR = "temperror"


class Retired(StrEnum):
    """Whether the service behind a domain has ended."""

    NO = "no"
    DATED = "dated"
    """A source names the day."""
    UNDATED = "undated"
    """It is said so; the DNS decides."""


Evidence: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of a fact's name and what shows it, such as ``shop.example MX: NXDOMAIN``."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFacts:
    """What a receiver sees of the shop's sending domain."""

    from_domain: str
    """Domain of the header-From address."""
    route: Route
    """Where replies to it can go."""
    spf: SpfStatus
    """What it publishes as SPF."""
    dmarc: DmarcDiscovery
    """Which DMARC record holds for it."""
    spf_record: SpfRecord | None = None
    """The record; None unless `spf` is VALID."""
    evidence: Evidence = ()
    """What was asked and answered."""


FactValue: TypeAlias = str | bool | None
"""The value of a fact; None when it could not be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """What a rule may expect of a fact."""

    meaning: str
    """One line for the catalogue."""
    words: frozenset[str] | None = None
    """The closed set of its values; None for any text."""
    is_flag: bool = False
    """Whether it is true or false."""


def _flag(meaning: str) -> FactSpec:
    return FactSpec(meaning=meaning, is_flag=True)


def _word(meaning: str, words: type[StrEnum], *more: str, without: str | None = None) -> FactSpec:
    values = {member.value for member in words} | set(more)
    return FactSpec(meaning=meaning, words=frozenset(values - {without}))


PLUS_ALL: Final = "plus_all"
"""The word for an SPF record that is valid and says ``+all``."""

FACTS: Final[Mapping[str, FactSpec]] = {
    "address.nonrfc_local_part": _flag("dots at the start, at the end or in a row before the @"),
    "address.smtputf8": _flag("characters before the @ that only RFC 6531 mailers can send to"),
    "recipient.route": _word("where mail for the domain can go", Route, without=Route.UNKNOWN),
    "recipient.provider": FactSpec(meaning="id of the mailbox provider; empty when nobody is known"),
    "recipient.kind": _word("kind of the mailbox provider; empty when nobody is known", ProviderKind, ""),
    "recipient.retired": _word("whether the service has ended", Retired),
    "recipient.relay_path": _flag("a relay that only one path reaches"),
    "recipient.possible_typo": _flag("the domain takes no mail, and a well-known one is one slip away"),
    "sender.route": _word("where replies to the shop can go", Route, without=Route.UNKNOWN),
    "sender.spf": _word(
        "the shop's SPF record; plus_all for a valid one that lets everybody send",
        SpfStatus,
        PLUS_ALL,
        without=SpfStatus.TEMPERROR,
    ),
    "sender.dmarc": _word("the shop's DMARC record", DmarcStatus, without=DmarcStatus.TEMPERROR),
    "sender.dmarc_policy": _word("the policy that holds for the shop; empty without a record", Policy, ""),
}
"""The catalogue: every fact that a rule may name."""


def address_facts(address: Address) -> dict[str, FactValue]:
    """Return the facts about the spelling of one address."""
    return {
        "address.nonrfc_local_part": not address.is_rfc_compliant,
        "address.smtputf8": address.needs_smtputf8,
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


def sender_facts(facts: SenderFacts) -> dict[str, FactValue]:
    """Return the facts about the sender."""
    lets_everybody = facts.spf_record is not None and facts.spf_record.all_qualifier is Qualifier.PASS
    spf = PLUS_ALL if lets_everybody else facts.spf.value
    dmarc_known = facts.dmarc.status is not DmarcStatus.TEMPERROR
    policy = facts.dmarc.applied_policy
    return {
        "sender.route": None if facts.route is Route.UNKNOWN else facts.route.value,
        "sender.spf": None if facts.spf is SpfStatus.TEMPERROR else spf,
        "sender.dmarc": facts.dmarc.status.value if dmarc_known else None,
        "sender.dmarc_policy": (policy.value if policy else "") if dmarc_known else None,
    }
