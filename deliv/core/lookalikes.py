"""Letters that look like others: what a domain reads as, whatever script it is written in.

Full-width letters are ASCII in another width (Unicode NFKC), Cyrillic and Greek ones only look like
it (Unicode Technical Standard 39, "confusables"). An A-label is decoded first (RFC 5891).
"""

import unicodedata
from typing import Final

# What UTS 39 calls confusable with one ASCII letter, of the scripts that keyboards and spoofers use.
_CYRILLIC: Final = dict(zip("асеорхуіјѕһԁԛԝӏгкмтвнпѵ", "aceopxyijshdqwlrkmtbhnv", strict=True))
_GREEK: Final = dict(zip("αεικνορτυχγ", "aeiknoptuxy", strict=True))
_LATIN: Final = dict(zip("ıɩɡɑʏѡ", "iigayw", strict=True))
_ALIKE: Final = str.maketrans(_CYRILLIC | _GREEK | _LATIN)
_DOTS: Final = str.maketrans(dict.fromkeys("。．｡", "."))


def reading(domain: str) -> str:
    """Return how a person reads `domain`: in ASCII as far as its letters look like it."""
    if domain.isascii() and "xn--" not in domain:
        return domain
    written = ".".join(map(_u_label, domain.translate(_DOTS).split(".")))
    plain = unicodedata.normalize("NFKC", written).casefold().translate(_ALIKE)
    # Accents are easily overlooked: ġmail and gmail.
    bare = unicodedata.normalize("NFD", plain)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def mixes_scripts(domain: str) -> bool:
    """Whether one label holds both Latin and Cyrillic or Greek letters, as no language writes."""
    return any(_mixes(_u_label(label)) for label in domain.translate(_DOTS).split("."))


def _mixes(label: str) -> bool:
    letters = unicodedata.normalize("NFKC", label).casefold()
    return any(c.isascii() and c.isalpha() for c in letters) and any(
        c in _CYRILLIC or c in _GREEK for c in letters
    )


def _u_label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label  # malformed: it reads as what it is
