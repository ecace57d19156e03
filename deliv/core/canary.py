"""May this resolver be believed? Questions whose true answers are known.

Closed CI networks, captive portals and some access providers answer NXDOMAIN, or an address of
their own, to everything. Neither may condemn or bless a customer (RFC 8020, RFC 6303 show what an
honest NXDOMAIN means; a resolver that fails these questions does not give honest ones).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from deliv.core.question import Answer, AnswerStatus, Query, RecordType

DEFAULT_CANARY: Final = ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")
"""Domains that certainly take mail."""

_NEGATIVES: Final = 2  # one lost answer must not make the whole run untrusted


class Trust(StrEnum):
    """What the canary showed."""

    TRUSTED = "trusted"
    DENYING = "denying"
    """It denies domains that certainly exist."""
    INVENTING = "inventing"
    """It finds, or does not deny, names that certainly do not exist."""
    SILENT = "silent"
    """It does not answer at all."""


def canary_queries(domains: Sequence[str], label: str) -> tuple[tuple[Query, ...], tuple[Query, ...]]:
    """Return the questions that must find something, and those that must be denied.

    `label` is a random label that nobody has registered.
    """
    positive = tuple(Query(name=domain, type=RecordType.MX) for domain in domains)
    negative = tuple(Query(name=f"{label}.{domain}", type=RecordType.A) for domain in domains[:_NEGATIVES])
    return positive, negative


def judge_canary(positive: Iterable[Answer], negative: Iterable[Answer]) -> Trust:
    """Return what the answers to the two groups of questions say of the resolver."""
    found = {answer.status for answer in positive}
    denied = {answer.status for answer in negative}
    if AnswerStatus.FOUND not in found:
        return Trust.SILENT if found <= {AnswerStatus.TEMPERROR} else Trust.DENYING
    if AnswerStatus.FOUND in denied or AnswerStatus.NXDOMAIN not in denied:
        return Trust.INVENTING
    return Trust.TRUSTED
