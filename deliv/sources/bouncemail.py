"""The shop's bounce mails as outcomes: what became of its mail to whom, and on which day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deliv.core.bounces import Bounce
from deliv.core.cell import read_cell
from deliv.core.outcomes import Outcome, OutcomeKind
from deliv.core.rulebook import RuleBook
from deliv.sources.bouncereading import read_bounce
from deliv.sources.mailfiles import MailFiles


@dataclass(slots=True)
class BounceCounts:
    """What was found among the mails; every mail and every report is in exactly one of its kinds."""

    bounces: int = 0
    """Mails that are bounces."""
    others: int = 0
    """Mails that are none: replies, automatic answers, complaints."""
    unreadable: int = 0
    """Files that could not be read."""
    outcomes: int = 0
    """Recipients of whom the bounces tell an outcome."""
    delayed: int = 0
    """Recipients for whom the mail is only late."""
    unusable: int = 0
    """Recipients whose address is none that anybody could have mailed."""

    @property
    def mails(self) -> int:
        """All mails that were read."""
        return self.bounces + self.others


class BounceMail:
    """The bounces in a Maildir, an mbox, an .eml file or a folder of these, to be gone through once.

    today: the day of a bounce that has no date, or one that is still to come.
    """

    def __init__(self, path: str | Path, rules: RuleBook, *, today: date) -> None:
        """Raise InputError when there is no such file or folder."""
        self._mails = MailFiles(path)
        self._rules = rules
        self._today = today
        self.counts = BounceCounts()
        """Settled when all has been gone through."""

    def __iter__(self) -> Iterator[Outcome]:
        for _, bounce in self.bounces():
            yield from self._outcomes(bounce)

    def bounces(self) -> Iterator[tuple[str, Bounce]]:
        """Yield where each bounce stands and what it says; other mails are only counted."""
        counts = self.counts
        for name, content in self._mails:
            bounce = read_bounce(content, rules=self._rules)
            counts.bounces += bool(bounce.reports)
            counts.others += not bounce.reports
            if bounce.reports:
                yield name, bounce
        counts.unreadable = self._mails.unreadable

    def _outcomes(self, bounce: Bounce) -> Iterator[Outcome]:
        day = min(bounce.day or self._today, self._today)
        for report in bounce.reports:
            if not report.is_outcome:
                self.counts.delayed += 1
                continue
            address = read_cell(report.recipient, self._rules.providers.lenient_domains).address
            if address is None:
                self.counts.unusable += 1
                continue
            self.counts.outcomes += 1
            yield Outcome(
                kind=OutcomeKind.BOUNCE,
                domain=address.domain,
                day=day,
                who=address.normalized,
                reason=report.reason,
                permanent=report.permanent,
            )
