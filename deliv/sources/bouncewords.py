"""What the words of a bounce tell: reply codes, statuses, the phase, the hosts, the addresses.

Every pattern here has a bounded length, and none can be tried twice on the same characters.
"""

import re
from collections.abc import Iterator
from typing import Final

from deliv.core.bounces import Phase

ADDRESS = re.compile(
    r"(?:\"[^\"\s<>]{1,64}\"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})"
    r"@[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
)
"""An address as mail servers quote it; stray dots before the @ are some customers' own."""
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
"""An enhanced status (RFC 3463)."""

_REPLIES: Final = (
    # What the other server said is worth more than what the own one makes of it.
    re.compile(r"<<<[ \t]{1,5}([45]\d\d)(?=[ -])"),
    re.compile(r"(?:said|responded|returned|replied|response was|failed with):?\s{0,20}([45]\d\d)(?=[ -])"),
    re.compile(r"(?<![\d.])([45]\d\d)[ -]{1,3}[#']?[45]\.\d{1,3}\.\d{1,3}"),
    re.compile(r"(?:^|[\n:(='\"*])[ \t]{0,8}([45]\d\d)(?=[ -:])", re.MULTILINE),
    re.compile(r"(?<![\d.@\w-])([45]\d\d)(?= [A-Za-z<\"'])"),
)
_COMMANDS: Final = {
    "EHLO": Phase.HELO,
    "HELO": Phase.HELO,
    "MAIL": Phase.MAIL,
    "RCPT": Phase.RCPT,
    "DATA": Phase.DATA,
}
_TOLD_PHASES: Final = (
    re.compile(
        r"(?:in reply to|in response to|after|during|while performing the|final|at the)\s{1,4}(?:the\s{1,4})?"
        r"(?:end of\s{1,4})?(EHLO|HELO|MAIL(?= FROM)|RCPT(?= TO)|DATA\b|initial connection|initial server)"
    ),
    re.compile(r"after (?:sending )?(?:end of )?(data|initial connection)\b"),
    re.compile(r"\b(RCPT|MAIL|DATA)(?: TO| FROM)? (?:response|command)"),
    re.compile(r"[\[(:](MAIL|RCPT|DATA|EHLO|HELO)(?:_FROM|_TO)?[\]) ]"),
    re.compile(r"SMTP command\s{1,5}(EHLO|HELO|MAIL|RCPT|DATA)\b"),
)
"""How a text names the command: Postfix, Exim, qmail, Yahoo and others, m-FILTER."""
_COMMAND = re.compile(r"(?:>>>|<<<)[ \t]{1,5}(EHLO|HELO|MAIL|RCPT|DATA)\b", re.IGNORECASE)
_NEEDS_RECIPIENT = re.compile(
    r"<<<[ \t]{1,5}503[ -][^\n]{0,40}(?:need|no|must)[^\n]{0,20}(?:rcpt|recipient)", re.IGNORECASE
)
_HOST: Final = r"([A-Za-z0-9][A-Za-z0-9._-]{3,252})"
_HOSTS: Final = (
    re.compile(r"talking to " + _HOST, re.IGNORECASE),
    re.compile(r"\bhost:? " + _HOST + r"(?=[\[ \n(:])", re.IGNORECASE),
    re.compile(r"\bby " + _HOST + r"\.? \["),
    re.compile(r"\bserver " + _HOST + r"\[", re.IGNORECASE),
)
_GIVEN_UP = re.compile(
    r"permanent(?:ly)?[ -](?:error|fatal|fail)|failed permanently|given up|giving up|not going to try again"
    r"|(?:could not|cannot) be delivered|undeliver|returned to sender|has failed|not delivered|did not reach"
    r"|cannot send message for|unable to deliver|送信できませんでした|配信できませんでした",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"warning message only|do not need to resend|don't need to resend|delivery attempts will continue"
    r"|will (?:continue|keep) (?:trying|to try)|will be retried|still being retried|not yet been delivered"
    r"|has been delayed|is delayed|will try again|will retry|\(delay\)",
    re.IGNORECASE,
)


def find_reply(text: str) -> tuple[str, int]:
    """Return the reply code that refused the mail, and where it stands; an empty code when there is none."""
    for pattern in _REPLIES:
        if match := pattern.search(text):
            return match[1], match.start(1)
    return "", 0


def find_status(text: str) -> str:
    """Return the enhanced status that a text tells; empty when there is none, or only that it failed."""
    found = STATUS.findall(text[:4000])
    # X.0.0 says nothing that the class of the code does not say.
    return next((status for status in found if not status.endswith(".0.0")), found[0] if found else "")


def find_phase(text: str, place: int) -> Phase | None:
    """Return at which command a mail was refused, by a text in which the refusal stands at a place."""
    for pattern in _TOLD_PHASES:
        if match := pattern.search(text):
            return _phase(match[1])
    last: re.Match[str] | None = None
    for match in _COMMAND.finditer(text, 0, place):
        last = match
    if last is None:
        return None
    phase = _phase(last[1])
    # A client that pipelines (RFC 2920) shows its last command, DATA; but a server that then asks for a
    # recipient had refused the only one before.
    return Phase.RCPT if phase is Phase.DATA and _NEEDS_RECIPIENT.search(text, place) else phase


def _phase(word: str) -> Phase:
    return _COMMANDS.get(word.upper()[:4], Phase.CONNECT)


def find_hosts(text: str) -> Iterator[str]:
    """Yield the hosts that a text says to have refused the mail."""
    for pattern in _HOSTS:
        for match in pattern.finditer(text):
            yield match[1].rstrip(".").lower()


def is_given_up(text: str) -> bool:
    """Whether a text says that nobody will try again."""
    return _STILL_TRYING.search(text) is None and _GIVEN_UP.search(text) is not None


def is_still_trying(text: str) -> bool:
    """Whether a text says that it is only late."""
    return _STILL_TRYING.search(text) is not None
