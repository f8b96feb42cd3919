"""What a row takes from the rows of another form that match it: one number, or fields laid beside its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trialkit.model import Form
from trialkit.validate.axis import stretch
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs

if TYPE_CHECKING:
    import numpy as np


def taken(rows: Rows, name: str, form: str, match: Mapping[str, str]) -> np.ndarray:
    """A number of the matched row of ``form``: NaN where there is none, or where several differ."""
    import numpy as np
    import pandas as pd

    made = np.full(len(rows), np.nan)
    if form not in rows.others:
        return made
    its, other = rows.forms[form], rows.others[form].reset_index(drop=True)
    here, there = pairs(rows, other, matching(rows.form, its, match))
    values = stretch(other[name], its.fields[name].type).low[there]
    found = pd.Series(values).groupby(here).agg(["min", "max", "size", "count"])
    one = found[(found["min"] == found["max"]) & (found["size"] == found["count"])]
    made[one.index.to_numpy(dtype="int64")] = one["min"].to_numpy()
    return made


def widened(form: Form, other: Form | None, names: Sequence[str]) -> Form:
    """The form with these fields of another, as far as it has none of that name."""
    extra = {name: other.fields[name] for name in names if other and name in other.fields}
    return replace(form, fields=extra | form.fields)


def beside(rows: Rows, form: str, names: Sequence[str]) -> Rows:
    """The rows with the fields they lack, as the subject's one row of ``form`` has them; missing if several differ."""
    lacking = [name for name in names if name not in rows.form.fields]
    if form not in rows.forms or not lacking:
        return rows
    its, own = rows.forms[form], rows.form.subject
    made = rows.frame
    for name in lacking:
        column = None
        if form in rows.others:
            told = rows.others[form][[its.subject, name]].dropna().drop_duplicates()
            one = told[~told[its.subject].duplicated(keep=False)].set_index(its.subject)[name]
            column = rows.frame[own].map(one)
        made = made.assign(**{name: column})
    return replace(rows.shown(made, rows.doubt), form=widened(rows.form, its, lacking))
