"""What every format does: take a header, assessments one by one, and a summary."""

from typing import Protocol

from deliv.core.assessment import Assessment
from deliv.core.report import RunHeader, Summary


class Writer(Protocol):
    """Writes one report to a text file while it is being made."""

    def begin(self, header: RunHeader) -> None:
        """Write what comes before the first row."""
        ...

    def add(self, assessment: Assessment) -> None:
        """Write one row."""
        ...

    def end(self, summary: Summary) -> None:
        """Write what comes after the last row."""
        ...
