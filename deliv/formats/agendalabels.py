"""The words of the list of the day."""

from collections.abc import Mapping
from typing import Final

from deliv.core.advice import day_text
from deliv.core.advicebook import Situation
from deliv.core.agenda import FollowUp, Status
from deliv.core.contacts import Contact, ContactKind
from deliv.core.ladder import StepKind
from deliv.formats import labels
from deliv.formats.safe import printable
from deliv.locale import Translate

STATUS: Final[Mapping[Status, str]] = {
    Status.OVERDUE: "overdue",
    Status.TODAY: "today",
    Status.WAIT: "wait",
    Status.DONE: "nothing to do",
}

STEP: Final[Mapping[StepKind, str]] = {
    StepKind.MAIL: "Write again by mail",
    StepKind.RELAY: "Write by the mall's or relay's own path",
    StepKind.SMS: "Send an SMS",
    StepKind.PHONE: "Phone",
    StepKind.LETTER: "Write a letter",
    StepKind.RECHECK: "Check again later",
    StepKind.REVIEW: "Decide what becomes of the order",
}

STEP_FOR_WHO_WAITS: Final[Mapping[StepKind, str]] = {
    StepKind.MAIL: "Answer by mail",
    StepKind.PHONE: "Answer by phone",
    StepKind.REVIEW: "Settle the complaint",
}

SITUATION: Final[Mapping[Situation, str]] = {
    Situation.SILENT: "nothing has come back since {since}",
    Situation.BOUNCED: "a mail came back on {since}",
    Situation.DIALOGUE: "no answer to what you wrote on {since}",
    Situation.COMPLAINT: "the customer has waited for your answer since {since}",
    Situation.ANSWERED: "the customer answered on {since}",
    Situation.CLOSED: "closed on {since}",
}

CONTACT: Final[Mapping[ContactKind, str]] = {
    ContactKind.MAIL: "mail",
    ContactKind.SMS: "SMS",
    ContactKind.PHONE: "call",
    ContactKind.LETTER: "letter",
    ContactKind.REPLY: "answer",
    ContactKind.BOUNCE: "mail that came back",
    ContactKind.PLANNED: "plan",
}


def step(found: FollowUp, translate: Translate) -> str:
    """Return what to do; empty when nothing is."""
    if found.do is None:
        return ""
    return translate(_step_label(found.do, found.situation))


def next_step(found: FollowUp, translate: Translate) -> str:
    """Return what comes next if the customer stays silent; empty when nothing does."""
    if found.then is None:
        return ""
    return translate(_step_label(found.then.step.do, found.situation))


def _step_label(kind: StepKind, situation: Situation) -> str:
    if situation is Situation.COMPLAINT and kind in STEP_FOR_WHO_WAITS:
        return STEP_FOR_WHO_WAITS[kind]
    return STEP[kind]


def days_overdue(found: FollowUp, translate: Translate) -> str:
    """Return how late it is; empty when it is not."""
    if found.status is not Status.OVERDUE:
        return ""
    return translate("business days overdue: {count}").format(count=found.overdue)


def situation(found: FollowUp, translate: Translate, lang: str) -> str:
    """Return where the conversation stands."""
    return translate(SITUATION[found.situation]).format(since=day_text(found.since).get(lang))


def why(found: FollowUp, translate: Translate, lang: str) -> str:
    """Return where the conversation stands, how much speaks against mail, and what does."""
    assessment = found.subject.assessment
    risk = translate(labels.RISK[assessment.risk])
    words = [
        translate("{label}: {text}").format(label=translate("mail"), text=risk),
        labels.reasons(assessment, translate, lang),
    ]
    if assessment.did_you_mean:
        words.append(translate("did you mean {domain}?").format(domain=assessment.did_you_mean))
    return " / ".join([situation(found, translate, lang), *filter(None, words)])


def customer(found: FollowUp, translate: Translate) -> str:
    """Return the name on the order, else the address, else the row."""
    name = printable(found.subject.order.buyer_name)
    address = printable(found.subject.assessment.normalized or found.subject.assessment.address)
    return name or address or translate("row {row}").format(row=found.subject.rows[0])


def order(found: FollowUp, translate: Translate) -> str:
    """Return which order it is: its number, else its first row."""
    if found.order_id:
        return translate("order {order}").format(order=printable(found.order_id))
    return translate("row {row}").format(row=found.subject.rows[0])


def contact(line: Contact, translate: Translate, lang: str) -> str:
    """Return a line of the log in words."""
    said = translate("{day}, {kind}, {what}").format(
        day=day_text(line.when.day).get(lang),
        kind=translate(CONTACT[line.kind]),
        what=printable(line.order_id or line.address),
    )
    return translate("line {line}: {text}").format(line=line.line, text=said) if line.line else said
