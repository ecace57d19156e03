"""The shop's bounce mails as outcomes: what became of its mail to whom, and on which day."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from itertools import chain
from pathlib import Path
from typing import Final

from deliv.core.bounces import Bounce, BounceReport
from deliv.core.errors import AddressSyntaxError, InputError, RowError
from deliv.core.outcomerows import NotUnderstood, Reading, Recorded, SetAside, addressed
from deliv.core.outcomes import BounceReason, Outcome, OutcomeKind
from deliv.core.rulebook import RuleBook
from deliv.sources.bouncereading import read_bounce
from deliv.sources.mailfiles import MailFile, MailFiles

_DELIVERED_TO_MAILDIR: Final = re.compile(r"(\d{9,10})\.", re.ASCII)
"""How the name of a file in a Maildir begins: with the second in which it came."""
_MBOX: Final = re.compile(rb">?From [^\r\n]{0,500}\r?\n")


class BounceMail:
    """The bounces in a Maildir, an mbox, an .eml file or a folder of these, to be gone through once.

    Every mail, and every recipient of a bounce, becomes one reading: an outcome, or why it is none.
    as_of: the last day that anything can have happened on. zone: the shop's. Going through a folder that
    holds no mail raises InputError.
    """

    def __init__(self, path: str | Path, rules: RuleBook, *, as_of: date, zone: tzinfo) -> None:
        """Raise InputError when there is no such file or folder."""
        self._path = path
        self._mails = MailFiles(path)
        self._rules = rules
        self._as_of = as_of
        self._zone = zone

    def __iter__(self) -> Iterator[Reading]:
        number = 0
        for number, mail in enumerate(self._mails, start=1):
            yield from self._readings(mail, number)
        if not number and not self._mails.unreadable and not self._mails.is_maildir:
            template = (
                "there is no mail in the folder {path}; name a Maildir, an mbox, an .eml file, or a folder "
                "with such files"
            )
            raise InputError(template, path=self._path)
        for unreadable in range(number + 1, number + 1 + self._mails.unreadable):
            yield NotUnderstood(line=unreadable, template="the mail cannot be read")

    def _readings(self, mail: MailFile, number: int) -> Iterator[Reading]:
        bounce = read_bounce(mail.content, rules=self._rules)
        if not bounce.reports:
            template = "mails that are no bounces, such as answers and automatic replies"
            yield SetAside(line=number, template=template)
            return
        day = self._day(bounce, mail)
        identity = bounce.message_id or _digest(mail.content)
        for report in bounce.reports:
            yield self._reading(report, day, identity, number)

    def _reading(self, report: BounceReport, day: date | None, identity: str, number: int) -> Reading:
        if not report.is_outcome:
            template = "mails that are only late, or refused for a while, and tried again"
            return SetAside(line=number, template=template)
        if day is None:
            return NotUnderstood(line=number, template="the bounce has no date that has come")
        try:
            address = addressed(report.recipient, self._rules.providers.lenient_domains)
        except (RowError, AddressSyntaxError):
            return NotUnderstood(line=number, template="the bounce names no address that anybody can mail")
        return Recorded(
            outcome=Outcome(
                kind=OutcomeKind.BOUNCE,
                domain=address.domain,
                day=day,
                who=address.normalized,
                reason=report.reason,
                permanent=report.is_for_good,
            ),
            line=number,
            mail=identity,
            unknown_reason=report.reason is BounceReason.UNDEFINED,
        )

    def _day(self, bounce: Bounce, mail: MailFile) -> date | None:
        """Return the shop's day of a bounce; None when it has none that has come.

        By its own header, else by that of the mail that came back, else by its file: never the day on
        which it is learned, as it would be another outcome when it is learned again.
        """
        days = (when.astimezone(self._zone).date() for when in chain(bounce.moments, _moments_of_file(mail)))
        return next((day for day in days if day <= self._as_of), None)


def _moments_of_file(mail: MailFile) -> Iterable[datetime]:
    """Yield when a mail came, by the name of its file, and else when that was written."""
    if found := _DELIVERED_TO_MAILDIR.match(mail.path.name):
        yield datetime.fromtimestamp(int(found[1]), UTC)
    try:
        yield datetime.fromtimestamp(mail.path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return


def _digest(content: bytes) -> str:
    """Return what tells a mail without a Message-ID from others, in whatever box it lies."""
    plain = content.replace(b"\r\n", b"\n")
    if mark := _MBOX.match(plain):
        plain = plain[mark.end() :]
    return hashlib.sha256(plain.strip()).hexdigest()
