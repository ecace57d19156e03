"""Where tables for people are laid out."""

from typing import Final, TextIO

from rich.console import Console

NARROWEST: Final = 72
"""Columns below which no table is laid out."""


class _Console(Console):
    """Leaves it to the command line what a closed pipe means; Rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Pass the error on."""
        raise BrokenPipeError


def open_console(file: TextIO, *, width: int, color: bool) -> Console:
    """Return a console that writes to a file, and takes nothing in it for markup.

    color: whether the terminal shows colours.
    """
    return _Console(
        file=file,
        width=width,
        color_system="auto" if color else None,
        force_terminal=color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=None if color else False,  # old consoles of Windows need help with colours
    )
