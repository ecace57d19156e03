"""Several reports at once."""

from collections.abc import Sequence

from deliv.core.assessment import Assessment
from deliv.core.report import RunHeader, Summary
from deliv.formats.interface import Writer


class TeeWriter:
    """Passes everything on to each of its writers."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        self._writers = tuple(writers)

    def begin(self, header: RunHeader) -> None:
        """Begin each report."""
        for writer in self._writers:
            writer.begin(header)

    def add(self, assessment: Assessment) -> None:
        """Write the row to each report."""
        for writer in self._writers:
            writer.add(assessment)

    def end(self, summary: Summary) -> None:
        """End each report."""
        for writer in self._writers:
            writer.end(summary)
