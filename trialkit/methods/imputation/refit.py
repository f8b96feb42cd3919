"""The mixed model fitted again, to all subjects but one or to some of them, from a start at its optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialkit.methods.mmrm.fit import MmrmFit
from trialkit.methods.mmrm.optimum import Found, optimum
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.stack import Stack, pressed, stack

LOST = 1e-8
"""Least eigenvalue of the others' X'X, in a basis in which all subjects' is 1, for which the basis still serves."""


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
    """Fits to chosen subjects of a model with one covariance and no weights."""

    def __init__(self, fit: MmrmFit) -> None:
        rows, data = fit.rows, fit.data
        assert rows.visit is not None
        self.fit, self.start = fit, fit.found.run.theta
        self.order = np.argsort(rows.subject, kind="stable")
        self.count = np.bincount(rows.subject, minlength=len(rows.subjects))
        self.first = np.cumsum(self.count) - self.count
        n, m = len(rows.subjects), len(rows.visits)
        self.z = np.zeros((n, m, rows.x.shape[1] + 1))
        self.z[rows.subject, rows.visit.code, :-1], self.z[rows.subject, rows.visit.code, -1] = rows.x, rows.y
        seen = np.zeros((n, m), bool)
        seen[rows.subject, rows.visit.code] = True
        self.pattern = np.array([int(np.flatnonzero((data.seen == one).all(axis=1))[0]) for one in seen])
        self.blocks = np.split(data.z, data.first[1:])

    def without(self, subject: int) -> Estimates:
        """The fit to all subjects but one. Raises MethodError without an optimum.

        Only the stack of that subject's pattern is made anew. Where the others alone do not carry the basis of the
        coefficients, everything is.
        """
        data = self.fit.data
        x = self.based(self.z[[subject]])[0, :, :-1]
        if np.linalg.eigvalsh(np.eye(data.p) - x.T @ x)[0] < LOST:
            return self.of(np.delete(np.arange(len(self.count)), subject))
        k = int(self.pattern[subject])
        others = np.flatnonzero(self.pattern == k)
        others = others[others != subject]
        blocks, kept = list(self.blocks), np.arange(len(self.blocks))
        if len(others):
            blocks[k] = self.based(pressed(self.z[others]))
        else:
            del blocks[k]
            kept = np.delete(kept, k)
        sizes, count = np.array([len(block) for block in blocks]), data.count.copy()
        count[k] -= 1
        smaller = replace(
            data, z=np.concatenate(blocks), pattern=np.repeat(np.arange(len(blocks)), sizes),
            first=np.cumsum(sizes) - sizes, seen=data.seen[kept], group=data.group[kept], count=count[kept],
            rows=data.rows - int(self.count[subject]),
        )  # fmt: skip
        found = optimum(self.fit.rows, smaller, self.fit.structure, self.fit.reml, self.start)
        return estimates(smaller, found)

    def based(self, z: np.ndarray) -> np.ndarray:
        """Subjects (r, m, all columns + 1) in the basis of the stack, with the whole's least-squares residual."""
        data = self.fit.data
        x, y = z[:, :, :-1][:, :, data.keep], z[:, :, -1]
        return np.concatenate([x @ data.basis, (y - x @ data.ols)[:, :, None]], axis=2)

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
