"""Landmark analysis: only subjects still under observation and without the event at the landmark, clock restarted.

Subjects with time > landmark are kept, their time counts from the landmark, and arms are compared by the log-rank test
and the Cox model. Leaving before the landmark may depend on treatment, so that this compares selected groups.

Source: Anderson, Cain and Gelber (1983) J Clin Oncol 1, 710-719.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialkit.methods import cox, log_rank
from trialkit.methods._cox.fit import Ties
from trialkit.methods._subset import run_on
from trialkit.methods._survival import time_to_event
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``landmark``.

    Attributes:
        time: time column.
        landmark: the time from which the analysis starts, in the unit of the time column.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        strata: columns whose combinations are the strata of both analyses.
        ties: treatment of tied events in the Cox model.
        confidence: level of the intervals.
    """

    time: str
    landmark: float
    event: str | None = None
    censor: str | None = None
    strata: tuple[str, ...] = ()
    ties: Ties = "efron"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_excluded, the rows chisq, df, p of the log-rank test, and those of the Cox model."""
    if not params.landmark >= 0:
        raise MethodError("the landmark must not be negative")
    data = time_to_event(inputs, params.time, params.event, params.censor, text=params.strata)
    late = data.time > params.landmark
    at = data.at[late]
    if not len(at):
        raise MethodError(f"nobody is under observation after the landmark {params.landmark:g}")
    common: dict[str, Any] = {"event": params.event, "censor": params.censor, "strata": params.strata}
    clock = {params.time: data.time[late] - params.landmark}
    test = run_on(log_rank.run, inputs, at, log_rank.Params(params.time, **common), **clock)
    model = cox.Params(params.time, **common, ties=params.ties, confidence=params.confidence)
    gone = data.at[~late]
    excluded = Row("n_excluded", float(len(gone)), at=params.landmark, rows=gone)
    first = [row for row in test if row.stat in ("chisq", "df", "p")]
    hazards = run_on(cox.run, inputs, at, model, **clock)
    return [data.account, excluded, *first, *(row for row in hazards if row.stat != "n_dropped")]
