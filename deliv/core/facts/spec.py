"""What a fact is, and what a rule may expect of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Evidence: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of a fact's name and what shows it, such as ``shop.example MX: NXDOMAIN``."""

FactValue: TypeAlias = str | bool | int | None
"""The value of a fact; None when it could not be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """What a rule may expect of a fact."""

    meaning: str
    """One line for the catalogue."""
    words: frozenset[str] | None = None
    """The closed set of its values; None for any text."""
    is_flag: bool = False
    """Whether it is true or false."""
    is_number: bool = False
    """Whether it is a number, to be compared by ``at_least`` and ``at_most``."""


def flag(meaning: str) -> FactSpec:
    """Return the description of a fact that is true or false."""
    return FactSpec(meaning=meaning, is_flag=True)


def number(meaning: str) -> FactSpec:
    """Return the description of a fact that is a whole number."""
    return FactSpec(meaning=meaning, is_number=True)


def word(meaning: str, words: type[StrEnum], *more: str, without: str | None = None) -> FactSpec:
    """Return the description of a fact that is one of `words`, or of `more`."""
    values = {member.value for member in words} | set(more)
    return FactSpec(meaning=meaning, words=frozenset(values - {without}))
