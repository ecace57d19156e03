"""Providers and their priors, decoded from the ``providers`` lists of rule files."""

from dataclasses import dataclass

from deliv.core.errors import Fault
from deliv.core.placement import Prior
from deliv.core.providers import AllowList, Provider, ProviderKind
from deliv.core.rules import Basis
from deliv.sources.domainlists import LISTS
from deliv.sources.fields import Fields
from deliv.sources.filterfiles import decode_filters
from deliv.sources.names import decode_hosts, decode_id, decode_sources
from deliv.sources.placeholders import check_placeholders
from deliv.sources.senderfiles import decode_demand
from deliv.sources.yamlfile import Located


@dataclass(frozen=True, slots=True)
class DecodedProvider:
    """A provider as one file describes it."""

    provider: Provider
    prior: Prior | None
    enabled: bool


def decode_provider(fields: Fields) -> DecodedProvider:
    """Return the provider in `fields`; whatever is wrong is noted there."""
    domains = decode_hosts(fields, "domains", dotted=False)
    suffixes = decode_hosts(fields, "suffixes", dotted=True)
    mx = decode_hosts(fields, "mx", dotted=None)
    names = {*domains, *suffixes, *mx}
    provider = Provider(
        id=decode_id(fields),
        kind=fields.word("kind", ProviderKind),
        names=fields.bilingual("names"),
        domains=domains,
        suffixes=suffixes,
        mx=mx,
        lists=_lists(fields),
        unverified=_subset(fields, "unverified", names),
        unverified_mx=_subset(fields, "unverified_mx", set(mx)),
        lenient_local_parts=_subset(fields, "lenient_local_parts", set(domains)),
        portable=fields.optional_flag("portable"),
        portability_unknown=_subset(fields, "portability_unknown", {*domains, *suffixes}),
        ended=fields.day("ended"),
        notice=fields.optional_bilingual("notice"),
        reach=fields.optional_bilingual("reach"),
        allow_list=_allow_list(fields),
        filters=decode_filters(fields),
        requires=tuple(decode_demand(child) for child in fields.children("requires")),
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


def _lists(fields: Fields) -> tuple[str, ...]:
    for item in fields.items("lists"):
        if item.value not in LISTS:
            fields.unknown_word(item, LISTS)
    return fields.texts("lists")


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
