"""One entry of the rule book, explained for whoever runs the shop."""

from collections.abc import Iterable, Iterator
from datetime import date

from deliv.core.advicebook import LegalNote
from deliv.core.blocklists import BlockList
from deliv.core.bouncerules import BounceRule
from deliv.core.bounces import Refusal
from deliv.core.exports import ExportSystem
from deliv.core.facts import FACTS
from deliv.core.ladder import Ladder
from deliv.core.providers import Provider
from deliv.core.requirements import Demand, Requirement
from deliv.core.rulebook import Entry, RuleBook
from deliv.core.rules import Example, Rule
from deliv.core.services import SendingService
from deliv.core.slips import SlipEntry
from deliv.core.text import Source, Text, is_stale, last_checked
from deliv.core.wording import Template
from deliv.formats import labels
from deliv.formats.bookadvice import advice_lines
from deliv.formats.bookconditions import condition_lines, effect_lines, fact_meaning
from deliv.formats.booklabels import SUBJECT, fact_value
from deliv.formats.bookproviders import ProviderPage, demand_line
from deliv.formats.safe import printable
from deliv.formats.summary import source_lines
from deliv.locale import Translate, translator


def entry_page(book: RuleBook, entry: Entry, lang: str, as_of: date) -> str:
    """Return an entry as text; `as_of` tells which of its sources are old by now."""
    pages = _Pages(book, lang, as_of)
    return "".join(f"{printable(line)}\n" for line in pages.lines(entry))


def fact_page(book: RuleBook, name: str, lang: str) -> str:
    """Return a fact that rules may name as text: what it says, its values, who reads it."""
    translate = translator(lang)
    return "".join(f"{printable(line)}\n" for line in _fact_lines(book, name, translate, lang))


