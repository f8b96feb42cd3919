"""What the displays of a mixed model share: its visits, its rows by place, and the footnote of the fit."""

from __future__ import annotations

from trialkit.model.analysis import AnalysisSpec
from trialkit.report.displays.base import nobody
from trialkit.report.numbers import count, fixed, scientific
from trialkit.report.rows import Groups, Number, Rows
from trialkit.report.scene import Scene

ESTIMATES = ("n", "lsmean", "se", "df", "ci_low", "ci_high", "diff", "t", "p")
Place = tuple[Groups, str]
"""Where an estimate stands: at a visit (its group), or an average over visits (its name)."""


def estimates(scene: Scene, rows: Rows) -> Rows:
    """The estimates among an analysis's rows, at visits and averages."""
    found = rows.where(stat=ESTIMATES)
    return Rows(tuple(n for n in found if n.groups or n.variable_level))


def panels(scene: Scene, spec: AnalysisSpec, rows: Rows) -> list[tuple[Groups, Rows]]:
    """The rows by ``by`` level; an empty one for an empty population, none for an analysis that was refused."""
    found = rows.panels(scene.depth(rows))
    return found or ([((), rows)] if nobody(scene.populations.where(analysis=spec.id)) else [])


def places(rows: Rows) -> tuple[list[Place], list[Place]]:
    """The visits and the averages, each in order."""
    found = list(dict.fromkeys((n.groups, n.variable_level) for n in rows))
    return [p for p in found if p[0]], [p for p in found if not p[0]]


def words(scene: Scene, analysis: str, place: Place) -> str:
    """A visit's label, or an average's name."""
    groups, name = place
    return scene.level(analysis, *groups[-1]) if groups else name


def at(rows: Rows, place: Place) -> Rows:
    """The rows of a place."""
    return rows.where(groups=place[0], variable_level=place[1])


def fit_notes(rows: Rows) -> tuple[str, ...]:
    """The fit in a footnote: covariance, df, convergence and size, as its rows say."""
    by = rows.index(lambda n: n.stat if not n.arm and not n.groups and not n.variable_level else "")
    covariance = by.get("covariance")
    if covariance is None:
        return ()
    robust = by.get("standard_errors")
    errors = f"; standard errors: {robust.text}" if robust else ""
    parameters, observations = count(_value(by.get("covariance_parameters"))), count(_value(by.get("observations")))
    made = (
        f"Residual covariance: {covariance.text}, {parameters} parameters, by {_text(by.get('likelihood'))}. "
        f"Degrees of freedom: {_text(by.get('df_method'))}{errors}. "
        f"{observations} observations of {count(_value(by.get('n')))} subjects. "
        f"Converged: largest derivative {scientific(_value(by.get('gradient_norm')))} after "
        f"{count(_value(by.get('iterations')))} Newton steps, condition number "
        f"{fixed(_value(by.get('condition_number')), 1)}."
    )
    return (made,)


def _value(number: Number | None) -> float | None:
    return number.value if number else None


def _text(number: Number | None) -> str:
    return number.text if number else ""
