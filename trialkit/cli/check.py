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
    counted = ", ".join(f"{count} {_one(what) if count == 1 else what}" for what, count in done.counts.items())
    click.echo(f"checked {counted}: no mistake found")
    for text in done.notes:
        click.echo(text)


def _one(what: str) -> str:
    """One of several: ``analysis`` of ``analyses``, ``rule`` of ``rules``."""
    return what.removesuffix("es") + "is" if what.endswith("lyses") else what.removesuffix("s")
