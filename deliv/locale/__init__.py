"""Japanese and English: gettext catalogues, and which language a user wants.

The English sentences in the code are the keys; ``ja/LC_MESSAGES/deliv.po`` holds the Japanese.
"""

import gettext
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("ja", "en")

Translate = Callable[[str], str]
"""Turns an English sentence of the code into the language of the user."""


@lru_cache(maxsize=4)
def translator(lang: str) -> Translate:
    """Return the function that translates into `lang`; English stays as it is."""
    folder = Path(__file__).parent
    look_up = gettext.translation("deliv", folder, languages=[lang], fallback=True).gettext
    return lambda text: look_up(text) if text else ""  # gettext has the catalogue's header under ""


def preferred_language(environ: Mapping[str, str] | None = None) -> str:
    """Return ``ja`` or ``en``, by DELIV_LANG, then the locale, then the language of Windows."""
    environ = os.environ if environ is None else environ
    for name in ("DELIV_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "ja" if value.lower().startswith("ja") else "en"
    return "ja" if _windows_language() == "ja" else "en"


def _windows_language() -> str:
    if os.name != "nt":
        return ""
    import ctypes
    import locale

    code = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined, unused-ignore]
    return locale.windows_locale.get(code, "")[:2]
