"""From a frame and the parameters of a Cox model to its columns and its fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialkit.methods._columns import labels, numbers
from trialkit.methods._cox.fit import CoxFit, Ties, fit_cox
from trialkit.methods._design import (
    Column,
    aliased,
    arm_columns,
    covariate_columns,
    independent,
    refuse_aliased_arms,
)
from trialkit.methods._groups import absent, coded_arms
from trialkit.methods._survival import TimeToEvent, strata_codes, time_to_event
from trialkit.methods.base import Inputs, MethodError


@dataclass(frozen=True)
class Parameters:
    """Parameters every Cox model has.

    Attributes:
        time: time column; the end of the interval where ``start`` is given.
        event: event indicator (1 = event), or
        censor: censoring indicator (0 = event); exactly one of the two.
        start: column with the time at which a row enters: rows are intervals (start, time], several per subject.
        covariates: numeric columns.
        factors: categorical columns.
        strata: columns whose combinations have their own baseline hazard.
        weights: column of positive case weights.
        ties: treatment of tied events; SAS's default is breslow, its discrete is exact.
        penalty: Firth's penalty, which has a maximum where the likelihood has none.
        confidence: level of the intervals.
    """

    time: str
    event: str | None = None
    censor: str | None = None
    start: str | None = None
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    weights: str | None = None
    ties: Ties = "efron"
    penalty: Literal["none", "firth"] = "none"
    confidence: float = 0.95


@dataclass(frozen=True)
class Model:
    """A fitted model with the rows it is about, its arms (code of each row and names), columns and warnings."""

    data: TimeToEvent
    code: np.ndarray
    arms: list[str]
    columns: list[Column]
    stratum: np.ndarray | None
    fit: CoxFit
    warning: str

    @property
    def first_arms(self) -> list[int]:
        """The columns in the order shown: arms first."""
        arm = self.columns[-1].variable
        return sorted(range(len(self.columns)), key=lambda i: self.columns[i].variable != arm)


def fitted(inputs: Inputs, params: Parameters, text: Sequence[str] = ()) -> Model:
    """Fit the model of the parameters; rows without a value in a column of the model (or in text) are left out.

    Raises MethodError where an estimate does not exist (see ``fit_cox``), or the reference arm has no usable rows.
    """
    if not 0 < params.confidence < 1:
        raise MethodError(f"confidence is {params.confidence}; it must lie between 0 and 1")
    data = _read(inputs, params, text)
    code, arms = coded_arms(inputs, data.at)
    _refuse(inputs, data, (code, arms), params)
    columns = covariate_columns(inputs, data.at, params.covariates, params.factors)
    columns += arm_columns(str(inputs.arm), code, arms, str(inputs.reference))
    keep = independent(np.column_stack([np.ones(len(data.at)), *(c.values for c in columns)]))[1:]
    refuse_aliased_arms(columns, keep, str(inputs.arm))
    kept = [column for column, k in zip(columns, keep, strict=True) if k]
    stratum = strata_codes(inputs, data.at, params.strata)
    fit = fit_cox(
        data.time, data.event, np.column_stack([c.values for c in kept]), data.start, stratum,
        _weights(inputs, data, params), params.ties, params.penalty == "firth", [c.name for c in kept],
    )  # fmt: skip
    warning = "; ".join(filter(None, (absent(inputs, arms), aliased(columns, keep))))
    return Model(data, code, arms, kept, stratum, fit, warning)


def _read(inputs: Inputs, params: Parameters, text: Sequence[str]) -> TimeToEvent:
    numeric = (*params.covariates, *((params.weights,) if params.weights else ()))
    labeled = (*params.factors, *params.strata, *text)
    return time_to_event(inputs, params.time, params.event, params.censor, numeric, labeled, params.start)


def _weights(inputs: Inputs, data: TimeToEvent, params: Parameters) -> np.ndarray | None:
    if not params.weights:
        return None
    made = numbers(inputs.frame, params.weights)[data.at]
    if not (made > 0).all():
        raise MethodError(f"weights must be positive; column {params.weights!r} holds {made[made <= 0][0]:g}")
    return made


def _refuse(inputs: Inputs, data: TimeToEvent, coded: tuple[np.ndarray, list[str]], params: Parameters) -> None:
    code, arms = coded
    if not inputs.reference or inputs.reference not in arms:
        raise MethodError(f"the reference arm {inputs.reference!r} has no usable rows; hazard ratios need it")
    for i, arm in enumerate(arms):
        if not data.event[code == i].any() and params.penalty == "none":
            raise MethodError(
                f"arm {arm!r} has no events: its hazard ratio has no finite estimate; use log_rank or Firth's penalty"
            )


def clusters(inputs: Inputs, data: TimeToEvent, column: str | None) -> np.ndarray | None:
    """Codes of the clusters: the column's values, else the subjects where they may have several rows, else None."""
    if column is None and data.start is None:
        return None
    found = labels(inputs.frame, column or inputs.subject)[data.at]
    return np.unique(found.astype(str), return_inverse=True)[1]
