"""How far a value moved from another record of its group, and what is odd about the values of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model import Rule
from trialkit.validate.axis import numbers, stretch
from trialkit.validate.groups import DUST, Run, groups, run, taking_part, times_of
from trialkit.validate.plan import amounts
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs
from trialkit.validate.rules.statistics import STATISTICS

if TYPE_CHECKING:
    import numpy as np


def too_far(rows: Rows, rule: Rule, args: Any) -> tuple[np.ndarray, np.ndarray]:
    """(the step is certainly too large, the position of the record it is measured from, -1 if there is none)."""
    import numpy as np

    when, values = times_of(rows, args.at or rows.form.date, args.unit), numbers(rows.frame[rule.field])
    part = taking_part(rows, args.where)[0] & ~np.isnan(values)
    shown = _measured_from(rows, args, run(rows, groups(rows, args.by), part, when.low))
    has = shown >= 0
    old = np.where(has, values[shown], np.nan)
    step = {"any": np.abs(values - old), "rise": values - old, "fall": old - values}[args.direction]
    size = np.where(old == 0, np.nan, np.abs(old))
    beyond = np.greater_equal if args.reaching else np.greater
    wrong = beyond(step, _room(amounts(rows, args.max), args.reaching))
    wrong |= beyond(step / size * 100, _room(amounts(rows, args.percent), args.reaching))
    if args.within:
        wrong &= when.high - np.where(has, when.low[shown], np.nan) <= amounts(rows, args.within) + DUST
    return wrong & has, shown


def _room(bound: np.ndarray, reaching: bool) -> np.ndarray:
    """The bound with room for the dust of binary fractions: above it, below it where reaching it counts."""
    import numpy as np

    return bound + (-1e-9 if reaching else 1e-9) * np.maximum(1.0, np.abs(bound))


def _measured_from(rows: Rows, args: Any, ordered: Run) -> np.ndarray:
    import numpy as np
    import pandas as pd

    shown = np.full(len(rows), -1)
    if args.against == "previous":
        later, earlier = ordered.steps()
        shown[later] = earlier
        return shown
    chosen = np.ones(len(rows), dtype=bool) if args.against == "first" else args.base.masks(rows.frame)[0]
    marked = pd.Series(np.where(chosen[ordered.order], ordered.order, np.nan)).groupby(ordered.group)
    at = (marked.transform("first") if args.against == "first" else marked.ffill()).to_numpy()
    known = ~np.isnan(at)
    shown[ordered.order[known]] = at[known].astype("int64")
    return shown


def odd(rows: Rows, rule: Rule, args: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(the statistic is too high, how many records it rests on, their share)."""
    import numpy as np

    statistic = STATISTICS[args.statistic]
    when = times_of(rows, args.at or rows.form.date, args.unit)
    values = np.column_stack([_looked_at(rows, args, name) for name in args.fields or (rule.field,)])
    if statistic.cut:
        values = np.where(np.isnan(values), np.nan, values <= args.cut)
    part = taking_part(rows, args.where)[0] & (~np.isnan(values[:, 0]) | (not statistic.single))
    ordered = run(rows, groups(rows, args.by), part, when.low)
    count, share = np.zeros(len(rows)), np.zeros(len(rows))
    count[ordered.order], share[ordered.order] = statistic.compute(values[ordered.order], ordered.group)
    wrong = (count >= args.least) & (share > args.share)
    if statistic.whole:
        last = np.ones(len(ordered.group), dtype=bool)
        last[:-1] = ordered.group[1:] != ordered.group[:-1]
        wrong[ordered.order[~last]] = False
    return wrong, count, share


def _looked_at(rows: Rows, args: Any, name: str) -> np.ndarray:
    """What a statistic is of: a field, or the number of rows that another form has for each row; NaN if unknown."""
    import numpy as np

    if not args.form:
        return stretch(rows.frame[name], rows.form.fields[name].type).low
    if args.form not in rows.others:
        return np.full(len(rows), np.nan)
    form, other = rows.forms[args.form], rows.others[args.form]
    here, _ = pairs(rows, other, matching(rows.form, form, args.match))
    return np.bincount(here, minlength=len(rows)).astype(float)
