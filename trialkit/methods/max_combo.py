"""MaxCombo: the largest of several Fleming-Harrington tests of two arms.

z(k) = U(k) / sqrt(V(k, k)) under the weights S^rho (1 - S)^gamma of each member k; the statistic is the largest
|z(k)|. Under no difference z is normal with mean 0 and the correlation of V, so that p = 1 - P(all |Z(k)| < max). The
correlation matrix may be singular: the integral is done over its independent directions, by a fixed
lattice rule; ``p_numerical_error`` is the spread over its parts.

Source: Karrison (2016) Stata J 16, 678-690; Lin et al. (2020) Stat Biopharm Res 12, 187-198; Genz (1992) J Comp Graph
Stat 1, 141-149.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._groups import coded_arms, pairs
from trialkit.methods._normal_box import outside_box
from trialkit.methods._rank_tests import Weight, combined
from trialkit.methods._survival import TimeToEvent, strata_codes, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``max_combo``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        strata: columns whose combinations are the strata.
        members: pairs (rho, gamma) of the Fleming-Harrington weights.
        compare: each arm against the reference, or every pair.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    strata: tuple[str, ...] = ()
    members: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    compare: Literal["reference", "all"] = "reference"


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows z per member, max_abs_z, p, p_one_sided (fewer events in the arm) and p_numerical_error per comparison."""
    if not 1 <= len(params.members) <= 8 or any(len(m) != 2 or min(m) < 0 for m in params.members):
        raise MethodError("members are pairs (rho, gamma), none negative; give 1 to 8")
    data = time_to_event(inputs, params.time, params.event, params.censor, text=params.strata)
    code, arms = coded_arms(inputs, data.at)
    stratum = strata_codes(inputs, data.at, params.strata)
    made = [data.account]
    for arm, versus in pairs(arms, inputs.reference, params.compare):
        mine = (code == arms.index(arm)) | (code == arms.index(versus))
        second = (code == arms.index(arm)).astype(np.intp)
        blank = Row("", arm=arm, reference=versus, rows=data.at[mine])
        made += _pair(data, mine, second, stratum, (params, blank))
    return made


def max_combo(
    time: np.ndarray, event: np.ndarray, second: np.ndarray, weights: list[Weight], stratum: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """z (k,) of the members and their correlation (k, k), from arrays of shape (n,).

    Raises MethodError where a member has no variance.
    """
    u, v = combined(time, event, second, weights, stratum)
    sd = np.sqrt(np.diag(v))
    if not (sd > 0).all():
        raise MethodError("a member of the combination has no variance: too few events while both arms are at risk")
    return u / sd, v / np.outer(sd, sd)


def _pair(
    data: TimeToEvent, mine: np.ndarray, second: np.ndarray, stratum: np.ndarray | None, how: tuple[Params, Row]
) -> Iterator[Row]:
    params, blank = how
    weights: list[Weight] = [("fleming_harrington", *member) for member in params.members]
    inside = None if stratum is None else stratum[mine]
    z, r = max_combo(data.time[mine], data.event[mine], second[mine], weights, inside)
    largest = float(np.abs(z).max())
    p, error = outside_box(np.full(len(z), -largest), np.full(len(z), largest), r)
    lower, error_lower = outside_box(np.full(len(z), z.min()), np.full(len(z), np.inf), r)
    for (rho, gamma), value in zip(params.members, z, strict=True):
        yield _as(blank, "z", float(value), f"rho {rho:g}, gamma {gamma:g}")
    for stat, number in (
        ("max_abs_z", largest), ("p", p), ("p_one_sided", lower), ("p_numerical_error", max(error, error_lower)),
    ):  # fmt: skip
        yield _as(blank, stat, number)


def _as(blank: Row, stat: str, value: float, level: str = "") -> Row:
    return Row(stat, value, arm=blank.arm, reference=blank.reference, variable_level=level, rows=blank.rows)
