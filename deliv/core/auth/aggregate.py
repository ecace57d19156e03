"""DMARC aggregate reports: what receivers saw of mail that carries the shop's name (RFC 7489, RFC 9990).

A report counts forgeries and forwarded mail, too: whoever put the shop's domain in the From line is in it. So
a failure alone does not say that the shop's own mail failed; the address that sent it helps to tell.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_MOST_SOURCES: Final = 50
"""Sending addresses named for each receiver, those with most failures first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRow:
    """Mails from one IP address that a receiver treated alike."""

    source_ip: str
    """Where they came from."""
    count: int
    """How many they were."""
    disposition: str
    """What was done with them: ``none``, ``quarantine`` or ``reject``; empty when it is not told."""
    dkim: bool
    """Whether a good signature stood for the domain, as DMARC asks."""
    spf: bool
    """Whether SPF passed for the domain, as DMARC asks."""
    header_from: str
    """Domain of the From line."""
    envelope_from: str = ""
    """Domain that bounces go back to; empty when it is not told."""
    signed_by: tuple[tuple[str, str, str], ...] = ()
    """Domain, selector and result of each signature, whether it stands for the domain or not."""
    spf_of: tuple[tuple[str, str], ...] = ()
    """Domain and result of SPF, whether it stands for the domain or not."""

    @property
    def passed(self) -> bool:
        """Whether DMARC passed: one of both is enough."""
        return self.dkim or self.spf


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateReport:
    """What one receiver reports of one domain."""

    receiver: str
    """Who reports."""
    report_id: str
    """Its name for the report."""
    begin: date
    """First day (UTC)."""
    end: date
    """Last day (UTC)."""
    domain: str
    """Domain of the DMARC record that the receiver went by."""
    policy: str = ""
    """What that record asked for: ``none``, ``quarantine`` or ``reject``."""
    rows: tuple[ReportedRow, ...] = ()
    """What it saw."""

    def is_about(self, domain: str) -> bool:
        """Whether it says something of mail from a domain, or names its record."""
        return self.domain == domain or any(_is_within(row.header_from, domain) for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedReports:
    """The reports that a shop has kept."""

    reports: tuple[AggregateReport, ...] = ()
    """Every report, in the order found; some may be there twice."""
    unreadable: tuple[str, ...] = ()
    """Files in which there is none, or not only such as can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingSource:
    """An IP address whose mail failed DMARC."""

    ip: str
    """The address."""
    mails: int
    """How many mails failed."""
    names: tuple[str, ...]
    """Other domains for which SPF or DKIM passed there: a service that sends, or a forwarder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much mail passed."""

    mails: int = 0
    """All mails."""
    passed: int = 0
    """Those that passed DMARC."""
    dkim: int = 0
    """Those with a signature that stands for the domain."""
    spf: int = 0
    """Those for which SPF stands for the domain."""
    refused: int = 0
    """Those that were filed as junk or refused for DMARC."""

    def share(self, count: int) -> int:
        """Return a count in per cent of all mails, rounded down so that only all of them are 100."""
        return count * 100 // self.mails if self.mails else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverTally:
    """What one receiver says of the shop's mail."""

    receiver: str
    """Who reports."""
    reports: int
    """Number of reports."""
    begin: date
    """First day."""
    end: date
    """Last day."""
    tally: Tally
    """How much passed there."""
    failing: tuple[FailingSource, ...] = ()
    """Addresses whose mail failed, those with most mails first; of very many only the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedMail:
    """What all reports together say of the shop's mail."""

    receivers: tuple[ReceiverTally, ...] = ()
    """Receivers, the one with most mails first."""
    other_domains: tuple[str, ...] = ()
    """Domains of reports that are about others, and were left out."""
    repeated: int = 0
    """Reports that were there more than once, and counted once."""
    unreadable: tuple[str, ...] = ()
    """Files that hold no report that can be read."""

    @property
    def tally(self) -> Tally:
        """How much passed everywhere."""
        return _sum(each.tally for each in self.receivers)


@dataclass(slots=True)
class _Gathered:
    """What one receiver says, while it is added up."""

    reports: int = 0
    days: list[date] = field(default_factory=list)
    rows: list[ReportedRow] = field(default_factory=list)


def tally_reports(collected: CollectedReports, domain: str) -> ReportedMail:
    """Return what the reports say of mail whose From line has a domain, or a name below it."""
    gathered: dict[str, _Gathered] = {}
    seen: set[tuple[str, str]] = set()
    others: dict[str, None] = {}
    repeated = 0
    for report in collected.reports:
        key = (report.receiver.casefold(), report.report_id)
        if key in seen:
            repeated += 1
            continue
        seen.add(key)
        if not report.is_about(domain):
            others.setdefault(report.domain)
            continue
        found = gathered.setdefault(report.receiver, _Gathered())
        found.reports += 1
        found.days += [report.begin, report.end]
        found.rows += [row for row in report.rows if _is_within(row.header_from or report.domain, domain)]
    receivers = [_receiver(name, found) for name, found in gathered.items()]
    return ReportedMail(
        receivers=tuple(sorted(receivers, key=lambda each: (-each.tally.mails, each.receiver))),
        other_domains=tuple(others),
        repeated=repeated,
        unreadable=collected.unreadable,
    )


def _receiver(name: str, found: _Gathered) -> ReceiverTally:
    failed: Counter[str] = Counter()
    names: dict[str, dict[str, None]] = {}
    for row in found.rows:
        if not row.passed:
            failed[row.source_ip] += row.count
            passing = [d for d, _, result in row.signed_by if result == "pass"]
            passing += [d for d, result in row.spf_of if result == "pass"]
            names.setdefault(row.source_ip, {}).update(dict.fromkeys(passing))
    return ReceiverTally(
        receiver=name,
        reports=found.reports,
        begin=min(found.days),
        end=max(found.days),
        tally=_sum(_tally(row) for row in found.rows),
        failing=tuple(
            FailingSource(ip=ip, mails=mails, names=tuple(names[ip]))
            for ip, mails in failed.most_common(_MOST_SOURCES)
        ),
    )


def _tally(row: ReportedRow) -> Tally:
    count = row.count
    return Tally(
        mails=count,
        passed=count * row.passed,
        dkim=count * row.dkim,
        spf=count * row.spf,
        refused=count * (row.disposition in ("quarantine", "reject")),
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    mails = passed = dkim = spf = refused = 0
    for each in tallies:
        mails += each.mails
        passed += each.passed
        dkim += each.dkim
        spf += each.spf
        refused += each.refused
    return Tally(mails=mails, passed=passed, dkim=dkim, spf=spf, refused=refused)


def _is_within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
