"""Bounces that are written for people only: for whom they are, and what they say of whom.

Hardly two mail servers write them alike, so no server's format is known here. What they have in common:
the address stands at the beginning of a line, or behind a word such as "to" or "RCPT TO"; what follows is
about it, up to the next address; and a copy of the mail comes last.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from deliv.sources.bouncewords import ADDRESS

_MOST_LINES: Final = 2000
_LONGEST_LINE: Final = 1000
_MOST_RECIPIENTS: Final = 200

_COPY = re.compile(
    r"[\s>*#=-]{0,80}(?:this is (?:a|the) copy of|below (?:this line )?is a copy of|included is a copy of"
    r"|(?:the )?(?:header of the )?original message(?: headers?)?(?: (?:is )?follow(?:s|ing)?)?\W*$"
    r"|unsent message follows|returned message|message headers? follow|(?:a copy of )?your message follows)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?:Received|Return-Path|DKIM-Signature|X-[A-Za-z-]{2,40}): ?", re.IGNORECASE)
_BULLET = re.compile(
    r"[\s>*・#\"'<(:-]{0,40}(?:<<<\s)?\s{0,4}(?:[245]\d\d(?:[ -]+#?[245]\.\d+\.\d+)?[ -]+)?[<\"'(]*"
)
_LEAD = re.compile(
    r"(?:\b(?:to|recipients?|address(?:es|ees?)?|unknown user|user|errors?|宛先|アドレス)\s{0,4}[:：]?"
    r"|[:：])[\s<\"'(]{0,10}$",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"(?:from|sender|contact|return-path|message-id|reply-to|subject|postmaster|originator|received|cc)\b\W{0,10}$"
    r"|(?:mail from|message-id|received|return-path|from|reply-to|sender|subject|x-[a-z-]{2,40})\s?:",
    re.IGNORECASE,
)
_PLAIN_TO = re.compile(r"\s*(?:to|cc)\s?:\s*[<\"']*", re.IGNORECASE)


@dataclass(slots=True)
class Passage:
    """What a bounce says of one recipient."""

    recipient: str
    """The address."""
    text: str
    """What stands about it: everything, where there is no other recipient."""
    near: str
    """What stands behind it, up to the next recipient."""


@dataclass(slots=True)
class Notice:
    """A bounce for people, parted from the copy of the mail."""

    text: str
    """What the server says."""
    copy: str
    """The beginning of the returned mail, as far as it is there."""
    _lines: list[str] = field(default_factory=list)

    def passages(self, own: Collection[str]) -> list[Passage]:
        """Return what is said of whom; `own` are addresses of the shop, in lower case."""
        strong: dict[str, int] = {}
        weak: dict[str, int] = {}
        for number, line in enumerate(self._lines):
            for match in ADDRESS.finditer(line):
                address = match[0]
                if address.lower() in own or len(strong) >= _MOST_RECIPIENTS:
                    continue
                rank = _rank(line[: match.start()])
                if rank is not None:
                    (strong if rank else weak).setdefault(address, number)
        places = strong or weak
        starts = sorted(places.values())
        passages = []
        for address, place in places.items():
            end = next((start for start in starts if start > place), len(self._lines))
            near = "\n".join(self._lines[place:end])
            passages.append(Passage(address, self.text if len(places) == 1 else near, near))
        return passages


def read_notice(text: str) -> Notice:
    """Return a text, parted where the copy of the mail begins."""
    lines = [line[:_LONGEST_LINE] for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]
    cut = next(
        (
            number
            for number, line in enumerate(lines)
            if number
            and (_COPY.match(line) or (_HEADER.match(line) and not lines[number - 1].startswith(" ")))
        ),
        len(lines),
    )
    return Notice("\n".join(lines[:cut]), "\n".join(lines[cut:]), lines[:cut])


def _rank(before: str) -> bool | None:
    """Whether what stands before an address makes it a recipient; None when it speaks against it."""
    if _PLAIN_TO.fullmatch(before):
        return False  # perhaps the header of the mail, with the one address that it was for
    if _NEVER.search(before):
        return None
    return True if _BULLET.fullmatch(before) or _LEAD.search(before) else None
