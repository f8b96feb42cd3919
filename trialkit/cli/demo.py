"""``trialkit demo``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), default=Path("trialkit-demo"), show_default=True)
def command(out: Path) -> None:
    """Run the whole road on the reference study.

    Checks the content, validates a corrupted and a clean upload, stores, freezes, analyzes, and writes the report.
    The data are synthetic. The last line is the report's path.
    """
    from trialkit import pipeline
    from trialkit.cli.common import note

    done = pipeline.demo(out)
    for step in done.steps:
        note(step)
    click.echo(done.report)
