"""The language of help texts and messages, settled before any command is imported."""

from collections.abc import Sequence
from itertools import pairwise

from deliv.locale import LANGUAGES, preferred_language, translator

_chosen = "en"


def choose_help_language(argv: Sequence[str]) -> None:
    """Settle the language by ``--lang`` in the arguments, else by the environment."""
    global _chosen  # noqa: PLW0603 - a process speaks one language
    _chosen = _named(argv) or preferred_language()


def _named(argv: Sequence[str]) -> str | None:
    for word, following in pairwise([*argv, ""]):
        value = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in LANGUAGES:
            return value
    return None


def chosen_language() -> str:
    """Return ``ja`` or ``en``."""
    return _chosen


def tr(text: str) -> str:
    """Translate into the language of the messages."""
    return translator(_chosen)(text)
