"""``trialkit diff``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import load, study_option, width
from trialkit.errors import EXIT_CLEAN


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format", "form", type=click.Choice(["human", "json", "html"]), default="human", show_default=True,
    help="How differences are written.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file in place of standard output.")
@study_option
def command(old: str, new: str, form: str, out: Path | None, study_dir: Path) -> int:
    """Compare two protocol versions: what differs, and the declared reason of each difference.

    Beside them stand approvals, the hash on record, adoption by the sites, and who must sign a new consent form.
    Differences are no fault: the exit code is 0 with or without them.
    """
    from trialkit.pipeline.protocols import diff, diff_as, write_diff

    found = diff(load(study_dir), old, new)
    click.echo(f"wrote {write_diff(found, form, out)}\n" if out else diff_as(found, form, width()), nl=False)
    return EXIT_CLEAN
