"""What the shop's side costs on a list: mailboxes that are judged alike are weighed once."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

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
from deliv.core.providers import Provider
from deliv.core.rulebook import RuleBook
from deliv.core.weighing import appraise

_Values = tuple[tuple[str, FactValue], ...]


class Mailboxes:
    """The mailboxes of a list, counted by what is known of them."""

    def __init__(self, *, role_accounts: Collection[str] = ()) -> None:
        self._role_accounts = role_accounts
        self._spelt: Counter[tuple[str, _Values]] = Counter()  # by domain and spelling
        self._facts: dict[str, RecipientFacts] = {}
        self.rows = 0
        """Rows of the list."""
        self.by_provider: Counter[str] = Counter()
        """Rows by provider id; the empty id stands for domains that belong to nobody known."""

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
        self._spelt[facts.domain, tuple(of_address.items())] += 1

    def seen(
        self,
        sender: SenderFacts,
        rules: RuleBook,
        *,
        as_of: date,
        message: MessageFacts | None = None,
        shop_name: str = "",
    ) -> float:
        """Return how many of these customers are expected to see an order mail from this sender."""
        values = sender_facts(sender)
        if message is not None:
            values |= message_facts(message, shop_name=shop_name)
        return sum(
            count * _inbox(rules.providers.get(name), dict(own) | values, rules, sender.volume_per_day, as_of)
            for (name, own), count in self._alike().items()
        )

    def _alike(self) -> Counter[tuple[str, _Values]]:
        """Return the mailboxes by provider id and by all that is known of them: few for many domains."""
        alike: Counter[tuple[str, _Values]] = Counter()
        for (domain, of_address), count in self._spelt.items():
            facts = self._facts[domain]
            known = (*of_address, *recipient_facts(facts).items())
            alike[facts.provider.id if facts.provider else "", known] += count
        return alike


def _inbox(
    provider: Provider | None,
    values: Mapping[str, FactValue],
    rules: RuleBook,
    volume_per_day: int | None,
    as_of: date,
) -> float:
    _, _, placement = appraise(rules, provider, values, volume_per_day=volume_per_day, as_of=as_of)
    return placement.inbox
