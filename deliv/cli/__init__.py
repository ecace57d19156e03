"""The command line: options become objects, one call does the work, its text goes to the streams."""

from collections.abc import Sequence


def run(argv: Sequence[str]) -> int:
    """Run one command and return the exit code of design section 7."""
    from deliv.cli.language import choose_help_language

    choose_help_language(argv)
    from deliv.cli.app import app  # only now: its help texts are in the language just chosen

    try:
        app(args=list(argv), prog_name="deliv")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0
