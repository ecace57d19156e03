"""Which history a command uses: by its option, its variable, deliv.yaml, or the user's data folder."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deliv.core.errors import HistoryError
from deliv.core.settings import Settings

if TYPE_CHECKING:
    from deliv.sources.history import History

_OFF: Final = "off"
_NAME: Final = "history.sqlite3"


def history_path(option: str | None, settings: Settings) -> Path | None:
    """Return where the history is; None when it is switched off.

    Raises HistoryError where there is no folder for it.
    """
    from deliv.sources.folders import data_folder

    chosen = option or settings.history.path
    if chosen.casefold() == _OFF:
        return None
    if chosen:
        return Path(chosen).expanduser()
    folder = data_folder()
    if folder is None:
        template = "there is no folder for your data; name a file with --history; nothing was learned or read"
        raise HistoryError(template)
    return folder / _NAME


def required_path(option: str | None, settings: Settings) -> Path:
    """Return where the history is, for commands that are about nothing else.

    Raises HistoryError when it is switched off.
    """
    path = history_path(option, settings)
    if path is None:
        template = "the history is switched off; name a file with --history; nothing was learned or read"
        raise HistoryError(template)
    return path


def history_to_write(path: Path) -> "History":
    """Return the history at `path`, which is made if there is none.

    Raises HistoryError.
    """
    from deliv.sources.folders import data_folder
    from deliv.sources.history import History
    from deliv.sources.historykey import address_key

    return History(path, address_key(data_folder(), create=True))


def history_to_read(path: Path | None) -> "AbstractContextManager[History | None]":
    """Return the history at `path`, or None where nothing was learned yet; to be used as a context.

    Raises HistoryError.
    """
    if path is None or not path.exists():
        return nullcontext()
    from deliv.sources.folders import data_folder
    from deliv.sources.history import History
    from deliv.sources.historykey import address_key

    return History(path, address_key(data_folder(), create=False))
