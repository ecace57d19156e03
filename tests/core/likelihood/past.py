"""Short ways to write a history and to ask what follows from it."""

from datetime import date

from deliv.core.address import parse_address
from deliv.core.assess import judge
from deliv.core.assessment import Judgement
from deliv.core.experience import Remembered
from deliv.core.facts import RecipientFacts, Route
from deliv.core.learning import learn_from
from deliv.core.likelihood.learned import Learned
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.rulebook import RuleBook

TODAY = date(2026, 11, 20)
RECENTLY = date(2026, 11, 1)


def note(kind: OutcomeKind, domain: str, count: int = 1, *, day: date = RECENTLY, **more) -> Outcome:
    return Outcome(kind=kind, domain=domain, day=day, count=count, **more)


def learned(rules: RuleBook, outcomes, **more) -> Learned:
    return learn_from(Remembered(known=tuple(outcomes)), rules, as_of=TODAY, **more)


def judged(rules: RuleBook, text: str, outcomes=None, *, explain=False, **more) -> Judgement:
    """Judge an address at a domain that takes mail, with or without a history."""
    address = parse_address(text, lenient_domains=rules.providers.lenient_domains)
    facts = RecipientFacts(domain=address.domain, route=Route.MX, match=rules.providers.match(address.domain))
    history = None if outcomes is None else learned(rules, outcomes, **more)
    return judge(address, facts, rules, as_of=TODAY, history=history, explain=explain)


def inbox(rules: RuleBook, text: str, outcomes=None) -> float:
    return judged(rules, text, outcomes).placement.inbox
