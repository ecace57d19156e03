"""How the shop's own outcomes count, decoded from ``history`` in rule files, with its schema."""

from deliv.core.historybook import Channel, ChannelBook, HistoryBook
from deliv.core.providers import ProviderKind
from deliv.core.rules import Basis
from deliv.sources.fields import Fields
from deliv.sources.schemaparts import Schema, count, mapping, number, ref, sequence, text, word
from deliv.sources.yamlfile import Located


def decode_history(fields: Fields, known: HistoryBook) -> HistoryBook:
    """Return the constants in `fields`; what they leave out stays as `known`."""
    pooling = fields.child("pooling")
    book = HistoryBook(
        refused_share=dict(known.refused_share) | _refused_share(fields.child("refused_share")),
        other_state=_share(fields, "other_state", known.other_state),
        kind_spread=_mails(pooling, "kind_spread", known.kind_spread),
        from_strangers=_mails(pooling, "strangers", known.from_strangers),
        from_provider=_mails(pooling, "provider", known.from_provider),
        for_address=_mails(pooling, "address", known.for_address),
        dead_for_days=fields.count("dead_for_days", known.dead_for_days),
        channels=dict(known.channels) | _channels(fields.child("channels"), known),
        basis=fields.word("basis", Basis, known.basis),
        note=fields.optional_bilingual("note") or known.note,
    )
    if pooling:
        pooling.close()
    fields.close()
    return book


def _refused_share(fields: Fields | None) -> dict[str, float]:
    if fields is None:
        return {}
    shares = {key: _share(fields, key, 0.0) for key in ("default", *ProviderKind) if fields.has(key)}
    fields.close()
    return shares


def _channels(fields: Fields | None, known: HistoryBook) -> dict[Channel, ChannelBook]:
    if fields is None:
        return {}
    channels = {
        channel: _channel(child, known.channels.get(channel, ChannelBook()))
        for channel in Channel
        if (child := fields.child(channel)) is not None
    }
    fields.close()
    return channels


def _channel(fields: Fields, known: ChannelBook) -> ChannelBook:
    kinds = fields.words("ignored_kinds", ProviderKind) if fields.has("ignored_kinds") else None
    providers = fields.texts("ignored_providers") if fields.has("ignored_providers") else None
    channel = ChannelBook(
        weight=_share(fields, "weight", known.weight),
        spread=fields.number("spread", known.spread),
        own=fields.number("own", known.own),
        ignored_kinds=known.ignored_kinds if kinds is None else frozenset(kinds),
        ignored_providers=known.ignored_providers if providers is None else frozenset(providers),
    )
    fields.close()
    return channel


def _mails(fields: Fields | None, key: str, default: float) -> float:
    return default if fields is None else fields.number(key, default)


def _share(fields: Fields, key: str, default: float) -> float:
    share = fields.number(key, default)
    if share > 1 and isinstance(located := fields.get(key), Located):
        fields.report(located, "this is a share, so it is at most 1")
        return default
    return share


def history_schema() -> Schema:
    """Return the schema of these constants."""
    channel = mapping(
        {
            "weight": number("Share of a full observation that one mail counts as.", maximum=1),
            "spread": number("How far customers of providers differ for other reasons, in log rate."),
            "own": number("Mails that one event is worth for the very address."),
            "ignored_kinds": sequence(word(ProviderKind), "Kinds of provider whose machines do it."),
            "ignored_providers": sequence(text(), "Ids of such providers."),
        }
    )
    return mapping(
        {
            "refused_share": mapping(
                {key: number(maximum=1) for key in ("default", *ProviderKind)},
                description="Share of missing mail that comes back as a bounce, by kind of provider.",
            ),
            "other_state": number("What an outcome under other sender findings counts.", maximum=1),
            "pooling": mapping(
                {
                    "kind_spread": number("How far a kind may differ from its priors, in log-odds."),
                    "strangers": number("Mails that other domains of nobody known are worth at most."),
                    "provider": number("Mails that other domains of the provider are worth at most."),
                    "address": number("Mails that the domain is worth for an address with outcomes."),
                }
            ),
            "dead_for_days": count("Days for which a mailbox is believed gone."),
            "channels": mapping(dict.fromkeys(Channel, channel), description="What acts of customers tell."),
            "basis": word(Basis, "What these figures rest on."),
            "note": ref("bilingual", "Where they come from."),
        },
        description="How the shop's own outcomes count.",
    )
