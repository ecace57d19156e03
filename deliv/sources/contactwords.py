"""What rule files hold of logs of contacts and lists of outcomes: headings, and words for what happened."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from deliv.core.contacts import ContactKind, ContactRole
from deliv.core.exports import fold_heading
from deliv.core.outcomes import BounceReason
from deliv.core.outcomewords import FATES, NAMED_COLUMNS, Column, fold_word
from deliv.sources.fields import Fields
from deliv.sources.yamlfile import Located

_Key = TypeVar("_Key", bound=str)


def decode_contact_headings(fields: Fields) -> Mapping[ContactRole, tuple[str, ...]]:
    """Return headings of logs by role."""
    return _headings(fields, ContactRole)


def decode_outcome_headings(fields: Fields) -> Mapping[Column, tuple[str, ...]]:
    """Return headings of lists of outcomes by column."""
    return _headings(fields, NAMED_COLUMNS)


def decode_contact_words(fields: Fields, known: dict[ContactKind, tuple[str, ...]]) -> None:
    """Add words by kind to those that are known; none may stand for two kinds."""
    for located, word in _add(fields, known, ContactKind):
        fields.report(located, "“{word}” stands for two kinds of contact", word=word)


def decode_outcome_words(fields: Fields, known: dict[str, tuple[str, ...]]) -> None:
    """Add words for outcomes to those that are known; none may stand for two outcomes."""
    for located, word in _add(fields, known, FATES):
        fields.report(located, "“{word}” stands for two outcomes", word=word)


def decode_outcome_reasons(fields: Fields, known: dict[BounceReason, tuple[str, ...]]) -> None:
    """Add words for reasons to those that are known; none may stand for two reasons."""
    for located, word in _add(fields, known, BounceReason):
        fields.report(located, "“{word}” stands for two reasons", word=word)


def _headings(fields: Fields, keys: Iterable[_Key]) -> Mapping[_Key, tuple[str, ...]]:
    found = {key: _texts(fields, key) for key in keys if fields.has(key)}
    fields.close()
    return found


def _add(
    fields: Fields, known: dict[_Key, tuple[str, ...]], keys: Iterable[_Key]
) -> list[tuple[Located, str]]:
    """Add the words that stand there, and return those that stand for two things, with their places."""
    for key in keys:
        if fields.has(key):
            known[key] = _texts(fields, key) + known.get(key, ())
    fields.close()
    owners: dict[str, _Key] = {}
    pairs = [(key, str(word)) for key, words in known.items() for word in (key, *words)]
    claims = ((key, owners.setdefault(fold_word(word), key), word) for key, word in pairs)
    twice = ((fields.get(key) or fields.get(owner), word) for key, owner, word in claims if key != owner)
    return [(located, word) for located, word in twice if located]


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    texts = fields.texts(key)
    if (not texts or not all(map(fold_heading, texts))) and (located := fields.get(key)):
        fields.report(located, "there must be at least one word, and none may be empty")
    return texts
