"""``trialkit validate``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from trialkit.cli.common import Telling, blinded_option, findings_options, load, store_of, store_option, study_option


@click.command("validate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@study_option
@store_option
@blinded_option
@findings_options
def command(
    paths: tuple[Path, ...],
    study_dir: Path,
    store_dir: Path | None,
    blinded: bool,
    form: str,
    out: Path | None,
    as_of: datetime | None,
    fail_on: str,
    redact: bool,
) -> int:
    """Check upload files (or folders of them) and tell every finding. Stores nothing.

    Rules that look at other forms see what the store already holds, with these files laid over it.
    """
    from trialkit import pipeline

    telling = Telling(form, out, fail_on, redact)
    telling.ready()
    study = load(study_dir)
    store, day = store_of(study_dir, store_dir), as_of.date() if as_of else None
    checked = pipeline.validate(study, paths, store, blinded, day)
    return telling.tell(study, checked, "dry run, nothing stored ('trialkit submit' stores)")
