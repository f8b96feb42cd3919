"""``trialkit simulate``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import load, study_option


@click.command("simulate")
@click.argument("out", type=click.Path(path_type=Path))
@study_option
@click.option("--scenario", default="null", show_default=True, help="A file of synthetic_data/scenarios.")
@click.option("--subjects", type=click.IntRange(1, 1_000_000), default=None, show_default="the scenario's")
@click.option("--seed", type=click.IntRange(0), default=None, show_default="the scenario's")
@click.option("--corrupt", is_flag=True, help="Plant errors and write key.csv.")
def command(out: Path, study_dir: Path, scenario: str, subjects: int | None, seed: int | None, corrupt: bool) -> None:
    """Write the uploads of a simulated trial into OUT, with its truth (and with --corrupt, errors and their key)."""
    from trialkit import pipeline

    for path in pipeline.simulate(load(study_dir), out, scenario, subjects, seed, corrupt):
        click.echo(path)
