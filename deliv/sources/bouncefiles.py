"""What refusals mean, in files."""

import re

from deliv.core.bouncerules import BounceRule
from deliv.core.bounces import Phase, Refusal, fold
from deliv.core.outcomes import BounceReason
from deliv.sources.fields import Fields
from deliv.sources.names import decode_hosts, decode_id, decode_sources

STATUS_PATTERN = "[245X]\\.([0-9]{1,3}|X)\\.([0-9]{1,3}|X)"
CODE_PATTERN = "[245][0-9]{2}"
_STATUS = re.compile(STATUS_PATTERN)
_CODE = re.compile(CODE_PATTERN)


def decode_bounce_rule(fields: Fields) -> BounceRule:
    """Return what one way of refusing means."""
    examples = fields.child("examples", required=True)
    rule = BounceRule(
        id=decode_id(fields),
        reason=fields.word("reason", BounceReason),
        message=fields.optional_bilingual("message"),
        providers=frozenset(fields.texts("providers")),
        hosts=decode_hosts(fields, "hosts", dotted=None),
        statuses=_patterns(fields, "statuses", _STATUS),
        codes=frozenset(_patterns(fields, "codes", _CODE)),
        phases=fields.words("phases", Phase),
        texts=_texts(fields),
        effective_from=fields.day("effective_from"),
        effective_until=fields.day("effective_until"),
        is_weak=fields.flag("weak", default=False),
        sources=decode_sources(fields),
        fires=_refusal(examples, "fires"),
        silent=_refusal(examples, "silent"),
    )
    if examples is not None:
        examples.close()
    fields.close()
    if not (rule.statuses or rule.codes or rule.texts or rule.phases):
        fields.report(fields.located, "without a status, a code, a phase or words this fits every bounce")
    return rule


def _patterns(fields: Fields, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    texts = []
    for item in fields.items(key):
        text = fields.as_text(item)
        if not pattern.fullmatch(text):
            fields.report(item, "“{text}” is no status or code of SMTP", text=text)
        texts.append(text)
    return tuple(texts)


def _texts(fields: Fields) -> tuple[str, ...]:
    """Return words to look for; they are compared folded, and others would never be found."""
    for item in fields.items("texts"):
        text = fields.as_text(item)
        if fold(text) != text.strip() or not text.strip():
            fields.report(item, "these words must be in lower case, with single spaces")
    return fields.texts("texts")


def _refusal(examples: Fields | None, key: str) -> Refusal:
    fields = examples.child(key, required=True) if examples is not None else None
    if fields is None:
        return Refusal()
    refusal = Refusal(
        recipient=fields.text("recipient", ""),
        status=fields.text("status", ""),
        code=fields.text("code", ""),
        phase=fields.word("phase", Phase) if fields.has("phase") else None,
        text=fields.text("text", ""),
        hosts=fields.texts("hosts"),
        provider=fields.text("provider", ""),
        day=fields.day("day"),
    )
    fields.close()
    return refusal
