"""What the terminal can do."""

import os
import shutil
import sys
from typing import TextIO


def shows_color(stream: TextIO) -> bool:
    """Whether colours are wanted and shown (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int:
    """Return the columns of the terminal; 120 where there is none."""
    return (
        shutil.get_terminal_size((120, 24)).columns if stream.isatty() or os.environ.get("COLUMNS") else 120
    )


def abandon_stdout() -> None:
    """Let nothing more go to standard output: Python would try once more, and complain, at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
