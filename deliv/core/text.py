"""Text that the rule book holds in both languages, and where its facts come from."""

from dataclasses import dataclass
from datetime import date


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
