"""The secret under which addresses are remembered: a history tells nobody whom it speaks of.

What is kept of an address is 16 bytes: 4 that name the key, and 12 of HMAC-SHA256 under it. Without
the key nobody can try out addresses; with it, two of a million addresses are taken for the same once in
10^17 histories. The key is a random text in the user's data folder, or ``DELIV_KEY``; addresses that
were learned under one key are strangers under any other.
"""

import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Final, Self

from deliv.core.errors import HistoryError

KEY_NAME: Final = "history.key"
VARIABLE: Final = "DELIV_KEY"
_FINGERPRINT: Final = 4  # bytes
_HASH: Final = 12  # bytes; 96 bits
_MAIL: Final = 8  # bytes; two mails of the same customer, kind and day must not meet
_SHORTEST: Final = 16  # characters of a key that cannot be tried out
_MOST_KEPT: Final = 50_000  # addresses whose hash is remembered for the next row
_QUOTED: Final = re.compile(r'"([A-Za-z0-9!#$%&\'*+/=?^_`{|}~.-]+)"', re.ASCII)


class AddressKey:
    """Turns addresses into what stands for them."""

    def __init__(self, text: str) -> None:
        self._key = text.encode("utf-8", "surrogatepass")
        self._kept: dict[str, bytes] = {}
        self._prefix = hashlib.sha256(b"deliv history key\0" + self._key).digest()[:_FINGERPRINT]

    @classmethod
    def unused(cls) -> Self:
        """Return a key that nobody has used, and so knows nobody."""
        return cls(secrets.token_hex(32))

    @property
    def fingerprint(self) -> str:
        """What tells this key from others, and gives nothing of it away."""
        return self._prefix.hex()

    def hash(self, normalized: str) -> bytes:
        """Return what stands for an address."""
        found = self._kept.get(normalized)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._prefix + self._hmac(b"address\0", alike(normalized), _HASH)
            self._kept[normalized] = found
        return found

    def hash_mail(self, mail: str) -> bytes:
        """Return what stands for a mail or an order."""
        return self._hmac(b"mail\0", mail, _MAIL)

    def _hmac(self, purpose: bytes, text: str, length: int) -> bytes:
        message = purpose + text.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256")[:length]


def alike(normalized: str) -> str:
    """Return the one spelling of addresses that reach the same mailbox.

    RFC 5321 leaves upper and lower case before the @ to the receiver, and no provider tells them
    apart; bounces come back in either. ``"a..b"@docomo.ne.jp`` is how mailers write ``a..b@``.
    """
    local, at, domain = normalized.casefold().rpartition("@")
    quoted = _QUOTED.fullmatch(local)
    return f"{quoted[1] if quoted else local}{at}{domain}"


def address_key(folder: Path | None, *, create: bool) -> AddressKey:
    """Return the user's key: that in ``DELIV_KEY``, else the one in `folder`.

    create: make a key where there is none yet; otherwise one that nobody has used is returned.
    Raises HistoryError for a key that is too short or cannot be read or written.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        if len(given) < _SHORTEST:
            template = (
                "{variable} is too short: a key has at least {least} characters; nothing was learned or read"
            )
            raise HistoryError(template, variable=VARIABLE, least=_SHORTEST)
        return AddressKey(given)
    if folder is None:
        template = (
            "there is no folder for your data, so there is no place for the key of the history; "
            "give one in {variable}; nothing was learned or read"
        )
        raise HistoryError(template, variable=VARIABLE)
    path = folder / KEY_NAME
    try:
        if not path.exists():
            if not create:
                return AddressKey.unused()
            _create(path)
        return AddressKey(_read(path))
    except OSError as error:
        template = (
            "the key of the history, {path}, cannot be read or written ({reason}); "
            "nothing was learned or read"
        )
        raise HistoryError(template, path=path, reason=error.strerror or error) from error


def _create(path: Path) -> None:
    """Write a new key, unless somebody else was faster; nobody ever sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{KEY_NAME}.", suffix=".tmp")  # for the owner
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return  # another run has written its own, and that one counts
        except OSError:  # a file system without links: there the first one to open it wins
            _copy(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(temporary: Path, path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(temporary.read_bytes())


def _read(path: Path) -> str:
    for _ in range(20):  # where there are no links, another run may be writing it just now
        text = path.read_text(encoding="utf-8", errors="replace").strip()
        if len(text) >= _SHORTEST:
            return text
        time.sleep(0.05)
    template = (
        "the key of the history, {path}, is damaged; put back your copy of it, or delete it and begin a new "
        "history; nothing was learned or read"
    )
    raise HistoryError(template, path=path)
