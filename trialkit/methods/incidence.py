"""Incidence of recorded events: subjects with at least one row, and rows, overall and within nested terms.

For each term, arm and total: n subjects with at least one row (a subject counts once per term), the denominator N
(subjects of the arm in the population), pct = 100 n / N and events, the number of rows. Every arm has its rows for
every term found anywhere, zeros included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._columns import labels, once, ordered
from trialkit.methods._groups import Group, groups, row_units
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.methods.counts import percent

UNCODED = "No coding available"


@dataclass(frozen=True)
class Params:
    """Parameters of ``incidence``.

    Attributes:
        within: term columns from the outside in, at most 4; a blank term is "No coding available".
        any_label: category text of the overall rows.
        order: terms by falling number of subjects (ties by name) or by name; uncoded terms come last.
    """

    within: tuple[str, ...] = ()
    any_label: str = "any"
    order: Literal["frequency", "name"] = "frequency"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n, N, pct, events: overall (no groups), then per term with its inner terms after it.

    Raises MethodError for more than four term columns.
    """
    if len(params.within) > 4:
        raise MethodError(f"{len(params.within)} term columns are named; at most 4 can be nested")
    unit = row_units(inputs)
    terms = [np.where((texts := labels(inputs.frame, name)) == "", UNCODED, texts) for name in params.within]
    made: list[Row] = []
    columns = [(group, np.flatnonzero(group.units)) for group in groups(inputs)]
    for path, at in _walk(params, terms, unit, np.arange(len(inputs.frame)), ()):
        for group, people in columns:
            made += _rows(path, at, unit, group, people, params)
    return made


Path = tuple[tuple[str, str], ...]


def _walk(
    params: Params, terms: list[np.ndarray], unit: np.ndarray, at: np.ndarray, path: Path
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each term path with the positions of its rows, outer before inner."""
    yield path, at
    if len(path) == len(params.within):
        return
    texts = terms[len(path)][at]
    inside = {term: at[texts == term] for term in ordered(texts)}
    for term in sorted(inside, key=lambda t: (t == UNCODED, _rank(params, unit, inside[t]))):
        yield from _walk(params, terms, unit, inside[term], (*path, (params.within[len(path)], term)))


def _rank(params: Params, unit: np.ndarray, at: np.ndarray) -> int:
    return -len(once(unit[at])) if params.order == "frequency" else 0


def _rows(
    path: Path, at: np.ndarray, unit: np.ndarray, group: Group, people: np.ndarray, params: Params
) -> Iterator[Row]:
    """The numbers of a term in a group with these people."""
    rows = at[group.units[unit[at]]]
    units, label = once(unit[rows]), "" if path else params.any_label
    blank = Row("pct", arm=group.label, variable_level=label, groups=path, rows=rows, units=units)
    yield blank.but(stat="n", value=float(len(units)))
    yield blank.but(stat="N", value=float(len(people)), rows=None, units=people)
    yield percent(len(units), len(people), blank)
    yield blank.but(stat="events", value=float(len(rows)))
