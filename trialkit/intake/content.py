"""What a format's reader hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialkit.errors import IntakeError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Content:
    """A file's rows: ``frame`` with index 0..n-1, ``rows`` the line or record number of each; all as in ``Cells``."""

    frame: pd.DataFrame
    rows: np.ndarray
    numbering: Literal["line", "record"]
    native: bool
    notes: tuple[str, ...] = ()
    stored: bool = False
    aside: dict[str, tuple[str, ...]] = field(default_factory=dict)


def records(frame: pd.DataFrame, notes: tuple[str, ...] = ()) -> Content:
    """The content of a typed format: native values, records numbered from 1."""
    import numpy as np
    import pandas as pd

    whole = frame if frame.index.equals(pd.RangeIndex(len(frame))) else frame.reset_index(drop=True)
    return Content(whole, np.arange(1, len(frame) + 1), "record", True, notes)


def check_names(names: list[str], place: str) -> None:
    """Raises IntakeError if a column has no name, or two have the same."""
    blank = [number for number, name in enumerate(names, 1) if not name.strip()]
    if blank:
        raise IntakeError(f"column {blank[0]} has no name", place, "Every column needs a name in the header.")
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name in seen:
            raise IntakeError(
                f"columns {seen[name]} and {number} are both called {name!r}", place, "Keep one, or rename one."
            )
        seen[name] = number
