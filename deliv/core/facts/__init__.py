"""What is known of the customer, of the sender and of the mail; the facts that rules may name."""

from collections.abc import Mapping
from typing import Final

from deliv.core.facts.message import MESSAGE_FACTS, MessageFacts, message_facts
from deliv.core.facts.recipient import (
    RECIPIENT_FACTS,
    RecipientFacts,
    Retired,
    Route,
    address_facts,
    is_role,
    recipient_facts,
)
from deliv.core.facts.sender import DkimState, Origin, SenderFacts, SendingAddress, SpfStatus
from deliv.core.facts.sender_catalogue import PLUS_ALL, SENDER_FACTS, SPF_FACTS, sender_facts
from deliv.core.facts.spec import Evidence, FactSpec, FactValue
from deliv.core.facts.whatif import WHAT_IF, Changes, parse_what_if

FACTS: Final[Mapping[str, FactSpec]] = {**RECIPIENT_FACTS, **SENDER_FACTS, **MESSAGE_FACTS}
"""The catalogue: every fact that a rule may name."""

__all__ = [
    "FACTS",
    "PLUS_ALL",
    "SPF_FACTS",
    "WHAT_IF",
    "Changes",
    "DkimState",
    "Evidence",
    "FactSpec",
    "FactValue",
    "MessageFacts",
    "Origin",
    "RecipientFacts",
    "Retired",
    "Route",
    "SenderFacts",
    "SendingAddress",
    "SpfStatus",
    "address_facts",
    "is_role",
    "message_facts",
    "parse_what_if",
    "recipient_facts",
    "sender_facts",
]
