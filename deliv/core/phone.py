"""Phone numbers as shops have them: hyphens, full-width digits, a zero that Excel ate, fillers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import phonenumbers

_SEVERAL: Final = re.compile(r"[\n/、,;・]+")  # what stands between two numbers in one cell
_FRACTION: Final = re.compile(r"\.0+$")  # what a spreadsheet makes of a number
_MOST_NUMBERS: Final = 5
_LONGEST: Final = 60  # characters of a number, with whatever stands around its digits


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number that somebody can be called at."""

    e164: str
    """In the form of ITU-T E.164: ``+819012345678``."""
    national: str
    """As it is dialled and written in its own country: ``090-1234-5678``."""
    is_mobile: bool
    """Whether it can take an SMS."""


def read_phones(text: str, country: str = "JP") -> tuple[PhoneNumber, ...]:
    """Return the numbers in a cell, mobile ones first.

    country: ISO 3166 code of the country whose numbers need no country code. What is no number of any
    country's plan (a filler such as 000-0000-0000, digits that are missing) is left out.
    """
    found: dict[str, PhoneNumber] = {}
    for part in _SEVERAL.split(unicodedata.normalize("NFKC", text))[:_MOST_NUMBERS]:
        text = _FRACTION.sub("", part.strip().lstrip("'"))
        if len(text) <= _LONGEST:
            found |= {number.e164: number for number in _read(text, country)}
    return tuple(sorted(found.values(), key=lambda number: not number.is_mobile))


def _read(text: str, country: str) -> Iterator[PhoneNumber]:
    """Yield the number that a text is, or else those that stand among other words in it."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
        if phonenumbers.is_valid_number(number):
            yield _number(number, country)
            return
    except phonenumbers.NumberParseException:
        pass
    for match in phonenumbers.PhoneNumberMatcher(text, country):
        yield _number(match.number, country)


def _number(number: "phonenumbers.PhoneNumber", country: str) -> PhoneNumber:
    import phonenumbers

    number.extension = None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    abroad = phonenumbers.region_code_for_number(number) != country
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL if abroad else phonenumbers.PhoneNumberFormat.NATIONAL
    return PhoneNumber(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        national=phonenumbers.format_number(number, form),
        is_mobile=phonenumbers.number_type(number) in mobile,
    )
