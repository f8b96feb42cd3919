"""``trialkit analyze``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import (
    content_note,
    load,
    refused,
    snapshot_option,
    store_of,
    store_option,
    study_option,
)


@click.command("analyze")
@click.argument("analyses", nargs=-1)
@study_option
@store_option
@snapshot_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True)
def command(analyses: tuple[str, ...], study_dir: Path, store_dir: Path | None, snapshot: str, out: Path) -> int:
    """Compute a snapshot's analyses (all, or those named) and write the result rows as CSV.

    Exit 4 if a method refused; its row then says why.
    """
    from trialkit import pipeline

    study, store = load(study_dir), store_of(study_dir, store_dir)
    results = pipeline.analyze(study, store, snapshot, analyses)
    content_note(study, store, snapshot)
    for path in pipeline.write_results(results, out):
        click.echo(path)
    return refused(results)
