"""Aliases and wildcards: why a name may answer with what nobody published there.

A wildcard ``*.shop.example`` answers for every name below the domain that does not exist, however
deep, but not below a name that exists (RFC 4592 section 3.3.1). So ``_dmarc.shop.example`` and
``s1._domainkey.shop.example`` need a probe each: as soon as one selector is published,
``_domainkey.shop.example`` exists, and only a wildcard below *it* still answers for the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType

_MOST_ALIASES: Final = 8
_PROBE: Final = "deliv-probe-4f1c"  # no one publishes this; always the same, so that it can be recorded


class AliasStatus(StrEnum):
    """Whether a name is an alias (CNAME)."""

    NONE = "none"
    ALIAS = "alias"
    """It is one, and its target exists."""
    DANGLING = "dangling"
    """It is one, and its target does not exist: whoever registers it speaks for this name."""
    LOOP = "loop"
    """It is one that leads in a circle, or through too many others."""
    TEMPERROR = "temperror"
    """It was not answered whether it is one, or where it ends; `Alias.target` tells which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Where a name leads."""

    name: str
    """The name asked for."""
    status: AliasStatus
    """Whether it is an alias."""
    chain: tuple[str, ...] = ()
    """The names it leads to, one after the other."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""

    @property
    def target(self) -> str | None:
        """The name at the end, as far as it is known; None when there is no alias."""
        return self.chain[-1] if self.chain else None

    @property
    def is_dangling(self) -> bool:
        """Whether it leads to a name that does not exist."""
        return self.status is AliasStatus.DANGLING

    @property
    def is_temperror(self) -> bool:
        """Whether it is not known if the name is an alias at all."""
        return self.status is AliasStatus.TEMPERROR and not self.chain


def discover_alias(name: str) -> Asking[Alias]:
    """Find out whether `name` is an alias, and where it leads (RFC 1034 section 3.6.2)."""
    chain: list[str] = []
    seen: list[str] = []
    at = name
    status = AliasStatus.LOOP
    while len(chain) <= _MOST_ALIASES:
        query = Query(name=at, type=RecordType.CNAME)
        answer = yield query
        seen.append(f"{query}: {answer}")
        if answer.status is not AnswerStatus.FOUND:
            status = _end(answer, is_alias=bool(chain))
            break
        at = answer.texts[0].rstrip(".").lower()
        is_circle = at in (name, *chain)
        chain.append(at)
        if is_circle:
            break
    return Alias(name=name, status=status, chain=tuple(chain), evidence=tuple(seen))


def _end(answer: Answer, *, is_alias: bool) -> AliasStatus:
    """Return what it means that a name is not itself an alias."""
    if answer.status is AnswerStatus.TEMPERROR:
        return AliasStatus.TEMPERROR
    if not is_alias:
        return AliasStatus.NONE
    return AliasStatus.DANGLING if answer.status is AnswerStatus.NXDOMAIN else AliasStatus.ALIAS


class WildcardStatus(StrEnum):
    """What a name answers that nobody can have published."""

    NONE = "none"
    """It does not exist, as it should be."""
    OTHER = "other"
    """It exists, without TXT records: a wildcard of another type, so that no name is missing (np=)."""
    TEXT = "text"
    """It has TXT records."""
    TEMPERROR = "temperror"
    """The question was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wildcard:
    """What answers below a domain for names that nobody published."""

    domain: str
    """The domain."""
    names: WildcardStatus
    """Just below the domain, where ``_dmarc`` and ``_mta-sts`` stand."""
    selectors: WildcardStatus
    """Below ``_domainkey``, where DKIM keys stand. TEXT: a selector that is found proves nothing."""
    name_texts: tuple[str, ...] = ()
    """What every missing name below the domain answers."""
    selector_texts: tuple[str, ...] = ()
    """What every missing selector answers."""
    evidence: tuple[str, ...] = ()
    """Questions and answers, one line each."""

    @property
    def answers(self) -> bool:
        """Whether a name that nobody published has TXT records, in either place."""
        return WildcardStatus.TEXT in (self.names, self.selectors)

    @property
    def is_temperror(self) -> bool:
        """Whether that is not known."""
        return not self.answers and WildcardStatus.TEMPERROR in (self.names, self.selectors)

    def explains(self, texts: Iterable[str], *, selector: bool = False) -> bool:
        """Whether these TXT records are only what the wildcard says to everybody."""
        texts = frozenset(texts)
        return bool(texts) and texts == frozenset(self.selector_texts if selector else self.name_texts)


def discover_wildcard(domain: str) -> Asking[Wildcard]:
    """Ask for two names that nobody can have published (RFC 4592): one below each place of interest."""
    query = Query(name=f"{_PROBE}.{domain}", type=RecordType.TXT)
    below = yield query
    seen = (f"{query}: {below}",)
    query = Query(name=f"{_PROBE}._domainkey.{domain}", type=RecordType.TXT)
    keys = yield query
    return Wildcard(
        domain=domain,
        names=_STATUS[below.status],
        selectors=_STATUS[keys.status],
        name_texts=below.texts,
        selector_texts=keys.texts,
        evidence=(*seen, f"{query}: {keys}"),
    )


_STATUS: Final = {
    AnswerStatus.FOUND: WildcardStatus.TEXT,
    AnswerStatus.NODATA: WildcardStatus.OTHER,
    AnswerStatus.NXDOMAIN: WildcardStatus.NONE,
    AnswerStatus.TEMPERROR: WildcardStatus.TEMPERROR,
}
