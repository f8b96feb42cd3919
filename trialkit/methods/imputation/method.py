"""Reference-based imputation of the last visit, with delta adjustment and tipping point.

The mixed model for repeated measures is fitted to the observed responses (as ``mmrm``). The missing last responses are
imputed under a strategy for what happens after an intercurrent event (``complete``), the completed last visit is
analyzed by analysis of covariance, and the uncertainty is that of the jackknife or of Rubin's rules (``inference``).
A delta is added to the imputed last values of chosen arms; the tipping point is the delta at which p reaches alpha.

Source: Carpenter, Roger and Kenward (2013) J Biopharm Stat 23, 1352-1371; Wolbers et al. (2022) Pharm Stat 21, 1246.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trialkit.methods._columns import labels, numbers, ordered
from trialkit.methods._groups import dropped_row
from trialkit.methods._samples import check_confidence
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row
from trialkit.methods.imputation.analysis import Analysis
from trialkit.methods.imputation.complete import Completion, Strategy
from trialkit.methods.imputation.grid import Grid, read_grid
from trialkit.methods.imputation.inference import Inference, Problem, approximate_bayes, jackknife, tipping_point
from trialkit.methods.imputation.refit import Refit, estimates
from trialkit.methods.mmrm import method as mixed
from trialkit.methods.mmrm.fit import MmrmFit
from trialkit.words import many


@dataclass(frozen=True)
class Params:
    """Parameters of ``reference_imputation``.

    Attributes:
        response: numeric response column, a row per subject and visit.
        visit: column of visits; the last one is analyzed.
        covariates: numeric columns, one value per subject.
        factors: categorical columns, one value per subject.
        by_visit: those of the covariates and factors whose effect in the mixed model differs by visit.
        event: column with the first visit after a subject's intercurrent event; by default the first of the missing
            visits at the end.
        strategies: what is assumed after the event.
        inference: the jackknife of conditional means, or approximate Bayes with Rubin's rules.
        imputations: number of imputations (bayes).
        seed: of the random draws (bayes).
        deltas: amounts added to the imputed last values of ``delta_arms``.
        delta_arms: the arms they are added to; their tipping point is looked for.
        covariance: structure of the residual covariance; further ones are fall-backs.
        visits: the visits in order; in natural order if empty.
        confidence: level of the intervals; the tipping point is that of its alpha.
    """

    response: str
    visit: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    by_visit: tuple[str, ...] = ()
    event: str | None = None
    strategies: tuple[Strategy, ...] = ("MAR", "JR", "CR", "CIR")
    inference: Literal["jackknife", "bayes"] = "jackknife"
    imputations: int = 100
    seed: int = 1
    deltas: tuple[float, ...] = ()
    delta_arms: tuple[str, ...] = ()
    covariance: tuple[mixed.Structure, ...] = ("us",)
    visits: tuple[str, ...] = ()
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fits, and per strategy (and delta, as ``at``) differences and means of the arms at the last visit.

    Raises MethodError where the mixed model has no optimum (also without a subject), for responses after the event, or
    for values that differ within a subject.
    """
    _check(inputs, params)
    model = mixed.Params(
        params.response, params.visit, params.covariates, params.factors, params.by_visit, params.covariance,
        visits=params.visits,
    )  # fmt: skip
    fit = mixed.fit_model(inputs, model)
    grid = read_grid(inputs, fit, params.event)
    moved = grid.missing[:, -1] & np.isin(np.array(grid.arms, object)[grid.arm], params.delta_arms)
    problem = Problem(
        grid, Completion(grid), _analysis(inputs, params, grid), params.strategies, moved.astype(float), Refit(fit),
        estimates(fit.data, fit.found), params.confidence,
    )  # fmt: skip
    bayes = params.inference == "bayes"
    found: Inference = approximate_bayes(problem, params.imputations, params.seed) if bayes else jackknife(problem)
    made = list(_account(inputs, grid, fit, found, params))
    for delta in (None, *params.deltas):
        made += _tables(grid, found, params, delta)
    return made + list(_tipping(grid, found, params))


def _check(inputs: Inputs, params: Params) -> None:
    check_confidence(params.confidence)
    if not params.strategies:
        raise MethodError("no strategy is named; name one or more of MAR, JR, CR, CIR")
    if params.inference == "bayes" and params.imputations < 2:
        raise MethodError(f"imputations is {params.imputations}; Rubin's rules need two or more")
    if not inputs.arm:
        raise NeedsArms("this method compares arms; the analysis names no treatment column")
    strange = [arm for arm in params.delta_arms if arm not in inputs.arms]
    if strange:
        raise MethodError(f"delta_arms names {strange[0]!r}, which is none of the arms: {list(inputs.arms)}")
    if params.deltas and not params.delta_arms:
        raise MethodError("deltas are given, but no delta_arms that they are added to")


