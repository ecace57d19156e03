"""The zone beside the expectation: drives discoveries against a dict, without any network.

    facts = ask(discover_recipient("shop.example", book), {"shop.example": {"MX": ["0 ."]}})

An absent name is NXDOMAIN unless something stands below it, an absent type is NODATA; ``TEMPERROR``
in place of the records fails that question, or all questions for that name.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType, Trouble
from deliv.core.sending import Sending, sending_of
from deliv.core.settings import SenderProfile

T = TypeVar("T")

Zone = Mapping[str, Mapping[str, Iterable[str] | str] | str]
"""Records by name and type."""

TEMPERROR = "TEMPERROR"
"""Stands for a question that fails."""


def answer(zone: Zone, query: Query) -> Answer:
    """Return what the zone says to one question."""
    records = zone.get(query.name)
    if records is None:
        below = any(name.endswith(f".{query.name}") for name in zone)
        return Answer(status=AnswerStatus.NODATA if below else AnswerStatus.NXDOMAIN)
    if isinstance(records, str):
        return Answer.failed(Trouble.SERVFAIL)
    texts = records.get(query.type.value)
    if texts is None:
        return Answer(status=AnswerStatus.NODATA)
    if isinstance(texts, str):
        return Answer.failed(Trouble.SERVFAIL)
    return Answer(status=AnswerStatus.FOUND, texts=tuple(texts), ttl=300)


def ask(asking: Asking[T], zone: Zone, calls: list[str] | None = None) -> T:
    """Drive a discovery to its end; the questions are appended to `calls`."""
    try:
        query = next(asking)
        while True:
            if calls is not None:
                calls.append(str(query))
            query = asking.send(answer(zone, query))
    except StopIteration as stop:
        result: T = stop.value
        return result


def sending(domain: str) -> Sending:
    """Return how a shop sends that says no more than the domain of its address."""
    return sending_of(SenderProfile(from_address=domain))


class ZoneResolver:
    """The same zone behind the interface of a resolver; remembers what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = dict(zone)
        self.calls: list[str] = []

    async def resolve(self, query: Query) -> Answer:
        """Return what the zone says."""
        self.calls.append(str(query))
        return answer(self.zone, query)


CANARIES: Zone = {
    domain: {"MX": [f"10 mx.{domain}."], "A": ["192.0.2.10"]}
    for domain in ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")
} | {
    f"mx.{domain}": {"A": ["192.0.2.11"]}
    for domain in ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")
}
"""What an honest resolver knows, so that the canary believes this zone."""

__all__ = ["CANARIES", "TEMPERROR", "RecordType", "Zone", "ZoneResolver", "answer", "ask", "sending"]
