"""The history as CSV: a file that ``deliv learn`` takes back, here or on another computer."""

import csv
from collections.abc import Iterable
from typing import Final, TextIO

from deliv.core.outcomerows import Recorded
from deliv.core.spreadsheet import defused

COLUMNS: Final = (
    *("address", "domain", "date", "outcome", "count", "reason", "permanent"),
    *("deliv_key", "deliv_mail", "deliv_sender_state"),
)
"""Its columns; the address is there only where the history keeps it in plain text."""

_FLAGS: Final = {None: "", True: "true", False: "false"}


def write_history(records: Iterable[tuple[Recorded, str]], file: TextIO) -> int:
    """Write every fact of a history, and return how many that were.

    records: each with the address in plain text, or nothing.
    """
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = 0
    for record, address in records:
        outcome = record.outcome
        cells = (
            *(address, outcome.domain, outcome.day.isoformat(), outcome.kind.value, str(outcome.count)),
            *(outcome.reason.value if outcome.reason else "", _FLAGS[outcome.permanent]),
            *(outcome.who, record.mail, outcome.sender_state),
        )
        writer.writerow([defused(cell) for cell in cells])
        rows += 1
    return rows
