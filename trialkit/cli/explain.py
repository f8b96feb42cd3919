"""``trialkit explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialkit.cli.common import load, snapshot_option, store_of, store_option, study_option

if TYPE_CHECKING:
    from trialkit.model import Study

WITHOUT_STUDY = ("exit-codes", "method")
FROM_STORE = ("subject", "row", "cell")
"""Topics that are about data: they need a store with a snapshot."""


@click.command("explain")
@click.argument("topic")
@click.argument("name", default="")
@click.argument("row", default="")
@click.argument("column", default="")
@click.option("--site", default=None, help="With topic protocol: the site asked about.")
@click.option("--date", "day", default=None, metavar="YYYY-MM-DD", help="With topic protocol: the day asked about.")
@study_option
@store_option
@snapshot_option
def command(
    topic: str,
    name: str,
    row: str,
    column: str,
    site: str | None,
    day: str | None,
    study_dir: Path,
    store_dir: Path | None,
    snapshot: str,
) -> None:
    """Tell in words what something means.

    TOPIC is exit-codes, method, or with a study: rule, form, dataset, population, estimand, analysis, protocol,
    parameter, visit. Without NAME it lists the names.

    'trialkit explain protocol --site SITE --date YYYY-MM-DD' tells which protocol version was in force at a site on
    a day, whether its approval held then, and which consent form goes with it.

    'trialkit explain subject ID' tells of a subject in a snapshot why it is in or out of each population and analysis;
    'trialkit explain row DATASET ROW' where a row of an analysis data set came from, step by step (rows from 1).
    'trialkit explain cell DISPLAY ROW COLUMN' tells what a printed number is: its analysis, method, estimand and
    population, the way to it and the rows behind it. ROW and COLUMN are words as printed or numbers from 1; without
    them they are listed. A cell of a listing is told with the row its line shows and how that was made.
    """
    from trialkit import pipeline

    if topic in FROM_STORE:
        click.echo(_of_data(topic, (name, row, column), load(study_dir), store_of(study_dir, store_dir), snapshot))
        return
    known = topic in pipeline.TOPICS and topic not in WITHOUT_STUDY
    study = load(study_dir) if known else None  # an unknown topic is told as such, study or not
    click.echo(pipeline.explain(study, topic, name, site, day))


def _of_data(topic: str, named: tuple[str, str, str], study: Study, store: Path, snapshot: str) -> str:
    """The words on a subject, a row of a data set, or a cell of a display."""
    from trialkit import pipeline
    from trialkit.errors import UsageError

    name, row, column = named
    if topic == "cell":
        return pipeline.explain_cell(study, store, name, row, column, snapshot)
    if topic == "subject":
        return pipeline.explain_subject(study, store, name, snapshot)
    if not row.isdecimal():
        raise UsageError(f"{row!r} is not the number of a row" if row else "the number of the row is missing")
    return pipeline.explain_row(study, store, name, int(row), snapshot)
