"""Delivery status notifications: what mail servers write for machines (RFC 3464)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from deliv.sources.bouncewords import ADDRESS, STATUS

_MOST_GROUPS: Final = 500
_LONGEST_LINE: Final = 4000
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{2,40}):[ \t]*(.*)")
_KEYS: Final = frozenset(
    {
        *("final-recipient", "original-recipient", "x-actual-recipient"),
        *("action", "status", "remote-mta", "diagnostic-code", "reporting-mta"),
    }
)
_OPENING: Final = frozenset({"final-recipient", "original-recipient"})


@dataclass(slots=True)
class RecipientStatus:
    """What one group of a notification says of one recipient."""

    recipient: str = ""
    """The address that was mailed; empty when the group names none."""
    final: str = ""
    """The address that it came to in the end, perhaps by forwarding."""
    action: str = ""
    """``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``; empty when none is told."""
    status: str = ""
    """Enhanced status; empty when none is told."""
    remote: str = ""
    """The host that refused it."""
    diagnostic: str = ""
    """What it said."""


@dataclass(slots=True)
class _Group:
    values: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, value: str) -> None:
        self.values.setdefault(name, value)


def read_statuses(text: str) -> list[RecipientStatus]:
    """Return what a notification, or a text that quotes one, says of each recipient."""
    found = []
    for group in _groups(text):
        values = group.values
        final = _address(values.get("final-recipient", ""))
        original = _address(values.get("original-recipient", ""))
        if not final and not original:
            continue
        status = STATUS.search(values.get("status", ""))
        remote = values.get("remote-mta", "").rpartition(";")[2].strip().split(" ")[0]
        found.append(
            RecipientStatus(
                recipient=original or final,
                final=final or original,
                action=values.get("action", "").partition(" ")[0].strip(";").lower(),
                status=status[0] if status else "",
                remote=remote.strip("[].").lower(),
                diagnostic=_diagnostic(values.get("diagnostic-code", "")),
            )
        )
    return found


def _groups(text: str) -> Iterator[_Group]:
    """Yield the groups that name a recipient; each ends at an empty line, or where a field comes again."""
    group, seen = _Group(), 0
    for name, value in _fields(text):
        opens_again = name in _OPENING and name in group.values
        if (name == "" or opens_again) and not _OPENING.isdisjoint(group.values):
            yield group
            seen += 1
            if seen >= _MOST_GROUPS:
                return
            group = _Group()
        if name in _KEYS:
            group.take(name, value)
        elif name == "":
            group = _Group()
    if not _OPENING.isdisjoint(group.values):
        yield group


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and unfolded values of the fields; an empty name for an empty line."""
    name, values = "", list[str]()
    for line in text.split("\n"):
        shortened = line[:_LONGEST_LINE].rstrip()
        if values and shortened[:1] in (" ", "\t") and len(values) < 100:
            values.append(shortened.strip())
            continue
        if values:
            yield name, " ".join(values)
            values = []
        if not shortened:
            yield "", ""
        elif match := _FIELD.match(shortened.lstrip()):
            name, values = match[1].lower(), [match[2]]
    if values:
        yield name, " ".join(values)


def _address(value: str) -> str:
    """Return the address in ``rfc822; taro@docomo.ne.jp``; empty when there is none."""
    match = ADDRESS.search(value.rpartition(";")[2] or value)
    return match[0] if match else ""


def _diagnostic(value: str) -> str:
    """Return what was said, without the name of the protocol before it."""
    protocol, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and len(protocol) <= 20 else value.strip()


def find_status(statuses: Sequence[RecipientStatus], address: str) -> RecipientStatus | None:
    """Return what is said of an address."""
    folded = address.lower()
    return next((s for s in statuses if folded in (s.recipient.lower(), s.final.lower())), None)
