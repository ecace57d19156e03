"""What rule files hold of logs of contacts: headings, and words for what somebody did."""

from collections.abc import Mapping

from deliv.core.contacts import ContactKind, ContactRole
from deliv.core.exports import fold_heading
from deliv.sources.fields import Fields


def decode_contact_headings(fields: Fields) -> Mapping[ContactRole, tuple[str, ...]]:
    """Return headings by role."""
    found = {role: _texts(fields, role) for role in ContactRole if fields.has(role)}
    fields.close()
    return found


def decode_contact_words(fields: Fields, known: dict[ContactKind, tuple[str, ...]]) -> None:
    """Add words by kind to those that are known; none may stand for two kinds."""
    for kind in ContactKind:
        if fields.has(kind):
            known[kind] = _texts(fields, kind) + known.get(kind, ())
    owners: dict[str, ContactKind] = {}
    for kind, words in known.items():
        for word in words:
            if owners.setdefault(fold_heading(word), kind) is not kind and (located := fields.get(kind)):
                fields.report(located, "“{word}” stands for two kinds of contact", word=word)
    fields.close()


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    texts = fields.texts(key)
    if (not texts or not all(map(fold_heading, texts))) and (located := fields.get(key)):
        fields.report(located, "there must be at least one word, and none may be empty")
    return texts
