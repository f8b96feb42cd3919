"""The subjects and source rows behind the numbers of one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.model.result import Set, set_from
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Behind:
    """Finds sets by positions in an analysis' frame (its rows) and universe (its subjects), each of them once.

    All numbers of a model stand on the same rows, so most sets are asked for again and again.
    """

    def __init__(self, frame: pd.DataFrame, universe: pd.DataFrame, subject: str) -> None:
        import pandas as pd

        both = pd.concat([frame[subject], universe[subject]]).astype(str).to_numpy(dtype=object)
        codes, subjects = pd.factorize(both, sort=True)
        self._subjects: list[str] = subjects.tolist()
        self._frame = codes[: len(frame)], frame[SRC].to_numpy()
        self._universe = codes[len(frame) :], universe[SRC].to_numpy()
        self._known: dict[tuple[bytes, bytes], tuple[str, Set]] = {}

    def find(self, rows: np.ndarray | None, units: np.ndarray | None) -> tuple[str, Set]:
        """The id and set of rows and subjects at positions; the subjects are those of the rows if not given, the
        source rows those of the subjects."""
        key = (_bytes(rows), _bytes(units))
        if key not in self._known:
            from trialkit.methods._columns import once

            subjects = self._frame[0][rows] if units is None else self._universe[0][units]
            sources = self._universe[1][units] if rows is None else self._frame[1][rows]
            names = (self._subjects[code] for code in once(subjects).tolist())
            self._known[key] = set_from(tuple(names), tuple(once(sources).tolist()))
        return self._known[key]


def _bytes(at: np.ndarray | None) -> bytes:
    return b"none" if at is None else at.tobytes()
