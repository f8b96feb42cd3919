"""Adjusted p-values of hypotheses that other analyses tested, in the order given.

The p-values are those of the other analyses as they stand; nothing is tested here. Formulas: ``multiplicity``.

Source: Holm (1979) Scand J Stat 6, 65-70; Maurer, Hothorn and Lehmacher (1995); Hochberg (1988) Biometrika 75, 800-802.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._columns import labels, numbers
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.methods.multiplicity import adjusted, fixed_sequence


@dataclass(frozen=True)
class Hypothesis:
    """A p-value of another analysis: its arm, and the category (a visit's average, say) it stands at."""

    name: str
    analysis: str
    arm: str = ""
    level: str = ""
    stat: str = "p"


@dataclass(frozen=True)
class Params:
    """Parameters of ``multiplicity``.

    Attributes:
        hypotheses: the hypotheses in order of testing, each with the analysis and arm its p-value is of.
        how: each at full alpha until the first that is not rejected, or one family by an adjustment.
        alpha: the level at which all of them together are tested.
    """

    hypotheses: tuple[Hypothesis, ...]
    how: Literal["fixed_sequence", "holm", "hochberg", "hommel", "bonferroni"] = "fixed_sequence"
    alpha: float = 0.05


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows p, p_adjusted and decision per hypothesis, in the group "hypothesis".

    ``inputs.frame`` holds a row per hypothesis with the columns ``hypothesis`` and ``p``. Raises MethodError for an
    alpha that is none, no hypothesis, or one whose analysis gave no p-value.
    """
    if not 0 < params.alpha < 1:
        raise MethodError(f"alpha is {params.alpha}; it must lie between 0 and 1")
    names, p = labels(inputs.frame, "hypothesis"), numbers(inputs.frame, "p")
    if not len(names):
        raise MethodError("no hypothesis is named; list them in the order of testing")
    lacking = [str(name) for name, value in zip(names, p, strict=True) if np.isnan(value)]
    if lacking:
        raise MethodError(f"no p-value for {lacking[0]!r}: its analysis has not exactly one at that arm and level, "
                          "and without it none can be adjusted")  # fmt: skip
    made = fixed_sequence(p) if params.how == "fixed_sequence" else adjusted(p, params.how)
    return list(_rows(names, p, made, params.alpha))


def _rows(names: np.ndarray, p: np.ndarray, made: np.ndarray, alpha: float) -> Iterator[Row]:
    for i, name in enumerate(names):
        groups = (("hypothesis", str(name)),)
        yield Row("p", float(p[i]), groups=groups)
        yield Row("p_adjusted", float(made[i]), groups=groups)
        yield Row("decision", text="rejected" if made[i] <= alpha else "not rejected", groups=groups)
