"""The published table of exit codes (README, “Exit codes”)."""

from enum import IntEnum

from deliv.cli.choices import FailOn
from deliv.core.assess import Result
from deliv.core.placement import Risk
from deliv.core.report import Summary


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


_FAILING = {
    FailOn.MEDIUM: (Risk.MEDIUM, Risk.HIGH, Risk.CERTAIN),
    FailOn.HIGH: (Risk.HIGH, Risk.CERTAIN),
    FailOn.CERTAIN: (Risk.CERTAIN,),
    FailOn.NEVER: (),
}


def exit_code(summary: Summary, *, fail_on: FailOn, max_unknown: float) -> ExitCode:
    """Return the code for a finished run; too much unknown wins over the gate.

    max_unknown: percentage of the rows that may be unknown.
    """
    unknown = summary.by_result.get(Result.UNKNOWN, 0)
    if not summary.resolver.trusted or unknown * 100 > max_unknown * summary.rows:
        return ExitCode.TOO_MUCH_UNKNOWN
    failing = sum(summary.by_risk.get(risk, 0) for risk in _FAILING[fail_on])
    return ExitCode.GATE if failing else ExitCode.OK
