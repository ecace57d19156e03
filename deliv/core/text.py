"""Text that the rule book holds in both languages, and where its facts come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_STALE_AFTER_DAYS: Final = 548  # 18 months


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in Japanese and English."""

    ja: str
    en: str

    def get(self, lang: str) -> str:
        """Return the text in `lang`; every language but Japanese reads the English one."""
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact of the rule book comes from."""

    title: str
    """What the source is called."""
    checked: date
    """When somebody last looked."""
    url: str = ""
    """Its address; empty for general knowledge."""
    verified: bool = True
    """False for general knowledge and sources too weak to lean on."""


def last_checked(sources: Iterable[Source]) -> date:
    """Return when somebody last looked at one of the sources."""
    return max(source.checked for source in sources)


def is_stale(checked: date, as_of: date) -> bool:
    """Whether what was checked on a day is more than 18 months old by `as_of`."""
    return (as_of - checked).days > _STALE_AFTER_DAYS
