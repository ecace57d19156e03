"""One SPF record made of several, or of one and what it lacks."""

from collections.abc import Collection, Iterable

from deliv.core.auth.spf import Mechanism, Modifier, Qualifier, SpfRecord, parse_spf


def merge_spf(
    records: Iterable[SpfRecord],
    *,
    includes: Iterable[str] = (),
    networks: Iterable[str] = (),
    drop: Collection[str] = (),
) -> SpfRecord:
    """Return one record that holds all terms of `records`, each once, and new ones.

    Without ``ptr`` and without the terms in `drop`, written as `str` writes them. It ends in
    ``-all`` where all records do, else in ``~all``: nobody is refused whom no record refused.
    Only a single record that ends in ``redirect=`` keeps that ending. Terms that stood behind
    ``all`` come into effect.

    Raises SpfSyntaxError when one of `includes` is no domain or one of `networks` is no network.
    """
    dropped = {term.lower() for term in drop}
    kept = [
        SpfRecord(terms=tuple(t for t in record.terms if t.name != "ptr" and str(t).lower() not in dropped))
        for record in records
    ]
    redirect = kept[0].redirect if len(kept) == 1 else None
    mechanisms: dict[object, Mechanism] = {}
    modifiers: dict[object, Modifier] = {}
    for record in kept:
        listed = [mechanism for mechanism in record.mechanisms if mechanism.name != "all"]
        if record.redirect is not None and redirect is None:
            listed.append(Mechanism(qualifier=Qualifier.PASS, name="include", value=record.redirect))
        for mechanism in listed:
            mechanisms.setdefault(_identity(mechanism), mechanism)
        for modifier in (term for term in record.terms if isinstance(term, Modifier)):
            if modifier.name != "redirect":  # exp= may stand there only once, others with any values
                modifiers.setdefault("exp" if modifier.name == "exp" else modifier, modifier)
    added = [f"include:{domain}" for domain in includes]
    added += [f"ip6:{network}" if ":" in network else f"ip4:{network}" for network in networks]
    for mechanism in parse_spf(" ".join(["v=spf1", *added])).mechanisms:
        mechanisms.setdefault(_identity(mechanism), mechanism)
    ending = _ending(kept, redirect)
    return SpfRecord(terms=(*mechanisms.values(), *modifiers.values(), ending))


def _identity(mechanism: Mechanism) -> object:
    """Return what two mechanisms share that match the same clients; the first of them decides."""
    if mechanism.name in ("ip4", "ip6"):
        return mechanism.network
    # The case of a macro letter says whether its value is escaped (section 7.3).
    value = mechanism.value if "%" in mechanism.value else mechanism.value.lower().removesuffix(".")
    prefix4 = 32 if mechanism.prefix4 is None else mechanism.prefix4
    prefix6 = 128 if mechanism.prefix6 is None else mechanism.prefix6
    return mechanism.name, value, prefix4, prefix6


def _ending(records: Collection[SpfRecord], redirect: str | None) -> Mechanism | Modifier:
    if redirect is not None:
        return Modifier(name="redirect", value=redirect)
    is_strict = bool(records) and all(record.all_qualifier is Qualifier.FAIL for record in records)
    return Mechanism(qualifier=Qualifier.FAIL if is_strict else Qualifier.SOFTFAIL, name="all")