class _Pages:
    def __init__(self, book: RuleBook, lang: str, as_of: date) -> None:
        self._book = book
        self._lang = lang
        self._as_of = as_of
        self._translate: Translate = translator(lang)

    def lines(self, entry: Entry) -> Iterator[str]:
        yield from self._body(entry)
        if not isinstance(entry, Requirement | Ladder) and entry.sources:
            yield from self._sources(entry.sources)

    def _body(self, entry: Entry) -> Iterator[str]:
        match entry:
            case Provider():
                yield from ProviderPage(self._book, entry, self._lang, self._as_of).lines()
            case Rule():
                yield from self._rule(entry)
            case Requirement():
                yield from self._requirement(entry)
            case SendingService():
                yield from self._service(entry)
            case BlockList():
                yield from self._block_list(entry)
            case SlipEntry():
                yield from _slip_lines(entry, self._translate)
            case ExportSystem():
                yield from self._export(entry)
            case BounceRule():
                yield from _bounce_lines(entry, self._translate, self._lang)
            case Ladder() | Template() | LegalNote():
                yield from advice_lines(self._book, entry, self._translate, self._lang)

    def _sources(self, sources: tuple[Source, ...]) -> Iterator[str]:
        _ = self._translate
        yield ""
        yield from named_sources(sources, _)
        if is_stale(last_checked(sources), self._as_of):
            yield _("Nobody has checked this for 18 months.")

    def _rule(self, rule: Rule) -> Iterator[str]:
        _ = self._translate
        severity = _(labels.SEVERITY[rule.severity])
        yield _("{id}: a rule ({severity})").format(id=rule.id, severity=severity)
        yield f"  {rule.message.get(self._lang)}"
        if rule.remedy:
            yield f"  → {rule.remedy.get(self._lang)}"
        yield ""
        yield _("It fires when")
        yield from (f"  {line}" for line in condition_lines(rule.when, _))
        if rule.effective_from:
            yield "  " + _("from {day} on").format(day=rule.effective_from)
        if rule.effective_until:
            yield "  " + _("until {day}").format(day=rule.effective_until)
        yield ""
        yield _("What follows")
        yield from (f"  {line}" for line in effect_lines(rule.effect, _))
        if rule.reason:
            reason = _(labels.REASON[rule.reason])
            yield "  " + _("reason in the report: {reason} ({code})").format(reason=reason, code=rule.reason)
        yield from self._broken_by(rule)
        yield ""
        yield _("Example in which it fires")
        yield from self._example(rule.fires)
        yield _("Example in which it stays silent")
        yield from self._example(rule.silent)

    def _broken_by(self, rule: Rule) -> Iterator[str]:
        """Yield which demands the rule breaks when it fires, and whose they are."""
        _ = self._translate
        for requirement in self._book.requirements:
            if rule.id not in requirement.broken_by:
                continue
            yield "  " + _("then this is not met: {requirement} ({id})").format(
                requirement=requirement.names.get(self._lang), id=requirement.id
            )
            who = [provider.names for provider, _demand in self._demands(requirement)]
            if who:
                yield "    " + _("asked for by {providers}").format(providers=self._listed(who))

    def _demands(self, requirement: Requirement) -> Iterator[tuple[Provider, Demand]]:
        for provider in self._book.providers.providers:
            for demand in provider.requires:
                if demand.requirement == requirement.id:
                    yield provider, demand

    def _listed(self, names: Iterable[Text]) -> str:
        return self._translate(", ").join(name.get(self._lang) for name in names)

    def _example(self, example: Example) -> Iterator[str]:
        _ = self._translate
        yield "  " + _("address: {address}").format(address=example.address)
        sender = example.sender
        if sender is not None:
            yield "  " + _("sender: {sender}").format(sender=sender.from_address)
            more = {
                "envelope": (sender.envelope,),
                "reply_to": (sender.reply_to,),
                "ips": sender.ips,
                "sends_through": sender.sends_through,
                "selectors": sender.selectors,
                "volume_per_day": (str(sender.volume_per_day or ""),),
            }
            for key, values in more.items():
                if any(values):
                    yield f"    {key}: {', '.join(values)}"
        for name, records in example.zone.items():
            for kind, texts in records.items():
                yield from (f"  {name}. {kind} {text}" for text in texts or ("",))
        if example.message:
            yield "  " + _("mail:")
            yield from (f"    {line}" for line in example.message.splitlines())
        if example.message_size:
            yield "  " + _("filled up to {size} bytes").format(size=f"{example.message_size:,}")

    def _requirement(self, requirement: Requirement) -> Iterator[str]:
        _ = self._translate
        yield _("{id}: a requirement").format(id=requirement.id)
        yield f"  {requirement.names.get(self._lang)}"
        yield ""
        if requirement.broken_by:
            yield _("It is not met when one of these rules fires")
            known = {rule.id: rule for rule in self._book.rules}
            for name in requirement.broken_by:
                message = known[name].message.get(self._lang) if name in known else _("switched off")
                yield f"  {name}: {message}"
        else:
            yield _("deliv cannot check it.")
        demands = list(self._demands(requirement))
        if demands:
            yield ""
            yield _("Who asks for it")
        for provider, demand in demands:
            line = demand_line(demand, _)
            yield f"  {provider.names.get(self._lang)} ({provider.id}): {line}"

    def _service(self, service: SendingService) -> Iterator[str]:
        _ = self._translate
        yield _("{id}: a service that sends mail for shops").format(id=service.id)
        yield f"  {service.names.get(self._lang)}"
        for template, values in (
            ("for your SPF record: {values}", [f"include:{name}" for name in service.includes]),
            ("names of its DKIM keys: {values}", list(service.selectors)),
            ("its own domains: {values}", list(service.domains)),
            ("bounces go back to: {values}", [service.envelope] if service.envelope else []),
        ):
            if values:
                yield "  " + _(template).format(values=" ".join(values))
        if service.setup:
            yield ""
            yield _("So that it signs in your own name")
            yield f"  {service.setup.get(self._lang)}"

    def _block_list(self, block_list: BlockList) -> Iterator[str]:
        _ = self._translate
        yield _("{id}: a block list that receivers may ask").format(id=block_list.id)
        yield f"  {block_list.names.get(self._lang)}"
        yield "  " + _("holds {what}, asked below {zone}").format(
            what=_(SUBJECT[block_list.subject]), zone=block_list.zone
        )
        yield f"  {block_list.terms.get(self._lang)}"
        yield "  " + _("a listing is explained, and ended, at {url}").format(url=block_list.url)
        yield ""
        yield _("What its answers mean")
        yield from (f"  {code}: {meaning.get(self._lang)}" for code, meaning in block_list.listed)
        refused = _("no answer: the list does not serve whoever asks")
        yield from (f"  {code}: {refused}" for code in block_list.refused)

    def _export(self, system: ExportSystem) -> Iterator[str]:
        _ = self._translate
        yield _("{id}: a file that a shop system exports").format(id=system.id)
        yield f"  {system.names.get(self._lang)}"
        yield "  " + _("recognised by these headings: {headings}").format(
            headings=" / ".join(system.signature)
        )
        if not system.has_email:
            yield "  " + _("It holds no mail addresses.")
        yield ""
        yield _("What its columns say")
        for role, headings in system.columns.items():
            yield "  " + _("{label}: {headings}").format(
                label=_(labels.ROLE[role]), headings=" / ".join(headings)
            )


