"""Which history a command uses: by its option, its variable, deliv.yaml, or the user's data folder."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from deliv.cli.language import tr
from deliv.core.errors import HistoryError
from deliv.core.settings import Settings

if TYPE_CHECKING:
    from deliv.sources.history import History

_OFF: Final = "off"
_NAME: Final = "history.sqlite3"
_COMMAND_LINE: Final = "COMMANDLINE"


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


def history_to_read(
    path: Path | None, *, read_only: bool = False
) -> "AbstractContextManager[History | None]":
    """Return the history at `path`, or None where nothing was learned yet; to be used as a context.

    read_only: nothing is forgotten, either. Raises HistoryError.
    """
    if path is None or not path.exists():
        return nullcontext()
    from deliv.sources.folders import data_folder
    from deliv.sources.history import History
    from deliv.sources.historykey import address_key

    return History(path, address_key(data_folder(), create=False), read_only=read_only)


@contextmanager
def history_of_run(
    context: typer.Context, option: str | None, settings: Settings, *, replay: bool, quiet: bool = False
) -> "Iterator[History | None]":
    """Yield the history by which a run judges; None where there is none. Nothing is made or changed.

    replay: whether the answers of the DNS come from a file; then, so that everybody sees the same, only a
    history counts that the command line itself names. quiet: say nothing of keys and missing files.
    Raises HistoryError.
    """
    from deliv.cli.guard import say

    source = context.get_parameter_source("history")
    is_named = source is not None and source.name == _COMMAND_LINE
    path = None if replay and not is_named else _path_of_run(option, settings)
    with history_to_read(path, read_only=True) as store:
        if store is None and path is not None and is_named and not quiet:
            say(tr("there is no history at {path} yet, so none was used").format(path=path))
        if store is not None and store.has_other_keys and not quiet:
            others = tr(", ").join(key for key in store.keys if key != store.fingerprint)
            template = (
                "addresses in the history {path} were learned under another key ({keys}) and match none of "
                "the present one ({key}); what is known of their domains counts all the same; the old key "
                "can be given in DELIV_KEY"
            )
            say(tr(template).format(path=path, keys=others, key=store.fingerprint))
        yield store


def _path_of_run(option: str | None, settings: Settings) -> Path | None:
    try:
        return history_path(option, settings)
    except HistoryError:
        return None  # a run that has nothing to remember needs no folder
