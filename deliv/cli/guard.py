"""What stands around every command: signals, broken pipes, and errors become exit codes."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from deliv.cli.exitcodes import ExitCode
from deliv.cli.language import tr
from deliv.cli.terminal import abandon_stdout
from deliv.core.errors import DelivError


def guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Return `command` with its exit code, or the one for how it failed, told to the shell.

    It stands inside of typer, which has other ideas about Ctrl-C and closed pipes.
    """

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        raise typer.Exit(_run(partial(command, *args, **options)))

    return run


def _run(command: Callable[[], int]) -> int:
    _prepare_streams()
    terminated = False

    def end_like_interrupt(_number: int, _frame: FrameType | None) -> None:
        # asyncio ends a run in good order for Ctrl-C alone; an exception from here might come up
        # in the middle of anything.
        nonlocal terminated
        terminated = True
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a script put the run into the background
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end_like_interrupt)
    try:
        code = command()
        sys.stdout.flush()
    except DelivError as error:
        say(error.localized(tr))
        return ExitCode.NOTHING_JUDGED
    except KeyboardInterrupt:
        if terminated:
            say(tr("stopped by the system; no file was written"))
            return ExitCode.TERMINATED
        say(tr("interrupted; no file was written"))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()
        return ExitCode.CLOSED_PIPE
    except Exception as error:  # noqa: BLE001 - a bug must end in a sentence and in code 2
        return _confess(error)
    finally:
        signal.signal(signal.SIGTERM, before)
    return code


def say(message: str) -> None:
    """Write a message to standard error."""
    print(f"deliv: {message}", file=sys.stderr)  # noqa: T201 - this is the command line


def _prepare_streams() -> None:
    """Let no character that a terminal cannot show end a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _confess(error: Exception) -> ExitCode:
    """Say that this is our bug. The message of the error may hold an address, so it stays out."""
    if os.environ.get("DELIV_DEBUG"):
        import traceback

        traceback.print_exception(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    message = tr("this is a bug in deliv ({kind} at {place}); no file was written; DELIV_DEBUG=1 shows more")
    say(message.format(kind=type(error).__name__, place=place))
    return ExitCode.NOTHING_JUDGED
