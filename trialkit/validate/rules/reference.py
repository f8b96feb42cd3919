"""The moment a row is measured from: of its own row, or of the matched rows of another form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.model import Condition, Form
from trialkit.validate.axis import Stretch
from trialkit.validate.groups import Unit, time_problems, times, times_of
from trialkit.validate.kind import Problem, unfit
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs, problems_of
from trialkit.validate.words import cell_said
from trialkit.validate.zones import zones_of

if TYPE_CHECKING:
    import numpy as np

Pick = Literal["first", "last", "before"]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """``from``: a field of the row, or of the rows of ``form`` that ``match`` and meet ``where``; of several the
    ``first``, the ``last``, or the last one not later than the row's own moment (``before``)."""

    start: str = attribute(metadata={"key": "from"})
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    pick: Pick = "first"


def reference_reads(form: Form, args: Reference) -> tuple[str, ...]:
    """The fields of the row that find the moment."""
    return tuple(args.match or {form.subject: ""}) if args.form else (args.start,)


def measured_from(rows: Rows, args: Reference, own: Stretch, unit: Unit) -> Stretch:
    """The moment for each row in the unit, NaN where there is none. ``own`` is the row's own moment."""
    import numpy as np

    if not args.form:
        return times_of(rows, args.start, unit)
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    if args.form in rows.others:
        form, other = rows.forms[args.form], rows.others[args.form]
        other = other[args.where.masks(other)[0]].reset_index(drop=True)
        here, there = pairs(rows, other, matching(rows.form, form, args.match))
        zones = zones_of(rows) if unit != "days" else None  # a matched record is of the row's own site
        when, kind = other[args.start].iloc[there], form.fields[args.start].type
        its = times(when, kind, unit, None if zones is None else zones[here])
        here, its = _picked(here, its, own, args.pick)
        low[here], high[here] = its.low, its.high
    return Stretch(low, high)


def _picked(here: np.ndarray, its: Stretch, own: Stretch, pick: Pick) -> tuple[np.ndarray, Stretch]:
    import numpy as np

    fits = ~np.isnan(its.low)
    if pick == "before":
        fits &= its.low <= own.high[here]
    at = fits.nonzero()[0]
    order = at[np.lexsort((its.low[at] if pick == "first" else -its.low[at], here[at]))]
    found, starts = np.unique(here[order], return_index=True)
    return found, its.at(order[starts])


def reference_label(rows: Rows, args: Reference) -> str:
    """What the moment is called."""
    form = rows.forms[args.form] if args.form else rows.form
    return f"{form.fields[args.start].label} in {form.title}" if args.form else form.fields[args.start].label


def reference_secret(rows: Rows, args: Reference) -> bool:
    """Whether the moment may identify."""
    form = rows.forms[args.form] if args.form else rows.form
    return form.fields[args.start].identifying


def reference_problems(form: Form, forms: Mapping[str, Form], args: Reference, unit: str) -> Iterator[Problem]:
    """What is wrong with where the moment is looked for."""
    if not args.form:
        yield from time_problems(form, args.start, unit)
        return
    yield from problems_of(form, forms, args.form, args.match)
    if args.form in forms:
        yield from time_problems(forms[args.form], args.start, unit)
        yield from unfit(forms[args.form], args.where, "'where'")


def moment_text(value: float, unit: Unit) -> str:
    """A time in the unit as a date, with its time of day if it has one."""
    import pandas as pd

    scale = {"minutes": 60, "hours": 3600, "days": 86400}[unit]
    return cell_said(pd.Timestamp(round(value * scale), unit="s"))
