"""Where a row of an analysis data set came from, step by step; and one subject's part of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import At
from trialkit.derive.run import Derivation
from trialkit.derive.steps import STEPS
from trialkit.derive.steps.lookups import rows_seen
from trialkit.model.analysis import Dataset, Step
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.spec.build import build

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Traced:
    """What a step did to a row: its words, the cells it made or changed, and the rows of another table it looked at
    (their ``_src``)."""

    words: str
    made: dict[str, Any]
    table: str = ""
    sources: tuple[int, ...] = ()


class Tracing(Derivation):
    """A derivation that remembers the rows before and after each step of one data set."""

    def __init__(self, study: Study, tables: Tables, dataset: str) -> None:
        super().__init__(study, tables)
        self.of = dataset
        self.steps: list[tuple[Step, pd.DataFrame, pd.DataFrame]] = []

    def _step(self, dataset: Dataset, order: int, step: Step, frame: pd.DataFrame) -> pd.DataFrame:
        after = super()._step(dataset, order, step, frame)
        if dataset.id == self.of:
            self.steps.append((step, frame, after))
        return after

    def row(self, position: int) -> tuple[pd.Series[Any], list[Traced]]:
        """A row of the data set (by its position, from 0) and what each step did to it.

        Raises IndexError for a position there is not, AnalysisError as ``derive``.
        """
        row, dataset = self.table(self.of).iloc[position], self.study.datasets[self.of]
        at = At(self, dataset.subject, dataset.place)
        told = [_traced(step, before, after, row[SRC], at) for step, before, after in self.steps]
        return row, [one for one in told if one is not None]


def _traced(step: Step, before: pd.DataFrame, after: pd.DataFrame, source: int, at: At) -> Traced | None:
    args: Any = build(STEPS[step.kind].args, step.args)
    new = after[after[SRC] == source]
    if not len(new):
        return None
    old = before[before[SRC] == source]
    row = new.iloc[0]
    names = [name for name in new.columns if name != SRC and _differs(old, row, name)]
    table, sources = rows_seen(args, row if not len(old) else old.iloc[0], at)
    return Traced(STEPS[step.kind].words(args), {name: row[name] for name in names}, table, sources)


def _differs(old: pd.DataFrame, row: pd.Series[Any], name: str) -> bool:
    if not len(old) or name not in old:
        return True
    before, after = old.iloc[0][name], row[name]
    blank = before is None or before != before, after is None or after != after
    return blank[0] != blank[1] if any(blank) else bool(before != after)


def of_subject(study: Study, tables: Tables, subject: str) -> Tables:
    """The tables with this subject's rows only; forms that are not about subjects stay whole."""
    frames = {
        name: frame[frame[study.forms[name].subject].astype(str) == subject].reset_index(drop=True)
        if study.forms[name].subject
        else frame
        for name, frame in tables.frames.items()
    }
    return Tables(frames, tables.sources)
