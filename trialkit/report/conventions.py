"""What a reader must know of the methods behind a display: what each computes, and its choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.scene import Scene

TRANSFORMS = {"km": "Kaplan-Meier", "rank": "ranks", "log": "logarithm", "identity": "time itself"}
"""Time scales of the test of proportional hazards in words."""


def methods(scene: Scene) -> list[str]:
    """A note for each method: its title once, then its conventions in each analysis that uses it."""
    from trialkit.methods import METHODS

    made: dict[str, list[str]] = {}
    for spec in scene.specs:
        if method := METHODS.get(spec.method):
            params = scene.params(spec)
            said = CONVENTIONS.get(spec.method, lambda *_: "")(scene, spec, params) if params is not None else ""
            made.setdefault(method.name, []).append(said)
    notes = []
    for name, said in made.items():
        notes.append(" ".join(filter(None, (f"Method: {METHODS[name].title}", *dict.fromkeys(said)))))
        if METHODS[name].evidence == "unproven":
            notes.append(f"The numbers of method {name!r} have not been compared with any outside source.")
    return notes


def _sorted_quantiles(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    return "Quantiles by SAS definition 5 (R type 2)."


def _curve(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    return f"Pointwise {100 * params.confidence:g}% intervals on the {params.conf_type} scale."


def _strata(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    return f"Stratified by {scene.labels(spec.id, params.strata)}." if params.strata else "Not stratified."


def _hazards(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    terms = (*params.covariates, *params.factors)
    adjusted = f" Adjusted for {scene.labels(spec.id, terms)}." if terms else ""
    return f"{_strata(scene, spec, params)}{adjusted} Tied times by the method of {params.ties.capitalize()}."


def _linear(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    terms = (*params.covariates, *params.factors)
    model = f"Model: {scene.column(spec.id, params.response).label} by arm"
    model += f", {scene.labels(spec.id, terms)}." if terms else "."
    weights = {"equal": "equal weights of", "observed": "observed weights of"}[params.margins]
    return model + (f" Least-squares means at the mean of covariates and {weights} factor levels." if terms else "")


def _repeated(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    """The terms of a mixed model for repeated measures, and how its means are averaged."""
    terms = scene.labels(spec.id, (*params.covariates, *params.factors))
    crossed = [f"{scene.column(spec.id, name).label} by visit" for name in params.by_visit]
    model = f"Model: {scene.column(spec.id, params.response).label} by arm, visit, arm by visit"
    model += "".join(f", {term}" for term in (terms, *crossed) if term)
    over = {
        "equal": "at the mean of covariates and equal weights of factor levels",
        "observed": "at the mean of covariates and observed weights of factor levels",
        "counterfactual": "averaged over all subjects' covariates, each subject taken in every arm in turn",
    }[params.margins]
    return f"{model}. Least-squares means {over}."


def _ranks(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    weight = "" if params.weight == "log_rank" else f" Weight: {params.weight.replace('_', '-')}."
    if params.weight == "fleming_harrington":
        weight = f" Weight: Fleming-Harrington({params.rho:g}, {params.gamma:g})."
    several = params.compare in ("reference", "all")
    adjusted = {"none": "p-values are not adjusted for the number of comparisons."}
    how = adjusted.get(params.multiplicity, f"p-values adjusted after {params.multiplicity.capitalize()}.")
    return f"{_strata(scene, spec, params)}{weight}{f' The {how}' if several and how[0] == 'p' else ''}"


def _incidence(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    variance = {"aalen": "Aalen's variance", "jackknife": "the infinitesimal jackknife"}[params.variance]
    return f"Pointwise {100 * params.confidence:g}% intervals on the log-log scale, {variance}."


def _restricted(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    return f"Restricted to {params.tau:g}; Greenwood-type standard errors, normal intervals."


def _proportional(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    return f"{_hazards(scene, spec, params)} Time scale of the test: {TRANSFORMS[params.transform]}."


def _subhazards(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    terms = (*params.covariates, *params.factors)
    adjusted = f" Adjusted for {scene.labels(spec.id, terms)}." if terms else ""
    return f"Cause: {scene.level(spec.id, params.reason, params.cause)}.{adjusted} Breslow ties, sandwich variance."


def _rates(scene: Scene, spec: AnalysisSpec, params: Any) -> str:
    robust = "Standard errors from score residuals summed over a subject." if params.robust else "Model-based errors."
    return f"{_hazards(scene, spec, params)} {robust}"


CONVENTIONS: dict[str, Callable[[Scene, AnalysisSpec, Any], str]] = {
    "summary": _sorted_quantiles,
    "kaplan_meier": _curve,
    "log_rank": _ranks,
    "max_combo": _strata,
    "cox": _hazards,
    "proportional_hazards": _proportional,
    "rmst": _restricted,
    "cumulative_incidence": _incidence,
    "gray": _strata,
    "cause_specific": _hazards,
    "fine_gray": _subhazards,
    "andersen_gill": _rates,
    "ancova": _linear,
    "mmrm": _repeated,
}
"""What a reader must know of a method's choices, by method."""
