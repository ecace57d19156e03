"""The rule book as a list: a table for people, Markdown for its README, JSON for machines."""

import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from deliv.core.exports import Role
from deliv.core.facts import FACTS
from deliv.core.rulebook import RuleBook
from deliv.core.text import Source, last_checked
from deliv.formats import labels
from deliv.formats.bookadvice import step_text
from deliv.formats.booklabels import SUBJECT
from deliv.formats.safe import printable
from deliv.formats.summary import stale_lines
from deliv.locale import Translate, translator
from deliv.version import __version__

SCHEMA: Final = "deliv-rules/1"

_GENERATED: Final = "<!-- Generated: deliv rules --format markdown --lang {lang} --output rules/README.md -->"


@dataclass(frozen=True, slots=True)
class _Section:
    """One kind of entry."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def book_table(book: RuleBook, lang: str, *, as_of: date, width: int) -> str:
    """Return the list for a terminal of so many columns; what is old by `as_of` is named."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Cell

    translate = translator(lang)
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, highlight=False, markup=False, emoji=False)
    for section in _sections(book, translate, lang):
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, heading in enumerate(section.headings):
            # Ids are what one copies, so they are never cut.
            table.add_column(heading, no_wrap=number == 0, overflow="fold")
        for row in section.rows:
            table.add_row(*(Cell(printable(cell)) for cell in row))
        console.print(Cell(section.title))
        console.print(table)
        console.print()
    footer = (
        _counts(book, translate),
        *stale_lines(book.stale(as_of), translate, most=len(book.entries)),
        translate("“deliv rules show ID” explains an entry."),
    )
    return "".join(f"{line.rstrip()}\n" for line in (*file.getvalue().splitlines(), *footer))


def book_markdown(book: RuleBook, lang: str) -> str:
    """Return the catalogue: the list, and the facts that rules may name.

    It depends on nothing but the book: what is old by now, the other formats say.
    """
    translate = translator(lang)
    lines = [
        f"# {translate('What deliv knows')}",
        _GENERATED.format(lang=lang),
        translate("`deliv rules show ID` explains each entry, with its sources."),
        translate(
            "The entries stand in the YAML files of this folder. How to add one of your own, the "
            "[README](../README.md#adding-a-provider) tells; [schema.json](schema.json) lets an editor help."
        ),
    ]
    lines = [text for line in lines for text in (line, "")]
    for section in (*_sections(book, translate, lang), _facts(translate)):
        lines += [f"## {section.title}", "", _markdown_row(section.headings)]
        lines.append(_markdown_row(["---"] * len(section.headings)))
        lines += [_markdown_row(row) for row in section.rows]
        lines.append("")
    lines.append(_counts(book, translate))
    return "\n".join(lines) + "\n"


def _markdown_row(cells: "list[str] | tuple[str, ...]") -> str:
    escaped = (
        printable(cell).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells
    )
    return f"| {' | '.join(escaped)} |"


def _sections(book: RuleBook, translate: Translate, lang: str) -> tuple[_Section, ...]:
    _ = translate
    identity, name, checked = _("Id"), _("Name"), _("Checked")
    demands = [demand.requirement for p in book.providers.providers for demand in p.requires]
    note = book.advice.legal_note
    law = ((note.id, _("What a mail that was refused means in law")),) if note else ()
    return (
        _Section(
            _("Mailbox providers"),
            (identity, name, _("Kind"), _("Domains"), _("Mail servers"), checked),
            tuple(
                (
                    provider.id,
                    provider.names.get(lang),
                    _(labels.KIND[provider.kind]),
                    _count(provider.domains, provider.suffixes),
                    _count(provider.mx),
                    _day(provider.sources),
                )
                for provider in book.providers.providers
            ),
        ),
        _Section(
            _("Rules"),
            (identity, _("Severity"), _("What it says"), checked),
            tuple(
                (rule.id, _(labels.SEVERITY[rule.severity]), rule.message.get(lang), _day(rule.sources))
                for rule in book.rules
            ),
        ),
        _Section(
            _("Requirements of mailbox providers"),
            (identity, _("What must hold"), _("Providers that ask for it")),
            tuple((r.id, r.names.get(lang), str(demands.count(r.id))) for r in book.requirements),
        ),
        _Section(
            _("Services that send mail for shops"),
            (identity, name, checked),
            tuple((s.id, s.names.get(lang), _day(s.sources)) for s in book.services.services),
        ),
        _Section(
            _("Block lists"),
            (identity, name, _("Holds"), checked),
            tuple(
                (b.id, b.names.get(lang), _(SUBJECT[b.subject]), _day(b.sources)) for b in book.block_lists
            ),
        ),
        _Section(
            _("Misspelt domains"),
            (identity, _("Domains"), checked),
            tuple((s.id, str(len(s.domains)), _day(s.sources)) for s in book.providers.slips.entries),
        ),
        _Section(
            _("Exports of shop systems"),
            (identity, name, _("Column with the addresses"), checked),
            tuple(
                (s.id, s.names.get(lang), " / ".join(s.columns.get(Role.BUYER_EMAIL, ())), _day(s.sources))
                for s in book.exports
            ),
        ),
        _Section(
            _("Ladders: what to do while a customer stays silent"),
            (identity, _("Steps, in business days")),
            tuple(
                (ladder.id, _("; ").join(step_text(step, _) for step in ladder.steps))
                for ladder in book.advice.ladders.values()
            ),
        ),
        _Section(
            _("Words for customers"),
            (identity, name),
            tuple((text.id, text.names.get(lang)) for text in book.advice.templates.values()) + law,
        ),
        _Section(
            _("What bounces mean"),
            (identity, _("Reason"), _("Refused by"), checked),
            tuple(
                (r.id, r.reason, ", ".join([*sorted(r.providers), *r.hosts]), _day(r.sources))
                for r in book.bounce_rules
            ),
        ),
    )


