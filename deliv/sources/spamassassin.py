"""What a SpamAssassin on this computer says of a mail."""

import re
import shutil
import subprocess
from typing import Final

from deliv.core.errors import DelivError
from deliv.core.facts.message import SpamReport, SpamRule

PROGRAM: Final = "spamassassin"
_SECONDS: Final = 60
# Local tests only: they are quick, and nothing of the mail leaves the computer. It creates no files.
_ARGUMENTS: Final = ("--local", "--nocreate-prefs", "--test-mode")
_LONGEST_REASON = 200
_HEADER_END = re.compile(r"\n\s*\n")
_STATUS = re.compile(r"^X-Spam-Status:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_SCORE = re.compile(r"\bscore=(-?[0-9.]+)")
_REQUIRED = re.compile(r"\brequired=(-?[0-9.]+)")
_TESTS = re.compile(r"\btests=(.*?)(?=\s[a-z_]+=|\Z)", re.DOTALL)
_ROW = re.compile(r"^ *(-?[0-9]+(?:\.[0-9]+)?) ([A-Z][A-Z0-9_]+) (.*(?:\n {20,}\S.*)*)", re.MULTILINE)


def run_spamassassin(content: bytes) -> SpamReport | None:
    """Return what SpamAssassin says; None when it is not installed.

    That it fails, or takes more than a minute, is a report of its own, and no exception.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the program is the user's own, and the mail is only its input
            [program, *_ARGUMENTS], input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        template = "SpamAssassin took longer than {seconds} seconds, so there is no score"
        return SpamReport(failure=DelivError(template, seconds=_SECONDS))
    except OSError as error:
        return _failed(error.strerror or str(error))
    if done.returncode != 0:
        complaint = done.stderr.decode("utf-8", "replace").strip()
        return _failed(complaint.rpartition("\n")[2] or f"exit {done.returncode}")
    return read_report(done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))


def _failed(reason: str) -> SpamReport:
    template = "SpamAssassin failed ({reason}), so there is no score"
    return SpamReport(failure=DelivError(template, reason=reason[:_LONGEST_REASON]))


def read_report(output: str) -> SpamReport:
    """Return the report in a mail as SpamAssassin hands it on in its test mode.

    It takes away what was called X-Spam- before, so that the header is its own. The table in the text
    gives points and meanings of the rules that the header names.
    """
    end = _HEADER_END.search(output)
    status = _STATUS.search(output[: end.start()] if end else output)
    score = _SCORE.search(status[1]) if status else None
    required = _REQUIRED.search(status[1]) if status else None
    if status is None or score is None or required is None:
        return _failed("no X-Spam-Status")
    tests = _TESTS.search(status[1])
    names = "".join(tests[1].split()).split(",") if tests else []
    rows = {
        name: (float(points), " ".join(meaning.split())) for points, name, meaning in _ROW.findall(output)
    }
    rules = [SpamRule(name, *rows.get(name, (None, ""))) for name in names if name not in ("", "none")]
    try:
        return SpamReport(
            score=float(score[1]),
            threshold=float(required[1]),
            rules=tuple(sorted(rules, key=lambda rule: -(rule.score or 0))),
        )
    except ValueError:
        return _failed("no X-Spam-Status")
