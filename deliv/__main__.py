"""``python -m deliv`` and the command ``deliv``."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Answered before anything is imported: scripts ask for the version often.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from deliv.version import __version__

        print(f"deliv {__version__}")  # noqa: T201 - this is the command line
        sys.exit(0)
    from deliv.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
