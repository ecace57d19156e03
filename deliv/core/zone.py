"""Discoveries driven against records that stand beside them, without any network.

    facts = ask(discover_recipient("shop.example", book), {"shop.example": {"MX": ["0 ."]}})

That is how the examples of the rule book are run, and how a rule proves itself on any computer.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, TypeVar

from deliv.core.question import Answer, AnswerStatus, Asking, Query, Trouble

_T = TypeVar("_T")

Zone: TypeAlias = Mapping[str, Mapping[str, Iterable[str] | str] | str]
"""Records by name and type, in presentation form."""

TEMPERROR: Final = "TEMPERROR"
"""Stands for a failure: in place of records for one question, in place of a name's types, or among
them, for every question about that name."""

_TTL: Final = 300


def answer(zone: Zone, query: Query) -> Answer:
    """Return what the zone says to one question.

    An absent name is NXDOMAIN unless something stands below it (RFC 8020), an absent type NODATA.
    """
    records = zone.get(query.name)
    if records is None:
        below = any(name.endswith(f".{query.name}") for name in zone)
        return Answer(status=AnswerStatus.NODATA if below else AnswerStatus.NXDOMAIN)
    if isinstance(records, str) or TEMPERROR in records:
        return Answer.failed(Trouble.SERVFAIL)
    texts = records.get(query.type.value)
    if texts is None:
        return Answer(status=AnswerStatus.NODATA)
    if isinstance(texts, str):
        return Answer.failed(Trouble.SERVFAIL)
    return Answer(status=AnswerStatus.FOUND, texts=tuple(texts), ttl=_TTL)


def ask(asking: Asking[_T], zone: Zone, calls: list[str] | None = None) -> _T:
    """Drive a discovery to its end and return its result.

    calls: the questions are appended to it, as ``shop.example MX``.
    """
    try:
        query = next(asking)
        while True:
            if calls is not None:
                calls.append(str(query))
            query = asking.send(answer(zone, query))
    except StopIteration as stop:
        result: _T = stop.value
        return result