def _analysis(inputs: Inputs, params: Params, grid: Grid) -> Analysis:
    """The design of the last visit: intercept, covariates, factors, arms; one value per subject."""
    columns, weight = [np.ones(len(grid.rows))], [1.0]
    for name in params.covariates:
        columns.append(_known(numbers(inputs.frame, name), grid))
        weight.append(np.nan)
    for name in params.factors:
        text = _known(labels(inputs.frame, name), grid)
        levels = ordered(text)
        columns += [(text == level).astype(float) for level in levels[1:]]
        weight += [1 / len(levels)] * (len(levels) - 1)
    others = [i for i in range(len(grid.arms)) if i != grid.base]
    columns += [(grid.arm == i).astype(float) for i in others]
    weight += [0.0] * len(others)
    return Analysis(np.column_stack(columns), np.array(weight), len(grid.arms), grid.base)


def _known(values: np.ndarray, grid: Grid) -> np.ndarray:
    """The value of each subject, from the first of its rows that has one."""
    there = values != "" if values.dtype == object else ~np.isnan(values)
    return np.array([values[rows[np.argmax(there[rows])]] for rows in grid.rows], dtype=values.dtype)


def _account(inputs: Inputs, grid: Grid, fit: MmrmFit, found: Inference, params: Params) -> Iterator[Row]:
    used = np.concatenate(grid.rows)
    gone = np.setdiff1d(np.arange(len(inputs.frame)), used)
    yield dropped_row(gone, len(inputs.frame), "no value of a covariate or factor in any row of the subject")
    absent = np.flatnonzero(~inputs.universe[inputs.subject].isin(inputs.frame[inputs.subject]).to_numpy())
    warning = f"{many(len(absent), 'subject has', 'subjects have')} no row and are not imputed" if len(absent) else ""
    yield Row("n_no_rows", float(len(absent)), warning=warning, units=absent)
    yield Row("n", float(len(grid.y)), rows=used)
    yield Row("visit", text=fit.rows.visits[-1], rows=used)
    yield Row("covariance", text=fit.structure, rows=fit.rows.at, warning="; ".join(fit.warnings))
    yield Row("inference", text=params.inference, rows=used)
    yield Row("gradient_norm", found.gradient, rows=fit.rows.at)
    if params.inference == "bayes":
        yield Row("imputations", float(params.imputations), rows=used)
        yield Row("failed_fits", float(found.failed), rows=used)
    for i, arm in enumerate(grid.arms):
        mine = grid.arm == i
        events = mine & (grid.event < grid.y.shape[1])
        values = {"n": mine, "events": events, "imputed": mine & grid.missing[:, -1]}
        for stat, who in values.items():
            yield Row(stat, float(who.sum()), arm=arm, rows=_rows(grid, who))


def _rows(grid: Grid, who: np.ndarray) -> np.ndarray:
    own = [grid.rows[i] for i in np.flatnonzero(who)]
    return np.sort(np.concatenate(own)) if own else np.zeros(0, np.intp)


def _tables(grid: Grid, found: Inference, params: Params, delta: float | None) -> Iterator[Row]:
    table = found.at(delta or 0.0)
    for s, strategy in enumerate(params.strategies):
        for k, blank in enumerate(_blanks(grid)):
            here = blank.but(groups=(("strategy", strategy),), at=delta)
            values = {blank.stat: table.estimate, "se": table.se, "p": table.p}
            values |= {"ci_low": table.ci_low, "ci_high": table.ci_high}
            if params.inference == "bayes":
                values["df"] = table.df
            yield from (replace(here, stat=stat, value=float(v[k, s])) for stat, v in values.items())


def _blanks(grid: Grid) -> list[Row]:
    """A row per difference, then per mean."""
    base = grid.arms[grid.base]
    made = []
    for i, arm in enumerate(grid.arms):
        if i != grid.base:
            made.append(
                Row("diff", arm=arm, reference=base, rows=_rows(grid, (grid.arm == i) | (grid.arm == grid.base)))
            )
    return made + [Row("lsmean", arm=arm, rows=_rows(grid, grid.arm == i)) for i, arm in enumerate(grid.arms)]


def _tipping(grid: Grid, found: Inference, params: Params) -> Iterator[Row]:
    for k, blank in enumerate(_blanks(grid)):
        if blank.stat != "diff" or not {blank.arm, blank.reference} & set(params.delta_arms):
            continue
        for s, strategy in enumerate(params.strategies):
            here = blank.but(stat="tipping_point", groups=(("strategy", strategy),))
            value = tipping_point(found, k, s, 1 - params.confidence)
            if value is None:
                yield replace(here, text="NE", warning="p is above alpha without a delta")
            elif not np.isfinite(value):
                yield replace(here, text="NE", warning="no delta takes p to alpha: too little is imputed")
            else:
                yield replace(here, value=value)
