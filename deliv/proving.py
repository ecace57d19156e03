"""Rules prove themselves: each one fires in one of its examples, and is decided and silent in the other.

An example is a customer's address with the DNS around it, perhaps a sender, perhaps a mail. No network.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from deliv.core.address import parse_address
from deliv.core.auth.aggregate import CollectedReports
from deliv.core.bouncerules import BounceRule, explain
from deliv.core.discovery import discover_recipient, discover_sender
from deliv.core.errors import DelivError
from deliv.core.facts import (
    Evidence,
    FactValue,
    address_facts,
    message_facts,
    recipient_facts,
    sender_facts,
)
from deliv.core.findings import Finding, find
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Decision, Example, Rule, decide
from deliv.core.sending import OrderMessage, sending_of
from deliv.core.zone import ask
from deliv.sender import thorough_scope

SHOP_NAME: Final = "例の店"
"""What the shop of the examples is called; a rule about the sender's name goes by it."""

_PADDING: Final = b"." * 76 + b"\n"
_SOME_DAY: Final = date(2026, 11, 24)

ReadMail: TypeAlias = Callable[[bytes], OrderMessage]
"""Reads the source of a mail: `deliv.read_message`."""


class Outcome(StrEnum):
    """What a rule makes of an example."""

    FIRES = "fires"
    SILENT = "silent"
    """It was decided, and stays silent."""
    UNDECIDED = "undecided"
    """What it hangs on was not looked at, or the DNS of the example does not tell: it proves nothing."""
    UNUSABLE = "unusable"
    """The example itself is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One example, run."""

    outcome: Outcome
    """What the rule made of it."""
    expected: Outcome
    """What it has to make of it."""
    facts: tuple[tuple[str, FactValue], ...] = ()
    """The facts that the rule reads, in the order of their names; None for what the DNS does not tell."""
    not_looked_at: tuple[str, ...] = ()
    """Facts that the rule reads and for which the example holds nothing: no sender, or no mail."""
    finding: Finding | None = None
    """What is found, with its evidence; None when the rule does not fire."""
    fault: DelivError | None = None
    """What is wrong with the example; None when it can be run."""

    @property
    def is_as_expected(self) -> bool:
        """Whether the rule does what it has to do."""
        return self.outcome is self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Both examples of a rule, run."""

    rule: Rule
    """The rule."""
    fires: Trial
    """The case in which it has to fire."""
    silent: Trial
    """The case in which it has to stay silent, and to be decided."""

    @property
    def holds(self) -> bool:
        """Whether the rule does in both what it has to do."""
        return self.fires.is_as_expected and self.silent.is_as_expected


@dataclass(slots=True)
class _Seen:
    """What can be known in one example."""

    facts: dict[str, FactValue] = field(default_factory=dict)
    evidence: Evidence = ()


def prove(rule: Rule, book: RuleBook, *, read_mail: ReadMail) -> Proof:
    """Run both examples of a rule, on a day on which it is in force.

    read_mail: reads the mail of an example, as `deliv.read_message` does.
    """
    return Proof(
        rule=rule,
        fires=_try(rule, rule.fires, Outcome.FIRES, book, read_mail),
        silent=_try(rule, rule.silent, Outcome.SILENT, book, read_mail),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceProof:
    """Both examples of a rule on bounces."""

    rule: BounceRule
    """The rule."""
    fires: bool
    """Whether it fits the refusal that it has to explain."""
    is_silent: bool
    """Whether it leaves the other one alone."""
    taken_by: str = ""
    """Id of another rule that stands before it and explains that refusal, too; empty when none does."""

    @property
    def holds(self) -> bool:
        """Whether the rule does in both what it has to do."""
        return self.fires and self.is_silent and not self.taken_by


def prove_bounce_rule(rule: BounceRule, book: RuleBook) -> BounceProof:
    """Try a rule on both of its refusals, in its place among the others."""
    first = explain(rule.fires, book.bounce_rules)
    fires = rule.fits(rule.fires)
    return BounceProof(
        rule=rule,
        fires=fires,
        is_silent=not rule.fits(rule.silent),
        taken_by=first.id if fires and first is not None and first.id != rule.id else "",
    )


def _try(rule: Rule, example: Example, expected: Outcome, book: RuleBook, read_mail: ReadMail) -> Trial:
    try:
        seen = _look(example, book, read_mail)
    except DelivError as fault:
        return Trial(outcome=Outcome.UNUSABLE, expected=expected, fault=fault)
    found = find((rule,), seen.facts, seen.evidence, rule.effective_from or rule.effective_until or _SOME_DAY)
    outcome = {
        Decision.YES: Outcome.FIRES,
        Decision.NO: Outcome.SILENT,
        Decision.UNDECIDED: Outcome.UNDECIDED,
    }
    named = sorted(rule.facts)
    return Trial(
        outcome=outcome[decide(rule.when, seen.facts)],
        expected=expected,
        facts=tuple((name, seen.facts[name]) for name in named if name in seen.facts),
        not_looked_at=tuple(name for name in named if name not in seen.facts),
        finding=next(iter(found.fired), None),
    )


def _look(example: Example, book: RuleBook, read_mail: ReadMail) -> _Seen:
    """Return everything that can be known in an example; raise DelivError where it makes no sense."""
    address = parse_address(example.address, lenient_domains=book.providers.lenient_domains)
    recipient = ask(discover_recipient(address.domain, book.providers), example.zone)
    facts = address_facts(address, role_accounts=book.role_accounts) | recipient_facts(recipient)
    seen = _Seen(facts, recipient.evidence)
    mail = read_mail(_padded(example)) if example.message else None
    if example.sender or mail:
        sending = sending_of(example.sender, book.services, mail=mail, guess_selectors=True)
        sender = ask(discover_sender(sending, thorough_scope(book, mail, 0)), example.zone)
        if example.reports:
            sender = sender.with_reports(CollectedReports(reports=example.reports))
        seen.facts |= sender_facts(sender)
        seen.evidence += sender.evidence
    if mail:
        seen.facts |= message_facts(mail.facts, shop_name=SHOP_NAME)
    return seen


def _padded(example: Example) -> bytes:
    """Return the mail of an example, filled up to the size that it asks for."""
    content = example.message.encode()
    lines, rest = divmod(max(0, example.message_size - len(content)), len(_PADDING))
    return content + _PADDING * lines + _PADDING[len(_PADDING) - rest :]
