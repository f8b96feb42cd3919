"""Recurrent events as a counting process: the Andersen-Gill model, with the robust variance of Lin, Wei, Yang and Ying.

The rate of events of a subject with columns x is r0(t) exp(x b); b is that of a Cox model on the intervals (start,
stop]. With ``robust`` (the default) the standard error sums score residuals over a subject and b is a ratio of mean
event rates whatever the dependence between a subject's events; without it events must come as a Poisson process.

Source: Andersen and Gill (1982) Ann Stat 10, 1100-1120; Lin, Wei, Yang and Ying (2000) J R Stat Soc B 62, 711-730.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.methods import cox
from trialkit.methods._cox.model import Parameters
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params(Parameters):
    """Parameters of ``andersen_gill``: those of every Cox model (``start`` is needed), and the variance.

    Attributes:
        robust: standard errors from score residuals summed over a subject.
    """

    robust: bool = True


def run(inputs: Inputs, params: Params) -> list[Row]:
    """The rows of ``cox``, ``hazard_ratio`` being named ``rate_ratio``. Raises MethodError without a start column."""
    if not params.start:
        raise MethodError("recurrent events are intervals (start, time]; name the start column")
    names = Parameters.__dataclass_fields__
    model = cox.Params(**{name: getattr(params, name) for name in names}, robust=params.robust)
    found = cox.run(inputs, model)
    return [row.but(stat="rate_ratio") if row.stat == "hazard_ratio" else row for row in found]
