"""CSV: the input's own columns, then ours, one line per input row."""

import csv
from collections.abc import Sequence
from typing import Final, TextIO

from deliv.core.assessment import Assessment, Judgement
from deliv.core.report import RunHeader, Summary
from deliv.core.spreadsheet import defused, is_formula
from deliv.formats import labels
from deliv.formats.kept import Kept
from deliv.locale import translator

COLUMNS: Final = (
    "deliv_result",
    "deliv_risk",
    "deliv_reasons",
    "deliv_provider",
    "deliv_did_you_mean",
    "deliv_inbox",
    "deliv_action",
    "deliv_due",
    "deliv_advice",
)
"""Our columns, in their order; one whose name is taken gets ``_2``, ``_3`` …"""


def own_columns(taken: Sequence[str]) -> tuple[str, ...]:
    """Return the names of our columns beside those of the input."""
    names: list[str] = []
    for column in COLUMNS:
        name, number = column, 2
        while name in taken:
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return tuple(names)


class CsvWriter:
    """Writes the list back with our columns behind it.

    raw_cells: leave cells alone that a spreadsheet would run as a formula.
    """

    def __init__(self, file: TextIO, lang: str, *, raw_cells: bool = False) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._lang = lang
        self._translate = translator(lang)
        self._raw_cells = raw_cells
        self._width = 0
        self._kept = Kept(self._own_cells)
        self.defused = 0
        """Cells that were made harmless so far."""

    def begin(self, header: RunHeader) -> None:
        """Write the headings; without columns of the input there is one for the address."""
        columns = header.columns or ("address",)
        self._width = len(columns)
        self._writer.writerow([*self._harmless(columns), *own_columns(columns)])

    def add(self, assessment: Assessment) -> None:
        """Write one row."""
        cells = assessment.cells or (assessment.address,)
        if len(cells) < self._width:
            cells = (*cells, *[""] * (self._width - len(cells)))
        result, risk, *rest, advice = self._kept.get(assessment.judgement)
        reasons = " ".join(assessment.reasons)
        if assessment.normalized and (assessment.mends or assessment.several):
            read = self._translate("Read as {address}.").format(address=assessment.normalized)
            advice = defused(f"{read} {advice}")
        self._writer.writerow([*self._harmless(cells), result, risk, reasons, *rest, advice])

    def _own_cells(self, judgement: Judgement) -> tuple[str, ...]:
        """Return our cells but for the reasons, which may differ from row to row."""
        advice, bounce = judgement.advice, judgement.past_bounce
        said = [labels.past_bounce_sentence(bounce, self._translate, self._lang)] if bounce else []
        return (
            judgement.result,
            judgement.risk,
            defused(judgement.provider.names.get(self._lang)) if judgement.provider else "",
            (judgement.facts.did_you_mean if judgement.facts else None) or "",
            labels.likelihood(judgement.placement, self._translate),
            advice.action,
            advice.due.isoformat() if advice.due else "",
            defused(self._translate(" ").join([*said, advice.text.get(self._lang)])),
        )

    def _harmless(self, cells: Sequence[str]) -> Sequence[str]:
        if self._raw_cells or not any(map(is_formula, cells)):
            return cells
        self.defused += sum(map(is_formula, cells))
        return [defused(cell) for cell in cells]

    def end(self, summary: Summary) -> None:
        """Write nothing: the summary goes where people read it."""
