"""What is compared between arms under a survival curve: ratios, restricted means, tests, check of the model."""

from __future__ import annotations

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.conventions import TRANSFORMS
from trialkit.report.displays.base import confidence
from trialkit.report.numbers import fixed, interval, p_words
from trialkit.report.rows import Groups, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell, Line

COMPARED = ("log_rank", "cox", "rmst", "proportional_hazards")
"""Methods whose rows are lines here."""


def comparison_lines(scene: Scene, groups: Groups, arms: tuple[str, ...]) -> list[Line]:
    """The lines of all methods, a cell per arm."""
    lines = [*_ratios(scene, groups, arms), *_means(scene, groups, arms)]
    return [*lines, *_tests(scene, groups, arms), *_proportional(scene, groups)]


def _inside(scene: Scene, method: str, groups: Groups) -> Rows:
    """A method's rows at the same ``by`` levels."""
    rows = scene.methods(method)
    return Rows(tuple(n for n in rows if n.groups == groups and n.stat != "error"))


def _ratios(scene: Scene, groups: Groups, arms: tuple[str, ...]) -> list[Line]:
    """Hazard ratios with intervals and p, per Cox model."""
    lines: list[Line] = []
    for spec in (s for s in scene.specs if s.method == "cox"):
        rows = Rows(tuple(n for n in _inside(scene, "cox", groups).where(analysis=spec.id) if n.arm and n.reference))
        by = rows.index(lambda n: (n.stat, n.arm))
        for reference in rows.values("reference"):
            versus, ci = scene.arm_label(reference), confidence(scene.params(spec))
            label = f"Hazard ratio versus {versus} ({ci}), {_model(scene, spec)}"
            lines.append(Line(label, tuple(_ratio(scene, by, arm) for arm in arms)))
            lines.append(Line("p, Wald test", tuple(scene.p(by.get(("p", arm))) for arm in arms), 1))
    return lines


def _strata(scene: Scene, spec: AnalysisSpec) -> str:
    """``, stratified by Site``, "" if not."""
    names = getattr(scene.params(spec), "strata", ())
    return f", stratified by {scene.labels(spec.id, names)}" if names else ""


def _model(scene: Scene, spec: AnalysisSpec) -> str:
    """The model in few words: ties, covariates, strata."""
    params = scene.params(spec)
    terms = (*getattr(params, "covariates", ()), *getattr(params, "factors", ()))
    adjusted = f", adjusted for {scene.labels(spec.id, terms)}" if terms else ""
    return f"Cox, {str(getattr(params, 'ties', '')).capitalize()} ties{adjusted}{_strata(scene, spec)}"


def _ratio(scene: Scene, by: dict, arm: str) -> Cell:
    ratio, low, high = (by.get((stat, arm)) for stat in ("hazard_ratio", "ci_low", "ci_high"))
    if ratio is None:
        return BLANK
    return scene.estimate(ratio, scene.text(ratio), interval(scene.text(low), scene.text(high)))


def _tests(scene: Scene, groups: Groups, arms: tuple[str, ...]) -> list[Line]:
    """The log-rank tests: per comparison under its arm, or one of all arms."""
    lines: list[Line] = []
    for spec in (s for s in scene.specs if s.method == "log_rank"):
        rows = _inside(scene, "log_rank", groups).where(analysis=spec.id, stat="p")
        for reference in rows.values("reference"):
            by = rows.where(reference=reference).index(lambda n: n.arm)
            if reference:
                label = f"p, log-rank test versus {scene.arm_label(reference)}{_strata(scene, spec)}"
                lines.append(Line(label, tuple(scene.p(by.get(arm)) for arm in arms)))
            elif "" in by:
                p = by[""]
                words = "not computed" if p.error else p_words(p.value)
                lines.append(scene.span(p, f"Log-rank test of all arms{_strata(scene, spec)}: {words}"))
    return lines


def _means(scene: Scene, groups: Groups, arms: tuple[str, ...]) -> list[Line]:
    """Restricted means per arm and their differences."""
    lines: list[Line] = []
    for spec in (s for s in scene.specs if s.method == "rmst"):
        rows = Rows(tuple(n for n in _inside(scene, "rmst", groups).where(analysis=spec.id)))
        by = rows.index(lambda n: (n.stat, n.arm, n.reference))
        unit, tau = scene.column(spec.id, scene.response(spec.id)).unit, getattr(scene.params(spec), "tau", 0.0)
        until, ci = f"to {tau:g}{f' {unit}' if unit else ''}", confidence(scene.params(spec))
        cells = [_with_limits(scene, by, "rmst", arm, "") for arm in arms]
        lines.append(Line(f"Mean time without the event {until} ({ci})", tuple(cells)))
        for reference in rows.where(stat="rmst_diff").values("reference"):
            versus = scene.arm_label(reference)
            cells = [_with_limits(scene, by, "rmst_diff", arm, reference) for arm in arms]
            lines.append(Line(f"Difference versus {versus} ({ci})", tuple(cells), 1))
            lines.append(Line("p", tuple(scene.p(by.get(("rmst_diff_p", arm, reference))) for arm in arms), 1))
    return lines


def _with_limits(scene: Scene, by: dict, stat: str, arm: str, reference: str) -> Cell:
    value, low, high = (by.get((f"{stat}{end}", arm, reference)) for end in ("", "_ci_low", "_ci_high"))
    if value is None:
        return BLANK
    return scene.estimate(value, scene.text(value), scene.between(low, high))


def _proportional(scene: Scene, groups: Groups) -> list[Line]:
    """The check of proportional hazards, in one line an analysis."""
    lines: list[Line] = []
    for spec in (s for s in scene.specs if s.method == "proportional_hazards"):
        rows = _inside(scene, "proportional_hazards", groups).where(analysis=spec.id)
        by = rows.index(lambda n: n.stat)
        if "global_p" in by:
            chisq, df, p = (by[f"global_{stat}"] for stat in ("chisq", "df", "p"))
            scale = TRANSFORMS[scene.params(spec).transform]
            words = f"chi-square {fixed(chisq.value, 2)} on {fixed(df.value, 0)} df, {p_words(p.value)}"
            lines.append(scene.span(p, f"Test of proportional hazards (time scale {scale}): {words}"))
    return lines
