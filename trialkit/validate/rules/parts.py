"""The parts of a computed number: fields of the row, and of the rows of another form that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.validate.axis import Stretch, stretch
from trialkit.validate.rows import Rows
from trialkit.validate.rules.formulas import FORMULAS
from trialkit.validate.rules.graded import graded
from trialkit.validate.rules.match import matching, pairs

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def bounds(rows: Rows, args: Any) -> Stretch:
    """The least and the most the formula can give where a date is known in part, NaN where it is not known.

    What is between two dates grows with the first and falls with the second.
    """
    ends = [stretch(rows.frame[name], rows.form.fields[name].type) for name in args.of]
    if all(end.low is end.high for end in ends):
        made = _made(rows, args, [end.low for end in ends])
        return Stretch(made, made)
    least = [end.high if n else end.low for n, end in enumerate(ends)]
    most = [end.low if n else end.high for n, end in enumerate(ends)]
    return Stretch(_made(rows, args, least), _made(rows, args, most))


def expected(rows: Rows, args: Any) -> np.ndarray:
    """What the formula gives, NaN where it is not known."""
    return _made(rows, args, [_certain(rows.frame[name], rows.form.fields[name].type) for name in args.of])


def _made(rows: Rows, args: Any, parts: list[np.ndarray]) -> np.ndarray:
    parts = parts.copy()
    parts += [part for name in args.take for part in _taken(rows, args, name)]
    if args.grades:
        return graded(rows, args, parts)
    if args.missing != "unknown":
        parts = _filled(parts, args)
    return FORMULAS[args.formula].compute(parts, args.cuts, args.scores)


def _certain(column: pd.Series[Any], kind: str) -> np.ndarray:
    """Numbers, and dates of which the day is known; NaN for the rest."""
    import numpy as np

    values = stretch(column, kind)
    return np.where(np.floor(values.low) == np.floor(values.high), values.low, np.nan)


def _taken(rows: Rows, args: Any, name: str) -> list[np.ndarray]:
    """A field of the matched row, or rows, of the other form: one part for each of ``args.rows``."""
    import numpy as np

    made = np.full((args.rows, len(rows)), np.nan)
    if args.form in rows.others:
        form, other = rows.forms[args.form], rows.others[args.form]
        other = (other[args.where.masks(other)[0]] if args.where else other).reset_index(drop=True)
        here, there = pairs(rows, other, matching(rows.form, form, args.match))
        values = _certain(other[name], form.fields[name].type)[there]
        if args.several == "sum":
            made[0] = _total(len(rows), here, values)
        elif args.rows == 1:
            _agreed(made, here, values)
        else:
            _each(made, here, values)
    return list(made)


def _total(count: int, here: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The sum over the matched rows of each row, zero without any; NaN where one of them lacks the value."""
    import numpy as np

    made = np.zeros(count)
    np.add.at(made, here, values)
    return made


def _agreed(made: np.ndarray, here: np.ndarray, values: np.ndarray) -> None:
    """The value all matched rows agree on; none where they differ, or one of them lacks it."""
    import pandas as pd

    found = pd.Series(values).groupby(here).agg(["min", "max", "size", "count"])
    one = found[(found["min"] == found["max"]) & (found["size"] == found["count"])]
    made[0, one.index.to_numpy(dtype="int64")] = one["min"].to_numpy()


def _each(made: np.ndarray, here: np.ndarray, values: np.ndarray) -> None:
    """The value of each matched row; none at all where there are more rows than parts."""
    import numpy as np

    _, start, number, size = np.unique(here, return_index=True, return_inverse=True, return_counts=True)
    place = np.arange(len(here)) - start[number]
    fits = size[number] <= len(made)
    made[place[fits], here[fits]] = values[fits]


def _filled(parts: list[np.ndarray], args: Any) -> list[np.ndarray]:
    """The parts with what stands in for those that are missing, where there are few enough of them."""
    import numpy as np

    table = np.column_stack(parts)
    gone = np.isnan(table)
    few = (gone.sum(axis=1) <= args.allowed) & ~gone.all(axis=1)
    known = (~gone).sum(axis=1)
    mean = np.where(gone, 0, table).sum(axis=1) / np.maximum(known, 1)
    instead = np.zeros(len(table)) if args.missing == "left_out" and args.formula == "sum" else mean
    return list(np.where(gone & few[:, None], instead[:, None], table).T)
