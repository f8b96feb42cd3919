"""``trialkit explain``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import load, study_option

WITHOUT_STUDY = ("exit-codes", "method")


@click.command("explain")
@click.argument("topic")
@click.argument("name", default="")
@study_option
def command(topic: str, name: str, study_dir: Path) -> None:
    """Tell in words what something means.

    TOPIC is exit-codes, method, or with a study: rule, form, dataset, population, estimand, analysis, protocol.
    Without NAME it lists the names.
    """
    from trialkit import pipeline

    study = None if topic in WITHOUT_STUDY else load(study_dir)
    click.echo(pipeline.explain(study, topic, name))
