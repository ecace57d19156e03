"""The report on the shop's side for people: what is seen, what is wrong, who minds, what to publish."""

from collections.abc import Iterator
from typing import Final

from deliv.core.fixes import Fix, RecordChange
from deliv.core.question import RecordType
from deliv.core.senderreport import RankedFix, SenderReport
from deliv.formats import senderlabels
from deliv.formats.safe import printable, shortened
from deliv.formats.sendermatrix import matrix_lines
from deliv.formats.senderreports import reported_lines
from deliv.formats.senderseen import seen_lines
from deliv.formats.summary import distrust_lines, finding_lines, history_lines, source_lines, stale_lines
from deliv.locale import Translate, translator

_NARROWEST: Final = 60
_EVIDENCE: Final = 3  # lines of evidence shown for a finding; JSON has them all
_UNDECIDED: Final = 10  # rules that could not be decided, shown in words
_NOTICEABLE: Final = 0.05  # customers; less is shown as none


def sender_page(report: SenderReport, lang: str, *, width: int = 100) -> str:
    """Return the report as text for a terminal of so many columns."""
    page = _Page(report, lang, max(width, _NARROWEST))
    return "".join(f"{line}\n" for line in page.lines())


class _Page:
    def __init__(self, report: SenderReport, lang: str, width: int) -> None:
        self._report = report
        self._lang = lang
        self._translate: Translate = translator(lang)
        self._width = width

    def lines(self) -> Iterator[str]:
        _, report = self._translate, self._report
        yield _("What receivers see of {domain}").format(domain=report.sender.from_domain)
        yield from distrust_lines(report.resolver.trust, _)
        yield from seen_lines(report, _, self._lang)
        if report.sender.reported is not None:
            yield from reported_lines(report.sender.reported, _)
        yield from self._customers()
        yield from self._findings()
        yield from self._undecided()
        yield from self._fixes()
        yield from matrix_lines(report, _, self._lang, width=self._width)
        yield from stale_lines(report.stale_rules, _)

    def _customers(self) -> Iterator[str]:
        _, customers = self._translate, self._report.customers
        if customers is None:
            return
        yield ""
        template = "Of {rows} customers on the list, about {seen} are expected to see your mail (estimate)."
        yield _(template).format(rows=customers.rows, seen=f"{customers.seen:.1f}")
        yield from history_lines(customers.history, _, assumes=customers.assumes_engagement)

    def _findings(self) -> Iterator[str]:
        _ = self._translate
        yield ""
        if self._report.findings:
            yield _("What is wrong")
        elif self._report.undecided:
            yield _("Nothing wrong was found in what could be looked at.")
        else:
            yield _("Nothing wrong was found.")
        for number, finding in enumerate(self._report.findings, 1):
            first, *more = finding_lines(finding, _, self._lang)
            yield f"{number}. {first}"
            yield from (f"  {line}" for line in more)
            yield from (f"    {shortened(printable(line))}" for line in finding.evidence[:_EVIDENCE])
            yield from (f"    {line}" for line in source_lines(finding.rule.sources[:2], _))

    def _undecided(self) -> Iterator[str]:
        """Yield what could not be found out, in words as long as that is readable."""
        _, report = self._translate, self._report
        if not report.undecided:
            return
        template = _("Not known, since the DNS did not tell: {count} of {total} points")
        yield template.format(count=len(report.undecided), total=len(report.undecided) + report.decided)
        if report.resolver.trusted:
            for rule in report.undecided[:_UNDECIDED]:
                yield "  " + _("not known: {message}").format(message=rule.message.get(self._lang))

    def _fixes(self) -> Iterator[str]:
        _, fixes = self._translate, self._report.fixes
        if not fixes:
            return
        yield ""
        yield _("What to mend, in this order")
        for number, ranked in enumerate(fixes, 1):
            yield f"{number}. {_(senderlabels.FIX[ranked.fix.kind])}{self._saving(ranked)}"
            yield from (f"   {line}" for line in self._steps(ranked))

    def _saving(self, ranked: RankedFix) -> str:
        _, customers = self._translate, self._report.customers
        if ranked.saved is None or customers is None:
            return ""
        if ranked.saved < _NOTICEABLE:
            return _(": no customer more by itself")
        template = ": about {saved} of {rows} customers more will see your mail (estimate)"
        return _(template).format(saved=f"{ranked.saved:.1f}", rows=customers.rows)

    def _steps(self, ranked: RankedFix) -> Iterator[str]:
        _, fix = self._translate, ranked.fix
        for change in fix.changes:
            yield from self._change(change, fix)
        if ranked.lookups is not None:
            yield _("The new record costs {count} of 10 look-ups.").format(count=ranked.lookups)
        if fix.left_out:
            terms = " ".join(fix.left_out)
            yield _("Left out, since wrong or leading nowhere: {terms}").format(terms=printable(terms))
        if fix.signs_as:
            yield from self._signing(fix)
        known = [finding.rule.id for finding in self._report.findings]
        numbers = sorted(known.index(rule.id) + 1 for rule in ranked.mends if rule.id in known)
        if numbers:
            listed = _(", ").join(_("no. {number}").format(number=number) for number in numbers)
            yield _("Mends: {numbers}").format(numbers=listed)

    def _signing(self, fix: Fix) -> Iterator[str]:
        _ = self._translate
        template = (
            "Let the service that sends your mail sign it with d={domain}; "
            "it tells you the records to publish."
        )
        yield _(template).format(domain=fix.signs_as)
        for service in self._report.services:
            if service.setup is not None:
                yield f"{service.names.get(self._lang)}: {service.setup.get(self._lang)}"

    def _change(self, change: RecordChange, fix: Fix) -> Iterator[str]:
        _ = self._translate
        for text in change.before:
            yield _("delete:  {record}").format(record=_record(change, text))
        note = ""
        if fix.owner:
            note = _(" (by whoever runs {domain})").format(domain=fix.owner)
        elif change.type is RecordType.PTR:
            note = _(" (by whoever gave you the IP address)")
        for text in change.after:
            yield _("publish: {record}").format(record=_record(change, text)) + note


def _record(change: RecordChange, text: str) -> str:
    value = f'"{text}"' if change.type is RecordType.TXT else text
    return printable(f"{change.name}. {change.type} {value}")
