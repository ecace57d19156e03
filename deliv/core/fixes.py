"""What the shop can publish so that more of its mail is seen: exact records, and what they change.

A fix is tried out before it is proposed: `amended` drives a discovery as if its records stood in
the DNS already, so that what is promised is what the next audit will find.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from deliv.core.question import Answer, AnswerStatus, Asking, Query, RecordType

_T = TypeVar("_T")


class FixKind(StrEnum):
    """What is mended."""

    SPF_HEADER_FROM = "spf_header_from"
    SPF_ENVELOPE = "spf_envelope"
    DKIM = "dkim"
    DMARC = "dmarc"
    DMARC_REPORTS = "dmarc_reports"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """Records of one name and type: some go, one or more come."""

    name: str
    """Name of the records."""
    type: RecordType
    """Their type."""
    before: tuple[str, ...] = ()
    """Records that must be deleted."""
    after: tuple[str, ...] = ()
    """Records that must be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One thing to mend."""

    kind: FixKind
    """What it mends."""
    changes: tuple[RecordChange, ...] = ()
    """Records to publish; empty where somebody else must make them."""
    signs_as: str = ""
    """Domain that must sign the mail from then on; what to publish comes from the sending service."""
    services: tuple[str, ...] = ()
    """Ids of the sending services where it is set up."""
    left_out: tuple[str, ...] = ()
    """Terms of the old record that the new one does without, since they are wrong or lead nowhere."""
    owner: str = ""
    """Who else must publish it, such as the domain that receives reports; empty for the shop."""


def amended(asking: Asking[_T], changes: Iterable[RecordChange]) -> Asking[_T]:
    """Drive a discovery as if the records of `changes` stood in the DNS already."""
    known = {(change.name, change.type): change for change in changes}
    try:
        query = next(asking)
        while True:
            answer = yield query
            query = asking.send(_amend(query, answer, known))
    except StopIteration as stop:
        result: _T = stop.value
        return result


def _amend(query: Query, answer: Answer, changes: Mapping[tuple[str, RecordType], RecordChange]) -> Answer:
    change = changes.get((query.name, query.type))
    if change is None:
        below = any(name == query.name or name.endswith(f".{query.name}") for name, _ in changes)
        denied = answer.status is AnswerStatus.NXDOMAIN and below
        return replace(answer, status=AnswerStatus.NODATA) if denied else answer
    if answer.status is AnswerStatus.TEMPERROR:
        return answer  # what else stands there is not known
    texts = tuple(text for text in answer.texts if text not in change.before)
    texts += tuple(text for text in change.after if text not in texts)
    return Answer(status=AnswerStatus.FOUND if texts else AnswerStatus.NODATA, texts=texts, ttl=answer.ttl)
