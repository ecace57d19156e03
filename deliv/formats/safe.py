"""Hostile text made harmless: addresses and DNS texts come from strangers."""

import re

# C0 and C1 controls (terminal escapes begin with one), line and paragraph separators, and the
# bidirectional controls that can make text read backwards (Unicode TR 36, section 3.4).
_DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` without anything that a terminal or a reader could be tricked by."""
    if text.isascii() and text.isprintable():
        return text
    return _DANGEROUS.sub("\N{REPLACEMENT CHARACTER}", encodable(text))


def encodable(text: str) -> str:
    """Return `text` with bytes that were no characters shown as U+FFFD, so that UTF-8 can hold it."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, longest: int = 160) -> str:
    """Return so many characters of `text` at most; a key in the DNS is of no use on a screen."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
