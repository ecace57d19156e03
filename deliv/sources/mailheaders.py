"""What header fields mean: words in RFC 2047, and addresses with their names (RFC 5322 section 3.4)."""

import itertools
import quopri
import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from deliv.sources.mailcoding import decode_text, unpack_base64

_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([BbQq])\?([^?]*)\?=")
_BROKEN_Q = re.compile(r"=(?![0-9A-Fa-f]{2})")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*", re.ASCII)


def decode_words(text: str) -> tuple[str, bool]:
    """Return header text with its encoded-words decoded, and whether all of them could be.

    Neighbours in one charset are joined before they are decoded: many mailers in Japan cut a
    character in two, which RFC 2047, section 5, forbids and readers forgive.
    """
    runs: list[tuple[str, bytes]] = []  # charset and bytes; "" for what is not encoded
    is_clean, end = True, 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or end == 0:  # spaces between two words only part them (section 6.2)
            runs.append(("", between.encode("utf-8", "surrogateescape")))
        data, is_whole = _decode_word(match[2], match[3])
        runs.append((match[1].lower(), data))
        is_clean &= is_whole and "=?" not in between
        end = match.end()
    pieces: list[str] = []
    for charset, group in itertools.groupby(runs, key=lambda run: run[0]):
        decoded, fits = decode_text(b"".join(data for _, data in group), charset or "utf-8")
        pieces.append(decoded)
        is_clean &= fits or not charset
    return "".join([*pieces, text[end:]]), is_clean and "=?" not in text[end:]


def _decode_word(encoding: str, text: str) -> tuple[bytes, bool]:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "Bb":
        return unpack_base64(b"".join(data.split()))
    return quopri.decodestring(data, header=True), _BROKEN_Q.search(text) is None


class Mailbox(NamedTuple):
    """One address of a header field."""

    name: str
    """Name of its owner, decoded; empty without one."""
    address: str
    """The address, its domain in lower case."""

    @property
    def domain(self) -> str:
        """The domain: A-labels, lower case; empty when it is none."""
        domain = self.address.rpartition("@")[2]
        try:
            domain = domain if domain.isascii() else domain.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
        return domain if _DOMAIN.fullmatch(domain) else ""


class Place(Enum):
    """Where a character of a structured field stands."""

    OUTSIDE = "outside"
    QUOTED = "quoted"
    COMMENT = "comment"


def scan(value: str) -> Iterator[tuple[str, Place]]:
    """Yield the characters of a structured field and where they stand (RFC 5322 section 3.2).

    Quotes, the brackets of comments and backslashes are left out; what is not closed goes on to the end.
    """
    quoted, escaped, depth = False, False, 0
    for character in value:
        place = Place.COMMENT if depth else Place.QUOTED if quoted else Place.OUTSIDE
        if escaped:
            escaped = False
            yield character, place
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character in "()" and not quoted:
            depth = max(0, depth + (1 if character == "(" else -1))
        else:
            yield character, place


class _Draft:
    """One address while it is read: the characters outside and inside of angle brackets and comments."""

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.angle: list[str] | None = None
        self.comment: list[str] = []
        self.current = self.phrase

    def take_special(self, character: str) -> None:
        """Note a character that parts names and addresses."""
        if character == "<":
            self.angle = self.current = []
        elif character == ">":
            self.current = self.phrase
        elif self.current is self.phrase:
            self.phrase.clear()  # a colon: what stood before it is the name of a group
        else:
            self.current.append(character)

    def finish(self) -> Mailbox | None:
        """Return the address; None when there is none."""
        phrase, comment = "".join(self.phrase), "".join(self.comment)
        # An address in brackets may begin with a route, which ends in a colon (section 4.4).
        bare = phrase if self.angle is None else "".join(self.angle).rpartition(":")[2]
        local, at, domain = "".join(bare.split()).rpartition("@")
        if not at:
            return None
        name = decode_words(comment if self.angle is None else phrase)[0]
        return Mailbox(" ".join(name.split()), f"{local}@{domain.lower().rstrip('.')}")


def mailboxes(value: str) -> list[Mailbox]:
    """Return the addresses of a field such as From or To; what is no address is left out."""
    drafts = [_Draft()]
    for character, place in scan(value):
        draft = drafts[-1]
        if place is Place.COMMENT:
            draft.comment.append(character)
        elif place is Place.QUOTED or character not in "<>,;:":
            draft.current.append(character)
        elif character in ",;" and draft.current is draft.phrase:
            drafts.append(_Draft())
        else:
            draft.take_special(character)
    return [mailbox for draft in drafts if (mailbox := draft.finish()) is not None]
