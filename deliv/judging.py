"""Judges the rows of a list one after the other, and every kind of row only once."""

import functools
from datetime import datetime
from typing import Final, TypeAlias

from deliv.core.address import Mend
from deliv.core.advice import Advice
from deliv.core.assess import judge, judge_alike, leave_open, refuse, suit
from deliv.core.assessment import Assessment, Judgement
from deliv.core.case import Case, case_of_row
from deliv.core.cell import Cell, read_cell
from deliv.core.facts import MessageFacts, RecipientFacts, is_role
from deliv.core.likelihood.learned import Learned
from deliv.core.likelihood.levels import Own
from deliv.core.order import Order
from deliv.core.ordercontext import OrderReader
from deliv.core.placement import Risk
from deliv.core.report import RunHeader
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Reason
from deliv.core.settings import Settings

_MOST_SUITED: Final = 10_000  # judgements that are kept for orders to come

_Alike: TypeAlias = tuple[str, bool, Own | None]
"""What addresses that share a judgement have in common: the domain, whether they stand for a role, and how
they fared."""


class RowJudge:
    """Judges row by row; addresses that differ only before the @ share one judgement.

    Those with outcomes of their own share it with those of the domain that fared alike.
    """

    def __init__(
        self,
        rules: RuleBook,
        facts: dict[str, RecipientFacts],
        header: RunHeader,
        settings: Settings,
        message: MessageFacts | None,
        *,
        has_phones: bool,
        learned: Learned | None,
        explain: bool,
    ) -> None:
        self._learned = learned
        self._explain = explain
        self._rules = rules
        self._facts = facts
        self._header = header
        self._settings = settings
        self._message = message
        self._has_phones = has_phones
        self._reader = order_reader(rules, settings, header.started_at)
        self._shared: dict[_Alike, Judgement] = {}
        self._advised: dict[tuple[str, bool], dict[tuple[Risk, tuple[Reason, ...]], Advice]] = {}
        self._suited: dict[tuple[_Alike, Case], Judgement] = {}

    def __call__(self, order: Order) -> Assessment:
        """Return what is to be said of a row."""
        cell = read_cell(order.address, self._rules.providers.lenient_domains)
        return Assessment(
            judgement=self._judgement(cell, order),
            address=order.address,
            normalized=cell.address.normalized if cell.address else None,
            mends=(Mend.SAME_ORDER, *cell.mends) if order.inherited else cell.mends,
            several=cell.several,
            row=order.row,
            line=order.line,
            cells=order.cells,
            read_order=functools.partial(self._reader.read, order.fields) if order.has_fields else None,
        )

    def _judgement(self, cell: Cell, order: Order) -> Judgement:
        alike, plain = self._plain(cell)
        if not order.has_fields or not plain.advice.phone_window:
            return plain  # nothing of the order matters, so it is not even read
        urgency = self._rules.advice.urgency
        case = case_of_row(order.fields, self._reader, urgency, has_phones=self._has_phones)
        known = self._suited.get((alike, case)) if alike else None
        if known is not None:
            return known
        suited = suit(plain, case, self._rules, as_of=self._header.as_of, settings=self._settings)
        if alike:
            if len(self._suited) == _MOST_SUITED:
                self._suited.clear()
            self._suited[alike, case] = suited
        return suited

    def _plain(self, cell: Cell) -> tuple[_Alike | None, Judgement]:
        """Return the judgement without an order, and what addresses that share it have in common."""
        as_of, settings = self._header.as_of, self._settings
        if cell.is_garbled:
            return None, leave_open(self._rules, as_of=as_of, settings=settings)
        if cell.fault is not None:
            return None, refuse(cell.fault, self._rules, as_of=as_of, settings=settings)
        address = cell.address
        assert address is not None
        facts = self._facts[address.domain]
        own = self._learned.own(address.normalized) if self._learned else None
        alike = (address.domain, is_role(address, self._rules.role_accounts), own)
        is_shared = address.is_ordinary and facts.did_you_mean is None  # a suggestion names the whole address
        known = self._shared.get(alike) if is_shared else None
        if known is not None:
            return alike, known
        judgement = self._like_others(alike, own) if is_shared and own is not None else None
        judgement = judgement or judge(
            address,
            facts,
            self._rules,
            as_of=as_of,
            sender=self._header.sender,
            message=self._message,
            settings=settings,
            history=self._learned,
            explain=self._explain,
        )
        if is_shared:
            self._shared[alike] = judgement
        return alike if is_shared else None, judgement

    def _like_others(self, alike: _Alike, own: Own) -> Judgement | None:
        """Return the judgement on an address with a past, where others of its domain make that easy."""
        domain, is_for_role, _ = alike
        other = self._shared.get((domain, is_for_role, None))
        if other is None or other.undecided or self._explain:
            return None
        assert self._learned is not None
        return judge_alike(
            other,
            own,
            self._rules,
            as_of=self._header.as_of,
            sender=self._header.sender,
            settings=self._settings,
            history=self._learned,
            advised=self._advised.setdefault((domain, is_for_role), {}),
        )


def order_reader(rules: RuleBook, settings: Settings, started_at: datetime) -> OrderReader:
    """Return what reads the orders of this shop, by the clock of the run."""
    zone = started_at.tzinfo
    assert zone is not None
    return OrderReader(words=rules.advice.words, zone=zone, country=settings.shop.country)
