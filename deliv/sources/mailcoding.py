"""Which characters the bytes of a mail mean, with the charsets as mailers in Japan use them."""

import base64
import codecs
import re
import string
from typing import Final

_NO_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + string.digits.encode() + b"+/"))
_ESCAPE = re.compile(rb"(\x1b\$[@B]|\x1b\([BJI]|\n)")
_PAIRS = re.compile(rb"(?:[!-~]{2})*")
_TO_ASCII = b"\x1b(B"
_TO_KANA = b"\x1b(I"
_ASCII: Final = frozenset({"us-ascii", "ascii", "ansi_x3.4-1968"})
# What Windows in Japan means by a name, with ① and 髙; the plain codecs lack them.
_JAPANESE: Final = {
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("iso-2022-jp-1", "cp50220", "cp50221", "csiso2022jp"), "iso-2022-jp"),
}
# Names that Python knows and that are no charsets of mail.
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def unpack_base64(packed: bytes) -> tuple[bytes, bool]:
    """Return the bytes that base64 stands for, as many as can be told, and whether it was whole."""
    stripped = packed.rstrip(b"=")
    clean = stripped.translate(None, _NO_BASE64)
    is_whole = clean == stripped and len(packed) % 4 == 0 and len(packed) - len(stripped) <= 2
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return base64.b64decode(clean + b"=" * (-len(clean) % 4)), is_whole


def decode_text(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the text that the bytes mean, and whether the charset is the right one.

    Without a charset only ASCII is right (RFC 2045 section 5.2); what else it may be is guessed.
    """
    name = (charset or "us-ascii").strip().lower()
    if name in _ASCII:
        return decode_raw(data)
    name = _JAPANESE.get(name, name)
    try:
        if name == "iso-2022-jp":
            return _decode_iso_2022_jp(data), True
        if codecs.lookup(name).name.replace("_", "-") not in _NO_CHARSETS:
            return data.decode(name), True
    except (LookupError, ValueError):  # no such charset (or a NUL in its name), or no such characters
        pass
    return decode_raw(data)[0], False


def decode_raw(data: bytes) -> tuple[str, bool]:
    """Return the text that bytes of an unnamed charset probably mean, and whether it is ASCII."""
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii"), True
    for decode in (_decode_iso_2022_jp, _decode_utf8, _decode_cp932):
        try:
            return decode(data), False
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), False


def _decode_utf8(data: bytes) -> str:
    return data.decode("utf-8")


def _decode_cp932(data: bytes) -> str:
    return data.decode("cp932")


def _decode_iso_2022_jp(data: bytes) -> str:
    """Return the text, also where it holds the ① and half-width kana that Windows puts there."""
    try:
        return data.decode("iso2022_jp")
    except UnicodeDecodeError as error:
        if b"\x1b" not in data:
            raise
        refusal = error
    pieces: list[bytes] = []
    mode = _TO_ASCII
    for piece in _ESCAPE.split(data):
        if piece == b"\n":  # a line begins in ASCII (RFC 1468)
            mode = _TO_ASCII
            pieces.append(piece)
        elif _ESCAPE.fullmatch(piece):
            mode = piece
        elif not piece.isascii() or b"\x1b" in piece:
            raise refusal
        elif mode.startswith(b"\x1b$"):
            if not _PAIRS.fullmatch(piece):
                raise refusal
            pieces.append(_shift_jis(piece))
        else:
            pieces.append(bytes(byte | 0x80 for byte in piece) if mode == _TO_KANA else piece)
    return b"".join(pieces).decode("cp932")


def _shift_jis(pairs: bytes) -> bytes:
    """Return JIS X 0208 in the order of Shift_JIS: two rows of 94 become one of 188."""
    found = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=True):
        lead = (row - 0x21) // 2 + 0x81
        found.append(lead + 0x40 if lead > 0x9F else lead)
        found.append(cell + 0x1F + (cell >= 0x60) if row % 2 else cell + 0x7E)
    return bytes(found)
