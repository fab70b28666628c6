"""A group whose commands are loaded when they are called, so that help comes at once."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from evidence.errors import nearest


class Lazy(click.Group):
    """A group that knows its commands by name."""

    def __init__(
        self, *args: Any, commands_of: Mapping[str, tuple[str, str]], noun: str, **given: Any
    ) -> None:
        """Take the commands.

        Args:
            args: what Click gives a group.
            commands_of: of each command the module that has it, as a function that is called like it, dashes as
                underscores; and the line that the group's help shows.
            noun: what one of them is called where there is none of that name, e.g. "import".
            given: what Click gives a group, by name.
        """
        super().__init__(*args, **given)
        self._of, self._noun = commands_of, noun

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order of the work."""
        return list(self._of)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        if cmd_name not in self._of:
            return None
        module = import_module(f".{self._of[cmd_name][0]}", __package__)
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that was meant."""
        if args and args[0] not in self._of and not args[0].startswith("-"):
            near = nearest(args[0], self._of)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"There is no {self._noun} {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._of.items()])
