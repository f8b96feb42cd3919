"""Finding the rows of another form that belong to a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Form
from trialkit.validate.axis import family
from trialkit.validate.kind import Problem, unknown_fields
from trialkit.validate.rows import Rows

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

    left = rows.frame[list(match)].set_axis(range(len(match)), axis=1)
    right = other[list(match.values())].set_axis(range(len(match)), axis=1)
    left, right = left.assign(here=np.arange(len(left))), right.assign(there=np.arange(len(right)))
    both = left.dropna().merge(right.dropna(), on=list(range(len(match))), how="inner")
    both = both.sort_values(["here", "there"])
    return both["here"].to_numpy(), both["there"].to_numpy()


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
            yield from comparable(form, own, other, its)


def comparable(form: Form, own: str, other: Form, its: str) -> Iterator[Problem]:
    """A problem if the two fields cannot be compared."""
    here, there = form.fields[own].type, other.fields[its].type
    if family(here) != family(there):
        yield f"{own!r} is {here} and {its!r} of form {other.id!r} is {there}: they cannot be compared", ""
