"""The commands."""

from typing import Annotated

import typer

from deliv.cli.check import check
from deliv.cli.demo import demo
from deliv.cli.followup import followup
from deliv.cli.guard import guarded
from deliv.cli.history import app as history_app
from deliv.cli.language import tr
from deliv.cli.learn import learn
from deliv.cli.lookup import lookup
from deliv.cli.options import GroupedCommand
from deliv.cli.rules import app as rules_app
from deliv.cli.sender import sender
from deliv.version import __version__

app = typer.Typer(
    name="deliv",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=tr("Which customers will not see your order mail, and what to do instead."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, lookup, followup, sender, learn, demo):
    app.command(cls=GroupedCommand, help=command.__doc__)(guarded(command))
app.add_typer(history_app)
app.add_typer(rules_app)


def _show_version(value: bool) -> None:
    if value:
        print(f"deliv {__version__}")  # noqa: T201 - this is the command line
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_show_version, is_eager=True, help=tr("Show the version and exit.")
        ),
    ] = False,
) -> None:
    """Hold the options that stand before a command."""
