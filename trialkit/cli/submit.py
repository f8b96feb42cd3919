"""``trialkit submit``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import (
    by_option,
    exit_code,
    findings_options,
    load,
    print_findings,
    store_of,
    store_option,
    study_option,
    user,
)


@click.command("submit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@study_option
@store_option
@by_option
@click.option("--reason", default="", help="Why the files were sent; goes into the log.")
@findings_options
def command(
    paths: tuple[Path, ...],
    study_dir: Path,
    store_dir: Path | None,
    by: str | None,
    reason: str,
    form: str,
    fail_on: str,
) -> int:
    """Check upload files and store them all in one transaction, or none.

    A submission with a finding of class stop is refused whole. Other findings are stored with it as open queries.
    """
    from trialkit import pipeline

    store = store_of(study_dir, store_dir)
    checked, done = pipeline.submit(load(study_dir), paths, store, user(by), reason)
    if done is None:
        said = f"refused, no data stored; the refused files that can be opened are kept in quarantine in {store}"
    elif not done.recorded:
        said = f"already in {store}, nothing new to store"
    elif not done.stored:
        said = (
            "no new file; other forms or the study's content changed since, so these findings are recorded "
            f"as submission {done.number} in {store}"
        )
    else:
        files = "1 file" if len(done.stored) == 1 else f"{len(done.stored)} files"
        said = f"stored {files} as submission {done.number} in {store}"
    print_findings(checked, form, said)
    return exit_code(checked, fail_on)
