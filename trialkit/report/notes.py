"""Footnotes a display has without being told: method, convention, estimand, status, evidence, warnings, source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.rows import Number
from trialkit.report.scene import Scene
from trialkit.report.table import Notice

SHOWN = 3
"""How many places of a warning are named before the rest is counted."""


def footnotes(scene: Scene, made: Iterable[str]) -> tuple[str, ...]:
    """All footnotes of a display: those of the content, of its kind, then the automatic ones."""
    notes = [*scene.display.footnotes, *made]
    notes += [note for spec in scene.specs for note in _conventions(scene, spec)]
    for spec in scene.specs:
        notes += _estimand(scene, spec)
    notes += _status(scene)
    notes += warnings(scene)
    return tuple(dict.fromkeys(note for note in notes if note))


def _conventions(scene: Scene, spec: AnalysisSpec) -> list[str]:
    from trialkit.methods import METHODS

    method = METHODS.get(spec.method)
    if method is None:
        return []
    params = scene.params(spec)
    said = CONVENTIONS.get(spec.method, lambda *_: "")(scene, spec, params) if params is not None else ""
    made = [f"{method.title} {said}".strip()]
    if method.evidence == "unproven":
        made.append(f"The numbers of method {spec.method!r} have not been compared with any outside source.")
    return made


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
    return f"{_hazards(scene, spec, params)} Time scale of the test: {params.transform}."


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


def _estimand(scene: Scene, spec: AnalysisSpec) -> list[str]:
    found = scene.study.estimands.get(spec.estimand)
    if found is None:
        return []
    strategies = "; ".join(f"{event}: {strategy}" for event, strategy in found.intercurrent.items())
    handled = f" Intercurrent events: {strategies}." if strategies else ""
    return [f"Estimand: {found.title}. Summary: {found.summary}.{handled}"]


def _status(scene: Scene) -> list[str]:
    """Role and time of specification, in one sentence for analyses of the same."""
    made: list[str] = []
    for role, status in dict.fromkeys((spec.role, spec.status) for spec in scene.specs):
        same = [spec for spec in scene.specs if (spec.role, spec.status) == (role, status)]
        several = len({(spec.role, spec.status) for spec in scene.specs}) > 1
        which = f" ({'; '.join(spec.title for spec in same)})" if several else ""
        made.append(f"{role.capitalize()} analysis, {status}{which}.")
    return made


def warnings(scene: Scene) -> list[str]:
    """Each warning once, with the places it holds for."""
    places: dict[str, list[str]] = {}
    for number in scene.rows:
        if number.warning and not number.error:
            places.setdefault(number.warning, []).append(place(scene, number))
    return [f"Warning: {text}{_places(found)}." for text, found in places.items()]


def _places(found: list[str]) -> str:
    names = list(dict.fromkeys(name for name in found if name))
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" ({'; '.join(names[:SHOWN])}{rest})" if names else ""


def place(scene: Scene, number: Number) -> str:
    """Where a row stands: its group, column, category and arm in words."""
    words = [scene.group_words(number.analysis, number.groups)] if number.groups else []
    if number.variable:
        words.append(scene.column(number.analysis, number.variable).label)
    if number.arm:
        words.append(scene.arm_label(number.arm))
    return ", ".join(words)


def notices(scene: Scene) -> tuple[Notice, ...]:
    """What could not be computed, in the method's words."""
    made: dict[str, None] = {}
    for number in scene.rows:
        if number.error:
            spec = scene.spec(number)
            title = spec.title if spec else number.analysis
            where = place(scene, number)
            made[f"Not computed: {title}{f' ({where})' if where else ''}: {number.error}."] = None
    missing = [spec for spec in scene.specs if not len(scene.everything.where(analysis=spec.id))]
    for spec in missing:
        made[f"Not computed: {spec.title}: the results hold no rows of this analysis."] = None
    for listing in scene.listed:
        found = scene.listings.get(listing.id)
        if why := "the results hold no such listing" if found is None else found.error:
            made[f"Not made: {listing.title}: {why}."] = None
    return tuple(Notice(text.replace("..", ".")) for text in made)


def population(scene: Scene) -> str:
    """The labels of the display's populations."""
    named = [spec.population for spec in scene.reads if spec.population]
    labels = [scene.study.populations[name].label for name in named]
    return "; ".join(dict.fromkeys(labels))


def source(scene: Scene, snapshot: str, software: str) -> str:
    """Data sets, snapshot, content and software."""
    sets = dict.fromkeys(spec.dataset for spec in scene.reads)
    words = ", ".join(f"{name} ({scene.study.datasets[name].label})" for name in sets)
    words = words or "the store's record of submissions and findings, and the protocols"
    return f"Source: {words}; snapshot {snapshot[:16]}; content {scene.study.digest[:8]}; {software}"
