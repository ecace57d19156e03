"""Provider by provider: what each of them asks for, and whether the shop meets it."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len, chop_cells

from deliv.core.compliance import Compliance, DemandState, ProviderCompliance
from deliv.core.requirements import Consequence, Requirement
from deliv.core.senderreport import SenderReport
from deliv.formats import senderlabels
from deliv.locale import Translate

_CELL: Final = 12  # columns of a provider


def matrix_lines(report: SenderReport, translate: Translate, lang: str, *, width: int) -> Iterator[str]:
    """Yield the matrix in blocks of as many providers as `width` columns hold, and what it costs."""
    yield from _Matrix(report, translate, lang, width).lines()


class _Matrix:
    def __init__(self, report: SenderReport, translate: Translate, lang: str, width: int) -> None:
        self._report = report
        self._translate = translate
        self._lang = lang
        self._width = width
        self._columns = [column for column in report.compliance if self._has_customers(column)]

    def lines(self) -> Iterator[str]:
        _, report = self._translate, self._report
        asked = {state.demand.requirement for column in self._columns for state in column.states}
        rows = [requirement for requirement in report.requirements if requirement.id in asked]
        if not rows:
            return
        yield ""
        yield _("What the mailbox providers ask for")
        titles = [requirement.names.get(self._lang) for requirement in rows]
        left = max(map(cell_len, titles)) + 2
        many = max(1, (self._width - left - 2) // (_CELL + 1))
        for start in range(0, len(self._columns), many):
            yield from self._block(self._columns[start : start + many], rows, left)
        yield "  " + _(
            "ok: met, NO: not met, ?: not checked, (…): not asked of a sender of your size, blank: not asked"
        )
        yield from self._consequences()

    def _has_customers(self, column: ProviderCompliance) -> bool:
        """Whether a provider is of interest: with a list only those where somebody on it is."""
        customers = self._report.customers
        return customers is None or customers.by_provider.get(column.provider.id, 0) > 0

    def _block(
        self, columns: Iterable[ProviderCompliance], rows: Iterable[Requirement], left: int
    ) -> Iterator[str]:
        columns = tuple(columns)
        rows = [row for row in rows if any(column.get(row.id) for column in columns)]
        names = [_folded(column.provider.names.get(self._lang), _CELL) for column in columns]
        for line in range(max(map(len, names))):
            yield self._cells("", [name[line] if line < len(name) else "" for name in names], left)
        for requirement in rows:
            cells = [self._mark(column.get(requirement.id)) for column in columns]
            yield self._cells(requirement.names.get(self._lang), cells, left)
        customers = self._report.customers
        if customers is not None:
            counts = [str(customers.by_provider.get(column.provider.id, 0)) for column in columns]
            yield self._cells(self._translate("your customers there"), counts, left)

    def _mark(self, state: DemandState | None) -> str:
        if state is None:
            return ""
        mark = self._translate(senderlabels.COMPLIANCE[state.compliance])
        return mark if state.applies else f"({mark})"

    def _cells(self, title: str, cells: Iterable[str], left: int) -> str:
        line = "  " + title + " " * (left - cell_len(title))
        for cell in cells:
            line += cell + " " * (_CELL + 1 - cell_len(cell))
        return line.rstrip()

    def _consequences(self) -> Iterator[str]:
        """Say what happens where a demand is not met that holds for this shop."""
        _, names = self._translate, {r.id: r.names.get(self._lang) for r in self._report.requirements}
        for column in self._columns:
            for state in column.states:
                harms = state.demand.consequence is not Consequence.ADVICE
                if state.compliance is Compliance.NOT_MET and state.applies and harms:
                    what = _(senderlabels.CONSEQUENCE[state.demand.consequence])
                    doubt = "" if state.demand.is_verified else _(" (not confirmed by a source)")
                    line = _("{provider}: mail is {consequence} unless this holds: {requirement}").format(
                        provider=column.provider.names.get(self._lang),
                        requirement=names[state.demand.requirement],
                        consequence=what,
                    )
                    yield f"  {line}{doubt}"


def _folded(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most so many columns, broken between words where that can be."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        lines += chop_cells(word, width)
    return [line for line in lines if line]
