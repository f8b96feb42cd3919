"""``trialkit freeze``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import by_option, load, store_of, store_option, study_option, user
from trialkit.words import many


@click.command("freeze")
@click.argument("label")
@study_option
@store_option
@by_option
@click.option("--cutoff", default="", help="Data cut-off, as it is to be printed.")
def command(label: str, study_dir: Path, store_dir: Path | None, by: str | None, cutoff: str) -> None:
    """Name the data of this moment LABEL. Prints the snapshot's id, which is the hash of its content."""
    from trialkit import pipeline

    snapshot = pipeline.freeze(load(study_dir), store_of(study_dir, store_dir), label, user(by), cutoff=cutoff)
    click.echo(snapshot.id)
    click.echo(
        f"snapshot {snapshot.label!r}: {many(len(snapshot.tables), 'form')}, "
        f"{many(len(snapshot.open_findings), 'open query', 'open queries')}, "
        f"head of the log {snapshot.head} (note it outside the store)",
        err=True,
    )
