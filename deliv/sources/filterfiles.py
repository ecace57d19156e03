"""Filters of a provider, decoded from the ``filters`` list of its entry."""

from deliv.core.filters import Filter, FilterDefault, FilterEffect
from deliv.sources.fields import Fields
from deliv.sources.names import decode_id, decode_sources
from deliv.sources.placeholders import check_placeholders


def decode_filters(fields: Fields) -> tuple[Filter, ...]:
    """Return the filters in `fields`; of one id there may be several, but only one on any day."""
    filters: list[Filter] = []
    for child in fields.children("filters"):
        decoded = _decode(child)
        if any(decoded.id == other.id and decoded.meets(other) for other in filters):
            child.report(child.located, "two filters “{name}” are in force on one day", name=decoded.id)
        filters.append(decoded)
    return tuple(filters)


def _decode(fields: Fields) -> Filter:
    decoded = Filter(
        id=decode_id(fields),
        names=fields.bilingual("names"),
        default=fields.word("default", FilterDefault),
        effect=fields.word("effect", FilterEffect),
        order=fields.count("order", least=1) if fields.has("order") else None,
        beats_allow_list=fields.optional_flag("beats_allow_list"),
        effective_from=fields.day("effective_from"),
        effective_until=fields.day("effective_until"),
        note=fields.optional_bilingual("note"),
        customer=fields.optional_bilingual("customer"),
        url=fields.text("url", ""),
        sources=decode_sources(fields),
    )
    if (
        decoded.effective_from
        and decoded.effective_until
        and decoded.effective_until < decoded.effective_from
    ):
        fields.report(fields.located, "“effective_until” lies before “effective_from”")
    texts = fields.child("customer")
    for language in ("ja", "en"):
        if texts and (located := texts.get(language)):
            check_placeholders(texts, located)
    fields.close()
    return decoded
