"""``trialkit check``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import load, study_option


@click.command("check")
@study_option
@click.option("--lock", is_flag=True, help="Record the hash of protocols that are not locked yet.")
def command(study_dir: Path, lock: bool) -> None:
    """Check the study's content and tell every mistake with its file and line.

    Reads all of it strictly, follows every reference, runs every rule's examples, and compares approved protocols
    with their lock.
    """
    from trialkit import pipeline

    done = pipeline.check(load(study_dir), lock)
    click.echo(f"checked {done.counted}: no mistake found")
    for text in done.notes:
        click.echo(text)
