"""The packaged rule files, parsed once and kept: YAML is slow to read, and a look-up must not wait.

What is kept is only the parsed text, in the user's cache folder, under a name made of the digest
of the files as they are now: files that changed are never answered for. Everything is decoded and
checked as if it had just been parsed. A cache that cannot be read or written is done without.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from deliv.sources.folders import cache_folder
from deliv.sources.yamlfile import Located

_VERSION = 1  # of what is kept; see `_encode`


def cache_file(texts: Mapping[str, str]) -> Path | None:
    """Return where the parsed form of these files is kept; None where nothing is."""
    folder = cache_folder()
    if folder is None:
        return None
    digest = hashlib.sha256(f"{_VERSION}\0".encode())
    for name, text in texts.items():
        content = text.encode()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return folder / f"rules-{digest.hexdigest()[:40]}.json"


def read_cache(file: Path) -> dict[str, Located] | None:
    """Return the documents that are kept in `file`, by name; None when there are none."""
    try:
        kept = json.loads(file.read_bytes())
        return {name: _decode(node, name, "") for name, node in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return None


def write_cache(file: Path, documents: Mapping[str, Located]) -> None:
    """Keep the documents in `file`, in place of those kept before."""
    if not keep_json(file, {name: _encode(document) for name, document in documents.items()}):
        return
    try:
        for older in file.parent.glob("rules-*.json"):
            if older != file:
                older.unlink(missing_ok=True)
    except OSError:
        return


def keep_json(file: Path, content: object) -> bool:
    """Put `content` into `file`, whole or not at all; return whether the folder took it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem[:20]}-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(content, stream)
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        return False
    return True


def _encode(located: Located) -> list[Any]:
    """Return line and value; a day is marked by a third item."""
    value = located.value
    if isinstance(value, dict):
        return [located.line, {key: _encode(child) for key, child in value.items()}]
    if isinstance(value, list):
        return [located.line, [_encode(child) for child in value]]
    if isinstance(value, date):
        return [located.line, value.isoformat(), 0]
    return [located.line, value]


def _decode(node: list[Any], file: str, path: str) -> Located:
    line, value = node[0], node[1]
    if isinstance(value, dict):
        below = f"{path}." if path else ""
        value = {key: _decode(child, file, below + key) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_decode(child, file, f"{path}[{number}]") for number, child in enumerate(value)]
    elif len(node) == 3:
        value = date.fromisoformat(value)
    return Located(value, file, line, path)
