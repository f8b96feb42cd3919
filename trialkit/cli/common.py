"""Options and small things that commands share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trialkit.errors import EXIT_ANALYSIS, EXIT_CLEAN, EXIT_FINDINGS, EXIT_INPUT, UsageError
from trialkit.words import many

if TYPE_CHECKING:
    from trialkit.model import Results, Study
    from trialkit.pipeline import Checked

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("human", "json", "csv", "sarif", "junit", "xlsx", "html")
WIDEST = 120
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


FINDINGS_OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="human",
        show_default=True,
        help="How findings are written; xlsx is the query list, html the data-quality page.",
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        help="Write them into this file; only the line of totals is printed.",
    ),
    click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        default=None,
        metavar="YYYY-MM-DD",
        show_default="today, UTC",
        help="Judge open time limits and dates in the future as of this day.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="minor",
        show_default=True,
        help="Exit 1 if there is a query of this severity or worse.",
    ),
    click.option(
        "--redact",
        is_flag=True,
        help="Write no value, and numbers in place of subjects: for logs that leave the secure place.",
    ),
)


def findings_options(function: F) -> F:
    """--format, --out, --as-of, --fail-on and --redact."""
    for option in reversed(FINDINGS_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class Telling:
    """How the findings of a command are told, as its options say."""

    form: str
    out: Path | None
    fail_on: str
    redact: bool

    def ready(self) -> None:
        """Raises UsageError, before anything is checked or stored, if the findings could not be told this way."""
        from trialkit import pipeline

        if self.out is not None:
            pipeline.folder_for(self.out.parent)
        elif not pipeline.FINDING_FORMATS[self.form].shown and sys.stdout.isatty():
            raise UsageError(
                f"format {self.form!r} is a file, not a text for the terminal",
                hint=f"Add '--out findings{pipeline.FINDING_FORMATS[self.form].ending}', or send the output to a file.",
            )

    def tell(self, study: Study, checked: Checked, last: str) -> int:
        """The findings on standard output or in the file; the exit code. ``last`` ends the line of totals."""
        from trialkit import pipeline
        from trialkit.export.findings.shared import summary

        made = pipeline.outcome(study, checked, last, self.redact)
        if self.out is not None:
            click.echo(f"{summary(made)} · wrote {pipeline.write_findings(made, self.form, self.out)}")
        else:
            how: dict[str, object] = {"color": colored(), "width": width()} if self.form == "human" else {}
            content = pipeline.findings_as(made, self.form, **how)
            shown = pipeline.FINDING_FORMATS[self.form].shown  # text also goes where bytes cannot
            click.echo(content.decode("utf-8", "replace") if shown else content, nl=False)
        for text in () if self.redact else checked.notes:
            note(f"note: {text}")
        if checked.ignored:
            ignored = "files of a kind that is not read" if self.redact else ", ".join(checked.ignored)
            note(f"not read (no upload format): {ignored}")
        return exit_code(checked, self.fail_on)


blinded_option = click.option(
    "--blinded", is_flag=True, help="A blinded transfer: refuse a file with a column that could tell the arm."
)


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


def width() -> int:
    """How wide lines may be: those of a terminal, at most WIDEST; 0 (never broken) elsewhere."""
    return min(shutil.get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else 0


def exit_code(checked: Checked, fail_on: str) -> int:
    """3 if the submission is refused, 1 if a query is as severe as ``fail_on`` or worse, else 0."""
    if checked.refused:
        return EXIT_INPUT
    worse = FAIL_ON[: FAIL_ON.index(fail_on) + 1] if fail_on != "none" else ()
    found = any(f.finding_class == "query" and f.severity in worse for f in checked.findings)
    return EXIT_FINDINGS if found else EXIT_CLEAN


def refused(results: Results) -> int:
    """Tell, once each, the analyses whose method refused; 4 if there is one. What is kept back while the arms are
    hidden is counted and is no error."""
    from trialkit import pipeline

    errors, kept_back = pipeline.refusals(results)
    for name, text in errors:
        note(f"error: analysis {name} could not be run: {text}")
    if kept_back:
        which = many(kept_back, "analysis is", "analyses are")
        note(f"note: {which} not computed, or in part, because the arms are hidden; the page says so in each place")
    return EXIT_ANALYSIS if errors else EXIT_CLEAN
