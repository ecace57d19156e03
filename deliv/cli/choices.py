"""Closed sets of the command line."""

from enum import StrEnum


class FailOn(StrEnum):
    """From which risk on a row fails the gate."""

    MEDIUM = "medium"
    HIGH = "high"
    CERTAIN = "certain"
    NEVER = "never"


class SenderFailOn(StrEnum):
    """From which severity on a finding about the sender fails the gate."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEVER = "never"


class LearnAs(StrEnum):
    """What the lists hold that ``learn`` reads."""

    OUTCOMES = "outcomes"
    SENT = "sent"


class Lang(StrEnum):
    """Languages of the output."""

    JA = "ja"
    EN = "en"
