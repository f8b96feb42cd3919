"""Rows -> every subject at every visit: responses with gaps, the mean's design in the own and the reference arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialkit.methods._columns import labels, numbers
from trialkit.methods.base import Inputs, MethodError
from trialkit.methods.mmrm.fit import MmrmFit
from trialkit.methods.mmrm.variables import Variable


@dataclass(frozen=True)
class Grid:
    """n subjects at m visits.

    Attributes:
        subjects: their labels (n,); ``rows`` positions in the frame of each one's rows.
        y: responses (n, m), nan where missing.
        own, reference: columns of the mixed model (n, m, all columns) in the own arm, and in the reference arm.
        arm: codes (n,) among ``arms``; the reference is code ``base``.
        event: position of the first visit after the intercurrent event, m where there is none.
        code: the model's subject code of each subject, -1 for those without a response.
    """

    subjects: np.ndarray
    rows: list[np.ndarray]
    y: np.ndarray
    own: np.ndarray
    reference: np.ndarray
    arm: np.ndarray
    arms: list[str]
    base: int
    event: np.ndarray
    code: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """Which responses are to be imputed, (n, m)."""
        return np.isnan(self.y)


def read_grid(inputs: Inputs, fit: MmrmFit, event: str | None) -> Grid:
    """The grid of the subjects whose arm, covariates and factors are known.

    ``event`` names the column with the first visit after a subject's intercurrent event. Without it every subject
    whose last visits are missing has one there. Raises MethodError for a covariate that changes within a subject, a
    response after the event, or a visit that is none.
    """
    frame, visit = inputs.frame, fit.rows.visit
    assert visit is not None
    code, known = pd.factorize(frame[inputs.subject])
    values = {
        n: _of_subjects(frame, v, code, len(known)) for n, v in fit.rows.design.variables.items() if n != visit.name
    }
    inside = np.ones(len(known), bool)
    for one in values.values():
        inside &= ~one.missing
    at = np.flatnonzero(inside)
    y = _responses(fit, known, inputs)
    arm = str(inputs.arm)
    design, levels = fit.rows.design, design_levels(fit, arm)
    base = levels.index(str(inputs.reference))
    arms = [a for a in inputs.arms if a in levels]
    order = np.array([arms.index(level) for level in levels])
    mine = {name: one.at_codes(at) if isinstance(one, _Coded) else one for name, one in values.items()}
    own, reference = (_matrix(design, visit, mine, swap) for swap in (None, (arm, base)))
    first = _events(frame, event, visit.levels, code, len(known)) if event else _last_missing(y)
    _refuse_after(y[at], first[at], visit.levels)
    seen = pd.Index(fit.rows.subjects).get_indexer(pd.Index(known))
    rows = [np.flatnonzero(code == i) for i in at]
    return Grid(
        np.asarray(known)[at], rows, y[at], own, reference, order[mine[arm].codes], arms, arms.index(levels[base]),
        first[at], seen[at],
    )  # fmt: skip


def design_levels(fit: MmrmFit, arm: str) -> tuple[str, ...]:
    """The arms of the model, the reference first."""
    return fit.rows.design.variables[arm].levels


@dataclass(frozen=True)
class _Coded:
    """A variable by subject: codes (n,) with -1 for missing, or numbers (n,) with nan."""

    levels: tuple[str, ...]
    codes: np.ndarray
    values: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        return self.codes < 0 if self.levels else np.isnan(self.values)

    def at_codes(self, at: np.ndarray) -> _Coded:
        return _Coded(self.levels, self.codes[at], self.values[at])

    def coding(self) -> np.ndarray:
        return np.eye(len(self.levels))[self.codes] if self.levels else self.values[:, None]


def _of_subjects(frame: pd.DataFrame, variable: Variable, code: np.ndarray, n: int) -> _Coded:
    """The one value that each subject has."""
    if variable.codes is None:
        found = numbers(frame, variable.name)
        there = ~np.isnan(found)
    else:
        place = {level: i for i, level in enumerate(variable.levels)}
        texts = labels(frame, variable.name)
        strange = sorted({t for t in texts if t and t not in place})
        if strange:
            raise MethodError(
                f"{variable.name} {strange[0]!r} has rows, but none with a response: nothing can be imputed for it"
            )
        found = np.array([place.get(t, -1) for t in texts], float)
        there = found >= 0
    made = np.full(n, np.nan)
    made[code[there]] = found[there]
    if (found[there] != made[code[there]]).any():
        raise MethodError(f"{variable.name!r} changes within a subject: imputation needs one value per subject")
    codes = np.where(np.isnan(made), -1, made).astype(np.intp)
    return _Coded(variable.levels if variable.codes is not None else (), codes, made)


def _responses(fit: MmrmFit, known: pd.Index, inputs: Inputs) -> np.ndarray:
    """Responses of the known subjects at the visits, nan where the model has no row."""
    rows = fit.rows
    assert rows.visit is not None
    made = np.full((len(known), len(rows.visits)), np.nan)
    place = pd.Index(known).get_indexer(pd.Index(inputs.frame[inputs.subject].iloc[rows.at]))
    made[place, rows.visit.code] = rows.y
    return made


def _matrix(design: object, visit: Variable, own: dict[str, _Coded], swap: tuple[str, int] | None) -> np.ndarray:
    """The model's columns of all subjects at all visits; ``swap`` puts every subject in an arm."""
    m, n = len(visit.levels), len(next(iter(own.values())).codes)
    parts = {name: np.repeat(one.coding(), m, axis=0) for name, one in own.items()}
    parts[visit.name] = np.tile(np.eye(m), (n, 1))
    if swap:
        name, level = swap
        parts[name] = np.zeros_like(parts[name])
        parts[name][:, level] = 1
    return np.asarray(design.matrix(parts, n * m)).reshape(n, m, -1)  # type: ignore[attr-defined]


def _events(frame: pd.DataFrame, event: str, visits: tuple[str, ...], code: np.ndarray, n: int) -> np.ndarray:
    texts, place = labels(frame, event), {visit: i for i, visit in enumerate(visits)}
    strange = sorted({t for t in texts if t and t not in place})
    if strange:
        raise MethodError(
            f"column {event!r} holds {strange[0]!r}, which is no visit; the visits are: {', '.join(visits)}"
        )
    there = texts != ""
    made = np.full(n, len(visits))
    made[code[there]] = [place[t] for t in texts[there]]
    if any(place[t] != made[c] for t, c in zip(texts[there], code[there], strict=True)):
        raise MethodError(f"{event!r} changes within a subject: it is the first visit after the subject's event")
    return made


def _last_missing(y: np.ndarray) -> np.ndarray:
    """One after the last visit with a response, (n,)."""
    m = y.shape[1]
    return np.where(np.isnan(y).all(axis=1), 0, m - np.argmax(~np.isnan(y[:, ::-1]), axis=1))


def _refuse_after(y: np.ndarray, event: np.ndarray, visits: tuple[str, ...]) -> None:
    after = (np.arange(y.shape[1]) >= event[:, None]) & ~np.isnan(y)
    if after.any():
        first = visits[int(np.argwhere(after)[0][1])]
        raise MethodError(
            f"{int(after.sum())} responses stand at or after their subject's event (first at {first}); "
            "the strategies impute what is missing after it: set these missing, or take the event away"
        )
