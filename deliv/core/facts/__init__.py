"""What is known of the customer, of the sender and of the mail; the facts that rules may name."""

from collections.abc import Mapping
from typing import Final

from deliv.core.facts.recipient import (
    RECIPIENT_FACTS,
    RecipientFacts,
    Retired,
    Route,
    address_facts,
    recipient_facts,
)
from deliv.core.facts.sender import PLUS_ALL, SENDER_FACTS, SenderFacts, SpfStatus, sender_facts
from deliv.core.facts.spec import Evidence, FactSpec, FactValue

FACTS: Final[Mapping[str, FactSpec]] = {**RECIPIENT_FACTS, **SENDER_FACTS}
"""The catalogue: every fact that a rule may name."""

__all__ = [
    "FACTS",
    "PLUS_ALL",
    "Evidence",
    "FactSpec",
    "FactValue",
    "RecipientFacts",
    "Retired",
    "Route",
    "SenderFacts",
    "SpfStatus",
    "address_facts",
    "recipient_facts",
    "sender_facts",
]
