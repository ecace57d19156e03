"""The published table of exit codes (README, “Exit codes”)."""

from enum import IntEnum
from typing import TYPE_CHECKING

from deliv.cli.choices import FailOn, SenderFailOn

if TYPE_CHECKING:
    from deliv.core.report import Summary
    from deliv.core.senderreport import SenderReport


class ExitCode(IntEnum):
    """What the shell is told."""

    OK = 0
    """Finished, and the gate was passed."""
    GATE = 1
    """Finished, and the gate was not passed."""
    NOTHING_JUDGED = 2
    """Usage, an unreadable file, bad rules, or a bug."""
    TOO_MUCH_UNKNOWN = 3
    """Finished, but too much is unknown to say."""
    INTERRUPTED = 130
    """Ctrl-C."""
    CLOSED_PIPE = 141
    """Whoever read the output went away."""
    TERMINATED = 143
    """SIGTERM."""


def exit_code(summary: "Summary", *, fail_on: FailOn, max_unknown: float) -> ExitCode:
    """Return the code for a finished run; too much unknown wins over the gate.

    max_unknown: percentage of the rows that may be unknown.
    """
    from deliv.core.placement import Risk

    failing = {
        FailOn.MEDIUM: (Risk.MEDIUM, Risk.HIGH, Risk.CERTAIN),
        FailOn.HIGH: (Risk.HIGH, Risk.CERTAIN),
        FailOn.CERTAIN: (Risk.CERTAIN,),
        FailOn.NEVER: (),
    }
    if not summary.resolver.trusted or summary.unknown * 100 > max_unknown * summary.rows:
        return ExitCode.TOO_MUCH_UNKNOWN
    failed = any(summary.by_risk.get(risk) for risk in failing[fail_on])
    return ExitCode.GATE if failed else ExitCode.OK


def sender_exit_code(report: "SenderReport", *, fail_on: SenderFailOn, max_unknown: float) -> ExitCode:
    """Return the code for an audit of the sender; rules that are undecided never fail the gate.

    max_unknown: percentage of the rules that may be undecided.
    """
    from deliv.core.rules import Severity

    if not report.resolver.trusted or report.unknown_share * 100 > max_unknown:
        return ExitCode.TOO_MUCH_UNKNOWN
    if fail_on is SenderFailOn.NEVER:
        return ExitCode.OK
    least = Severity(fail_on.value).rank
    failed = any(finding.rule.severity.rank >= least for finding in report.findings)
    return ExitCode.GATE if failed else ExitCode.OK
