"""What certainly lacks: days of a span, values, forms of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.validate.axis import Stretch
from trialkit.validate.groups import times, times_of
from trialkit.validate.plan import versions_of
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs
from trialkit.validate.rules.reference import moment_text
from trialkit.validate.words import cell_text, number_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def _matched(rows: Rows, args: Any) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """(the other form's rows, pairs of positions, whether it is known that the pair counts).

    Of several rows that say the same one is enough.
    """
    form, other = rows.forms[args.form], rows.others[args.form]
    match, point = matching(rows.form, form, args.match), args.day or args.point
    holds, unknown = args.where.masks(other)
    kept, sure = other[holds | unknown], holds[holds | unknown]
    known = sure & kept[point].notna().to_numpy()
    again = kept.assign(_known=known).duplicated([*match.values(), point, "_known"]).to_numpy() & known
    other, unknown = kept[~again].reset_index(drop=True), ~sure[~again]
    here, there = pairs(rows, other, match)
    return other, here, there, ~unknown[there]


def _span(rows: Rows, args: Any) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of each row's span, where both are known exactly."""
    import numpy as np

    start, end = times_of(rows, args.start, "days"), times_of(rows, args.end, "days")
    exact = (start.low == start.high) & (end.low == end.high)
    return np.where(exact, start.low, np.nan), np.where(exact, end.low, np.nan)


def _days_there(rows: Rows, args: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, day) of every distinct day of a span that is there, and how many days of each row are not known."""
    import numpy as np

    first, last = _span(rows, args)
    other, here, there, sure = _matched(rows, args)
    when: Stretch = times(other[args.day], rows.forms[args.form].fields[args.day].type, "days").at(there)
    known = sure & (when.low == when.high)
    inside = known & (when.low >= first[here]) & (when.low <= last[here])
    both = np.unique(np.stack([here[inside], when.low[inside].astype("int64")]), axis=1)
    return both[0], both[1], np.bincount(here[~known], minlength=len(rows))


def days(rows: Rows, args: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(days certainly lack, how many lack, how many there should be)."""
    import numpy as np

    first, last = _span(rows, args)
    at, _, loose = _days_there(rows, args)
    wanted = last - first + 1
    lack = wanted - np.bincount(at, minlength=len(rows))
    return (lack > loose) & (wanted > 0), lack, wanted


def day_words(rows: Rows, args: Any) -> list[str]:
    """How many days lack, and the first of them, for each row."""
    import numpy as np

    _, lack, wanted = days(rows, args)
    at, day, _ = _days_there(rows, args)
    starts = _span(rows, args)[0]
    said = []
    for n in range(len(rows)):
        there = day[at == n]
        gaps = np.setdiff1d(np.arange(starts[n], starts[n] + wanted[n]), there)
        few = f"{number_text(lack[n])} of {number_text(wanted[n])} days missing"
        said.append(f"{few}, first {moment_text(gaps[0], 'days')}")
    return said


def values(rows: Rows, args: Any) -> tuple[np.ndarray, np.ndarray]:
    """(values certainly lack, for each row and value whether it is there)."""
    import numpy as np

    other, here, there, sure = _matched(rows, args)
    points = other[args.point].map(cell_text).to_numpy(dtype=object)[there]
    known = sure & (points != "")
    has = np.zeros((len(rows), len(args.values)), dtype=bool)
    for n, value in enumerate(args.values):
        has[here[known & (points == value)], n] = True
    loose = np.bincount(here[~known], minlength=len(rows))
    return (~has).sum(axis=1) > loose, has


def forms(rows: Rows, args: Any) -> list[tuple[str, np.ndarray]]:
    """For each form that some visit plans: where it is planned at the row's visit, certainly not there, and not said
    to have been left out."""
    versions, visits = versions_of(rows), rows.frame[rows.form.visit]
    protocols = list(rows.plan.study.protocols.values()) if rows.plan else []
    names = {name for protocol in protocols for visit in protocol.visits.values() for name in visit.forms}
    made = []
    for name in sorted(names & rows.others.keys() - {rows.form.id, *args.but}):
        due = _due(name, versions, visits, protocols)
        if due.any() and rows.forms[name].subject:
            made.append((name, due & ~_there(rows, name) & ~_said(rows, args, name)))
    return made


def _said(rows: Rows, args: Any, name: str) -> np.ndarray:
    """Where a matched row says, or may say, that the form was not done."""
    import numpy as np

    found = np.zeros(len(rows), dtype=bool)
    if args.form in rows.others:
        form, other = rows.forms[args.form], rows.others[args.form]
        other = other[other[args.point].isna() | (other[args.point] == name)]
        found[pairs(rows, other, matching(rows.form, form, args.match))[0]] = True
    return found


def _due(name: str, versions: np.ndarray, visits: pd.Series, protocols: list[Any]) -> np.ndarray:  # type: ignore[type-arg]
    import numpy as np

    due = np.zeros(len(visits), dtype=bool)
    for number, protocol in enumerate(protocols):
        planned = [visit.id for visit in protocol.visits.values() if name in visit.forms]
        due |= (versions == number) & visits.isin(planned).to_numpy()
    return due


def _there(rows: Rows, name: str) -> np.ndarray:
    """Whether the form has a record of the row's subject that is, or may be, of the row's visit."""
    import numpy as np

    form, other = rows.forms[name], rows.others[name].reset_index(drop=True)
    here, there = pairs(rows, other, {rows.form.subject: form.subject})
    fits = np.ones(len(here), dtype=bool)
    if form.visit:
        own = rows.frame[rows.form.visit].to_numpy(dtype=object)[here]
        its = other[form.visit].iloc[there]
        fits = its.isna().to_numpy() | (its.to_numpy(dtype=object) == own)
    found = np.zeros(len(rows), dtype=bool)
    found[here[fits]] = True
    return found
