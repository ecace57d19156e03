"""Plans what is to be done about one order, at one moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from deliv.core.advice import choose_entry, day_text, window_text
from deliv.core.advicebook import OWN_LADDER, Remark, Situation
from deliv.core.agenda import FollowUp, OpenOrder, Status
from deliv.core.case import Case, case_of
from deliv.core.contacts import Contact, ContactKind
from deliv.core.conversation import Conversation, conversation_of
from deliv.core.ladder import Ladder, PlannedStep, StepKind, by_post, plan, reachable, what_is_left
from deliv.core.ordercontext import OrderContext, without_honorific
from deliv.core.placement import Risk
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Reason
from deliv.core.settings import Settings
from deliv.core.text import Text
from deliv.core.wording import fill, same
from deliv.core.workdays import next_call_day

_WEAK: Final = frozenset({StepKind.MAIL, StepKind.RELAY, StepKind.RECHECK})
_STRONG: Final = frozenset({StepKind.SMS, StepKind.PHONE, StepKind.LETTER})
_OUR_TROUBLE: Final = frozenset({Reason.RESOLVER_UNTRUSTED, Reason.TIMEOUT_EXCEEDED})
_REPLY_DAYS: Final = 3  # business days that a customer gets to answer a last mail


class Planner:
    """Plans the steps of a shop at one moment.

    rules: the words and the ladders. settings: the shop's. now: the moment, by the shop's clock.
    """

    def __init__(self, *, rules: RuleBook, settings: Settings, now: datetime) -> None:
        self._book = rules.advice
        self._settings = settings
        self._now = now
        self._workdays = self._book.workdays(settings)
        self._hours = self._book.phone_hours(settings)

    def follow_up(
        self, subject: OpenOrder, *, own_junk: bool = False, others: Sequence[str] = ()
    ) -> FollowUp:
        """Return what is to be done about an order.

        own_junk: whether the customer's answers may be filed as junk by the shop's own provider.
        others: numbers of other orders of the same customer that are open, too.
        """
        today = self._now.date()
        talk = conversation_of(subject.order, subject.contacts, self._book.words, today=today)
        talk, left = self._steps(subject, talk)
        judgement = subject.assessment.judgement
        if not _OUR_TROUBLE & set(judgement.reasons):
            left = _without_overtaken(left, today)
        nothing = FollowUp(subject=subject, situation=talk.situation, since=talk.since, status=Status.DONE)
        if not left:
            return nothing
        first, *rest = left
        if judgement.risk is Risk.UNKNOWN and talk.situation is Situation.SILENT:
            first = replace(first, due=max(first.due, today))  # nobody has missed what nobody knew
        order = subject.order
        do = reachable(first.step.do, has_phone=bool(order.phones), has_mobile=_has_mobile(order))
        found = replace(
            nothing,
            status=_status(first.due, today),
            do=do,
            due=first.due,
            overdue=self._workdays.between(first.due, today),
            then=rest[0] if rest else None,
        )
        found = replace(found, look_in_own_junk=own_junk and found.misses_answer)
        found = self._then(self._timed(found), first)
        return self._worded(found, first, is_dated=talk.is_dated, others=others)

    def _then(self, found: FollowUp, first: PlannedStep) -> FollowUp:
        """Return it with the next step as far behind this one as it stands in the ladder."""
        if found.then is None or found.do_on is None:
            return found
        days = max(1, found.then.step.after - first.step.after)
        due = max(found.then.due, self._workdays.after(found.do_on, days))
        return replace(found, then=replace(found.then, due=due))

    def _steps(self, subject: OpenOrder, talk: Conversation) -> tuple[Conversation, tuple[PlannedStep, ...]]:
        """Return the steps that are left, and the conversation as it is to be understood."""
        if talk.situation in (Situation.ANSWERED, Situation.CLOSED):
            return talk, ()
        ladder = self._ladder(subject, talk.situation)
        if talk.situation is Situation.SILENT and ladder.is_silent:
            # Silence after an order is nothing, but after a letter of ours it is.
            ours = (each for each in subject.contacts if each.kind.is_from_shop)
            by_hand = [each for each in ours if not self._is_automatic(each, talk.since)]
            if not by_hand:
                return talk, ()
            since, done = by_hand[0].when.day, tuple(by_hand[1:])
            talk = replace(talk, situation=Situation.DIALOGUE, since=since, contacts=done)
            ladder = self._ladder(subject, talk.situation)
        if talk.situation is Situation.SILENT and not talk.is_recorded:
            age = self._workdays.between(talk.since, self._now.date())
            if age > self._book.urgency.give_up_after:
                return talk, ()
        hurry = self._case(subject.order).hurry(self._book.urgency, self._workdays)
        planned = plan(ladder, talk.since, self._workdays, hurry)
        return talk, what_is_left(planned, talk.contacts, self._workdays)

    def _is_automatic(self, contact: Contact, ordered: date) -> bool:
        """Whether a mail is the one that the shop system writes when an order comes in."""
        return contact.kind is ContactKind.MAIL and contact.when.day <= self._workdays.after(ordered, 0)

    def _ladder(self, subject: OpenOrder, situation: Situation) -> Ladder:
        book, judgement = self._book, subject.assessment.judgement
        name = situation.value
        if situation not in OWN_LADDER:
            kind = judgement.provider.kind if judgement.provider else None
            name = choose_entry(book, judgement.risk, kind, set(judgement.reasons)).ladder
        ladder = book.ladders[name]
        return ladder if subject.order.phones else by_post(ladder)

    def _timed(self, found: FollowUp) -> FollowUp:
        """Return it with the day, and the hours, in which the step can be taken."""
        workdays, hours, now, due = self._workdays, self._hours, self._now, found.due
        assert due is not None
        if found.do is not None and found.do.is_call:
            phones = found.subject.order.phones
            return replace(
                found,
                do_on=next_call_day(workdays, hours, due, now, minutes=self._book.hours.minutes),
                window=window_text(hours),
                phone=phones[0],
            )
        day = workdays.after(max(due, now.date()), 0)
        provider = found.subject.assessment.provider
        quiet = self._book.quiet_hours(self._settings, provider.kind if provider else None)
        if found.do is not StepKind.MAIL or quiet is None:
            return replace(found, do_on=day)
        if day == now.date() and now.time() in quiet and now.time() >= quiet.end:
            day = workdays.after(day, 1)  # late in the evening
        return replace(found, do_on=day, not_before=quiet.end)

    def _worded(
        self, found: FollowUp, planned: PlannedStep, *, is_dated: bool, others: Sequence[str]
    ) -> FollowUp:
        """Return it with everything to say, to write and to know."""
        book, order = self._book, found.subject.order
        fields = dict(found.subject.assessment.judgement.fields)
        fields |= self._fields(found, others)
        by_call = found.do is not None and found.do.is_call
        name = planned.step.text
        if by_call and order.gift is not None:
            name = "call-gift"
        elif found.do is StepKind.LETTER:
            name = "letter"
        template = book.templates.get(name)
        body = fill(template.body, fields) if template else None
        sms = book.templates.get(planned.step.sms) if by_call and _has_mobile(order) else None
        avoid = (*book.avoid, *(book.avoid_gift if order.gift is not None else ())) if by_call else ()
        remarks = _remarks(
            found, self._now.date(), is_dated=is_dated, is_dear=self._case(order).is_dear, others=others
        )
        return replace(
            found,
            script=template,
            say=body if by_call else None,
            avoid=tuple(fill(text, fields) for text in avoid),
            sms=fill(sms.body, fields | self._short_fields()) if sms else None,
            mail_subject=fill(template.subject, fields) if template and template.subject else None,
            mail=None if by_call else body,
            remarks=tuple(fill(book.remarks[each], fields) for each in remarks if each in book.remarks),
        )

    def _fields(self, found: FollowUp, others: Sequence[str]) -> dict[str, Text]:
        """Return what this order adds to the placeholders."""
        order = found.subject.order
        fields = {"window": same(found.window), "others": same(", ".join(others))}
        if found.due is not None and found.do_on is not None:
            fields["due"] = day_text(found.do_on)
            fields["reply_by"] = day_text(self._workdays.after(found.do_on, _REPLY_DAYS))
        if order.order_id:
            fields["order"] = same(order.order_id)
        if order.buyer_name:
            fields["customer"] = same(without_honorific(order.buyer_name))
        if order.need_by is not None:
            fields["need_by"] = day_text(order.need_by)
        if found.not_before is not None:
            fields["quiet_end"] = same(f"{found.not_before:%H:%M}")
        fields["phone"] = same(found.phone.national if found.phone else order.written_phone)
        return fields

    def _short_fields(self) -> dict[str, Text]:
        """Return what is shorter in an SMS, which holds 70 characters."""
        phone = self._settings.shop.phone
        return {"shop_phone": same(phone)} if phone else {}

    def _case(self, order: OrderContext) -> Case:
        return case_of(order, self._book.urgency, self._settings.shop.country)


def _without_overtaken(left: tuple[PlannedStep, ...], today: date) -> tuple[PlannedStep, ...]:
    """Return the steps without those by mail that nobody took while a call, or a letter, fell due."""
    strong = next((n for n, each in enumerate(left) if each.due <= today and each.step.do in _STRONG), 0)
    return left if any(each.step.do not in _WEAK for each in left[:strong]) else left[strong:]


def _status(due: date, today: date) -> Status:
    if due < today:
        return Status.OVERDUE
    return Status.TODAY if due == today else Status.WAIT


def _has_mobile(order: OrderContext) -> bool:
    return any(number.is_mobile for number in order.phones)


def _remarks(
    found: FollowUp, today: date, *, is_dated: bool, is_dear: bool, others: Sequence[str]
) -> list[Remark]:
    """Return what else to know, the most important first."""
    order = found.subject.order
    by_call = found.do is not None and found.do.is_call
    lacks_phone = found.do is StepKind.LETTER and not order.phones
    conditions = (
        (Remark.OWN_JUNK, found.look_in_own_junk),
        (Remark.DEADLINE_PASSED, order.need_by is not None and order.need_by < today),
        (Remark.DEADLINE, order.need_by is not None and order.need_by >= today),
        (Remark.GIFT, by_call and order.gift is not None),
        (Remark.GIFT_LETTER, found.do is StepKind.LETTER and order.gift is not None),
        (Remark.RELAY, found.do is StepKind.RELAY),
        (Remark.SHARED_PHONE, order.shares_phone),
        (Remark.BAD_PHONE, lacks_phone and bool(order.written_phone) and not order.shares_phone),
        (Remark.NO_PHONE, lacks_phone and not order.written_phone),
        (Remark.SMS, by_call and _has_mobile(order)),
        (Remark.AMOUNT, by_call and is_dear),
        (Remark.REFUSED, found.situation is Situation.BOUNCED),
        (Remark.QUIET, found.not_before is not None),
        (Remark.OTHER_ORDERS, bool(others)),
        (Remark.NO_ORDER_DATE, not is_dated),
    )
    return [remark for remark, holds in conditions if holds]
