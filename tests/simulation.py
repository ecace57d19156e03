"""Made-up shops whose truth is known: providers drawn from a stated prior, and what became of their mail.

Everything is drawn as the likelihood assumes, unless a shop says otherwise: a provider's three rates
from its prior, moved by what its kind has in common; bounces out of mails sent; test mails and
replies out of accepted mail. The dice are seeded, so that each shop is the same in every run.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from deliv.core.likelihood.belief import Belief
from deliv.core.likelihood.pooling import Beta
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.placement import PlacementBook, Prior
from deliv.core.providers import Provider, ProviderBook, ProviderKind
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Basis
from deliv.core.text import Text
from tests.core.test_providers import provider

DAY = date(2026, 11, 20)
"""The day of judgement: a year after the first outcome."""
MONTHS = 12
NOTE = Text(ja="仮", en="made up")
PRIORS = (
    Prior(inbox=0.70, spam=0.25, missing=0.05, strength=6, basis=Basis.ESTIMATE, note=NOTE),
    Prior(inbox=0.70, spam=0.05, missing=0.25, strength=6, basis=Basis.ESTIMATE, note=NOTE),
    Prior(inbox=0.87, spam=0.10, missing=0.03, strength=10, basis=Basis.ESTIMATE, note=NOTE),
    Prior(inbox=0.83, spam=0.12, missing=0.05, strength=8, basis=Basis.ESTIMATE, note=NOTE),
    Prior(inbox=0.90, spam=0.09, missing=0.01, strength=40, basis=Basis.PUBLISHED, note=NOTE),
    Prior(inbox=0.78, spam=0.18, missing=0.04, strength=40, basis=Basis.PUBLISHED, note=NOTE),
)
"""Priors of the rule book."""
REPLIES = 0.06
"""Share of the mails that are seen which are answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of one provider."""

    id: str
    refused: float
    inbox: float
    """Of what is accepted."""
    junk: float
    """Of what is accepted and not in the inbox."""

    @property
    def domain(self) -> str:
        return f"{self.id}.example"

    @property
    def seen(self) -> float:
        """Share of what is sent that is in the inbox."""
        return (1 - self.refused) * self.inbox


def book_of(rules: RuleBook, priors: Sequence[Prior]) -> RuleBook:
    """Return a book with one provider for each prior, kinds in turn, and nothing else that weighs."""
    kinds = list(ProviderKind)
    providers = [
        replace(
            provider(f"p{number}"),
            kind=kinds[number % len(kinds)],
            domains=(f"p{number}.example",),
            suffixes=(),
            mx=(),
            requires=(),
        )
        for number in range(len(priors))
    ]
    placement = PlacementBook(
        providers={each.id: prior for each, prior in zip(providers, priors, strict=True)},
        kinds={},
        default=rules.placement.default,
        low_from=0.85,
        medium_from=0.60,
        history=rules.placement.history,
    )
    return replace(rules, providers=ProviderBook(providers), rules=(), placement=placement)


def draw(book: RuleBook, dice: random.Random) -> dict[str, Truth]:
    """Return the truth about each provider, drawn from its prior as stated."""
    spread = book.placement.history.kind_spread
    shifts = {kind: [dice.gauss(0, spread) for _ in range(3)] for kind in ProviderKind}
    return {each.id: _truth(each, book, shifts[each.kind], dice) for each in book.providers.providers}


def _truth(each: Provider, book: RuleBook, shifts: Sequence[float], dice: random.Random) -> Truth:
    prior = book.placement.prior(each)
    belief = Belief.of(prior, prior.strength, book.placement.history.bounces(each.kind))
    spread = book.placement.history.kind_spread
    rates = [
        _beta(_shifted(beta.mean, shift), _own_strength(beta, spread), dice)
        for beta, shift in zip((belief.refused, belief.inbox, belief.junk), shifts, strict=True)
    ]
    return Truth(id=each.id, refused=rates[0], inbox=rates[1], junk=rates[2])


def _own_strength(beta: Beta, spread: float) -> float:
    """Return how firm a provider's rate is once its kind is known: the prior's strength covers both."""
    own = 1 / (beta.strength + 1) - beta.mean * (1 - beta.mean) * spread**2
    return 1 / own - 1


def _shifted(rate: float, shift: float) -> float:
    return 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - shift))


def _beta(mean: float, strength: float, dice: random.Random) -> float:
    return dice.betavariate(mean * strength, (1 - mean) * strength)


def count(n: int, chance: float, dice: random.Random) -> int:
    """Return how often something of this chance happens in n tries."""
    return sum(dice.random() < chance for _ in range(n))


def live(
    truth: Truth,
    dice: random.Random,
    *,
    mails: int,
    seeds: int = 0,
    replies: float = REPLIES,
    months: Iterable[int] = range(MONTHS),
    refused_in: Callable[[int], float] | None = None,
) -> list[Outcome]:
    """Return a year at one provider: so many mails and test mails in all, spread over the months.

    refused_in: the rate of bounces in a month, where it is not always the same.
    """
    outcomes = []
    months = list(months)
    for month in months:
        day = DAY - timedelta(days=30 * (MONTHS - month) - 1)
        sent = _part(mails, month - months[0], len(months))
        bounced = count(sent, refused_in(month) if refused_in else truth.refused, dice)
        tests = _part(seeds, month - months[0], len(months))
        inbox = count(tests, truth.inbox, dice)
        junk = count(tests - inbox, truth.junk, dice)
        answered = count(count(sent - bounced, truth.inbox, dice), replies, dice)
        numbers = {
            OutcomeKind.SENT: sent,
            OutcomeKind.BOUNCE: bounced,
            OutcomeKind.SEED_INBOX: inbox,
            OutcomeKind.SEED_JUNK: junk,
            OutcomeKind.SEED_MISSING: tests - inbox - junk,
            OutcomeKind.REPLY: answered,
        }
        outcomes += [
            Outcome(kind=kind, domain=truth.domain, day=day, count=number)
            for kind, number in numbers.items()
            if number
        ]
    return outcomes


def _part(whole: int, number: int, parts: int) -> int:
    return whole * (number + 1) // parts - whole * number // parts


def reply_rate(book: RuleBook, dice: random.Random) -> float:
    """Return how often one provider's customers answer what they see: alike but for the stated spread."""
    from deliv.core.historybook import Channel

    spread = book.placement.history.channels[Channel.REPLY].spread
    return min(0.9, REPLIES * math.exp(dice.gauss(0, spread)))
