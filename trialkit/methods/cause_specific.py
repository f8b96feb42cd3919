"""Cause-specific hazards: for each cause a log-rank test and a Cox model, the other causes counting as censored.

A cause-specific hazard ratio says how the rate of a cause differs among those still at risk; what that does to the
share of subjects who ever have the cause depends on the other causes too (``cumulative_incidence``, ``fine_gray``).

Source: Prentice et al. (1978) Biometrics 34, 541-554; Latouche et al. (2013) J Clin Epidemiol 66, 648-653.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialkit.methods import cox, log_rank
from trialkit.methods._competing import competing
from trialkit.methods._cox.fit import Ties
from trialkit.methods._subset import narrowed
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``cause_specific``.

    Attributes:
        time: time column.
        reason: column with the cause of each event.
        event: event indicator (1 = event of any cause), or
        censor: censoring indicator (0 = event); exactly one of the two.
        covariates, factors, strata, ties, confidence: as in ``cox``.
    """

    time: str
    reason: str
    event: str | None = None
    censor: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    ties: Ties = "efron"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Per cause (a group): log_rank_chisq, log_rank_df, log_rank_p, and the rows of ``cox``.

    A cause for which one of them does not exist has a row with the error.
    """
    found = competing(inputs, params.time, params.event, params.censor, params.reason)
    made = [found.data.account]
    indicator = params.event or params.censor
    for k, name in enumerate(found.names, start=1):
        event = (found.cause == k).astype(float)
        given = {str(indicator): event if params.event else 1 - event}
        inner = narrowed(inputs, found.data.at, **given)
        for row in _cause(inner, params):
            rows = None if row.rows is None else found.data.at[row.rows]
            made.append(row.but(groups=((params.reason, name),), rows=rows))
    return made


def _cause(inputs: Inputs, params: Params) -> Iterator[Row]:
    test = log_rank.Params(params.time, params.event, params.censor, params.strata)
    model = cox.Params(
        params.time, params.event, params.censor, covariates=params.covariates, factors=params.factors,
        strata=params.strata, ties=params.ties, confidence=params.confidence,
    )  # fmt: skip
    try:
        rows = log_rank.run(inputs, test)
        yield from (row.but(stat=f"log_rank_{row.stat}") for row in rows if row.stat in ("chisq", "df", "p"))
    except MethodError as error:
        yield Row("log_rank_p", error=str(error))
    try:
        yield from (row for row in cox.run(inputs, model) if row.stat != "n_dropped" or row.value)
    except MethodError as error:
        yield Row("hazard_ratio", error=str(error))
