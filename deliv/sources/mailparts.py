"""A mail as bytes, taken apart into header fields and texts (RFC 5322, RFC 2045, RFC 2046).

Python's email package mends what it reads and takes quadratic time on hostile headers. Here a broken
part must be seen as broken, and every loop has an end.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from deliv.sources.mailcoding import decode_raw, decode_text, unpack_base64

LONGEST_HEADER: Final = 262_144
"""Bytes of header fields that are read; the largest real ones have some tens of thousands."""

_LONGEST_VALUE = 20_000  # bytes of one field; an address list may be long
_LONGEST_TYPE = 2000
_LONGEST_TEXT = 2_000_000  # bytes of one text part
_MOST_PARTS = 200
_DEEPEST = 10
_FIELD = re.compile(rb"([!-9;-~]+):")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_PARAMETER = re.compile(r';\s*([a-z0-9]+)\*?\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE | re.ASCII)
_BROKEN_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r?\n|\Z))")


class Field(NamedTuple):
    """One header field."""

    name: str
    """Its name, lower case."""
    value: bytes
    """What stands behind the colon, unfolded."""

    @property
    def text(self) -> str:
        """The value as text; encoded-words are not decoded."""
        return decode_raw(self.value[:_LONGEST_VALUE])[0].strip()

    @property
    def is_raw(self) -> bool:
        """Whether it holds characters beyond ASCII that are not encoded."""
        return not decode_raw(self.value)[1]


class Leaf(NamedTuple):
    """One part of the mail that holds no other parts; a mail within the mail is one, too."""

    kind: str
    """Its type, lower case: ``text/plain``."""
    parameters: dict[str, str]
    """What else the type says, such as the charset."""
    disposition: str
    """How it is to be shown, in lower case; a file name may stand there."""
    encoding: str
    """How its bytes are packed, such as ``base64``; lower case."""
    body: bytes
    """The bytes as they stand in the mail."""

    def unpack(self) -> bytes:
        """Return the bytes that are meant."""
        return _decode_transfer(self.body, self.encoding)[0]


class TextPart(NamedTuple):
    """One part of the mail that people read."""

    is_html: bool
    """Whether it is HTML, not plain text."""
    text: str
    """The text, its end left out when it is very long."""
    charset: str | None
    """Charset that is named; None when none is."""
    is_readable: bool
    """Whether the bytes are characters in that charset; without one, whether they are ASCII."""


@dataclass(slots=True)
class Reading:
    """A mail, taken apart."""

    fields: tuple[Field, ...]
    """Header fields, the topmost first."""
    parts: list[TextPart] = field(default_factory=list)
    """Texts in their order, without attachments."""
    is_broken: bool = False
    """Whether something does not follow the grammar."""
    seen: int = 0
    """Parts read so far, of any kind."""

    def values(self, name: str) -> list[str]:
        """Return the values of all fields of a name."""
        return [found.text for found in self.fields if found.name == name]

    def value(self, name: str) -> str | None:
        """Return the value of the topmost field of a name; None when there is none."""
        return next((found.text for found in self.fields if found.name == name), None)


def take_apart(content: bytes) -> Reading:
    """Return what a mail consists of; nothing is too broken for that."""
    fields, is_clean, body = _split(content)
    reading = Reading(fields=fields, is_broken=not is_clean)
    names = {found.name for found in fields}
    if "content-type" in names and "mime-version" not in names:
        reading.is_broken = True  # RFC 2045 section 4: without it none of this is MIME
    for leaf in _walk(reading, fields, body, depth=0):
        if leaf.kind in ("text/plain", "text/html") and not leaf.disposition.startswith("attachment"):
            data, is_whole = _decode_transfer(leaf.body, leaf.encoding)
            reading.is_broken |= not is_whole
            charset = leaf.parameters.get("charset") or None
            text, is_readable = decode_text(_shorten(data), charset)
            reading.parts.append(TextPart(leaf.kind == "text/html", text, charset, is_readable))
    return reading


def leaves(content: bytes) -> tuple[tuple[Field, ...], tuple[Leaf, ...]]:
    """Return the header fields of a mail, and its parts of every kind."""
    fields, _, body = _split(content)
    return fields, tuple(_walk(Reading(fields=fields), fields, body, depth=0))


def split_mail(content: bytes) -> tuple[bytes, bytes, bool]:
    """Return header and body, and whether the header is all there; of a very long one only the beginning."""
    if content.startswith((b"\n", b"\r\n")):
        return b"", content, True
    end = _HEADER_END.search(content, 0, LONGEST_HEADER)
    if end is None:
        return content[:LONGEST_HEADER], b"", len(content) <= LONGEST_HEADER
    return content[: end.start()], content[end.end() :], True


def _split(content: bytes) -> tuple[tuple[Field, ...], bool, bytes]:
    """Return the header fields, whether all lines of the header belong to such, and the body."""
    header, body, is_clean = split_mail(content)
    found: list[tuple[str, list[bytes]]] = []
    for line in header.split(b"\n"):
        text = line.removesuffix(b"\r")
        if text.startswith((b" ", b"\t")) and found:
            found[-1][1].append(text)
        elif match := _FIELD.match(text):
            found.append((match[1].decode("ascii").lower(), [text[match.end() :]]))
        else:
            is_clean &= not text
    return tuple(Field(name, b"".join(values)) for name, values in found), is_clean, body


def _walk(reading: Reading, fields: tuple[Field, ...], body: bytes, depth: int) -> Iterator[Leaf]:
    """Yield a part, or the parts within it."""
    reading.seen += 1
    if depth > _DEEPEST or reading.seen > _MOST_PARTS:
        reading.is_broken = True
        return
    # The topmost of several fields counts.
    known = {name: value.decode("latin-1")[:_LONGEST_TYPE].strip() for name, value in reversed(fields)}
    content_type = known.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower() or "text/plain"
    parameters = {match[1].lower(): match[2] or match[3] or "" for match in _PARAMETER.finditer(content_type)}
    if kind.startswith("multipart/"):
        for part in _pieces(reading, body, parameters.get("boundary", "")):
            inner, is_clean, content = _split(part)
            reading.is_broken |= not is_clean
            yield from _walk(reading, inner, content, depth + 1)
        return
    encoding = known.get("content-transfer-encoding", "").partition("(")[0].strip().lower()
    yield Leaf(kind, parameters, known.get("content-disposition", "").lower(), encoding, body)


def _pieces(reading: Reading, body: bytes, boundary: str) -> Iterator[bytes]:
    """Yield the parts between the boundary lines (RFC 2046 section 5.1.1)."""
    if not boundary:
        reading.is_broken = True
        return
    mark = re.escape(boundary.encode("latin-1"))
    lines = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    start = None
    for line in lines.finditer(body):
        if start is not None:
            yield _after_newline(body[start : line.start()])
        if line[1] and start is not None:
            return
        start = line.end()
        if reading.seen > _MOST_PARTS:
            return
    reading.is_broken = True  # the line at the end is missing, or all of them
    if start is not None:
        yield _after_newline(body[start:])


def _after_newline(part: bytes) -> bytes:
    return part.removeprefix(b"\r").removeprefix(b"\n")


def _decode_transfer(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """Return the bytes that are meant, and whether they are packed as the encoding says."""
    if encoding == "base64":
        return unpack_base64(b"".join(body.split()))
    if encoding == "quoted-printable":
        return quopri.decodestring(body), _BROKEN_QP.search(body) is None
    # Bytes beyond ASCII need "8bit" to say so (RFC 2045 section 6.2).
    return body, encoding in ("8bit", "binary") or (encoding in ("", "7bit") and body.isascii())


def _shorten(data: bytes) -> bytes:
    """Return the beginning, cut between two lines, so that no character is cut in two."""
    if len(data) <= _LONGEST_TEXT:
        return data
    return data[: data.rfind(b"\n", 0, _LONGEST_TEXT) + 1 or _LONGEST_TEXT]
