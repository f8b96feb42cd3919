"""Snapshot tables -> analysis data sets, step by step, with a ledger that accounts for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import At, Outcome
from trialkit.derive.frames import numbered, only
from trialkit.derive.hiding import SEEN, UNTOLD, Hidden, after, depends, of_form, veiled
from trialkit.derive.keys import Keyed, keyed
from trialkit.derive.steps import STEPS
from trialkit.errors import AnalysisError, StudyError, did_you_mean
from trialkit.model.analysis import Dataset, Step
from trialkit.model.result import LEDGER_COLUMNS, Set, set_of
from trialkit.model.study import Medicine, Study
from trialkit.model.table import SRC, Tables
from trialkit.model.tree import NOWHERE, Where
from trialkit.model.units import Quantity
from trialkit.spec.build import build
from trialkit.words import many

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TOGETHER = 32
"""After so many steps the columns they made are put together: pandas keeps each apart, and warns of 100 such."""


@dataclass
class Ledger:
    """Rows in, rows out and rows lost, by step and reason, with the lost rows behind each entry."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    sets: dict[str, Set] = field(default_factory=dict)

    def add(self, of: str, order: int, step: str, rows_in: int, outcome: Outcome, subject: str) -> None:
        """Enter a step. Rows it added count as rows in. Raises AnalysisError if the rows do not reconcile."""
        rows_in += outcome.added
        lost = sum(len(loss) for loss in outcome.lost)
        if rows_in != len(outcome.frame) + lost:
            raise AnalysisError(
                f"{of}, step {order} ({step}): {many(rows_in, 'row')} in, {len(outcome.frame):,} out, {lost:,} lost"
            )
        entry = {"of": of, "order": order, "step": step, "rows_in": rows_in, "rows_out": len(outcome.frame)}
        if not outcome.lost:
            self.rows.append({**entry, "lost": 0, "reason": "", "set_id": ""})
        for loss in outcome.lost:
            subjects = [str(cell) for cell in loss.cells(subject)] if subject in loss.rows else []
            set_id, made = set_of(subjects, loss.cells(SRC))
            self.sets[set_id] = made
            self.rows.append({**entry, "lost": len(loss), "reason": loss.reason, "set_id": set_id})

    def frame(self) -> pd.DataFrame:
        """The entries as a data frame with LEDGER_COLUMNS."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(LEDGER_COLUMNS))


class Derivation:
    """Derives data sets on demand, each once; a data set may start from or look into others."""

    def __init__(self, study: Study, tables: Tables) -> None:
        self.study, self.tables, self.ledger = study, tables, Ledger()
        self.datasets: dict[str, pd.DataFrame] = {}
        self.hidden: dict[str, Hidden] = {}
        self._keyed: dict[tuple[str, tuple[str, ...]], Keyed] = {}
        self._open: list[str] = []

    def table(self, name: str, place: Where = NOWHERE) -> pd.DataFrame:
        """The rows of a form or data set, deriving it first if need be."""
        if name in self.study.forms:
            return self._form(name)
        if name not in self.study.datasets:
            hint = did_you_mean(name, [*self.study.forms, *self.study.datasets])
            raise AnalysisError(f"there is no form or data set {name!r}", str(place), hint)
        if name not in self.datasets:
            self.datasets[name] = self._derive(self.study.datasets[name])
        return self.datasets[name]

    def keyed(self, name: str, columns: tuple[str, ...]) -> Keyed:
        """The rows of a form or data set by the values of these columns, numbered once."""
        if (name, columns) not in self._keyed:
            self._keyed[name, columns] = keyed(self.table(name), columns)
        return self._keyed[name, columns]

    def subject(self, name: str) -> str:
        """The subject column of a form or data set."""
        source: Any = self.study.forms.get(name) or self.study.datasets[name]
        return str(source.subject)

    def quantities(self, form: str, field: str, place: Where = NOWHERE) -> dict[str, Quantity]:
        """What a field of a form may measure, by name. Raises AnalysisError if it is no measured field of a form."""
        found = self.study.forms[form].fields.get(field) if form in self.study.forms else None
        if found is None or not found.quantities:
            message = f"{field!r} of {form!r} is no field with units"
            raise AnalysisError(message, str(place), "Name a form and its field that has 'unit_in'.")
        return found.quantities

    def medicines(self) -> dict[str, Medicine]:
        """The classes of medicines that the newest protocol restricts, none without a protocol."""
        return self.study.protocol.medicines if self.study.protocols else {}

    def _form(self, name: str) -> pd.DataFrame:
        import pandas as pd

        if name in self.tables.frames:
            return self.tables.frames[name]
        dtypes = {"integer": "float64", "decimal": "float64", "date": "datetime64[ns]", "datetime": "datetime64[ns]"}
        columns = {
            f.name: pd.Series([], dtype=dtypes.get(f.type, "object")) for f in self.study.forms[name].fields.values()
        }
        return pd.DataFrame({**columns, SRC: pd.Series([], dtype="int64")})

    def _derive(self, dataset: Dataset) -> pd.DataFrame:
        if dataset.id in self._open:
            raise AnalysisError(
                f"data set {dataset.id!r} needs itself: {' -> '.join([*self._open, dataset.id])}", str(dataset.place)
            )
        self._open.append(dataset.id)
        frame = numbered(self.table(dataset.source, dataset.place).copy(deep=False))
        self.hidden[dataset.id] = self._hidden(dataset.source)
        for order, step in enumerate(dataset.steps, start=1):
            frame = self._step(dataset, order, step, frame)
            if order % TOGETHER == 0:
                frame = frame.copy()
        self._open.pop()
        if not self.hidden[dataset.id].columns.isdisjoint(dataset.key):
            self.hidden[dataset.id], frame = replace(self.hidden[dataset.id], rows=True), frame.iloc[:0]
        return _finish(dataset, frame)

    def _step(self, dataset: Dataset, order: int, step: Step, frame: pd.DataFrame) -> pd.DataFrame:
        kind = STEPS[step.kind]
        args: Any = build(kind.args, step.args)
        for message, hint in kind.problems(args):
            raise AnalysisError(message, str(step.place), hint)
        outcome, words = kind.run(frame, args, At(self, dataset.subject, step.place)), kind.words(args)
        if self.tables.blind:
            own = self.hidden[dataset.id]
            self.hidden[dataset.id] = hidden = after(step, frame, outcome, own, self._hidden)
            outcome = veiled(frame, outcome, own, hidden)
            words = f"{step.kind}: {UNTOLD}" if depends(step, own, self._hidden) else words
        self.ledger.add(f"dataset {dataset.id}", order, words, len(frame), outcome, dataset.subject)
        return outcome.frame

    def _hidden(self, name: str) -> Hidden:
        if not self.tables.blind:
            return SEEN
        if name in self.study.forms:
            return of_form(self.study, name)
        self.table(name)
        return self.hidden[name]


def _finish(dataset: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    """The declared columns, sorted by key. Raises AnalysisError if one is missing or a key stands twice."""
    import numpy as np

    wanted = list(dataset.columns) or [c for c in frame.columns if c != SRC]
    for name in (*wanted, *dataset.key, dataset.subject):
        if name not in frame.columns:
            hint = did_you_mean(name, frame.columns)
            raise AnalysisError(f"no step of {dataset.id!r} makes column {name!r}", str(dataset.place), hint)
    order, again = _sorted(frame, dataset.key)
    if again:
        twice = frame.duplicated(subset=list(dataset.key))
        found = ", ".join(str(v) for v in frame.loc[twice, list(dataset.key)].iloc[0])
        raise AnalysisError(
            f"{dataset.id!r} has more than one row for {found} ({many(again, 'row')} too many)",
            str(dataset.place),
            "Add a column to 'key', or choose rows with 'filter' or 'one_per'.",
        )
    made = only(frame, {name: name for name in (*wanted, SRC)}).copy()  # puts columns of a type together: many read it
    return numbered(made if (order == np.arange(len(made))).all() else made.take(order))


def _sorted(frame: pd.DataFrame, key: Sequence[str]) -> tuple[np.ndarray, int]:
    """The places of the rows in the order of their key, a missing value last, and how many rows repeat a key."""
    import numpy as np
    import pandas as pd

    codes = [pd.factorize(frame[name], sort=True)[0] for name in key]
    ranks = [np.where(code < 0, len(frame), code) for code in codes]
    order = np.lexsort(ranks[::-1]) if ranks else np.arange(len(frame))
    same = np.ones(max(len(frame) - 1, 0), dtype=bool)
    for rank in ranks:
        same &= np.diff(rank[order]) == 0
    return order, int(same.sum())


@dataclass(frozen=True)
class Derived:
    """Analysis data sets by id (with ``_src``), the ledger (LEDGER_COLUMNS), the sets of its lost rows, and what is
    hidden of each data set while the arms are (``blind``, as in ``Tables``)."""

    datasets: dict[str, pd.DataFrame]
    ledger: pd.DataFrame
    sets: dict[str, Set]
    hidden: dict[str, Hidden] = field(default_factory=dict)
    blind: bool = False


def derive(study: Study, tables: Tables) -> Derived:
    """All analysis data sets of the study.

    Raises AnalysisError, with the place in the data set's file, when a step cannot be done.
    """
    derivation = Derivation(study, tables)
    for name in study.datasets:
        derivation.table(name)
    return Derived(
        {name: derivation.datasets[name] for name in study.datasets},
        derivation.ledger.frame(),
        derivation.ledger.sets,
        derivation.hidden,
        tables.blind,
    )


def check_steps(study: Study) -> list[StudyError]:
    """Every step whose kind or arguments do not fit, with its place."""
    found: list[StudyError] = []
    for dataset in study.datasets.values():
        for step in dataset.steps:
            if step.kind not in STEPS:
                hint = did_you_mean(step.kind, STEPS)
                found.append(StudyError(f"unknown kind of step {step.kind!r}", str(step.place), hint))
                continue
            found += _problems(step)
    return found


def _problems(step: Step) -> list[StudyError]:
    kind = STEPS[step.kind]
    try:
        args: Any = build(kind.args, step.args)
    except StudyError as error:
        return [error]
    return [StudyError(message, str(step.place), hint) for message, hint in kind.problems(args)]
