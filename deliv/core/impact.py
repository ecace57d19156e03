"""What the shop's side costs on a list: mailboxes that are judged alike are weighed once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeAlias

from deliv.core.address import Address
from deliv.core.facts import (
    FactValue,
    MessageFacts,
    RecipientFacts,
    Route,
    SenderFacts,
    address_facts,
    message_facts,
    recipient_facts,
    sender_facts,
)
from deliv.core.learning import learned_under
from deliv.core.likelihood.ledger import Ledger
from deliv.core.likelihood.levels import Own
from deliv.core.likelihood.tally import Counts
from deliv.core.rulebook import RuleBook
from deliv.core.weighing import appraise, inbox_with

_Values: TypeAlias = tuple[tuple[str, FactValue], ...]
_Alike: TypeAlias = tuple[str, _Values]
"""What mailboxes that are judged alike have in common: the provider's id, and all that is known of them."""
_Past: TypeAlias = tuple[str, Own | None]
"""What tells them apart: the domain, where it has a history, and how the very address fared."""


class Mailboxes:
    """The mailboxes of a list, counted by what is known of them."""

    def __init__(self, *, role_accounts: Collection[str] = (), history: Ledger | None = None) -> None:
        self._role_accounts = role_accounts
        self._history = history
        self._spelt: Counter[tuple[str, _Values, Own | None]] = Counter()  # by domain, spelling and past
        self._facts: dict[str, RecipientFacts] = {}
        self.assumes_engagement = False
        """Whether replies, clicks, opens or reports have moved a figure so far."""
        self.rows = 0
        """Rows of the list."""
        self.by_provider: Counter[str] = Counter()
        """Rows by provider id; the empty id stands for domains that belong to nobody known."""

    @property
    def history(self) -> Counts | None:
        """What the shop's history comes to; None without one."""
        return self._history.counts if self._history is not None else None

    def add(self, address: Address | None, facts: RecipientFacts | None) -> None:
        """Count one row; without an address, or without facts, it only counts as a row."""
        self.rows += 1
        if address is None or facts is None:
            return
        self.by_provider[facts.provider.id if facts.provider else ""] += 1
        if facts.provider is None and facts.route is Route.UNKNOWN:
            return  # nothing is known of it, so nothing can be promised for it
        self._facts[facts.domain] = facts
        of_address = address_facts(address, role_accounts=self._role_accounts)
        own = self._history.own(address.normalized) if self._history else None
        self._spelt[facts.domain, tuple(of_address.items()), own] += 1

    def seen(
        self,
        sender: SenderFacts,
        rules: RuleBook,
        *,
        as_of: date,
        message: MessageFacts | None = None,
        shop_name: str = "",
        with_history: bool = True,
    ) -> float:
        """Return how many of these customers are expected to see an order mail from this sender.

        with_history: False asks the rule book alone.
        """
        values = sender_facts(sender)
        if message is not None:
            values |= message_facts(message, shop_name=shop_name)
        learned = None
        if self._history is not None and with_history:
            learned = learned_under(
                self._history,
                rules,
                as_of=as_of,
                sender=values,
                volume_per_day=sender.volume_per_day,
                facts=self._facts,
            )
            self.assumes_engagement |= learned.has_engagement
        seen, volume = 0.0, sender.volume_per_day
        for (name, known), members in self._alike().items():
            provider = rules.providers.get(name)
            findings, _, placement = appraise(
                rules, provider, dict(known) | values, volume_per_day=volume, as_of=as_of
            )
            for (domain, own), count in members.items():
                past = learned.evidence(domain, provider, own) if learned else None
                seen += count * inbox_with(
                    past, placement, rules, provider, findings, volume_per_day=volume, as_of=as_of
                )
        return seen

    def _alike(self) -> Mapping[_Alike, Counter[_Past]]:
        """Return the mailboxes by what is known of them, few for many domains, and then by their past."""
        alike: defaultdict[_Alike, Counter[_Past]] = defaultdict(Counter)
        for (domain, of_address, own), count in self._spelt.items():
            facts = self._facts[domain]
            known = (*of_address, *recipient_facts(facts).items())
            place = domain if self._history is not None and domain in self._history.domains else ""
            alike[facts.provider.id if facts.provider else "", known][place, own] += count
        return alike
