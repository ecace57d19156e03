"""Providers and their priors, decoded from the ``providers`` lists of rule files."""

import re
from dataclasses import dataclass
from datetime import date

from deliv.core.errors import Fault
from deliv.core.placement import Prior
from deliv.core.providers import AllowList, Provider, ProviderKind
from deliv.core.rules import Basis
from deliv.core.text import Source
from deliv.sources.fields import Fields
from deliv.sources.placeholders import check_placeholders
from deliv.sources.yamlfile import Located

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class DecodedProvider:
    """A provider as one file describes it."""

    provider: Provider
    prior: Prior | None
    enabled: bool


def decode_provider(fields: Fields) -> DecodedProvider:
    """Return the provider in `fields`; whatever is wrong is noted there."""
    domains = _hosts(fields, "domains", dotted=False)
    suffixes = _hosts(fields, "suffixes", dotted=True)
    mx = _hosts(fields, "mx", dotted=None)
    names = {*domains, *suffixes, *mx}
    provider = Provider(
        id=decode_id(fields),
        kind=fields.word("kind", ProviderKind),
        names=fields.bilingual("names"),
        domains=domains,
        suffixes=suffixes,
        mx=mx,
        unverified=_subset(fields, "unverified", names),
        lenient_local_parts=_subset(fields, "lenient_local_parts", set(domains)),
        ended=fields.day("ended"),
        notice=fields.optional_bilingual("notice"),
        reach=fields.optional_bilingual("reach"),
        allow_list=_allow_list(fields),
        sources=decode_sources(fields),
    )
    placement = fields.child("placement")
    decoded = DecodedProvider(
        provider=provider,
        prior=decode_prior(placement) if placement else None,
        enabled=fields.flag("enabled", default=True),
    )
    fields.close()
    return decoded


def decode_id(fields: Fields) -> str:
    """Return the id, which must be kebab-case."""
    value = fields.text("id")
    if value and not _ID.fullmatch(value) and (located := fields.get("id")):
        fields.report(located, "an id is made of a-z, 0-9 and single hyphens")
    return value


def decode_sources(fields: Fields) -> tuple[Source, ...]:
    """Return the sources, of which there must be at least one."""
    sources = []
    for child in fields.children("sources", required=True):
        checked = child.day("checked")
        if checked is None:
            child.get("checked", required=True)
        verified = child.flag("verified", default=True)
        source = Source(
            title=child.text("title"),
            url=child.text("url", ""),
            checked=checked or date.min,
            verified=verified,
        )
        if verified and not source.url.startswith(("https://", "http://")):
            child.report(child.located, "a verified source needs a url; otherwise write “verified: false”")
        child.close()
        sources.append(source)
    if not sources and (located := fields.get("sources")):
        fields.report(located, "there must be at least one source")
    return tuple(sources)


def decode_prior(fields: Fields) -> Prior:
    """Return a prior, whose three shares must sum to 1."""
    prior = Prior(
        inbox=fields.number("inbox"),
        spam=fields.number("spam"),
        missing=fields.number("missing"),
        strength=fields.number("strength", least=1),
        basis=fields.word("basis", Basis),
        note=fields.bilingual("note"),
    )
    if abs(prior.inbox + prior.spam + prior.missing - 1) > 1e-6:
        fields.report(fields.located, "inbox, spam and missing must sum to 1")
    elif not prior.inbox > 0:
        fields.report(fields.located, "inbox must be more than 0")
    fields.close()
    return prior


def _hosts(fields: Fields, key: str, *, dotted: bool | None) -> tuple[str, ...]:
    names = []
    for item in fields.items(key):
        name = fields.as_text(item)
        if not _HOST.fullmatch(name.removeprefix(".")) and not (dotted and name.count(".") == 1):
            fields.report(item, "“{name}” is no domain name in lower case", name=name)
        elif dotted is not None and name.startswith(".") != dotted:
            template = "“{name}” needs a leading dot" if dotted else "“{name}” may not begin with a dot"
            fields.report(item, template, name=name)
        names.append(name)
    return tuple(names)


def _subset(fields: Fields, key: str, names: set[str]) -> frozenset[str]:
    for item in fields.items(key):
        if isinstance(item.value, str) and item.value not in names:
            fields.report(item, "“{name}” does not stand in the lists of this provider", name=item.value)
    return frozenset(fields.texts(key))


def _allow_list(fields: Fields) -> AllowList | None:
    child = fields.child("allow_list")
    if child is None:
        return None
    steps = AllowList(
        ja=child.texts("ja"),
        en=child.texts("en"),
        url=child.text("url", ""),
        verified=child.flag("verified", default=True),
    )
    for key in ("ja", "en"):
        for item in child.items(key, required=True):
            check_placeholders(child, item)
    child.close()
    return steps


def check_unique(decoded: list[tuple[Located, Provider]], faults: list[Fault]) -> None:
    """Note every domain, suffix or MX host that two providers claim."""
    for attribute in ("domains", "suffixes", "mx"):
        owners: dict[str, str] = {}
        for located, provider in decoded:
            for name in getattr(provider, attribute):
                if owners.setdefault(name, provider.id) != provider.id:
                    taken = located.fault(
                        "“{name}” already belongs to “{owner}”", name=name, owner=owners[name]
                    )
                    faults.append(taken)
