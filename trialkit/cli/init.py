"""``trialkit init``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.words import many


@click.command("init")
@click.argument("target", type=click.Path(path_type=Path))
def command(target: Path) -> None:
    """Copy the reference study into TARGET, a new or empty folder, as the start of your own."""
    from trialkit import pipeline

    files = pipeline.init(target)
    click.echo(f"wrote {many(len(files), 'file')} to {target}; next: trialkit check --study {target}")
