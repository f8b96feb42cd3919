"""Finding the rows of another form that belong to a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trialkit.errors import did_you_mean
from trialkit.model import Form
from trialkit.validate.axis import family
from trialkit.validate.kind import Problem, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def matching(form: Form, other: Form | None, match: Mapping[str, str]) -> dict[str, str]:
    """Own field -> field of the other form; the two subject fields when nothing is said."""
    if match or other is None:
        return dict(match)
    return {form.subject: other.subject}


def pairs(rows: Rows, other: pd.DataFrame, match: Mapping[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """(position here, position there) of every pair of rows whose matched fields are filled and equal."""
    import numpy as np

    left, right = _keys(rows.frame, other, match)
    if len(left) * len(right) <= FEW:
        return _pairs_of_few(left, right)
    ours, theirs = _numbers(left, right)
    order = np.argsort(theirs, kind="stable")
    ranked = theirs[order]
    first = np.searchsorted(ranked, ours, side="left")
    many = np.where(ours < 0, 0, np.searchsorted(ranked, ours, side="right") - first)
    here = np.repeat(np.arange(len(ours)), many)
    within = np.arange(len(here)) - np.repeat(np.cumsum(many) - many, many)
    return here, order[np.repeat(first, many) + within]


def _numbers(left: pd.DataFrame, right: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A number for each row of both, the same where all fields are filled and equal; -1 where one is missing."""
    import numpy as np
    import pandas as pd

    made, gone = np.zeros(len(left) + len(right), dtype=np.int64), np.zeros(len(left) + len(right), dtype=bool)
    for name in left:
        codes, distinct = pd.factorize(pd.concat([left[name], right[name]], ignore_index=True))
        gone |= codes < 0
        made = pd.factorize(made * (len(distinct) + 1) + codes)[0].astype(np.int64)
    made[gone] = -1
    return made[: len(left)], made[len(left) :]


FEW = 400
"""Of so few pairs, each is looked at: an example's tables have one row or two, and joining frames costs more."""


def _pairs_of_few(left: pd.DataFrame, right: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    ours, theirs = (list(zip(*(frame[name].tolist() for name in frame), strict=True)) for frame in (left, right))
    empty = [any(cell is None or cell != cell for cell in key) for key in ours]
    found = [(i, j) for i, a in enumerate(ours) if not empty[i] for j, b in enumerate(theirs) if a == b]
    both = np.array(found, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _keys(frame: pd.DataFrame, other: pd.DataFrame, match: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The matched columns of both, numbered from 0, so that what is equal is the same value.

    A text of digits and a number are the same if the number is so written; numbers are the same but for the dust of
    binary fractions.
    """
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    left, right = {}, {}
    for place, (own, its) in enumerate(match.items()):
        pair = [frame[own].reset_index(drop=True), other[its].reset_index(drop=True)]
        numeric = [is_numeric_dtype(column) for column in pair]
        if all(numeric):
            pair = [column.round(9) for column in pair]
        elif any(numeric):
            pair = [_written(column) if it else column for column, it in zip(pair, numeric, strict=True)]
        left[place], right[place] = pair
    return pd.DataFrame(left), pd.DataFrame(right)


def _written(column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers as text, a missing one as None."""
    known = {value: number_text(value) for value in column.dropna().unique()}
    return column.map(known).astype(object).where(column.notna(), None)


def problems_of(form: Form, forms: Mapping[str, Form], name: str, match: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the other form's name or the matched fields."""
    if name not in forms:
        yield f"there is no form {name!r}", did_you_mean(name, forms)
        return
    other = forms[name]
    fields = matching(form, other, match)
    if "" in fields or "" in fields.values():
        yield f"forms {form.id!r} and {name!r} do not both name a subject field", "Say 'match: {own: other}'."
        return
    yield from unknown_fields(form, tuple(fields))
    yield from unknown_fields(other, tuple(fields.values()))
    for own, its in fields.items():
        if own in form.fields and its in other.fields:
            types = {family(form.fields[own].type), family(other.fields[its].type)}
            if types != {"text", "number"}:
                yield from comparable(form, own, other, its)


def comparable(form: Form, own: str, other: Form, its: str) -> Iterator[Problem]:
    """A problem if the two fields cannot be compared."""
    here, there = form.fields[own].type, other.fields[its].type
    if family(here) != family(there):
        yield f"{own!r} is {here} and {its!r} of form {other.id!r} is {there}: they cannot be compared", ""
