"""Mails in files: a Maildir, an mbox, an .eml file, or a folder of such files; one after the other.

No mail is held longer than it is looked at, and of a very long one only the beginning is read. One that
cannot be read is counted and passed over.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from deliv.core.errors import InputError

MOST_BYTES: Final = 8 << 20
"""Bytes of one mail that are read."""

_MAILDIR: Final = ("new", "cur")
_ENDINGS: Final = (".eml", ".mbox", ".mbx")
_LINE: Final = 65_536
_SEPARATOR = re.compile(rb"From \S{0,400} .{0,100}[12]\d{3}(?:\s|$)")
"""What stands before each mail of an mbox (RFC 4155): sender and date."""


class MailFile(NamedTuple):
    """One mail, as it stands in a file."""

    name: str
    """Where it is: the file, and in an mbox the number of the mail, from 1."""
    content: bytes
    """The mail, or the beginning of a very long one."""
    path: Path
    """The file."""


class MailFiles:
    """The mails in a file or folder, to be gone through once; `unreadable` is settled at the end."""

    def __init__(
        self, path: str | Path, *, endings: tuple[str, ...] = _ENDINGS, most_bytes: int = MOST_BYTES
    ) -> None:
        """Raise InputError when there is no such file or folder.

        endings: of the files in a folder. most_bytes: what is read of each mail.
        """
        self._path = Path(path)
        self._endings = endings
        self._most_bytes = most_bytes
        self.unreadable = 0
        """Files that could not be read."""
        if not self._path.exists():
            template = "{path} cannot be read ({reason}); nothing was checked"
            raise InputError(template, path=path, reason="No such file or directory")

    @property
    def is_maildir(self) -> bool:
        """Whether it is a Maildir, which may well be empty."""
        return any((self._path / name).is_dir() for name in _MAILDIR)

    def __iter__(self) -> Iterator[MailFile]:
        for file in self._files():
            try:
                with file.open("rb") as stream:
                    yield from self._mails(stream, file)
            except OSError:
                self.unreadable += 1

    def _files(self) -> Iterator[Path]:
        """Yield the files in an order that does not depend on the file system."""
        if not self._path.is_dir():
            yield self._path
            return
        boxes = [self._path / name for name in _MAILDIR if (self._path / name).is_dir()]
        for box in boxes:
            yield from sorted(file for file in box.iterdir() if file.is_file())
        if not boxes:
            found = (file for file in self._path.rglob("*") if file.name.lower().endswith(self._endings))
            yield from sorted(file for file in found if file.is_file())

    def _mails(self, stream: BinaryIO, path: Path) -> Iterator[MailFile]:
        head = stream.read(5)
        stream.seek(0)
        if head != b"From ":
            yield MailFile(str(path), stream.read(self._most_bytes), path)
            return
        for number, content in enumerate(_split(stream, self._most_bytes), start=1):
            yield MailFile(f"{path}:{number}", content, path)


def _split(stream: BinaryIO, most_bytes: int) -> Iterator[bytes]:
    """Yield the mails of an mbox, without the lines before them."""
    lines, size = list[bytes](), 0
    begins, is_open = True, False
    while line := stream.readline(_LINE):
        if begins and _SEPARATOR.match(line):
            if is_open:
                yield b"".join(lines)
            lines, size, is_open = [], 0, True
        elif size < most_bytes:
            lines.append(line)
            size += len(line)
            is_open = True
        begins = line in (b"\n", b"\r\n")
    if is_open:
        yield b"".join(lines)
