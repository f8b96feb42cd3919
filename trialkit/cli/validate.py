"""``trialkit validate``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import exit_code, findings_options, load, print_findings, store_of, store_option, study_option


@click.command("validate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@study_option
@store_option
@findings_options
def command(paths: tuple[Path, ...], study_dir: Path, store_dir: Path | None, form: str, fail_on: str) -> int:
    """Check upload files (or folders of them) and tell every finding. Stores nothing.

    Rules that look at other forms see what the store already holds, with these files laid over it.
    """
    from trialkit import pipeline

    checked = pipeline.validate(load(study_dir), paths, store_of(study_dir, store_dir))
    print_findings(checked, form, "dry run, nothing stored ('trialkit submit' stores)")
    return exit_code(checked, fail_on)
