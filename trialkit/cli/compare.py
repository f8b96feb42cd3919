"""``trialkit compare``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.errors import EXIT_CLEAN, EXIT_FINDINGS, UsageError


@click.command("compare")
@click.argument("left", type=click.Path(path_type=Path, readable=False))
@click.argument("right", type=click.Path(path_type=Path, readable=False))
@click.option("--key", required=True, help="The columns that name a row, with commas between.")
@click.option("--abs", "absolute", type=float, default=0.0, show_default=True, help="Numbers may differ by this much.")
@click.option("--rel", "relative", type=float, default=0.0, show_default=True, help="Or by this share of the larger.")
@click.option("--column", "columns", multiple=True, metavar="NAME=NUMBER", help="Absolute tolerance of one column.")
@click.option("--ignore", multiple=True, metavar="NAME", help="A column that is not compared.")
@click.option(
    "--format", "form", type=click.Choice(["human", "json", "csv"]), default="human", show_default=True,
    help="How differences are written.",
)  # fmt: skip
def command(
    left: Path,
    right: Path,
    key: str,
    absolute: float,
    relative: float,
    columns: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str,
) -> int:
    """Compare two files of one data set by key: rows added or removed, cells changed. Exit 1 if they differ.

    Both may be of any upload format. The order of rows and columns does not count.
    """
    from trialkit import pipeline
    from trialkit.export.compared import COMPARE_FORMATS

    names = tuple(part.strip() for part in key.split(","))
    found = pipeline.compare(left, right, names, absolute, relative, dict(map(_tolerance, columns)), ignore)
    click.echo(COMPARE_FORMATS[form](found), nl=False)
    return EXIT_FINDINGS if found else EXIT_CLEAN


def _tolerance(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError:
        raise UsageError(f"--column {text!r} is not NAME=NUMBER", hint="For example --column NAME=0.001.") from None
