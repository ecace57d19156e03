"""The undeliverable addresses, as a list that a shop system can take in."""

import csv
from typing import TextIO

from deliv.core.assessment import Assessment, Result
from deliv.core.report import RunHeader, Summary
from deliv.core.seen import Seen
from deliv.core.spreadsheet import defused


class DoNotMailWriter:
    """Writes one column, headed as in the input: each undeliverable address once, as written."""

    def __init__(self, file: TextIO, *, raw_cells: bool = False) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._raw_cells = raw_cells
        self._seen = Seen()

    def begin(self, header: RunHeader) -> None:
        """Write the heading."""
        self._writer.writerow([header.address_column or "address"])

    def add(self, assessment: Assessment) -> None:
        """Write the address if no mail can reach it."""
        address = assessment.address
        if assessment.result is Result.UNDELIVERABLE and address.strip() and not self._seen.add(address):
            self._writer.writerow([address if self._raw_cells else defused(address)])

    def end(self, summary: Summary) -> None:
        """Write nothing more."""
