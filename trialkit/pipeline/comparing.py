"""Double programming: two files of the same data set, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.derive.difference import Differences, Tolerance, differences
from trialkit.errors import UsageError
from trialkit.model.table import SRC
from trialkit.model.texts import plainly

if TYPE_CHECKING:
    import pandas as pd


def compare(
    left: Path,
    right: Path,
    key: Sequence[str],
    absolute: float = 0.0,
    relative: float = 0.0,
    columns: Mapping[str, float] | None = None,
    ignore: Sequence[str] = (),
) -> Differences:
    """Compare two files (any upload format) by key; see ``trialkit.derive.difference.differences``.

    Raises IntakeError (exit 3) for a file that cannot be read, UsageError for a key that does not name each row, or a
    tolerance that is no number of at least zero.
    """
    for number in (absolute, relative, *(columns or {}).values()):
        if not number >= 0:
            raise UsageError(f"{number} is no tolerance", hint="Write a number of at least zero.")
    return differences(_frame(left), _frame(right), key, Tolerance(absolute, relative, columns or {}), ignore)


def _frame(path: Path) -> pd.DataFrame:
    """A file's cells; of a text file, columns whose filled cells are all numbers are numbers."""
    from trialkit.intake import read

    cells = read(path)
    frame = plainly(cells.frame.drop(columns=[SRC], errors="ignore"))
    return frame if cells.native else frame.apply(_typed)


def _typed(column: pd.Series[str]) -> pd.Series[float]:
    """Text as numbers where every filled cell is one written without leading zeros, else as it is."""
    import pandas as pd

    filled = column[column != ""]
    plain = filled.str.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", na=False).astype(bool)
    if not len(filled) or not plain.all():
        return column  # type: ignore[return-value]
    return pd.to_numeric(column.where(column != "", None)).astype(float)
