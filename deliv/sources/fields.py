"""Typed access to the mappings of a YAML file, which notes every fault and goes on.

A method that meets a fault appends it to the shared list and returns a value of the right type,
so that one run finds all faults. Whoever decodes looks at the list at the end and throws the
values away if it is not empty.
"""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from deliv.core.errors import Fault
from deliv.core.text import Text
from deliv.sources.yamlfile import Located

_Word = TypeVar("_Word", bound=StrEnum)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant; upper and lower case are alike."""
    folded = {each.casefold(): each for each in known}
    return next((folded[each] for each in get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)), None)


class Fields:
    """One mapping: every key is asked for by its type, and `close` reports the rest."""

    def __init__(self, located: Located, faults: list[Fault]) -> None:
        self.located = located
        self.faults = faults
        self._asked: set[str] = set()
        self._values: dict[str, Located] = {}
        if isinstance(located.value, dict):
            self._values = located.value
        elif located.value is not None:
            self.report(located, "this must be a list of “key: value” lines")

    def report(self, located: Located, template: str, **fields: object) -> None:
        """Note a fault at the place of `located`."""
        self.faults.append(located.fault(template, **fields))

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        self._asked.add(key)
        return key in self._values and self._values[key].value is not None

    def get(self, key: str, *, required: bool = False) -> Located | None:
        """Return the value of `key` with its place; None, and a fault if required, when absent."""
        if self.has(key):
            return self._values[key]
        if required:
            self.report(self.located, "“{key}” is missing", key=key)
        return None

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; without `default` the key is required."""
        located = self.get(key, required=default is None)
        if located is None:
            return default or ""
        if not isinstance(located.value, str):
            self.report(located, "this must be text; put it between quotation marks")
            return ""
        return located.value

    def number(self, key: str, default: float | None = None, *, least: float = 0.0) -> float:
        """Return a number of at least `least`."""
        located = self.get(key, required=default is None)
        if located is None:
            return default or 0.0
        value = located.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.report(located, "this must be a number")
            return least
        if value < least:
            self.report(located, "this must be at least {least}", least=least)
        return float(value)

    def count(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        value = self.number(key, default, least=least)
        if value != int(value) and (located := self.get(key)):
            self.report(located, "this must be a whole number")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        located = self.get(key)
        if located is None:
            return default
        if not isinstance(located.value, bool):
            self.report(located, "this must be true or false")
            return default
        return located.value

    def optional_flag(self, key: str) -> bool | None:
        """Return true or false; None when absent."""
        return self.flag(key, default=False) if self.has(key) else None

    def day(self, key: str) -> date | None:
        """Return a date; None when absent."""
        located = self.get(key)
        if located is None:
            return None
        return self.as_day(located)

    def as_day(self, located: Located) -> date | None:
        """Return the value at this place as a date."""
        if isinstance(located.value, date):
            return located.value
        self.report(located, "this must be a day such as 2026-11-22")
        return None

    def word(self, key: str, words: type[_Word], default: _Word | None = None) -> _Word:
        """Return a member of the closed set `words`."""
        located = self.get(key, required=default is None)
        if located is None:
            return default or next(iter(words))
        return self.as_word(located, words)

    def as_word(self, located: Located, words: type[_Word]) -> _Word:
        """Return the value at this place as a member of `words`."""
        known = {member.value: member for member in words}
        if isinstance(located.value, str) and located.value in known:
            return known[located.value]
        self.unknown_word(located, known)
        return next(iter(words))

    def unknown_word(self, located: Located, known: Iterable[str]) -> None:
        """Note that this place must hold one of the `known` words."""
        words = sorted(known)
        guess = closest(str(located.value), words)
        if guess:
            self.report(
                located,
                "“{word}” is not known here; did you mean “{guess}”?",
                word=located.value,
                guess=guess,
            )
        else:
            choices = ", ".join(word or '""' for word in words)
            self.report(
                located,
                "“{word}” is not known here; use one of: {choices}",
                word=located.value,
                choices=choices,
            )

    def items(self, key: str, *, required: bool = False) -> list[Located]:
        """Return the items of a list; empty when absent."""
        located = self.get(key, required=required)
        if located is None:
            return []
        if not isinstance(located.value, list):
            self.report(located, "this must be a list")
            return []
        return located.value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; empty when absent."""
        return tuple(self.as_text(item) for item in self.items(key))

    def as_text(self, located: Located) -> str:
        """Return the value at this place as a string."""
        if isinstance(located.value, str):
            return located.value
        self.report(located, "this must be text; put it between quotation marks")
        return ""

    def words(self, key: str, words: type[_Word]) -> frozenset[_Word]:
        """Return a set of members of `words`; empty when absent."""
        return frozenset(self.as_word(item, words) for item in self.items(key))

    def child(self, key: str, *, required: bool = False) -> "Fields | None":
        """Return the mapping below `key`; None when absent."""
        located = self.get(key, required=required)
        return None if located is None else Fields(located, self.faults)

    def children(self, key: str, *, required: bool = False) -> list["Fields"]:
        """Return the mappings in the list below `key`."""
        return [Fields(item, self.faults) for item in self.items(key, required=required)]

    def entries(self) -> list[tuple[str, Located]]:
        """Return all keys and values, where the keys are names of the user's own."""
        self._asked.update(self._values)
        return list(self._values.items())

    def bilingual(self, key: str) -> Text:
        """Return a text that must be there in both languages."""
        return self.optional_bilingual(key, required=True) or Text(ja="", en="")

    def optional_bilingual(self, key: str, *, required: bool = False) -> Text | None:
        """Return a text in both languages; None when absent."""
        child = self.child(key, required=required)
        if child is None:
            return None
        text = Text(ja=child.text("ja"), en=child.text("en"))
        child.close()
        return text

    def close(self) -> None:
        """Note every key that nobody asked for, with the one that was probably meant."""
        for key in self._values:
            if key in self._asked:
                continue
            guess = closest(key, sorted(self._asked))
            if guess:
                self.report(
                    self._values[key],
                    "“{key}” is not known here; did you mean “{guess}”?",
                    key=key,
                    guess=guess,
                )
            else:
                self.report(self._values[key], "“{key}” is not known here", key=key)
