"""Mixed model for repeated measures, as an analysis: arms by visits, least-squares means and differences.

The response y of subject i at its visits is normal with mean X_i b and covariance Sigma restricted to those visits.
X has the arm, the visit, arm by visit, and the covariates and factors, by visit where asked for. b and Sigma by
restricted maximum likelihood; standard errors and degrees of freedom by Kenward and Roger unless said otherwise.

Source: Mallinckrodt et al. (2008) Drug Inf J 42, 303-319; Kenward and Roger (1997) Biometrics 53, 983-997.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from trialkit.methods._columns import once
from trialkit.methods._groups import absent, dropped_row, pairs
from trialkit.methods.base import Inputs, MethodError, NeedsArms, Row, positions
from trialkit.methods.mmrm.degrees import METHODS_DF
from trialkit.methods.mmrm.fit import MmrmFit
from trialkit.methods.mmrm.fitting import fitted
from trialkit.methods.mmrm.means import Means
from trialkit.methods.mmrm.result_rows import estimate_rows, term_rows
from trialkit.methods.mmrm.rows import read_rows
from trialkit.methods.mmrm.structures import STRUCTURES

Margins = Literal["equal", "observed", "counterfactual"]
Df = Literal["kenward-roger-linear", "kenward-roger", "satterthwaite", "residual", "between-within"]
Structure = Literal["us", "toeph", "toep", "adh", "ad", "ar1h", "ar1", "csh", "cs", "indh", "ind"]


@dataclass(frozen=True)
class Params:
    """Parameters of ``mmrm``.

    Attributes:
        response: numeric response column, a row per subject and visit.
        visit: column of visits.
        covariates: numeric columns.
        factors: categorical columns.
        by_visit: those of the covariates and factors whose effect differs by visit.
        covariance: structure of the residual covariance; further ones are fall-backs, in this order.
        group: column of subjects' groups, each with its own covariance.
        weights: column of weights; the variance of a row is divided by its weight.
        df: method of the degrees of freedom.
        robust: sandwich standard errors in place of the model's; df must then not be Kenward-Roger.
        reml: restricted maximum likelihood, else maximum likelihood (df must then not be Kenward-Roger).
        visits: the visits in order; in natural order if empty.
        averages: averages over visits, each with a name and its visits.
        compare: each arm against the reference, or every pair.
        margins: how least-squares means average over factors and covariates.
        confidence: level of all intervals.
    """

    response: str
    visit: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    by_visit: tuple[str, ...] = ()
    covariance: tuple[Structure, ...] = ("us",)
    group: str | None = None
    weights: str | None = None
    df: Df = "kenward-roger-linear"
    robust: Literal["none", "CR0", "CR2", "CR3"] = "none"
    reml: bool = True
    visits: tuple[str, ...] = ()
    averages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    compare: Literal["reference", "all"] = "reference"
    margins: Margins = "equal"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows of the fit, the least-squares means and differences by visit and on average, and the tests of terms.

    Raises MethodError where the rows do not identify the model or the likelihood has no interior optimum (see docs).
    """
    for name, visits in params.averages.items():
        if not visits:
            raise MethodError(f"the average {name!r} names no visits; list the visits it is over")
    fit = fit_model(inputs, params)
    names = ("response", "visit", "covariates", "factors")
    used = ", ".join(str(v) for n in names for v in _listed(getattr(params, n)))
    made = [dropped_row(fit.rows.dropped, len(inputs.frame), f"no value in one of {used}")]
    made += _fit_rows(fit, absent(inputs, fit.rows.design.variables[str(inputs.arm)].levels))
    cells = Cells(fit, inputs, params)
    for visit in fit.rows.visits:
        made += cells.rows({params.visit: visit}, (visit,), Row("", groups=((params.visit, visit),)))
    for name, visits in params.averages.items():
        made += cells.rows({params.visit: visits}, visits, Row("", variable_level=name))
    return [*made, *term_rows(fit), *_residuals(fit)]


def _listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def fit_model(inputs: Inputs, params: Params) -> MmrmFit:
    """The fitted model of an analysis. Raises MethodError where the rows do not identify it."""
    if not inputs.arm:
        raise NeedsArms("this method compares arms; the analysis names no treatment column")
    if inputs.reference not in inputs.arms:
        raise MethodError("no reference arm is named")
    unknown = [n for n in params.by_visit if n not in (*params.covariates, *params.factors)]
    if unknown:
        raise MethodError(f"by_visit names {unknown[0]!r}, which is neither a covariate nor a factor of the analysis")
    levels = {params.visit: params.visits} if params.visits else {}
    levels |= {str(inputs.arm): inputs.arms} | dict.fromkeys(params.factors, ())
    reference = {str(inputs.arm): str(inputs.reference)}
    rows = read_rows(
        inputs.frame, formula(inputs, params), inputs.subject, params.visit, params.group, params.weights,
        levels, reference, params.covariates,
    )  # fmt: skip
    robust = "" if params.robust == "none" else params.robust
    return fitted(rows, params.covariance, params.reml, params.df, robust, params.confidence)


