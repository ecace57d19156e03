"""What rule files hold of advice: its lines, ladders, and the words for customers and staff."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deliv.core.advicebook import OWN_LADDER, Action, AdviceBook, AdviceEntry, LegalNote, Remark
from deliv.core.errors import Fault
from deliv.core.ladder import Ladder, Step, StepKind
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind
from deliv.core.rules import Reason
from deliv.core.text import Text
from deliv.core.wording import Template
from deliv.sources.callfiles import CallsDraft
from deliv.sources.fields import Fields
from deliv.sources.names import decode_id, decode_sources, note_twice, turned_off
from deliv.sources.placeholders import check_placeholders
from deliv.sources.publicholidays import public_holidays
from deliv.sources.yamlfile import Located


@dataclass(slots=True)
class AdviceDraft:
    """The advice of a rule book in the making."""

    entries: tuple[tuple[Located, AdviceEntry], ...] = ()
    ladders: dict[str, tuple[Located, Ladder]] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    remarks: dict[Remark, Text] = field(default_factory=dict)
    avoid: tuple[Text, ...] = ()
    avoid_gift: tuple[Text, ...] = ()
    legal_note: LegalNote | None = None
    calls: CallsDraft = field(default_factory=CallsDraft)

    def take(self, fields: Fields, seen: set[str]) -> None:
        """Take in what one file holds; it wins over what was there before. `seen` are the ids in the file."""
        # A shop's own lines stand before the packaged ones, so that they are found first.
        lines = tuple((child.located, decode_advice(child)) for child in fields.children("advice"))
        self.entries = lines + self.entries
        self._take_ladders(fields, seen)
        self._take_texts(fields, seen)
        if remarks := fields.child("remarks"):
            self.remarks |= {name: _filled(remarks, name) for name in Remark if remarks.has(name)}
            remarks.close()
        self.avoid = _texts(fields, "avoid") or self.avoid
        self.avoid_gift = _texts(fields, "avoid_gift") or self.avoid_gift
        if note := fields.child("legal_note"):
            self.legal_note = LegalNote(text=note.bilingual("text"), sources=decode_sources(note))
            note.close()
        self.calls.take(fields)

    def _take_ladders(self, fields: Fields, seen: set[str]) -> None:
        for child in fields.children("ladders"):
            if (off := turned_off(child, self.ladders)) is not None:
                self.ladders.pop(off, None)
                continue
            ladder = _decode_ladder(child)
            note_twice(child, ladder.id, seen)
            self.ladders[ladder.id] = (child.located, ladder)

    def _take_texts(self, fields: Fields, seen: set[str]) -> None:
        for child in fields.children("texts"):
            if (off := turned_off(child, self.templates)) is not None:
                self.templates.pop(off, None)
                continue
            template = _decode_template(child)
            note_twice(child, template.id, seen)
            self.templates[template.id] = template

    def finish(self, faults: list[Fault]) -> AdviceBook | None:
        """Return the advice; None, with the faults noted, when something in it leads nowhere."""
        known = len(faults)
        self._check_references(faults)
        self._check_completeness(faults)
        if len(faults) > known:
            return None
        return AdviceBook(
            entries=tuple(entry for _, entry in self.entries),
            ladders={name: ladder for name, (_, ladder) in self.ladders.items()},
            hours=self.calls.hours,
            templates=self.templates,
            remarks=self.remarks,
            avoid=self.avoid,
            avoid_gift=self.avoid_gift,
            urgency=self.calls.urgency,
            legal_note=self.legal_note,
            year_end=self.calls.year_end,
            words=self.calls.words,
            public_holidays=public_holidays,
        )

    def _check_references(self, faults: list[Fault]) -> None:
        """Note every line of a ladder, and every step of a text, that there is not."""
        for located, _ in self.entries:
            _check_known(Fields(located, []), "ladder", self.ladders, faults)
        for located, _ in self.ladders.values():
            for step in Fields(located, []).children("steps"):  # what is no mapping was noted before
                _check_known(step, "text", self.templates, faults)
                _check_known(step, "sms", self.templates, faults)

    def _check_completeness(self, faults: list[Fault]) -> None:
        everything = [entry for _, entry in self.entries if not entry.kinds and not entry.reasons]
        for risk in sorted(set(Risk) - {risk for entry in everything for risk in entry.risks}):
            template = "no line of the advice fits every address with risk “{risk}”"
            faults.append(_missing(template, risk=risk))
        lacking = [name.value for name in OWN_LADDER if name not in self.ladders]
        faults.extend(_missing("there is no ladder “{name}”", name=name) for name in lacking)


def _check_known(fields: Fields, key: str, known: Mapping[str, object], faults: list[Fault]) -> None:
    name = fields.get(key)
    if name is not None and isinstance(name.value, str) and name.value and name.value not in known:
        Fields(fields.located, faults).unknown_word(name, known)


def _missing(template: str, **fields: object) -> Fault:
    return Fault(file="advice", line=None, path="", template=template, fields=tuple(fields.items()))


def decode_advice(fields: Fields) -> AdviceEntry:
    """Return one line of the advice."""
    entry = AdviceEntry(
        risks=fields.words("risks", Risk),
        kinds=fields.words("kinds", ProviderKind),
        reasons=fields.words("reasons", Reason),
        action=fields.word("action", Action),
        ladder=fields.text("ladder"),
        text=_filled(fields, "text"),
        say=_filled(fields, "say") if fields.has("say") else None,
    )
    if not entry.risks:
        fields.report(fields.located, "“{key}” is missing", key="risks")
    fields.close()
    return entry


def _decode_ladder(fields: Fields) -> Ladder:
    ladder = Ladder(
        id=decode_id(fields),
        steps=tuple(_decode_step(child) for child in fields.children("steps", required=True)),
    )
    if any(later.after < step.after for step, later in zip(ladder.steps, ladder.steps[1:], strict=False)):
        fields.report(fields.located, "the steps must stand in the order of their days")
    fields.close()
    return ladder


def _decode_step(fields: Fields) -> Step:
    step = Step(
        after=fields.count("after"),
        do=fields.word("do", StepKind),
        text=fields.text("text", ""),
        sms=fields.text("sms", "sms"),
        is_automatic=fields.flag("automatic", default=False),
    )
    fields.close()
    return step


def _decode_template(fields: Fields) -> Template:
    template = Template(
        id=decode_id(fields),
        names=fields.bilingual("names"),
        subject=_filled(fields, "subject") if fields.has("subject") else None,
        body=_filled(fields, "body"),
        sources=decode_sources(fields) if fields.has("sources") else (),
    )
    fields.close()
    return template


def _texts(fields: Fields, key: str) -> tuple[Text, ...]:
    texts = []
    for child in fields.children(key):
        _check(child)
        texts.append(Text(ja=child.text("ja"), en=child.text("en")))
        child.close()
    return tuple(texts)


def _filled(fields: Fields, key: str) -> Text:
    """Return a text in both languages, whose placeholders are known."""
    if child := fields.child(key):
        _check(child)
    return fields.bilingual(key)


def _check(texts: Fields) -> None:
    for language in ("ja", "en"):
        if located := texts.get(language):
            check_placeholders(texts, located)
