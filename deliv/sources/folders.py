"""Where the user's computer wants what deliv keeps: what can be made again, and what cannot."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path | None:
    """Return the folder for what can be made again; None where the user wants nothing kept."""
    if os.environ.get("DELIV_CACHE", "").lower() == "off":
        return None
    return _folder("XDG_CACHE_HOME", ".cache")


def data_folder() -> Path | None:
    """Return the folder for what the user would miss: history and key; None where there is no home."""
    return _folder(
        "XDG_DATA_HOME", "Library/Application Support" if sys.platform == "darwin" else ".local/share"
    )


def _folder(variable: str, below_home: str) -> Path | None:
    for name in (variable, "LOCALAPPDATA"):  # the latter is that of Windows, for both
        if (folder := Path(os.environ.get(name, ""))).is_absolute():
            return folder / "deliv"
    try:
        return Path.home() / below_home / "deliv"
    except RuntimeError:  # there is no home
        return None