def formula(inputs: Inputs, params: Params) -> str:
    """The model as a formula."""

    def quoted(name: str) -> str:
        return f"`{name}`"

    visit = quoted(params.visit)
    plain = [quoted(name) for name in (*params.covariates, *params.factors)]
    crossed = [f"{quoted(name)}:{visit}" for name in params.by_visit]
    return f"{quoted(params.response)} ~ {' + '.join([*plain, f'{quoted(str(inputs.arm))} * {visit}', *crossed])}"


def _fit_rows(fit: MmrmFit, warning: str) -> Iterator[Row]:
    at = fit.rows.at
    warning = "; ".join(filter(None, (warning, *fit.warnings)))
    yield Row("n", float(len(fit.rows.subjects)), rows=at)
    yield Row("observations", float(len(at)), rows=at)
    yield Row("covariance", text=f"{STRUCTURES[fit.structure].words} ({fit.structure})", rows=at, warning=warning)
    for structure, why in fit.ladder:
        yield Row("covariance_left", text=f"{structure}: {why}", variable_level=structure, rows=at)
    yield Row("df_method", text=METHODS_DF[fit.df], rows=at)
    yield Row("likelihood", text="REML" if fit.reml else "ML", rows=at)
    if fit.robust:
        yield Row("standard_errors", text=fit.robust, rows=at)
    values = {
        "log_likelihood": fit.log_likelihood, "aic": fit.aic, "aicc": fit.aicc, "bic": fit.bic,
        "covariance_parameters": float(fit.parameters), "gradient_norm": fit.gradient_norm,
        "iterations": float(fit.iterations), "condition_number": fit.condition_number,
    }  # fmt: skip
    for stat, value in values.items():
        yield Row(stat, value, rows=at)


class Cells:
    """Means and differences of the arms at a visit, or averaged over visits."""

    def __init__(self, fit: MmrmFit, inputs: Inputs, params: Params) -> None:
        self.fit, self.params = fit, params
        found = fit.rows.design.variables[str(inputs.arm)]
        self.arms = [arm for arm in inputs.arms if arm in found.levels]
        self.order = [found.levels.index(arm) for arm in self.arms]
        self.code = np.argsort(self.order)[found.code]
        self.arm = str(inputs.arm)
        self.pairs = [
            (self.arms.index(a), self.arms.index(b)) for a, b in pairs(self.arms, inputs.reference, params.compare)
        ]

    def rows(self, at: dict[str, str | tuple[str, ...]], visits: tuple[str, ...], blank: Row) -> Iterator[Row]:
        """n, means and differences; ``blank`` says where they stand."""
        rows, visit = self.fit.rows, self.fit.rows.visit
        assert visit is not None
        made: Means = self.fit.means((self.arm,), self.params.margins, at)
        L = made.L[self.order]
        inside = np.isin(visit.code, [visit.levels.index(v) for v in visits])
        here = [rows.at[inside & (self.code == i)] for i in range(len(self.arms))]
        for i, arm in enumerate(self.arms):
            n = len(once(rows.subject[inside & (self.code == i)]))
            yield blank.but(stat="n", value=float(n), arm=arm, rows=here[i])
        yield from estimate_rows(
            self.fit, L, "lsmean", [blank.but(arm=a, rows=h) for a, h in zip(self.arms, here, strict=True)]
        )
        against = [
            blank.but(arm=self.arms[a], reference=self.arms[b], rows=np.sort(np.concatenate([here[a], here[b]])))
            for a, b in self.pairs
        ]
        yield from estimate_rows(self.fit, np.array([L[a] - L[b] for a, b in self.pairs]), "diff", against, True)


def _residuals(fit: MmrmFit) -> Iterator[Row]:
    """Residual standard deviations by visit and correlations, per covariance group."""
    visit = fit.rows.visit
    assert visit is not None
    for k, (group, sigma) in enumerate(zip(fit.rows.groups, fit.found.value.sigma, strict=True)):
        sd = np.sqrt(np.diagonal(sigma))
        inside = np.ones(len(visit.code), bool)
        if fit.rows.group is not None:
            inside = (fit.rows.group.code == k)[fit.rows.subject]
        for a, level in enumerate(visit.levels):
            own = (*(((fit.rows.group.name, group),) if fit.rows.group else ()), (visit.name, level))
            here = fit.rows.at[positions(inside & (visit.code == a))]
            yield Row("residual_sd", float(sd[a]), groups=own, rows=here)
            for b in range(a):
                r = float(sigma[a, b] / (sd[a] * sd[b]))
                yield Row("residual_correlation", r, groups=own, variable_level=visit.levels[b], rows=here)
