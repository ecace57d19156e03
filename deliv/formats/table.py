"""A table for people, written in blocks as the rows come."""

from typing import Final, TextIO

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Cell

from deliv.core.assessment import Assessment
from deliv.core.placement import Risk
from deliv.core.report import RunHeader, Summary
from deliv.core.rules import Reason
from deliv.formats import labels
from deliv.formats.allowlists import CustomerSteps
from deliv.formats.console import NARROWEST, open_console
from deliv.formats.safe import printable
from deliv.formats.summary import history_lines, sender_lines, summary_lines
from deliv.locale import translator

_BLOCK: Final = 50  # rows that are held back so that they can be laid out together
_STYLE: Final = {
    Risk.LOW: "green",
    Risk.MEDIUM: "yellow",
    Risk.HIGH: "bold red",
    Risk.CERTAIN: "bold red",
    Risk.UNKNOWN: "magenta",
}
# Said once above the table, not again in every row.
_ABOUT_SENDER: Final = frozenset(
    {Reason.SENDER_AUTH_MISSING, Reason.SENDER_AUTH_BROKEN, Reason.SENDER_UNREACHABLE}
)
_ROW: Final = 5
_VERDICT: Final = 14
_GAP: Final = 3  # columns between two cells: padding on both sides and a divider


class TableWriter:
    """Writes a table as wide as the terminal, then the customers' steps and the summary.

    color: whether the terminal shows colours. width: columns of it.
    """

    def __init__(self, file: TextIO, lang: str, *, color: bool = False, width: int = 100) -> None:
        self._lang = lang
        self._translate = translator(lang)
        self._width = max(width, NARROWEST)
        self._console = open_console(file, width=self._width, color=color)
        self._block: list[Assessment] = []
        self._has_headings = False
        self._steps = CustomerSteps()

    def begin(self, header: RunHeader) -> None:
        """Write what is to be said of the sender."""
        for line in sender_lines(header, self._translate, self._lang):
            self._print(line)
        for line in history_lines(header.history, self._translate, assumes=header.assumes_engagement):
            self._print(line)

    def add(self, assessment: Assessment) -> None:
        """Write one row, or hold it back until a block is full."""
        self._block.append(assessment)
        self._steps.add(assessment)
        if len(self._block) >= _BLOCK:
            self._flush()

    def end(self, summary: Summary) -> None:
        """Write the last rows, the customers' steps, and the counts."""
        self._flush()
        for line in self._steps.lines(self._translate, self._lang):
            self._print(line)
        for line in summary_lines(summary, self._translate, self._lang):
            self._print(line)

    def _print(self, line: str) -> None:
        self._console.print(Cell(line), soft_wrap=True)

    def _flush(self) -> None:
        if not self._block:
            return
        table = self._table()
        for assessment in self._block:
            table.add_row(*self._cells(assessment))
        self._console.print(table)
        self._block.clear()
        self._has_headings = True

    def _table(self) -> Table:
        """Return an empty table; its widths never change, so that blocks stand below each other."""
        _ = self._translate
        table = Table(box=SIMPLE_HEAD, show_header=not self._has_headings, pad_edge=False, show_edge=False)
        rest = self._width - _ROW - _VERDICT - 3 * _GAP
        address = rest * 45 // 100
        table.add_column(_("Row"), width=_ROW, justify="right")
        table.add_column(_("Address"), width=address, overflow="fold")
        table.add_column(_("Verdict, inbox"), width=_VERDICT, overflow="fold")
        table.add_column(_("What to do"), width=rest - address, overflow="fold")
        return table

    def _cells(self, assessment: Assessment) -> tuple[Cell, ...]:
        _ = self._translate
        address = Cell(self._address(assessment))
        if assessment.provider:
            address.append(f"\n{assessment.provider.names.get(self._lang)}", style="dim")
        verdict = Cell(_(labels.RISK[assessment.risk]), style=_STYLE[assessment.risk])
        if assessment.placement and assessment.risk is not Risk.CERTAIN:
            likelihood = labels.likelihood(assessment.placement, _, separator="\n")
            verdict.append(f"\n{likelihood}", style="not bold")
        return (Cell(str(assessment.row)), address, verdict, Cell(self._step(assessment)))

    def _address(self, assessment: Assessment) -> str:
        shown = printable(assessment.address)
        if assessment.normalized and (assessment.mends or assessment.several):
            return f"{shown} → {printable(assessment.normalized)}"
        return shown

    def _step(self, assessment: Assessment) -> str:
        _ = self._translate
        parts = [labels.next_step(assessment.advice, _)]
        if assessment.did_you_mean:
            parts.append(_("did you mean {domain}?").format(domain=assessment.did_you_mean))
        if assessment.judgement.fault:
            parts.append(printable(assessment.judgement.fault.localized(_)))
        elif reasons := labels.reasons(assessment, _, self._lang, but=_ABOUT_SENDER):
            parts.append(reasons)
        return " / ".join(parts)
