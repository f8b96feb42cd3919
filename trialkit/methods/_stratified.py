"""Counts of arm by category in strata, for Cochran-Mantel-Haenszel tests and Mantel-Haenszel estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, ordered
from trialkit.methods._contingency import coded
from trialkit.methods._groups import arm_codes
from trialkit.methods.base import Inputs, MethodError


@dataclass(frozen=True)
class Strata:
    """Counts (strata, arms, categories), with what was counted.

    Attributes:
        counts: of the arms with subjects and the categories ``levels``.
        arms: their names, in display order; ``names`` the strata.
        arm: position in ``arms`` of each subject counted, with its position in the universe ``unit``.
        row: positions of the rows, ``row_arm`` their arms.
        gone: positions in the universe of subjects left out because they have no stratum.
    """

    counts: np.ndarray
    arms: list[str]
    names: list[str]
    levels: tuple[str, ...]
    arm: np.ndarray
    unit: np.ndarray
    row: np.ndarray
    row_arm: np.ndarray
    gone: np.ndarray


def stratified(inputs: Inputs, variable: str | None, levels: Sequence[str], strata: Sequence[str]) -> Strata:
    """Count. The strata are the combinations of columns of the population, or of the rows where the population has
    none of that name and a variable is counted; no columns make one stratum.

    Raises MethodError for fewer than two arms with subjects.
    """
    arm, category, unit, row, names = coded(inputs, variable, levels)
    texts = [_of_subjects(inputs, name, row if variable else None, unit) for name in strata]
    whole = np.array([" / ".join(parts) for parts in zip(*texts, strict=True)] or [""] * len(inputs.universe), object)
    blank = np.zeros(len(inputs.universe), bool)
    for text in texts:
        blank |= text == ""
    inside = ~blank[unit]
    arm, category, gone, unit = arm[inside], category[inside], unit[~inside], unit[inside]
    present, code = np.unique(arm, return_inverse=True)
    if len(present) < 2:
        raise MethodError(f"{len(present)} arm has subjects to compare; the analysis needs two")
    known = ordered(whole[unit]) or [""]
    place = {name: i for i, name in enumerate(known)}
    stratum = np.array([place[name] for name in whole[unit]], np.intp)
    shape = (len(known), len(present), len(names))
    counts = np.bincount(np.ravel_multi_index((stratum, code, category), shape), minlength=int(np.prod(shape)))
    row_arm = np.searchsorted(present, arm_codes(inputs, inputs.frame)[row])
    arms = [inputs.arms[i] for i in present]
    return Strata(counts.reshape(shape), arms, known, names, code, unit, row, row_arm, gone)


def _of_subjects(inputs: Inputs, name: str, row: np.ndarray | None, unit: np.ndarray) -> np.ndarray:
    """A stratum column's text of every subject of the population, "" where there is none."""
    if name in inputs.universe.columns or row is None:
        return labels(inputs.universe, name)
    made = np.full(len(inputs.universe), "", object)
    made[unit] = labels(inputs.frame, name)[row]
    return made
