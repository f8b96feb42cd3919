"""The subjects and source rows behind the numbers of one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.model.result import Set, set_of
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Behind:
    """Finds sets by positions in an analysis' frame (its rows) and universe (its subjects), each of them once.

    All numbers of a model stand on the same rows, so most sets are asked for again and again.
    """

    def __init__(self, frame: pd.DataFrame, universe: pd.DataFrame, subject: str) -> None:
        self._frame = _members(frame, subject)
        self._universe = _members(universe, subject)
        self._known: dict[tuple[bytes, bytes], tuple[str, Set]] = {}

    def find(self, rows: np.ndarray | None, units: np.ndarray | None) -> tuple[str, Set]:
        """The id and set of rows and subjects at positions; the subjects are those of the rows if not given, the
        source rows those of the subjects."""
        key = (_bytes(rows), _bytes(units))
        if key not in self._known:
            subjects = self._frame[0][rows] if units is None else self._universe[0][units]
            sources = self._universe[1][units] if rows is None else self._frame[1][rows]
            self._known[key] = set_of(subjects, sources.tolist())
        return self._known[key]


def _members(frame: pd.DataFrame, subject: str) -> tuple[np.ndarray, np.ndarray]:
    """The subject and the source of each row."""
    return frame[subject].astype(str).to_numpy(dtype=object), frame[SRC].to_numpy()


def _bytes(at: np.ndarray | None) -> bytes:
    return b"none" if at is None else at.tobytes()
