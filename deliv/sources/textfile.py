"""Text files as shops have them: which encoding, and is it text at all?"""

import codecs
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from deliv.core.errors import InputError

LONGEST_LINE: Final = 1_000_000  # characters; an order export has some thousands at most
_CHUNK: Final = 1 << 20
_WIDE: Final = ("utf-16", "utf-32")  # encodings in which a character is no string of single bytes
_ESCAPE: Final = "deliv.escape"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx and .xls begin
_OTHER_NAMES: Final = {"windows-31j": "cp932", "sjis-win": "cp932", "ms932": "cp932"}
_UNDEFINED: Final = "\x80\uf8f0\uf8f1\uf8f2\uf8f3"  # what Python makes of bytes that cp932 does not define
_ESCAPES: Final = dict(zip(map(ord, _UNDEFINED), "\udc80\udca0\udcfd\udcfe\udcff", strict=True))
_LOST = re.compile("[\udc00-\udcff]")
_OTHERS: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"\x7fELF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How the bytes of a file are to be read."""

    name: str
    """Name that Python knows."""
    has_bom: bool = False
    """Whether the file begins with a byte order mark."""
    broken_lines: int = 0
    """Lines with bytes that are no characters in it."""


def open_source(source: str | Path | BinaryIO) -> BinaryIO:
    """Return the bytes of `source` as a file that can be read twice.

    ``-`` is standard input. What cannot be rewound is copied to a temporary file that only the
    owner may read and that is gone when it is closed.

    Raises InputError when there is nothing that can be read.
    """
    if source == "-":
        import sys

        return _spool(sys.stdin.buffer)
    if not isinstance(source, str | Path):
        return source if source.seekable() else _spool(source)
    path = Path(source)
    try:
        if path.is_dir():
            raise InputError("{path} is a folder; name the file itself; nothing was checked", path=path)
        file = path.open("rb")
    except FileNotFoundError as error:
        raise InputError("there is no file {path}; nothing was checked", path=path) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            "{path} cannot be read ({reason}); nothing was checked", path=path, reason=reason
        ) from error
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    with file:
        return _spool(file)


def _spool(stream: IO[bytes]) -> BinaryIO:
    copy = tempfile.TemporaryFile(prefix="deliv-")  # noqa: SIM115 - the caller closes it
    try:
        shutil.copyfileobj(stream, copy, _CHUNK)
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return cast("BinaryIO", copy)  # typed by its wrapper


def settle_encoding(file: BinaryIO, name: str, wanted: str | None = None) -> Encoding:
    """Return the encoding of the whole file; the position is at its start again.

    A byte order mark decides; else UTF-8 when every byte fits; else whichever of UTF-8 and cp932
    fits more of the lines that are not ASCII. cp932 is what Windows and Excel in Japan write; it
    holds ①, ～ and 髙, which plain Shift_JIS does not.

    Raises InputError for what is no text, for an empty file, and for an unknown `wanted`.
    """
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise InputError("{path} is empty; nothing was checked", path=name)
    bom = _bom(head)
    if bom is None and not (wanted or "").lower().replace("_", "-").startswith(_WIDE):
        _refuse_binary(head, name)
    if wanted is not None:
        return _named(file, wanted, has_bom=bom is not None)
    if bom is not None:
        return Encoding(name=bom, has_bom=True, broken_lines=_broken_lines(file, bom))
    if _fits(file, "utf-8"):
        return Encoding(name="utf-8")
    utf8, cp932 = _count_fits(file)
    encoding = "utf-8" if utf8 > cp932 else "cp932"
    return Encoding(name=encoding, broken_lines=_broken_lines(file, encoding))


def encoding_name(wanted: str) -> str:
    """Return the name by which Python knows an encoding.

    Raises InputError for what is none, or none for text.
    """
    try:
        name = codecs.lookup(_OTHER_NAMES.get(wanted.lower(), wanted)).name
        "".encode(name)
    except LookupError:
        template = "there is no encoding “{encoding}”; try utf-8 or cp932; nothing was checked"
        raise InputError(template, encoding=wanted) from None
    return name


def _named(file: BinaryIO, wanted: str, *, has_bom: bool) -> Encoding:
    found = encoding_name(wanted)
    known = {"utf-8-sig": "utf-8", "shift_jis": "cp932"}.get(found, found)
    if known.startswith(_WIDE):  # the mark tells the byte order; without one it is that of Windows
        known = known[:6] if has_bom else {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(known, known)
    return Encoding(name=known, has_bom=has_bom, broken_lines=_broken_lines(file, known))


def _bom(head: bytes) -> str | None:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    return None


def _refuse_binary(head: bytes, name: str) -> None:
    if head.startswith(_WORKBOOKS):
        template = "{path} is an Excel workbook; open it in Excel and save it as CSV; nothing was checked"
        raise InputError(template, path=name)
    first = head.partition(b"\n")[0]
    controls = sum(byte < 32 and byte not in b"\t\r\n\x1b" for byte in head)
    if head.startswith(_OTHERS) or b"\0" in first or controls > len(head) // 10:
        raise InputError("{path} is no text file; save the list as CSV; nothing was checked", path=name)


def _fits(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if _holds_undefined(decoder.decode(chunk), encoding):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _count_fits(file: BinaryIO) -> tuple[int, int]:
    """Return how many of the lines that are not ASCII fit UTF-8, and how many only cp932."""
    utf8 = cp932 = 0
    for line in _unusual_lines(file):
        if _decodes(line, "utf-8"):
            utf8 += 1
        elif _decodes(line, "cp932"):
            cp932 += 1
    return utf8, cp932


def _broken_lines(file: BinaryIO, encoding: str) -> int:
    if _fits(file, encoding):
        return 0
    if encoding.startswith(_WIDE):  # their lines cannot be told apart by bytes
        return 1
    return sum(not _decodes(line, encoding) for line in _unusual_lines(file))


def _unusual_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines that are not ASCII, whether they end in LF, CRLF or CR."""
    while chunk := file.readline(LONGEST_LINE):
        if not chunk.isascii():
            yield from (line for line in chunk.split(b"\r") if not line.isascii())
    file.seek(0)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        return not _holds_undefined(line.decode(encoding), encoding)
    except UnicodeDecodeError:
        return False


def _holds_undefined(text: str, encoding: str) -> bool:
    return encoding == "cp932" and any(character in text for character in _UNDEFINED)


def undecodable(cell: str, encoding: Encoding) -> str | None:
    """Return the cell with a lone surrogate for each byte that is no character; None if there is none."""
    if encoding.name == "cp932":
        cell = cell.translate(_ESCAPES)
    return cell if _LOST.search(cell) else None


def open_text(file: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    """Return the file as text; bytes that are no characters become lone surrogates."""
    file.seek(0)
    name = "utf-8-sig" if encoding.has_bom and encoding.name == "utf-8" else encoding.name
    return io.TextIOWrapper(file, encoding=name, errors=_ESCAPE, newline="")


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for bytes that are no characters.

    As ``surrogateescape``, so that the bytes can be written back; but where that would give up
    (UTF-16, ISO-2022-JP) a surrogate that only says that something was there.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lost = error.object[error.start : error.end]
    if error.encoding.startswith(_WIDE) or min(lost, default=0) < 0x80:
        return "\udc00", error.end
    return lost.decode("ascii", "surrogateescape"), error.end


codecs.register_error(_ESCAPE, _escape)