def _facts(translate: Translate) -> _Section:
    _ = translate
    rows = []
    for name, spec in FACTS.items():
        if spec.is_flag:
            values = "true, false"
        elif spec.is_number:
            values = _("a whole number, compared by at_least and at_most")
        else:
            values = ", ".join(word or '""' for word in sorted(spec.words)) if spec.words else _("any text")
        rows.append((name, _(spec.meaning), values))
    return _Section(_("Facts that rules may name"), (_("Fact"), _("What it says"), _("Values")), tuple(rows))


def _count(*names: tuple[str, ...]) -> str:
    """Return how many there are; nothing for none."""
    return str(sum(map(len, names)) or "")


def _day(sources: tuple[Source, ...]) -> str:
    return last_checked(sources).isoformat()


def _counts(book: RuleBook, translate: Translate) -> str:
    names = sum(len(p.domains) + len(p.suffixes) for p in book.providers.providers)
    template = (
        "Mailbox providers: {providers} (with {domains} domains), rules: {rules}, "
        "requirements: {requirements}, services: {services}, block lists: {lists}, exports: {exports}, "
        "bounce rules: {bounces}"
    )
    return translate(template).format(
        providers=len(book.providers.providers),
        domains=names,
        rules=len(book.rules),
        requirements=len(book.requirements),
        services=len(book.services.services),
        lists=len(book.block_lists),
        exports=len(book.exports),
        bounces=len(book.bounce_rules),
    )


def book_json(book: RuleBook, lang: str, *, as_of: date) -> str:
    """Return the list as one JSON document."""

    def named(entry: Any, **more: Any) -> dict[str, Any]:
        return {"id": entry.id, "name": entry.names.get(lang), **more}

    providers = book.providers.providers
    demands = [(p.id, demand.requirement) for p in providers for demand in p.requires]
    document = {
        "schema": SCHEMA,
        "lang": lang,
        "version": __version__,
        "as_of": as_of.isoformat(),
        "rules_digest": book.digest,
        "providers": [
            named(
                p,
                kind=p.kind,
                domains=[*p.domains],
                suffixes=[*p.suffixes],
                mx=[*p.mx],
                lists=[*p.lists],
                checked=_day(p.sources),
            )
            for p in providers
        ],
        "rules": [
            {
                "id": rule.id,
                "severity": rule.severity,
                "reason": rule.reason,
                "message": rule.message.get(lang),
                "facts": sorted(rule.facts),
                "checked": _day(rule.sources),
            }
            for rule in book.rules
        ],
        "requirements": [
            named(r, broken_by=[*r.broken_by], asked_by=[who for who, what in demands if what == r.id])
            for r in book.requirements
        ],
        "services": [named(s, checked=_day(s.sources)) for s in book.services.services],
        "block_lists": [named(b, subject=b.subject, checked=_day(b.sources)) for b in book.block_lists],
        "typos": [
            {"id": s.id, "domains": len(s.domains), "checked": _day(s.sources)}
            for s in book.providers.slips.entries
        ],
        "exports": [
            named(
                s,
                signature=[*s.signature],
                columns={k: [*v] for k, v in s.columns.items()},
                checked=_day(s.sources),
            )
            for s in book.exports
        ],
        "ladders": [
            {
                "id": ladder.id,
                "steps": [
                    {"after": s.after, "do": s.do, "text": s.text or None, "automatic": s.is_automatic}
                    for s in ladder.steps
                ],
            }
            for ladder in book.advice.ladders.values()
        ],
        "texts": [named(text) for text in book.advice.templates.values()],
        "bounce_rules": [
            {"id": r.id, "reason": r.reason, "checked": _day(r.sources)} for r in book.bounce_rules
        ],
        "stale_rules": [*book.stale(as_of)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
