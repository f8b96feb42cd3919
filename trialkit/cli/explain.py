"""``trialkit explain``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import load, study_option

WITHOUT_STUDY = ("exit-codes", "method")


@click.command("explain")
@click.argument("topic")
@click.argument("name", default="")
@click.option("--site", default=None, help="With topic protocol: the site asked about.")
@click.option("--date", "day", default=None, metavar="YYYY-MM-DD", help="With topic protocol: the day asked about.")
@study_option
def command(topic: str, name: str, site: str | None, day: str | None, study_dir: Path) -> None:
    """Tell in words what something means.

    TOPIC is exit-codes, method, or with a study: rule, form, dataset, population, estimand, analysis, protocol,
    parameter, visit. Without NAME it lists the names.

    'trialkit explain protocol --site SITE --date YYYY-MM-DD' tells which protocol version was in force at a site on
    a day, whether its approval held then, and which consent form goes with it.
    """
    from trialkit import pipeline

    known = topic in pipeline.TOPICS and topic not in WITHOUT_STUDY
    study = load(study_dir) if known else None  # an unknown topic is told as such, study or not
    click.echo(pipeline.explain(study, topic, name, site, day))
