"""Where text goes: standard output, or a file that appears whole or not at all."""

import codecs
import itertools
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from deliv.cli.guard import say
from deliv.cli.language import tr
from deliv.cli.terminal import abandon_stdout
from deliv.core.errors import OutputError

_ATTEMPTS = 100


class Replacements:
    """Counts the characters that an encoding could not hold, and gives bytes back as they came."""

    def __init__(self) -> None:
        self.count = 0
        """Characters replaced so far."""
        self.name = f"deliv.replace-{id(self)}"
        """Name of the error handler, as ``open`` takes it."""
        codecs.register_error(self.name, self._handle)

    def _handle(self, error: UnicodeError) -> tuple[str | bytes, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        character = error.object[error.start]
        if "\udc80" <= character <= "\udcff":  # a byte of the input that was no character
            return bytes([ord(character) - 0xDC00]), error.start + 1
        self.count += 1
        return "?", error.start + 1


@contextmanager
def open_output(path: Path | None, encoding: str, *, errors: str = "strict") -> Iterator[TextIO]:
    """Yield a text file that ends up at `path` when the block ends well; None is standard output.

    The file is written under a temporary name in the same folder and renamed at the end. When
    `path` cannot be replaced, because Excel holds it open, the result stays beside it and a message
    says where. Raises OutputError when nothing can be written there.
    """
    with _explaining(path or "standard output"):
        if path is None:
            yield from _standard_output(encoding, errors)
            return
        target = path.resolve()
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            if target.is_dir():
                raise OutputError("{path} is a folder; name a file; nothing was written", path=path)
            with target.open("w", encoding=encoding, errors=errors, newline="") as device:
                yield device
            return
        # A name may be as long as the file system takes, so only its beginning is in the temporary one.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding=encoding, errors=errors, newline="") as file:
                yield file
            temporary.chmod(_mode(target))
            end = _put_in_place(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if end != target:
            template = "the file is open in another program, so the result was saved as {path}"
            say(tr(template).format(path=end))


@contextmanager
def _explaining(path: Path | str) -> Iterator[None]:
    """Turn trouble with a file into a sentence; a closed pipe is no trouble."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        template = "{path} cannot be written ({reason}); nothing was written"
        raise OutputError(template, path=path, reason=error.strerror or error) from error


def _standard_output(encoding: str, errors: str) -> Iterator[TextIO]:
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        yield sys.stdout
        return
    sys.stdout.flush()
    file = TextIOWrapper(sys.stdout.buffer, encoding=encoding, errors=errors, newline="")
    try:
        yield file
        file.flush()
    except OSError:
        abandon_stdout()
        raise
    finally:
        file.detach()


def _put_in_place(temporary: Path, target: Path) -> Path:
    """Rename, or keep the result under a free name beside the target."""
    try:
        temporary.replace(target)
    except PermissionError:
        for number in itertools.islice(itertools.count(2), _ATTEMPTS):
            beside = target.with_name(f"{target.stem} ({number}){target.suffix}")
            if not beside.exists():
                temporary.replace(beside)
                return beside
        raise
    return target


def _mode(target: Path) -> int:
    """Return the rights of the file that is replaced, else those that new files get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def refuse_overwriting(file: str, outputs: Iterable[Path | None]) -> None:
    """Let no output take the place of the list, nor of another output."""
    seen: set[Path] = set()
    for path in outputs:
        if path is None:
            continue
        if file != "-" and path.exists() and path.samefile(file):
            template = "{path} is the list itself; name another file for the result; nothing was written"
            raise OutputError(template, path=path)
        if path.resolve() in seen:
            template = "{path} cannot hold two results; name another file for one; nothing was written"
            raise OutputError(template, path=path)
        seen.add(path.resolve())
