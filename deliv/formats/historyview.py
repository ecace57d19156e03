"""What a history holds, as a page for people and as the document ``deliv-history/1``."""

from collections.abc import Iterator
from typing import Any, Final

from deliv.core.lessons import HistoryContent
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.providers import ProviderBook
from deliv.formats import labels
from deliv.formats.document import dump
from deliv.formats.lessons import counted
from deliv.formats.safe import printable
from deliv.locale import Translate, translator
from deliv.version import __version__

SCHEMA: Final = "deliv-history/1"
_MOST_LINES: Final = 20


def history_page(
    content: HistoryContent, providers: ProviderBook, lang: str, *, path: str, key: str, whose: str = ""
) -> str:
    """Return a page; whose: the domain or the address that it is about, empty for all."""
    lines = _lines(content, providers, lang, path=path, key=key, whose=whose)
    return "".join(f"{printable(line)}\n" for line in lines)


def history_json(
    content: HistoryContent, providers: ProviderBook, lang: str, *, path: str, key: str, whose: str = ""
) -> str:
    """Return the same as one JSON document."""
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "lang": lang,
        "version": __version__,
        "path": path,
        "whose": whose or None,
        "key": key,
        "other_keys": list(content.other_keys),
        "first_day": content.first_day and content.first_day.isoformat(),
        "last_day": content.last_day and content.last_day.isoformat(),
        "addresses": content.addresses,
        "plain_addresses": content.plain_addresses,
        "mails": _codes(content.by_kind),
        "domains": [
            {"domain": domain, "provider": _provider(domain, providers), "mails": _codes(counts)}
            for domain, counts in sorted(content.by_domain.items())
        ],
        "outcomes": [_outcome(outcome) for outcome in content.outcomes],
        "sources": [
            {"name": source.name, "learned_on": source.learned_on.isoformat(), "mails": source.mails}
            for source in content.sources
        ],
    }
    return dump(parts) + "\n"


def _lines(
    content: HistoryContent, providers: ProviderBook, lang: str, *, path: str, key: str, whose: str
) -> Iterator[str]:
    _ = translator(lang)
    yield _("History: {path}").format(path=path)
    if whose:
        yield _("About: {whose}").format(whose=whose)
    if content.first_day is None or content.last_day is None:
        yield "  " + (_("Nothing is known of it.") if whose else _("Nothing has been learned yet."))
    else:
        yield "  " + _("from {first} to {last}").format(first=content.first_day, last=content.last_day)
        yield "  " + counted(content.by_kind, _)
        if "@" not in whose:
            yield "  " + _("addresses: {count}, in plain text: {plain}").format(
                count=content.addresses, plain=content.plain_addresses
            )
    yield "  " + _("key of the addresses: {key}").format(key=key)
    if content.other_keys:
        yield "  " + _("addresses that were learned under another key do not match: {keys}").format(
            keys=_(", ").join(content.other_keys)
        )
    for outcome in content.outcomes:
        yield "  " + _outcome_line(outcome, _)
    if not whose and content.by_domain:
        yield ""
        yield _("By provider")
        yield from (f"  {line}" for line in _provider_lines(content, providers, lang))
    if content.sources:
        yield ""
        yield _("Learned from")
        for source in content.sources:
            yield "  " + _("{day}  {name}, new outcomes: {count}").format(
                day=source.learned_on, name=source.name, count=source.mails
            )


def _provider_lines(content: HistoryContent, providers: ProviderBook, lang: str) -> Iterator[str]:
    """Yield the counts by provider, or by domain where none is known, the largest first."""
    _ = translator(lang)
    found: dict[str, dict[OutcomeKind, int]] = {}
    for domain, counts in content.by_domain.items():
        match = providers.match(domain)
        name = match.provider.names.get(lang) if match else domain
        sums = found.setdefault(name, {})
        for kind, count in counts.items():
            sums[kind] = sums.get(kind, 0) + count
    ranked = sorted(found.items(), key=lambda each: (-sum(each[1].values()), each[0]))
    for name, counts in ranked[:_MOST_LINES]:
        yield _("{name}: {counts}").format(name=name, counts=counted(counts, _))
    if len(ranked) > _MOST_LINES:
        yield _("and {count} more").format(count=len(ranked) - _MOST_LINES)


def _outcome_line(outcome: Outcome, translate: Translate) -> str:
    _ = translate
    label = _("{label}: {count}").format(label=_(labels.OUTCOME[outcome.kind]), count=outcome.count)
    return f"{outcome.day}  {label}" + (f" ({outcome.reason})" if outcome.reason else "")


def _provider(domain: str, providers: ProviderBook) -> str | None:
    match = providers.match(domain)
    return match.provider.id if match else None


def _codes(counts: Any) -> dict[str, int]:
    return {kind.value: counts[kind] for kind in OutcomeKind if counts.get(kind)}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.kind,
        "date": outcome.day.isoformat(),
        "count": outcome.count,
        "reason": outcome.reason,
        "permanent": outcome.permanent,
    }
