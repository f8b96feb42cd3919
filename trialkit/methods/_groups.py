"""Arms as masks over rows and subjects, and the pairs of arms that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trialkit.methods._columns import column
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row
from trialkit.words import many


@dataclass(frozen=True)
class Group:
    """One display column: its label, its rows (mask over the frame) and its subjects (mask over the universe)."""

    label: str
    rows: np.ndarray
    units: np.ndarray


def groups(inputs: Inputs) -> list[Group]:
    """The arms in display order, then the total if asked for; one group for an analysis without arms."""
    made = []
    if inputs.arm and inputs.arms:
        rows, units = arm_codes(inputs, inputs.frame), arm_codes(inputs, inputs.universe)
        made = [Group(arm, rows == i, units == i) for i, arm in enumerate(inputs.arms)]
    if inputs.total or not made:
        every = np.ones(len(inputs.frame), bool), np.ones(len(inputs.universe), bool)
        made.append(Group(inputs.total or "", *every))
    return made


def arm_codes(inputs: Inputs, frame: pd.DataFrame) -> np.ndarray:
    """Position of each row's arm in ``inputs.arms``, shape (n,), -1 where it is none of them."""
    if not inputs.arm:
        raise NeedsArms("this method compares arms; the analysis names no treatment column")
    key = "rows" if frame is inputs.frame else "units" if frame is inputs.universe else None
    if key in inputs.known:
        known: np.ndarray = inputs.known[key]
        return known
    made = pd.Index(inputs.arms, dtype=object).get_indexer(pd.Index(column(frame, inputs.arm), dtype=object))
    made.flags.writeable = False
    if key:
        inputs.known[key] = made
    return made


def part_of(whole: Inputs, at: np.ndarray | slice) -> Inputs:
    """The same analysis of some of the rows; arms and subjects are looked up for the whole, once."""
    frame = whole.frame.iloc[at]
    frame.index = pd.RangeIndex(len(frame))
    made = replace(whole, frame=frame)
    if whole.arm:
        rows, units = arm_codes(whole, whole.frame)[at], arm_codes(whole, whole.universe)
        made.known.update(rows=rows, units=units)
    made.known["part of"] = whole, at
    return made


def coded_arms(inputs: Inputs, at: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Arm of each row at the given positions as a code 0..k-1, and the k arms that have rows, in display order.

    Raises MethodError if fewer than two arms have rows or a row's arm is none of the arms.
    """
    code = arm_codes(inputs, inputs.frame)[at]
    if (code < 0).any():
        raise MethodError(f"{int((code < 0).sum())} rows have an arm that is none of: {list(inputs.arms)}")
    present, made = np.unique(code, return_inverse=True)
    if len(present) < 2:
        raise MethodError(f"{len(present)} arm has usable rows; a comparison needs two")
    return made, [inputs.arms[i] for i in present]


def absent(inputs: Inputs, arms: Sequence[str]) -> str:
    """A warning naming the arms without usable rows, "" if there are none."""
    gone = [arm for arm in inputs.arms if arm not in arms]
    return f"no usable rows in: {', '.join(gone)}" if gone else ""


def row_units(inputs: Inputs) -> np.ndarray:
    """Position in the universe of each row's subject, shape (rows,).

    Raises MethodError if the universe repeats a subject or lacks one.
    """
    made = _places(inputs)
    if (made < 0).any():
        raise MethodError(f"{int((made < 0).sum())} analyzed rows belong to no subject of the population")
    return made


def _places(inputs: Inputs) -> np.ndarray:
    """As ``row_units``, -1 for a subject that the universe lacks."""
    if "places" not in inputs.known:
        if "part of" in inputs.known:
            whole, at = inputs.known["part of"]
            made = _places(whole)[at]
        else:
            made = _looked_up(inputs)
        made.flags.writeable = False
        inputs.known["places"] = made
    found: np.ndarray = inputs.known["places"]
    return found


def _looked_up(inputs: Inputs) -> np.ndarray:
    known = pd.Index(column(inputs.universe, inputs.subject), dtype=object)
    if known.has_duplicates:
        raise MethodError("the population has more than one row for a subject; it needs one row per subject")
    return known.get_indexer(pd.Index(column(inputs.frame, inputs.subject), dtype=object))


def one_row_each(inputs: Inputs, used: np.ndarray) -> None:
    """Raise MethodError if a subject has more than one of the used rows (a mask or positions)."""
    subjects = inputs.frame[inputs.subject].to_numpy(dtype=object)[used]
    repeated = len(subjects) - len(pd.unique(subjects))
    if repeated:
        raise MethodError(
            f"{many(repeated, 'row repeats', 'rows repeat')} a subject that already has a row; "
            "this method needs one row per subject: "
            "select one parameter and one visit"
        )


def pairs(arms: Sequence[str], reference: str | None, compare: str) -> list[tuple[str, str]]:
    """(arm, compared with) pairs: each arm against the reference, or every later arm against every earlier one."""
    if compare == "all":
        return [(late, early) for i, early in enumerate(arms) for late in arms[i + 1 :]]
    if not reference:
        raise MethodError("no reference arm is named; give one or compare all arms")
    if reference not in arms:
        raise MethodError(f"the reference arm {reference!r} has no usable rows; the arms with rows are: {list(arms)}")
    return [(arm, reference) for arm in arms if arm != reference]


def dropped_row(dropped: np.ndarray, total: int, why: str) -> Row:
    """The row that accounts for rows left out: their number and positions."""
    warning = f"{len(dropped):,} of {many(total, 'row')} left out: {why}" if len(dropped) else ""
    return Row("n_dropped", float(len(dropped)), rows=dropped, warning=warning)