def _bounce_lines(rule: BounceRule, translate: Translate, lang: str) -> Iterator[str]:
    _ = translate
    yield _("{id}: what a refusal means").format(id=rule.id)
    yield "  " + _("reason: {reason}").format(reason=rule.reason)
    if rule.message is not None:
        yield f"  {rule.message.get(lang)}"
    yield ""
    yield _("It fits when")
    for template, values in (
        ("the provider or the host is one of: {values}", [*sorted(rule.providers), *rule.hosts]),
        ("the status is one of: {values}", rule.statuses),
        ("the reply code is one of: {values}", sorted(rule.codes)),
        ("it is refused at: {values}", sorted(rule.phases)),
        ("the text holds one of: {values}", [f"“{text}”" for text in rule.texts]),
    ):
        if values:
            yield "  " + _(template).format(values=_(", ").join(values))
    if rule.effective_from:
        yield "  " + _("from {day} on").format(day=rule.effective_from)
    if rule.effective_until:
        yield "  " + _("until {day}").format(day=rule.effective_until)
    if rule.is_weak:
        yield "  " + _("no other rule says more")
    yield ""
    yield _("Example in which it fires")
    yield f"  {_refusal_line(rule.fires)}"
    yield _("Example in which it stays silent")
    yield f"  {_refusal_line(rule.silent)}"


def _refusal_line(refusal: Refusal) -> str:
    known = (
        ("provider", refusal.provider),
        ("hosts", " ".join(refusal.hosts)),
        ("status", refusal.status),
        ("code", refusal.code),
        ("phase", refusal.phase or ""),
        ("text", refusal.text),
        ("day", refusal.day.isoformat() if refusal.day else ""),
    )
    return ", ".join(f"{key}: {value}" for key, value in known if value)


def _slip_lines(entry: SlipEntry, translate: Translate) -> Iterator[str]:
    _ = translate
    yield _("{id}: misspelt mail domains").format(id=entry.id)
    for template, names in (
        ("very many customers are at: {names}", entry.common),
        ("many customers are at: {names}", entry.frequent),
        ("endings that are written for each other: {names}", entry.confused_endings),
        ("no slips, although they look like some: {names}", entry.neighbours),
    ):
        if names:
            yield "  " + _(template).format(names=" ".join(names))
    for template, table in (
        ("{meant} is meant by: {names}", entry.slips),
        ("strangers take in the mail for {meant} at: {names}", entry.traps),
        ("the ending {meant} is meant by: {names}", entry.wrong_endings),
    ):
        for meant, written in table.items():
            yield "  " + _(template).format(meant=meant, names=" ".join(written))


def _fact_lines(book: RuleBook, name: str, translate: Translate, lang: str) -> Iterator[str]:
    _, spec = translate, FACTS[name]
    yield _("{id}: a fact that rules may name").format(id=name)
    yield f"  {fact_meaning(name, _)}"
    yield ""
    yield _("Its values")
    if spec.is_number:
        yield "  " + _("a whole number, compared by at_least and at_most")
    elif spec.is_flag:
        yield "  " + _("true or false")
    elif spec.words is None:
        yield "  " + _("any text")
    else:
        yield from (f"  {fact_value(name, word, _)}" for word in sorted(spec.words))
    readers = [rule for rule in book.rules if name in rule.facts]
    if readers:
        yield ""
        yield _("Rules that read it")
        yield from (f"  {rule.id}: {rule.message.get(lang)}" for rule in readers)


def named_sources(sources: Iterable[Source], translate: Translate) -> Iterator[str]:
    """Yield the sources, each with its title where it has an address, too."""
    for source, line in zip(sources, source_lines(sources, translate), strict=True):
        yield line
        if source.url:
            yield f"  {source.title}"
