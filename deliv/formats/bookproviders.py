"""A mailbox provider, explained for whoever runs the shop."""

from collections.abc import Iterator
from datetime import date

from deliv.core.filters import Filter
from deliv.core.providers import Provider
from deliv.core.requirements import Demand
from deliv.core.rulebook import RuleBook
from deliv.core.rules import Basis
from deliv.formats import labels, senderlabels
from deliv.formats.booklabels import FILTER_DEFAULT, FILTER_EFFECT
from deliv.formats.summary import source_lines
from deliv.locale import Translate, translator


class ProviderPage:
    """Who it is, how it is recognised, what it asks for, and how likely mail is to be seen there."""

    def __init__(self, book: RuleBook, provider: Provider, lang: str, as_of: date) -> None:
        self._book = book
        self._provider = provider
        self._lang = lang
        self._as_of = as_of
        self._translate: Translate = translator(lang)

    def lines(self) -> Iterator[str]:
        """Yield everything but the sources of the entry itself."""
        _, provider = self._translate, self._provider
        kind = _(labels.KIND[provider.kind])
        yield _("{id}: a mailbox provider ({kind})").format(id=provider.id, kind=kind)
        yield f"  {provider.names.get(self._lang)}"
        if provider.ended:
            yield "  " + _("It has taken no mail since {day}.").format(day=provider.ended)
        for text in filter(None, (provider.notice, provider.reach)):
            yield f"  {text.get(self._lang)}"
        yield from self._names()
        yield from self._filters()
        yield from self._demands()
        yield from self._steps()
        yield from self._likelihood()

    def _names(self) -> Iterator[str]:
        _, provider = self._translate, self._provider
        yield ""
        yield _("How it is recognised")
        guesses = provider.unverified
        for template, names, unverified in (
            ("domains: {names}", provider.domains, guesses),
            ("any domain that ends in: {names}", provider.suffixes, guesses),
            ("mail servers: {names}", provider.mx, guesses | provider.unverified_mx),
            ("domains on the lists: {names}", provider.lists, guesses),
        ):
            if names:
                shown = " ".join(f"{name}?" if name in unverified else name for name in names)
                yield "  " + _(template).format(names=shown)
        if guesses or provider.unverified_mx:
            yield "  " + _("?: not confirmed by a source")
        if provider.lenient_local_parts:
            lenient = " ".join(sorted(provider.lenient_local_parts))
            yield "  " + _("addresses with dots in unusual places exist at: {names}").format(names=lenient)
        yield from self._portability()

    def _portability(self) -> Iterator[str]:
        """Yield whether an address outlives the contract of its owner."""
        _, provider = self._translate, self._provider
        if provider.portable is False:
            yield "  " + _("an address ends when its owner leaves")
        elif provider.portable:
            unknown = " ".join(sorted(provider.portability_unknown))
            yield "  " + _("an address can be kept by those who leave")
            if unknown:
                yield "    " + _("of these it is not known: {names}").format(names=unknown)

    def _filters(self) -> Iterator[str]:
        """Yield the filters in force in their order of application, then those of other times."""
        _, in_force = self._translate, self._provider.filters_on(self._as_of)
        others = [each for each in self._provider.filters if each not in in_force]
        if in_force:
            yield ""
            yield _("What may keep mail from the customer")
        for each in in_force:
            yield from self._filter(each)
        if others:
            yield "  " + _("At other times")
            for each in others:
                yield from (f"  {line}" for line in self._filter_head(each))

    def _filter_head(self, each: Filter) -> Iterator[str]:
        _ = self._translate
        place = f"{each.order}. " if each.order else "- "
        yield f"  {place}{each.names.get(self._lang)} ({each.id})"
        parts = [_(FILTER_DEFAULT[each.default]), _(FILTER_EFFECT[each.effect])]
        if each.beats_allow_list is not None:
            parts.append(
                _("even from senders on the customer's allow list")
                if each.beats_allow_list
                else _("but not from senders on the customer's allow list")
            )
        if each.effective_from is not None:
            parts.append(_("since {day}").format(day=each.effective_from))
        if each.effective_until is not None:
            parts.append(_("until {day}").format(day=each.effective_until))
        doubt = "" if each.is_verified else _(" (not confirmed by a source)")
        yield f"     {_(', ').join(parts)}{doubt}"

    def _filter(self, each: Filter) -> Iterator[str]:
        yield from self._filter_head(each)
        if each.note:
            yield f"     {each.note.get(self._lang)}"
        if each.customer:
            yield f"     → {self._filled(each.customer.get(self._lang))}"
        if each.url:
            yield f"     {each.url}"
        yield from (f"     {line}" for line in source_lines(each.sources, self._translate))

    def _filled(self, text: str) -> str:
        """Return a text for the customer, without a shop to name in it."""
        return text.replace("{sender_domain}", self._translate("(the domain that you send from)"))

    def _demands(self) -> Iterator[str]:
        _ = self._translate
        if not self._provider.requires:
            return
        known = {requirement.id: requirement.names for requirement in self._book.requirements}
        yield ""
        yield _("What it asks of those who send to it")
        for demand in self._provider.requires:
            name = known[demand.requirement].get(self._lang)
            line = demand_line(demand, _)
            yield f"  {name} ({demand.requirement})"
            yield f"    {line}"
            if demand.note:
                yield f"    {demand.note.get(self._lang)}"
            yield from (f"    {line}" for line in source_lines(demand.sources, _))

    def _steps(self) -> Iterator[str]:
        _, steps = self._translate, self._provider.allow_list
        if steps is None:
            return
        yield ""
        doubt = "" if steps.verified else _(" (not confirmed by a source)")
        yield _("What the customer does so that your mail arrives") + doubt
        for number, step in enumerate(steps.get(self._lang), 1):
            yield f"  {number}. {self._filled(step)}"
        if steps.url:
            yield f"  {steps.url}"

    def _likelihood(self) -> Iterator[str]:
        _, placement, provider = self._translate, self._book.placement, self._provider
        prior = placement.prior(provider)
        yield ""
        yield _("How likely mail is to be seen there, when nothing speaks against it")
        template = "inbox {inbox}, junk folder {spam}, refused or lost {missing}{doubt}"
        yield "  " + _(template).format(
            inbox=f"{prior.inbox:.0%}",
            spam=f"{prior.spam:.0%}",
            missing=f"{prior.missing:.0%}",
            doubt=_(" (estimate)") if prior.basis is Basis.ESTIMATE else "",
        )
        yield f"  {prior.note.get(self._lang)}"
        if provider.id not in placement.providers:
            kind = _(labels.KIND[provider.kind])
            own = provider.kind in placement.kinds
            yield "  " + (
                _("These are the figures of its kind: {kind}").format(kind=kind)
                if own
                else _("These are the figures of all providers.")
            )
        weight = f"{prior.strength:g}"
        yield "  " + _("This weighs as much as {count} of your own mails.").format(count=weight)


def demand_line(demand: Demand, translate: Translate) -> str:
    """Return what happens to mail that breaks a demand, and for whom it holds."""
    parts = [
        translate("otherwise mail is {consequence}").format(
            consequence=translate(senderlabels.CONSEQUENCE[demand.consequence])
        )
    ]
    if demand.bulk_from is not None:
        parts.append(translate("only from {count} mails a day on").format(count=f"{demand.bulk_from:,}"))
    elif demand.is_for_bulk:
        parts.append(translate("only for bulk senders"))
    if demand.effective_from is not None:
        parts.append(translate("since {day}").format(day=demand.effective_from))
    doubt = "" if demand.is_verified else translate(" (not confirmed by a source)")
    return translate(", ").join(parts) + doubt
