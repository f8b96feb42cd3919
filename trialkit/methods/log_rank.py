"""Log-rank test and its weighted relatives.

At each event time, with n subjects at risk (n(j) in arm j) and d events (d(j) in arm j), d(j) is compared with its
hypergeometric mean d n(j) / n; the covariance is d (n - d) / (n - 1) (diag(n(j) / n) - n(j) n(l) / n^2). Sums over
times with weight w (w squared in the covariance), and over strata if any, give U and V; the statistic is U' V^- U on
one degree of freedom less than there are arms with expected events. Weights, S the pooled Kaplan-Meier estimate of
the stratum just before t:

    log_rank 1;  gehan_wilcoxon n;  tarone_ware sqrt n;  fleming_harrington S^rho (1 - S)^gamma
    peto_peto prod(1 - d / (n + 1)) up to and including t

The trend test with scores a has z = a'U / sqrt(a'V a).

Source: Mantel (1966) Cancer Chemother Rep 50, 163-170; Peto and Peto (1972) J R Stat Soc A 135, 185-207; Gehan (1965)
Biometrika 52, 203-223; Tarone and Ware (1977) Biometrika 64, 156-160; Harrington and Fleming (1982) Biometrika 69,
553-566; Tarone (1975) Biometrika 62, 679-682.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from trialkit.methods._groups import absent, coded_arms, pairs
from trialkit.methods._rank_tests import LogRank, Weight, log_rank
from trialkit.methods._survival import TimeToEvent, strata_codes, time_to_event
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.methods.multiplicity import Multiplicity, adjusted

__all__ = ["LogRank", "Params", "log_rank", "run"]


@dataclass(frozen=True)
class Params:
    """Parameters of ``log_rank``.

    Attributes:
        time: time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        strata: columns whose combinations are the strata.
        compare: one test of all arms, each arm against the reference, every pair, or a trend over the arms.
        weight: weight of the event times.
        rho, gamma: exponents of the Fleming-Harrington weight.
        scores: scores of the arms in display order for the trend; 0, 1, 2 ... if empty.
        multiplicity: how the p-values of several comparisons are adjusted.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    strata: tuple[str, ...] = ()
    compare: Literal["overall", "reference", "all", "trend"] = "overall"
    weight: Literal["log_rank", "gehan_wilcoxon", "tarone_ware", "peto_peto", "fleming_harrington"] = "log_rank"
    rho: float = 0.0
    gamma: float = 0.0
    scores: tuple[float, ...] = ()
    multiplicity: Multiplicity = "none"

    @property
    def weighting(self) -> Weight:
        """The weight as the kernel takes it."""
        return self.weight, self.rho, self.gamma


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows chisq, df, p, and observed and expected per arm. Raises MethodError (see docs)."""
    _check(inputs, params)
    data = time_to_event(inputs, params.time, params.event, params.censor, text=params.strata)
    code, arms = coded_arms(inputs, data.at)
    stratum = strata_codes(inputs, data.at, params.strata)
    made = [data.account]
    if params.compare == "overall":
        return made + list(_overall(data, code, arms, stratum, (params.weighting, absent(inputs, arms))))
    if params.compare == "trend":
        return made + list(_trend(inputs, data, (code, arms), stratum, params))
    compared = [
        _pair(data, code, (arms.index(versus), arms.index(arm)), (versus, arm), (stratum, params.weighting))
        for arm, versus in pairs(arms, inputs.reference, params.compare)
    ]
    return made + _with_adjusted(compared, params.multiplicity)


def _check(inputs: Inputs, params: Params) -> None:
    if params.weight != "fleming_harrington" and (params.rho or params.gamma):
        raise MethodError("rho and gamma belong to the fleming_harrington weight")
    if min(params.rho, params.gamma) < 0:
        raise MethodError("rho and gamma must not be negative")
    if params.scores and (params.compare != "trend" or len(params.scores) != len(inputs.arms)):
        raise MethodError(f"scores go with compare: trend, one for each of the {len(inputs.arms)} arms")


def _overall(
    data: TimeToEvent, code: np.ndarray, arms: list[str], stratum: np.ndarray | None, how: tuple[Weight, str]
) -> Iterator[Row]:
    weight, warning = how
    found = log_rank(data.time, data.event, code, len(arms), stratum, weight)
    unseen = [arm for arm, e in zip(arms, found.expected, strict=True) if e == 0]
    if unseen:
        warning = "; ".join(filter(None, (warning, f"never at risk at an event, left out: {', '.join(unseen)}")))
    for stat, value in (("chisq", found.chisq), ("df", float(found.df)), ("p", found.p)):
        yield Row(stat, value, warning=warning, rows=data.at)
    for i, arm in enumerate(arms):
        yield Row("observed", float(found.observed[i]), arm=arm, rows=data.at[(code == i) & data.event])
        yield Row("expected", float(found.expected[i]), arm=arm, rows=data.at[code == i])


def _trend(
    inputs: Inputs, data: TimeToEvent, coded: tuple[np.ndarray, list[str]], stratum: np.ndarray | None, params: Params
) -> Iterator[Row]:
    code, arms = coded
    given = dict(zip(inputs.arms, params.scores or range(len(inputs.arms)), strict=True))
    scores = np.array([given[arm] for arm in arms], float)
    found = log_rank(data.time, data.event, code, len(arms), stratum, params.weighting)
    variance = float(scores @ found.covariance @ scores)
    if variance <= 0:
        raise MethodError("the scores do not differ among the arms at risk: the trend test does not exist")
    z = float(scores @ found.u) / variance**0.5
    for stat, value in (("z", z), ("chisq", z * z), ("df", 1.0), ("p", 2 * float(ndtr(-abs(z))))):
        yield Row(stat, value, warning=absent(inputs, arms), rows=data.at)


def _pair(
    data: TimeToEvent,
    code: np.ndarray,
    codes: tuple[int, int],
    names: tuple[str, str],
    how: tuple[np.ndarray | None, Weight],
) -> list[Row]:
    mine = (code == codes[0]) | (code == codes[1])
    versus, arm = names
    stratum = None if how[0] is None else how[0][mine]
    second = (code[mine] == codes[1]).astype(np.intp)
    try:
        found = log_rank(data.time[mine], data.event[mine], second, 2, stratum, how[1])
    except MethodError as error:
        return [Row("p", error=str(error), arm=arm, reference=versus)]
    values = {"chisq": found.chisq, "df": found.df, "p": found.p, "observed": found.observed[1]}
    values |= {"expected": found.expected[1], "observed_reference": found.observed[0]}
    values |= {"expected_reference": found.expected[0], "z": found.z}
    return [Row(stat, float(value), arm=arm, reference=versus, rows=data.at[mine]) for stat, value in values.items()]


def _with_adjusted(compared: list[list[Row]], how: Multiplicity) -> list[Row]:
    """The comparisons, with adjusted p-values where that is declared."""
    made = [row for rows in compared for row in rows]
    p = [row for row in made if row.stat == "p"]
    if how == "none":
        return made
    if any(row.error for row in p):
        return [*made, *(row.but(stat="p_adjusted", error="a comparison has no p-value", value=None) for row in p)]
    values = adjusted(np.array([row.value for row in p], float), how)
    return [*made, *(row.but(stat="p_adjusted", value=float(v)) for row, v in zip(p, values, strict=True))]
