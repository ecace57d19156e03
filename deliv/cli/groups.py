"""Commands that have commands below them."""

from typing import Any

from typer.core import TyperGroup


def group_with_default(command: str) -> type[TyperGroup]:
    """Return a group that, with nothing but options, runs one of its commands."""

    class GroupWithDefault(TyperGroup):
        """``deliv rules`` with nothing but options is ``deliv rules list``."""

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """Name the command that was left out."""
            if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
                args = [command, *args]
            return super().parse_args(ctx, args)

    return GroupWithDefault
