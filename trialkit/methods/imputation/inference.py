"""From completed last visits to estimates with standard errors: the jackknife, or approximate Bayes and Rubin's rules.

Jackknife: every subject is left out in turn, the mixed model fitted again, the last visits completed by conditional
means and analyzed; with n subjects and estimates v(i), se^2 = (n - 1) / n sum (v(i) - mean v)^2. It estimates how much
the estimate would vary if the trial were repeated.

Approximate Bayes: in each of M bootstrap samples of the subjects, drawn within arms, the mixed model is fitted; with
its parameters the last visits are drawn, the analysis made, and the M results pooled (``rubin``).

Source: Wolbers et al. (2022) Pharm Stat 21, 1246-1257 (jackknife); Carpenter, Roger and Kenward (2013) J Biopharm Stat
23, 1352-1371; Little and Rubin (2020) Statistical Analysis with Missing Data, section 10.2.3 (bootstrap draws).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._root import root
from trialkit.methods.base import MethodError
from trialkit.methods.imputation.analysis import Analysis
from trialkit.methods.imputation.complete import Completion, Strategy
from trialkit.methods.imputation.grid import Grid
from trialkit.methods.imputation.left_out import without_each
from trialkit.methods.imputation.refit import Estimates, Refit
from trialkit.methods.rubin import pool


@dataclass(frozen=True)
class Table:
    """Per parameter (differences to the reference, then means of the arms) and strategy; shape (k, s) each."""

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    p: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray


class Inference(Protocol):
    """Results as a function of a delta added to imputed values."""

    @property
    def gradient(self) -> float:
        """Largest gradient of all fits."""

    @property
    def failed(self) -> int:
        """Fits without an optimum, made anew."""

    def at(self, delta: float) -> Table:
        """The table with this delta."""


@dataclass(frozen=True)
class Problem:
    """What is completed and analyzed: ``moved`` (n,) is 1 where a delta is added; the full fit's ``estimates``."""

    grid: Grid
    completion: Completion
    analysis: Analysis
    strategies: tuple[Strategy, ...]
    moved: np.ndarray
    refit: Refit
    estimates: Estimates
    confidence: float


@dataclass(frozen=True)
class Jackknife:
    """Estimates (k, s) and their change by a unit of delta (k,); the same with each subject left out."""

    estimate: np.ndarray
    slope: np.ndarray
    left: np.ndarray
    left_slope: np.ndarray
    confidence: float
    gradient: float
    failed: int = 0

    def at(self, delta: float) -> Table:
        """Normal intervals and p-values."""
        n, value = len(self.left), self.estimate + delta * self.slope[:, None]
        left = self.left + delta * self.left_slope[:, :, None]
        se = np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
        half = float(ndtri((1 + self.confidence) / 2)) * se
        p = 2 * ndtr(-np.abs(value / se))
        return Table(value, se, np.full(value.shape, np.inf), p, value - half, value + half)


def jackknife(problem: Problem) -> Jackknife:
    """Leave each subject out. Raises MethodError if a fit without a subject has no optimum."""
    grid, whole = problem.grid, problem.estimates
    fits = without_each(problem.refit)
    used = [whole if code < 0 else fits[code] for code in grid.code]
    estimate = problem.analysis.estimates(_completed(problem, whole))
    left = problem.analysis.left_out(_completed(problem, at) for at in used)
    gradient = max(at.gradient for at in (whole, *used))
    confidence = problem.confidence
    return Jackknife(estimate[:, :-1], estimate[:, -1], left[:, :, :-1], left[:, :, -1], confidence, gradient)


def _completed(problem: Problem, at: Estimates) -> np.ndarray:
    """The completed last visit by strategy, and what a unit of delta adds to it; (n, s + 1)."""
    return np.column_stack([problem.completion.last(at, problem.strategies), problem.moved])


@dataclass(frozen=True)
class Bayes:
    """The completed last visits of M imputations, (n, s, M), for pooling."""

    problem: Problem
    completed: np.ndarray
    gradient: float
    failed: int

    def at(self, delta: float) -> Table:
        """Rubin's rules with the degrees of freedom of Barnard and Rubin."""
        problem = self.problem
        moved = self.completed + delta * problem.moved[:, None, None]
        n, s, m = moved.shape
        estimate, se, df = problem.analysis.with_errors(moved.reshape(n, s * m))
        k = len(estimate)
        made = np.empty((6, k, s))
        for a in range(k):
            for b in range(s):
                one = pool(estimate[a].reshape(s, m)[b], se[a].reshape(s, m)[b], df, problem.confidence)
                made[:, a, b] = one.estimate, one.se, one.df, one.p, one.ci_low, one.ci_high
        return Table(*made)


def approximate_bayes(problem: Problem, imputations: int, seed: int) -> Bayes:
    """M bootstrap fits and draws. Raises MethodError where as many fits again have no optimum."""
    rng, gradient, failed = np.random.default_rng(seed), 0.0, 0
    made: list[np.ndarray] = []
    grid = problem.grid
    inside = np.flatnonzero(grid.code >= 0)
    groups = [grid.code[inside[grid.arm[inside] == a]] for a in range(len(grid.arms))]
    while len(made) < imputations:
        chosen = np.concatenate([rng.choice(group, len(group)) for group in groups])
        try:
            at = problem.refit.of(chosen)
        except MethodError:
            failed += 1
            if failed > imputations:
                raise
            continue
        gradient = max(gradient, at.gradient)
        made.append(problem.completion.last(at, problem.strategies, rng))
    return Bayes(problem, np.stack(made, axis=2), gradient, failed)


def tipping_point(inference: Inference, row: int, strategy: int, alpha: float) -> float | None:
    """The delta nearest to 0 at which the p-value of a parameter rises to alpha; None if it is above at 0 already.

    Only deltas that take the estimate towards 0 are looked at; inf if the p-value stays below alpha.
    """

    def excess(delta: float) -> float:
        return float(inference.at(delta).p[row, strategy]) - alpha

    now, moved = inference.at(0.0), inference.at(1.0)
    if now.p[row, strategy] > alpha:
        return None
    change = float(moved.estimate[row, strategy] - now.estimate[row, strategy])
    if abs(change) < 1e-12:
        return np.inf
    whole = -float(now.estimate[row, strategy]) / change
    return _first_root(excess, whole) if excess(whole) > 0 else np.inf


def _first_root(f: Callable[[float], float], end: float) -> float:
    """The first sign change of f on the way from 0 to ``end``, where f is above 0."""
    steps = np.linspace(0.0, end, 21)
    above = next(i for i, at in enumerate(steps) if f(at) > 0)
    low, high = sorted((steps[above - 1], steps[above]))
    return float(root(f, low, high, xtol=1e-10 * abs(end), rtol=1e-12))
