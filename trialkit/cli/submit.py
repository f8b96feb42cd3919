"""``trialkit submit``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialkit.cli.common import (
    Telling,
    blinded_option,
    by_option,
    findings_options,
    load,
    store_of,
    store_option,
    study_option,
    user,
)
from trialkit.words import many

if TYPE_CHECKING:
    from trialkit.store import Submission


@click.command("submit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@study_option
@store_option
@by_option
@click.option("--reason", default="", help="Why the files were sent; goes into the log.")
@blinded_option
@findings_options
def command(
    paths: tuple[Path, ...],
    study_dir: Path,
    store_dir: Path | None,
    by: str | None,
    reason: str,
    blinded: bool,
    form: str,
    out: Path | None,
    as_of: datetime | None,
    fail_on: str,
    redact: bool,
) -> int:
    """Check upload files and store them all in one transaction, or none.

    A submission with a finding of class stop is refused whole. Other findings are stored with it as open queries.
    """
    from trialkit import pipeline

    telling = Telling(form, out, fail_on, redact)
    telling.ready()
    study, store = load(study_dir), store_of(study_dir, store_dir)
    day = as_of.date() if as_of else None
    checked, done = pipeline.submit(study, paths, store, user(by), reason, blinded=blinded, as_of=day)
    return telling.tell(study, checked, _said(done, store))


def _said(done: Submission | None, store: Path) -> str:
    """What became of the files."""
    if done is None:
        kept = "refused files are kept in quarantine, but for those that may identify somebody"
        return f"refused, no data stored; {kept} ({store})"
    if not done.recorded:
        return f"already in {store}, nothing new to store"
    if not done.stored:
        return (
            "no new file; other forms, the study's content or the day changed since, so these findings are recorded "
            f"as submission {done.number} in {store}"
        )
    return f"stored {many(len(done.stored), 'file')} as submission {done.number} in {store}"
