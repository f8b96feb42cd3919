"""A click group that knows its commands by name and help text, and imports one only when it is used."""

from __future__ import annotations

from importlib import import_module

import click

from trialkit.errors import did_you_mean

COMMANDS: dict[str, str] = {
    "demo": "Run the whole road on the reference study: uploads to report.",
    "init": "Copy the reference study into a new folder, as the start of your own.",
    "check": "Check the study's content: forms, rules with examples, analyses, reports.",
    "validate": "Check upload files and tell every finding. Stores nothing.",
    "submit": "Check upload files and store them all, or none.",
    "freeze": "Name the data of this moment: a snapshot.",
    "verify": "Check that the whole store is as it was written.",
    "analyze": "Compute a snapshot's analyses and write the result rows.",
    "report": "Write a snapshot's reports.",
    "simulate": "Write the uploads of a simulated trial whose truth is known.",
    "compare": "Compare two files of one data set, cell by cell, by key.",
    "diff": "Compare two protocol versions, with the declared reason of each difference.",
    "explain": "Tell in words what a rule, form, analysis or exit code means.",
}
"""Every command with its one-line help; each lives in the module trialkit.cli.<name>, function ``command``."""


class LazyGroup(click.Group):
    """Commands from COMMANDS; help texts come from the table, so that help loads no command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return a command; None if there is none of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"trialkit.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, with the nearest name in the error."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}. {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, loading nothing."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
