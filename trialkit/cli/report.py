"""``trialkit report``."""

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


@click.command("report")
@click.argument("name", default="")
@study_option
@store_option
@snapshot_option
@click.option(
    "--shareable", is_flag=True, help="Without drill-down and listings: no subject and no source row is in the file."
)
@click.option(
    "--blinded",
    is_flag=True,
    help="Without arms and drill-down: blinded fields are not read. Listings name subjects; add --shareable.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=("html",),
    show_default=True,
    metavar="FORMAT[,FORMAT...]",
    help="html, pdf, docx, rtf, xlsx; the results as csv or parquet (columns of cards) or ars-json (CDISC ARS).",
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
def command(
    name: str,
    study_dir: Path,
    store_dir: Path | None,
    snapshot: str,
    shareable: bool,
    blinded: bool,
    formats: tuple[str, ...],
    out: Path,
) -> int:
    """Write a snapshot's reports (all, or the one called NAME), one file for each format.

    Exit 4 if a method refused; the page then says why in its place. What needs the arms is no refusal under --blinded.
    """
    from trialkit import pipeline

    study, store = load(study_dir), store_of(study_dir, store_dir)
    asked = [part.strip() for text in formats for part in text.split(",") if part.strip()]
    done = pipeline.written(study, store, out, snapshot, name, asked, blind=blinded, share=shareable)
    content_note(study, store, snapshot)
    for path in done.pages:
        click.echo(path)
    return refused(done.results)
