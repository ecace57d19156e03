"""What receivers report of the shop's mail (DMARC aggregate reports): a section of the page."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from deliv.core.auth.aggregate import ReceiverTally, ReportedMail, Tally
from deliv.formats.safe import printable, shortened
from deliv.locale import Translate

_RECEIVERS: Final = 10  # receivers shown; JSON has them all
_SOURCES: Final = 5  # failing addresses shown for each
_TITLE: Final = 18  # columns of the left-hand titles


def reported_lines(reported: ReportedMail, translate: Translate) -> Iterator[str]:
    """Yield how much of the shop's mail passed, by receiver, and where failing mail came from."""
    _ = translate
    yield ""
    yield _("What receivers report of your mail (DMARC)")
    if not reported.receivers:
        yield "  " + _("No report is about this domain.")
    for each in reported.receivers[:_RECEIVERS]:
        yield from _receiver_lines(each, _)
    if len(reported.receivers) > 1:
        yield _row(_("All together"), _shares(reported.tally, _))
    if reported.receivers[_RECEIVERS:]:
        more = len(reported.receivers) - _RECEIVERS
        yield "  " + _("and {count} receivers more").format(count=more)
    if any(each.failing for each in reported.receivers):
        yield "  " + _("Failing mail may be yours, forwarded, or forged: whose address it is, tells.")
    if reported.other_domains:
        names = shortened(printable(" ".join(reported.other_domains)))
        yield "  " + _("Left out, since about other domains: {domains}").format(domains=names)
    if reported.repeated:
        yield "  " + _("Reports that were there more than once, counted once: {count}").format(
            count=reported.repeated
        )
    if reported.unreadable:
        yield "  " + _("Files without a report that can be read: {count}").format(
            count=len(reported.unreadable)
        )


def _receiver_lines(each: ReceiverTally, translate: Translate) -> Iterator[str]:
    _ = translate
    days = f"{each.begin}" if each.begin == each.end else f"{each.begin} – {each.end}"
    yield _row(each.receiver, _("{days}, reports: {count}").format(days=days, count=each.reports))
    yield _row("", _shares(each.tally, _))
    for source in each.failing[:_SOURCES]:
        line = _("{ip}: {count} failed").format(ip=source.ip or "?", count=source.mails)
        if source.names:
            names = ", ".join(source.names[:3])
            line += _(" (passed there for {domains})").format(domains=names)
        yield _row("", line)
    if each.failing[_SOURCES:]:
        yield _row("", _("and {count} addresses more").format(count=len(each.failing) - _SOURCES))


def _shares(tally: Tally, translate: Translate) -> str:
    template = "{passed} of {mails} mails passed DMARC ({share} %), DKIM {dkim}, SPF {spf}"
    return translate(template).format(
        passed=tally.passed,
        mails=tally.mails,
        share=tally.share(tally.passed),
        dkim=tally.dkim,
        spf=tally.spf,
    )


def _row(title: str, value: str) -> str:
    title = shortened(printable(title))
    space = " " * max(1, _TITLE - cell_len(title))
    return f"  {title}{space}{shortened(printable(value))}"
