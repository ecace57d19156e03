"""What receivers see of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.auth.dmarc import DmarcDiscovery, DmarcStatus, Policy
from deliv.core.auth.spf import Qualifier, SpfRecord
from deliv.core.facts.recipient import Route
from deliv.core.facts.spec import Evidence, FactSpec, FactValue, word


class SpfStatus(StrEnum):
    """What a domain publishes as SPF."""

    VALID = "valid"
    MISSING = "missing"
    INVALID = "invalid"
    SEVERAL = "several"
    TEMPERROR = "temperror"


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


PLUS_ALL: Final = "plus_all"
"""The word for an SPF record that is valid and says ``+all``."""

SENDER_FACTS: Final[Mapping[str, FactSpec]] = {
    "sender.route": word("where replies to the shop can go", Route, without=Route.UNKNOWN),
    "sender.spf": word(
        "the shop's SPF record; plus_all for a valid one that lets everybody send",
        SpfStatus,
        PLUS_ALL,
        without=SpfStatus.TEMPERROR,
    ),
    "sender.dmarc": word("the shop's DMARC record", DmarcStatus, without=DmarcStatus.TEMPERROR),
    "sender.dmarc_policy": word("the policy that holds for the shop; empty without a record", Policy, ""),
}
"""The facts about the shop's sending that rules may name."""


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
