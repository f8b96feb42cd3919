"""A form's cells: each field's generator in turn, then what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from trialkit.errors import StudyError
from trialkit.model import Tree
from trialkit.simulate.design import Design
from trialkit.simulate.generators import Cells, Making, Numbers, derived, generator_of, text_of
from trialkit.simulate.row import Rows
from trialkit.simulate.rows import by_visit, rows_of
from trialkit.simulate.scenario import FormPlan
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


def complete(
    form: FormPlan, fields: Iterable[str], rows: Rows, trial: Trial, design: Design, rng: Random
) -> dict[str, Cells]:
    """The cells of some fields, nothing missing."""
    making = Making(rows, trial, design, {}, rng)
    for name in fields:
        making.made[name] = _run(name, form.fields[name], making)
    return making.made


def _run(name: str, tree: Tree, making: Making) -> Cells:
    run, args = generator_of(tree)
    try:
        return run(args, making)
    except StudyError as error:
        place = error.place or str(tree.where)
        raise StudyError(f"field {name!r}: {error.message}", place, error.hint) from None


def form_cells(
    name: str, form: FormPlan, trial: Trial, design: Design, rng: Random, earlier: Mapping[str, Rows]
) -> Rows:
    """A form's rows with its text cells by field. The form that measures severity keeps the cells drawn for its scores.

    ``earlier`` are those of the forms made before it.
    """
    rows = rows_of(name, form.rows, trial, design, rng, earlier)
    if form.rows.per == "table":
        return rows
    at_entry = rows.visit == design.visits.index(design.plan.entry.visit)
    driver = name == design.plan.entry.form
    gone = rng.random(len(rows)) < by_visit({"*": 0.0} | form.missing_rows, design, rows.visit)
    keep = ~gone | (at_entry & driver)
    rows, at_entry = rows.take(keep), at_entry[keep]
    trial.filled[name] = _filled(rows, trial)
    drawn = _drawn(rows, trial, design) if driver else {}
    making = Making(rows, trial, design, {}, rng, earlier)
    for field, tree in form.fields.items():
        cells = drawn[field] if field in drawn and not derived(tree) else _run(field, tree, making)
        share = form.missing_cells.get(field, 0.0)
        making.made[field] = _emptied(cells, (rng.random(len(rows)) < share) & ~(at_entry & driver)) if share else cells
    return replace(rows, values={field: text_of(cells) for field, cells in making.made.items()})


def _filled(rows: Rows, trial: Trial) -> Array:
    import numpy as np

    filled = np.zeros(trial.there.shape, dtype=bool)
    at = rows.visit >= 0
    filled[rows.subject[at], rows.visit[at]] = True
    return filled


def _drawn(rows: Rows, trial: Trial, design: Design) -> dict[str, Cells]:
    """The complete cells of the rows, from those drawn for all subjects and visits."""
    import numpy as np

    position = np.full(len(design.visits), -1)
    position[list(trial.measured)] = np.arange(len(trial.measured))
    at = rows.subject * len(trial.measured) + position[rows.visit]
    return {field: _take(cells, at) for field, cells in trial.scores.items()}


def _take(cells: Cells, at: Array) -> Cells:
    return Numbers(cells.values[at], cells.decimals) if isinstance(cells, Numbers) else cells[at]


def _emptied(cells: Cells, which: Array) -> Cells:
    import numpy as np

    if isinstance(cells, Numbers):
        return Numbers(np.where(which, np.nan, cells.values), cells.decimals)
    return np.where(which, "", cells)


def as_csv(columns: list[str], cells: dict[str, Array]) -> bytes:
    """A file with a header and one line per row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(cells[name].tolist() for name in columns), strict=True))
    return out.getvalue().encode()
