"""The mixed model fitted again to some of its subjects, each any number of times, from a start near its optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialkit.methods.mmrm.fit import MmrmFit
from trialkit.methods.mmrm.optimum import Found, optimum
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.stack import Stack, stack


@dataclass(frozen=True)
class Estimates:
    """Coefficients over all columns (0 for those left out), Sigma (m, m), and the largest gradient at the optimum."""

    b: np.ndarray
    sigma: np.ndarray
    gradient: float


def estimates(data: Stack, found: Found) -> Estimates:
    """What imputation needs of a fit."""
    b = np.zeros(len(data.keep))
    b[data.keep] = data.ols + data.basis @ found.value.gamma
    return Estimates(b, found.value.sigma[0], found.run.gradient_norm)


class Refit:
    """Fits to chosen subjects; the rows of the whole are sorted by subject once."""

    def __init__(self, fit: MmrmFit) -> None:
        self.fit = fit
        self.order = np.argsort(fit.rows.subject, kind="stable")
        count = np.bincount(fit.rows.subject, minlength=len(fit.rows.subjects))
        self.first = np.cumsum(count) - count
        self.count = count
        self.start = fit.found.run.theta

    def of(self, subjects: np.ndarray) -> Estimates:
        """The fit to these subjects (codes of the model, repeats allowed). Raises MethodError without an optimum."""
        rows = self._rows(subjects)
        data = stack(rows)
        return estimates(data, optimum(rows, data, self.fit.structure, self.fit.reml, self.start))

    def _rows(self, subjects: np.ndarray) -> Rows:
        count = self.count[subjects]
        begin = np.repeat(self.first[subjects] - (np.cumsum(count) - count), count)
        at = self.order[begin + np.arange(int(count.sum()))]
        rows = self.fit.rows
        assert rows.visit is not None
        return replace(
            rows, at=rows.at[at], x=rows.x[at], y=rows.y[at], subject=np.repeat(np.arange(len(subjects)), count),
            subjects=np.arange(len(subjects)), visit=replace(rows.visit, codes=rows.visit.code[at]),
            weight=rows.weight[at],
        )  # fmt: skip
