"""``python -m deliv`` and the command ``deliv``."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Answered before anything is imported: scripts ask for the version often.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from deliv.version import __version__

        try:
            print(f"deliv {__version__}", flush=True)  # noqa: T201 - this is the command line
        except BrokenPipeError:
            from deliv.cli.exitcodes import ExitCode
            from deliv.cli.terminal import abandon_stdout

            abandon_stdout()
            sys.exit(ExitCode.CLOSED_PIPE)
        sys.exit(0)
    from deliv.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
