"""The CLI reference, generated from the commands' own help: ``python -m trialkit.cli.reference FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trialkit.cli.group import COMMANDS
from trialkit.cli.main import cli
from trialkit.pipeline.topics import EXIT_CODES


def reference() -> str:
    """All commands with their help, and the exit codes, as Markdown."""
    context = click.Context(cli, info_name="trialkit", terminal_width=100, **cli.context_settings)
    parts = [
        "# Command line\n\nGenerated from `--help`; do not edit.\n",
        _block("trialkit --help", cli.get_help(context)),
    ]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
        parts.append(f"## {name}\n\n" + _block(f"trialkit {name} --help", command.get_help(inner)))
    codes = "\n".join(f"| {code} | {words} |" for code, words in EXIT_CODES.items())
    return "\n".join([*parts, f"## Exit codes\n\n| code | meaning |\n|---|---|\n{codes}\n"])


def _block(command: str, text: str) -> str:
    return f"```\n$ {command}\n{text}\n```\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
