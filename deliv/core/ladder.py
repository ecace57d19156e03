"""Ladders: what to do while a customer stays silent, step by step, in business days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from deliv.core.contacts import Contact, ContactKind
from deliv.core.workdays import Workdays


class StepKind(StrEnum):
    """What is done in a step."""

    MAIL = "mail"
    RELAY = "relay"
    """Write by the mall's or the relay's own path."""
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"
    RECHECK = "recheck"
    """Let deliv look again."""
    REVIEW = "review"
    """Take up the order, and decide."""

    @property
    def is_call(self) -> bool:
        """Whether it needs a phone number."""
        return self in (StepKind.PHONE, StepKind.SMS)


_STRENGTH: Final[Mapping[str, int]] = {
    StepKind.MAIL: 0,
    StepKind.RELAY: 0,
    StepKind.RECHECK: 0,
    StepKind.SMS: 1,
    StepKind.PHONE: 1,
    StepKind.LETTER: 2,
}
"""What does not reach a customer who overlooked something weaker; contacts have the same names."""
_LETTER_DAYS: Final = 3  # business days between two letters at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung."""

    after: int
    """Business days after the ladder began."""
    do: StepKind
    """What is done."""
    text: str = ""
    """Id of the text to say or to write; empty for none."""
    sms: str = "sms"
    """Id of the text to send where a mobile number does not answer."""
    is_automatic: bool = False
    """Whether the shop system does it by itself, so that no log has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps for one degree of worry."""

    id: str
    """Stable name, kebab-case."""
    steps: tuple[Step, ...]
    """In their order."""

    @property
    def is_silent(self) -> bool:
        """Whether nobody has to do anything."""
        return all(step.is_automatic for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step with its day."""

    step: Step
    """What it is."""
    due: date
    """Day by which it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurry:
    """What brings a call forward."""

    days: int = 0
    """Business days by which calls come earlier, as the order is worth much."""
    latest: date | None = None
    """Day by which the customer must have been called, as the goods are needed soon; None when not."""


def plan(
    ladder: Ladder, start: date, workdays: Workdays, hurry: Hurry | None = None
) -> tuple[PlannedStep, ...]:
    """Return the steps with their days, from the day on which the ladder begins.

    A hurried call leaves out the mails that would have come before it; none is due before `start`.
    """
    hurry = hurry or Hurry()
    planned: list[PlannedStep] = []
    for step in ladder.steps:
        is_first_call = step.do.is_call and not any(earlier.step.do.is_call for earlier in planned)
        days = max(0, step.after - hurry.days) if is_first_call else step.after
        due = workdays.after(start, days)
        if is_first_call and hurry.latest is not None and due > hurry.latest:
            due = workdays.after(max(hurry.latest, start), 0)
        if is_first_call:
            planned = [earlier for earlier in planned if earlier.step.is_automatic or earlier.due < due]
        planned.append(PlannedStep(step=step, due=due))
    return tuple(planned)


def what_is_left(
    planned: Sequence[PlannedStep], contacts: Sequence[Contact], workdays: Workdays
) -> tuple[PlannedStep, ...]:
    """Return the steps that nobody has taken yet, their days moved behind the last contact.

    contacts: what the shop has done since the ladder began, in its order in time. Each stands for the
    first open step of its strength; weaker ones before that are passed over, stronger ones never. What
    was done twice on one day is one attempt, and a mail on the day of the automatic one is that one.
    Steps never come closer to the last contact than they stand to each other in the ladder.
    """
    steps = [each for each in planned if not each.step.is_automatic]
    automatic = max((each.due for each in planned if each.step.is_automatic), default=date.min)
    last, taken = None, None
    for contact in contacts:
        if contact.kind is ContactKind.MAIL and contact.when.day <= automatic:
            continue
        if last is not None and last.when.day == contact.when.day and _strength(last) >= _strength(contact):
            continue
        place = _place(steps, contact)
        if place is not None:
            last, taken = contact, steps[place]
            steps = steps[place + 1 :]
    if last is None or taken is None:
        return tuple(steps)
    return tuple(
        replace(
            each, due=max(each.due, workdays.after(last.when.day, max(1, each.step.after - taken.step.after)))
        )
        for each in steps
    )


def _place(steps: Sequence[PlannedStep], contact: Contact) -> int | None:
    """Return which step a contact stands for; None for none."""
    weaker = None
    for place, each in enumerate(steps):
        if each.step.do is StepKind.REVIEW:
            return place if place == 0 and contact.when.day >= each.due else weaker
        strength = _STRENGTH[each.step.do]
        if strength > _strength(contact):
            break
        if strength == _strength(contact) and each.step.do is not StepKind.RECHECK:
            return place
        if strength == 1:  # a letter is as good as a call
            return place
        if weaker is None and each.step.do is not StepKind.RECHECK:
            weaker = place
    return weaker


def _strength(contact: Contact) -> int:
    return _STRENGTH[contact.kind]


def by_post(ladder: Ladder) -> Ladder:
    """Return the ladder for a customer without a phone: calls become letters, some days apart."""
    steps: list[Step] = []
    last = None
    for step in ladder.steps:
        if step.do.is_call or step.do is StepKind.LETTER:
            if last is not None and step.after - last < _LETTER_DAYS:
                continue
            last = step.after
        steps.append(step)
    return replace(ladder, steps=tuple(steps))


def reachable(step: StepKind, *, has_phone: bool, has_mobile: bool) -> StepKind:
    """Return how a step can be taken with the numbers that there are: else by phone, else by letter."""
    if step is StepKind.SMS and not has_mobile:
        step = StepKind.PHONE
    return StepKind.LETTER if step.is_call and not has_phone else step
