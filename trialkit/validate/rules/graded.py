"""Grades by tables of cut points, one table for each thing measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trialkit.methods._clinical import CUT, grade
from trialkit.model import Form
from trialkit.validate.kind import Problem, unknown_fields
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


def graded(rows: Rows, args: Any, parts: list[np.ndarray]) -> np.ndarray:
    """The grade of each row by the table of what it measures; NaN where there is no table."""
    import numpy as np

    made, what = np.full(len(rows), np.nan), rows.frame[args.by].to_numpy(dtype=object)
    for name, table in args.grades.items():
        at = (what == name).nonzero()[0]
        made[at] = grade([part[at] for part in parts], table)
    return made


def grade_problems(form: Form, args: Any, wanted: bool) -> Iterator[Problem]:
    """What is wrong with the tables; ``wanted`` whether the formula needs them."""
    if wanted != bool(args.grades and args.by):
        yield "the formula grade and its tables 'grades', with the field 'by' that picks one, go together", ""
        return
    yield from unknown_fields(form, (args.by,) if args.by else ())
    for name, table in args.grades.items():
        for number, cut in (*table.low.items(), *table.high.items()):
            if not (number.isdigit() and CUT.match(cut)):
                hint = "Write 'grade: cut', the cut as '3 ULN', '1 LLN' or a number."
                yield f"grade {number!r}: {cut!r} of {name} cannot be read", hint
