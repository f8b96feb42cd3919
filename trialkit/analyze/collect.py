"""The numbers of methods as Result rows, each with the id of the set behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from trialkit.analyze.parts import Groups
from trialkit.analyze.prepare import Prepared
from trialkit.analyze.results import behind_result, union
from trialkit.derive.run import Ledger
from trialkit.errors import AnalysisError
from trialkit.methods.base import Row
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.result import GROUPS, RESULT_COLUMNS
from trialkit.model.study import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OF_ROW = ("arm", "reference", "variable", "variable_level", "at", "stat", "value", "text", "unit", "warning", "error")
"""What a result row has from the method's row as it is."""
_of_row = attrgetter(*OF_ROW)
DTYPES: dict[str, Any] = {"value": float, "at": float, "order": "int64"}
"""Columns that hold no text."""
FEWER = "Name fewer columns in 'by' and 'within', or make an analysis of each."


def too_many(spec: AnalysisSpec, named: int) -> str:
    """What is wrong with an analysis of more groups than a result row has places for."""
    return f"analysis {spec.id!r} groups its numbers by {named} columns; a result row has places for {GROUPS}"


class Collector:
    """Gathers Result rows, column by column, and keeps each distinct set once."""

    def __init__(self, study: Study, snapshot: str, software: str) -> None:
        self.whole = {"snapshot": snapshot, "spec": study.digest, "software": software}
        self.columns: dict[str, list[Any]] = {name: [] for name in RESULT_COLUMNS if name not in self.whole}
        self.ledger = Ledger()

    def __len__(self) -> int:
        return len(self.columns["stat"])

    def add(
        self,
        spec: AnalysisSpec,
        method: str,
        rows: Iterable[Row],
        prepared: Prepared,
        rows_at: np.ndarray | None = None,
        groups: Groups = (),
    ) -> None:
        """Enter a method's rows inside ``groups``; ``rows_at`` maps their row positions to the prepared frame's."""
        rows, before = list(rows), len(self)
        if not rows:
            return
        told = {"analysis": spec.id, "method": method, "by": " ".join(spec.by), "estimand": spec.estimand}
        for name, value in told.items():
            self.columns[name] += [value] * len(rows)
        for name, values in zip(OF_ROW, zip(*map(_of_row, rows), strict=True), strict=True):
            self.columns[name] += values
        self._group(spec, rows, groups)
        self.columns["status"] += map(_status, rows)
        self.columns["order"] += range(before, before + len(rows))
        self.columns["set_id"] += self._sets(rows, prepared, rows_at)

    def of_results(
        self, spec: AnalysisSpec, rows: Sequence[Row], found: dict[str, dict[str, Any]], at: Prepared
    ) -> None:
        """Enter rows made of the results ``found``, each with what these stand on."""
        before, known = len(self), dict[tuple[str, ...], str]()
        self.add(spec, spec.method, rows, at)
        for i, row in enumerate(rows, start=before):
            ids = behind_result(row, found)
            if ids and ids not in known:
                known[ids], made = union(ids, self.ledger.sets)
                self.ledger.sets[known[ids]] = made
            if ids:
                self.columns["set_id"][i] = known[ids]

    def refuse(self, spec: AnalysisSpec, why: str) -> None:
        """Enter that an analysis is not computed at all."""
        told: dict[str, Any] = {"analysis": spec.id, "method": spec.method, "estimand": spec.estimand}
        told |= {"stat": "error", "error": why, "value": None, "at": None, "status": "error", "order": len(self)}
        for name, column in self.columns.items():
            column.append(told.get(name, ""))

    def rows_of(self, analyses: Collection[str]) -> list[dict[str, Any]]:
        """The rows of some analyses so far, each with its columns by name."""
        at = [i for i, name in enumerate(self.columns["analysis"]) if name in analyses] if analyses else []
        return [{name: column[i] for name, column in self.columns.items()} for i in at]

    def frame(self) -> pd.DataFrame:
        """The rows with RESULT_COLUMNS."""
        import numpy as np
        import pandas as pd

        columns = self.columns | {name: [text] * len(self) for name, text in self.whole.items()}
        arrays = {name: np.array(columns[name], dtype=DTYPES.get(name, object)) for name in RESULT_COLUMNS}
        return pd.DataFrame(arrays, copy=False)

    def _group(self, spec: AnalysisSpec, rows: Sequence[Row], groups: Groups) -> None:
        """The columns of the groups, those of the analysis before those of a row."""
        inside = [(*groups, *row.groups) for row in rows]
        if (most := max(map(len, inside))) > GROUPS:
            raise AnalysisError(too_many(spec, most), str(spec.place), FEWER)
        for i in range(GROUPS):
            found = [own[i] if i < len(own) else ("", "") for own in inside] if i < most else [("", "")] * len(rows)
            self.columns[f"group{i + 1}"] += [name for name, _ in found]
            self.columns[f"level{i + 1}"] += [level for _, level in found]

    def _sets(self, rows: Sequence[Row], prepared: Prepared, rows_at: np.ndarray | None) -> list[str]:
        """The id of the set behind each row; numbers of one group share their arrays, which are looked up once."""
        known: dict[tuple[int, int], str] = {}
        made = []
        for row in rows:
            arrays = id(row.rows), id(row.units)
            if arrays not in known:
                known[arrays] = self._set(row, prepared, rows_at)
            made.append(known[arrays])
        return made

    def _set(self, row: Row, prepared: Prepared, rows_at: np.ndarray | None) -> str:
        if row.rows is None and row.units is None:
            return ""
        rows = row.rows if row.rows is None or rows_at is None else rows_at[row.rows]
        set_id, made = prepared.behind.find(rows, row.units)
        self.ledger.sets[set_id] = made
        return set_id


def _status(row: Row) -> str:
    if row.error:
        return "error"
    if row.warning:
        return "warning"
    return "text" if row.value is None else "value"
