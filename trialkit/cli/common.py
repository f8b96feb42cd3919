"""Options and small things that commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trialkit.errors import EXIT_ANALYSIS, EXIT_CLEAN, EXIT_FINDINGS, EXIT_INPUT

if TYPE_CHECKING:
    from trialkit.model import Results, Study
    from trialkit.pipeline import Checked

F = TypeVar("F", bound=Callable[..., Any])
FAIL_ON = ("critical", "major", "minor", "none")

study_option = click.option(
    "--study",
    "study_dir",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The study folder.",
)
store_option = click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    default=None,
    show_default="STUDY/store",
    help="The store's folder.",
)
snapshot_option = click.option("--snapshot", default="latest", show_default=True, help="Id, its start, or label.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print no progress.")
by_option = click.option(
    "--by", envvar="TRIALKIT_USER", default=None, show_default="the login name", help="Who does it; goes into the log."
)


def findings_options(function: F) -> F:
    """--format and --fail-on."""
    function = click.option(
        "--format",
        "form",
        type=click.Choice(["human", "json", "csv"]),
        default="human",
        show_default=True,
        help="How findings are written.",
    )(function)
    return click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="minor",
        show_default=True,
        help="Exit 1 if there is a query of this severity or worse.",
    )(function)


def load(folder: Path) -> Study:
    """The study of a command."""
    from trialkit import pipeline

    return pipeline.load(folder)


def store_of(folder: Path, store: Path | None) -> Path:
    """The store's folder: as named, else beside the study's content."""
    return store if store is not None else folder / "store"


def user(by: str | None) -> str:
    """Who runs the command."""
    if by:
        return by
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def note(text: str, quiet: bool = False) -> None:
    """A line of progress on standard error."""
    if not quiet:
        click.echo(text, err=True)


def content_note(study: Study, store: Path, snapshot: str) -> None:
    """Tell on standard error that a snapshot was frozen under other study content, if it was."""
    from trialkit import pipeline

    if said := pipeline.content_note(study, store, snapshot):
        note(f"note: {said}")


def colored() -> bool:
    """Whether findings may be colored: a terminal that can, and nobody said no."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def print_findings(checked: Checked, form: str, last: str) -> None:
    """Findings on standard output; ``last`` ends the human form's line of totals."""
    from trialkit.export.findings import FINDING_FORMATS

    write = FINDING_FORMATS[form]
    if form == "human":
        click.echo(write(checked.findings, checked.files, checked.rows, colored(), last), nl=False)
    else:
        click.echo(write(checked.findings, checked.files, checked.rows), nl=False)
    if checked.ignored:
        note(f"not read (no upload format): {', '.join(checked.ignored)}")


def exit_code(checked: Checked, fail_on: str) -> int:
    """3 if the submission is refused, 1 if a query is as severe as ``fail_on`` or worse, else 0."""
    if checked.refused:
        return EXIT_INPUT
    worse = FAIL_ON[: FAIL_ON.index(fail_on) + 1] if fail_on != "none" else ()
    found = any(f.finding_class == "query" and f.severity in worse for f in checked.findings)
    return EXIT_FINDINGS if found else EXIT_CLEAN


def refused(results: Results) -> int:
    """Tell the analyses whose method refused; 4 if there is one."""
    rows = results.rows
    errors = rows[rows["status"] == "error"]
    for name, text in zip(errors["analysis"], errors["error"], strict=True):
        note(f"error: analysis {name} could not be run: {text}")
    return EXIT_ANALYSIS if len(errors) else EXIT_CLEAN
