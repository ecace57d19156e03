"""What is written for a judgement, made once for all rows that share it."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from deliv.core.assessment import Judgement

_T = TypeVar("_T")

_MOST: Final = 50_000  # judgements remembered; every address that is none has one of its own


class Kept(Generic[_T]):
    """Calls `make` once for each judgement, as long as it is remembered."""

    def __init__(self, make: Callable[[Judgement], _T]) -> None:
        self._make = make
        # The judgement is kept, too, so that its identity cannot pass to another one.
        self._made: dict[int, tuple[Judgement, _T]] = {}

    def get(self, judgement: Judgement) -> _T:
        """Return what `make` makes of a judgement."""
        made = self._made.get(id(judgement))
        if made is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            made = self._made[id(judgement)] = (judgement, self._make(judgement))
        return made[1]
