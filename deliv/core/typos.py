"""Did you mean: misspelt domains of well-known providers.

It abstains by default. A suggestion needs a domain that is known to take no mail, and exactly
one well-known domain a single slip away (Damerau 1964: one letter left out, added, replaced, or
two neighbours swapped).
"""

from functools import lru_cache

from deliv.core.providers import ProviderBook, ProviderKind

_SUGGESTED_KINDS = frozenset({ProviderKind.CARRIER, ProviderKind.FREEMAIL, ProviderKind.ISP})
_SHORTEST = 6  # characters; a slip in "qq.com" or "au.com" leaves too little to recognise


def suggest(domain: str, book: ProviderBook, *, exists: bool | None = None) -> str | None:
    """Return the domain that was probably meant, or None.

    `exists` says whether `domain` takes mail: True and None (not known) both mean that nothing
    is suggested, since a lawful neighbour such as ymail.com must never be corrected.
    """
    if exists is not False or len(domain) < _SHORTEST or book.match(domain) is not None:
        return None
    targets = _targets(book)
    near = {targets[slip] for slip in _deletions(domain) if slip in targets}
    candidates = {name for names in near for name in names if _is_one_slip(domain, name)}
    return candidates.pop() if len(candidates) == 1 else None


@lru_cache(maxsize=4)
def _targets(book: ProviderBook) -> dict[str, frozenset[str]]:
    """Index the well-known domains by everything that one deletion leaves of them."""
    index: dict[str, set[str]] = {}
    for provider in book.providers:
        if provider.kind in _SUGGESTED_KINDS:
            for name in provider.domains:
                for key in _deletions(name) if len(name) >= _SHORTEST else ():
                    index.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in index.items()}


def _deletions(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _is_one_slip(wrong: str, right: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours leads to `right`."""
    if abs(len(wrong) - len(right)) > 1 or wrong == right:
        return False
    start = next((i for i, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b), None)
    if start is None:
        return True
    tails = (
        (wrong[start + 1 :], right[start:]),
        (wrong[start:], right[start + 1 :]),
        (wrong[start + 1 :], right[start + 1 :]),
    )
    swapped = wrong[start : start + 2] == right[start : start + 2][::-1]
    return any(a == b for a, b in tails) or (swapped and wrong[start + 2 :] == right[start + 2 :])
