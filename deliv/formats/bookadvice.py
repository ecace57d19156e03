"""Ladders and words of the rule book, explained, and filled for a shop to copy."""

from collections.abc import Iterator, Sequence

from deliv.core.advicebook import OWN_LADDER, LegalNote
from deliv.core.ladder import Ladder, Step
from deliv.core.providers import Provider, ProviderKind
from deliv.core.rulebook import RuleBook
from deliv.core.settings import Settings
from deliv.core.wording import Fields, Template, fill, fill_steps, same, shop_fields
from deliv.formats import labels
from deliv.formats.booklabels import MARK, STEP
from deliv.formats.safe import printable
from deliv.locale import Translate, translator


def advice_lines(
    book: RuleBook, entry: Ladder | Template | LegalNote, translate: Translate, lang: str
) -> Iterator[str]:
    """Yield an entry of the advice, explained."""
    match entry:
        case Ladder():
            yield from _ladder_lines(book, entry, translate)
        case Template():
            yield from _words_lines(book, entry, translate, lang)
        case LegalNote():
            yield translate("{id}: what a mail that was refused means in law").format(id=entry.id)
            yield f"  {entry.text.get(lang)}"


def _ladder_lines(book: RuleBook, ladder: Ladder, translate: Translate) -> Iterator[str]:
    """Yield the steps of a ladder, and for whom it is."""
    _ = translate
    yield _("{id}: a ladder, what to do while a customer stays silent").format(id=ladder.id)
    if ladder.id in {situation.value for situation in OWN_LADDER}:
        yield "  " + _("It begins with the situation of this name, whatever the risk.")
    for entry in book.advice.entries:
        if entry.ladder == ladder.id:
            parts = [_(labels.RISK[risk]) for risk in sorted(entry.risks)]
            parts += [_(labels.KIND[kind]) for kind in sorted(entry.kinds)]
            parts += [_(labels.REASON[reason]) for reason in sorted(entry.reasons)]
            yield "  " + _("for: {who}").format(who=_(", ").join(parts))
    yield ""
    yield _("Its steps, in business days")
    yield from (f"  {step_text(step, _)}" for step in ladder.steps)


def _words_of(step: Step) -> tuple[str, ...]:
    """Return the ids of the texts that a step may need."""
    return (step.text, step.sms) if step.do.is_call else (step.text,)


def step_text(step: Step, translate: Translate) -> str:
    """Return one step in words."""
    _ = translate
    text = _("after {days}: {what}").format(days=step.after, what=_(STEP[step.do]))
    name = f" ({step.text})" if step.text else ""
    return text + name + (_(" by the shop system itself") if step.is_automatic else "")


def _words_lines(book: RuleBook, words: Template, translate: Translate, lang: str) -> Iterator[str]:
    """Yield the words of a text, with marks for what fills it, and who uses it."""
    _ = translate
    yield _("{id}: words for customers").format(id=words.id)
    yield f"  {words.names.get(lang)}"
    ladders = book.advice.ladders.items()
    users = [name for name, each in ladders if any(words.id in _words_of(step) for step in each.steps)]
    if users:
        yield "  " + _("used by: {names}").format(names=" ".join(users))
    yield ""
    yield from (f"  {line}".rstrip() for line in _letter(words, _fields(Settings(), _), _, lang))


def with_steps(book: RuleBook) -> tuple[Provider, ...]:
    """Return the providers whose customers can be told how to let the shop's mail in, carriers first."""
    found = [provider for provider in book.providers.providers if provider.allow_list]
    return tuple(sorted(found, key=lambda provider: provider.kind is not ProviderKind.CARRIER))


def texts_page(entries: Sequence[Template | Provider], settings: Settings, lang: str) -> str:
    """Return words for customers, filled with what the shop says of itself, to be copied.

    entries: texts of the book, and providers whose steps for the customer are wanted.
    """
    translate = translator(lang)
    fields = _fields(settings, translate)
    pages = [
        "\n".join(printable(line) for line in _filled_lines(entry, fields, translate, lang))
        for entry in entries
    ]
    return "\n\n".join(pages) + "\n"


def unsaid(settings: Settings) -> list[str]:
    """Return what the shop has not said of itself and texts would name, by its place in deliv.yaml."""
    said = {
        "shop.name": settings.shop.name,
        "shop.phone": settings.shop.phone,
        "shop.hours": settings.shop.hours,
        "sender.from": settings.sender.from_address if settings.sender else "",
    }
    return [name for name, value in said.items() if not value]


def _fields(settings: Settings, translate: Translate) -> Fields:
    """Return what fills the placeholders; marks stand for what only an order can say."""
    fields = shop_fields(settings) | {name: same(translate(MARK[name])) for name in MARK}
    if settings.sender is not None:
        fields["sender_domain"] = same(settings.sender.from_address.rpartition("@")[2])
    return fields


def _letter(words: Template, fields: Fields, translate: Translate, lang: str) -> Iterator[str]:
    if words.subject:
        yield translate("Subject: {subject}").format(subject=fill(words.subject, fields).get(lang))
        yield ""
    yield from fill(words.body, fields).get(lang).splitlines()


def _filled_lines(
    entry: Template | Provider, fields: Fields, translate: Translate, lang: str
) -> Iterator[str]:
    _ = translate
    yield f"== {entry.id}: {entry.names.get(lang)}"
    if isinstance(entry, Template):
        yield from _letter(entry, fields, _, lang)
        return
    assert entry.allow_list is not None
    steps = fill_steps(entry.allow_list, fields)
    doubt = "" if steps.verified else _(" (not confirmed by a source)")
    yield _("What the customer does so that your mail arrives") + doubt
    yield from (f"{number}. {step}" for number, step in enumerate(steps.get(lang), 1))
    if steps.url:
        yield steps.url
