"""Rows -> a stack of subjects by missingness pattern, pressed together without loss.

The likelihood needs, of the subjects of one pattern, only sums over subjects of products z_ia z_ib' of their rows at
visits a and b (z = the design row with the response). So the n_k subjects' (m p)-vectors may be replaced by the
triangular factor of their QR decomposition: as few pseudo-subjects as the vectors have distinct entries, with the same
sums. A later step costs the same for 1,000 and 50,000 subjects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods._design import ALIAS, independent
from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.rows import Rows

BLOCK = 2048
"""Subjects pressed at a time, so that memory does not grow with them."""


@dataclass(frozen=True)
class Stack:
    """K patterns of n subjects, in R pseudo-subjects.

    Attributes:
        z: (R, m, p + 1), the design in an orthonormal basis and the least-squares residual; 0 where not observed.
        pattern: (R,), sorted; ``first`` (K,): where each pattern begins.
        seen: (K, m), which visits a pattern has; ``group`` (K,); ``count`` (K,) its subjects.
        basis: T, (p, p): coefficients are ``ols`` + T gamma.
        keep: which columns of the design are in the model, mask over all columns; ``null`` (p, dropped): how the
            dropped columns follow from the kept ones.
        log_weights, log_r: sum of log weights; log |det| of X's triangular factor.
    """

    z: np.ndarray
    pattern: np.ndarray
    first: np.ndarray
    seen: np.ndarray
    group: np.ndarray
    count: np.ndarray
    rows: int
    basis: np.ndarray
    ols: np.ndarray
    keep: np.ndarray
    null: np.ndarray
    log_weights: float
    log_r: float

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return self.z.shape[2] - 1


def stack(rows: Rows) -> Stack:
    """The stack of a model's rows. Raises MethodError where no row is left for the variance."""
    assert rows.visit is not None
    n, m = len(rows.subjects), len(rows.visits)
    order = np.argsort(rows.subject * m + rows.visit.code, kind="stable")
    begin = np.cumsum(np.bincount(rows.subject, minlength=n))
    begin = np.concatenate([[0], begin[:-1]])
    seen = np.zeros((n, m), bool)
    seen[rows.subject, rows.visit.code] = True
    group = rows.group.code if rows.group else np.zeros(n, int)
    which, pattern = _patterns(seen, group)
    parts = []
    for k, one in enumerate(which):
        own, visits = np.flatnonzero(pattern == k), np.flatnonzero(seen[one])
        parts.append(_pattern(rows, order[begin[own][:, None] + np.arange(len(visits))], visits, m))
    sizes = np.array([len(part) for part in parts])
    return based(
        np.concatenate(parts), np.repeat(np.arange(len(which)), sizes), np.cumsum(sizes) - sizes,
        seen[which], group[which], np.bincount(pattern), rows,
    )  # fmt: skip


def _patterns(seen: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A subject of each distinct (group, visits seen), and the pattern of every subject."""
    if seen.shape[1] < 40:
        key = group.astype(np.int64) << seen.shape[1] | seen @ (1 << np.arange(seen.shape[1], dtype=np.int64))
        _, which, pattern = np.unique(key, return_index=True, return_inverse=True)
    else:
        _, which, pattern = np.unique(np.column_stack([group, seen]), axis=0, return_index=True, return_inverse=True)
    return which, pattern.reshape(-1)


def _pattern(rows: Rows, at: np.ndarray, visits: np.ndarray, m: int) -> np.ndarray:
    """The pressed subjects of a pattern, block by block; ``at`` (n_k, visits) are the places of their rows."""
    made = []
    for start in range(0, len(at), BLOCK):
        own = at[start : start + BLOCK]
        z = np.zeros((len(own), m, rows.x.shape[1] + 1))
        scale = np.sqrt(rows.weight[own])
        z[:, visits, :-1] = rows.x[own] * scale[:, :, None]
        z[:, visits, -1] = rows.y[own] * scale
        made.append(pressed(z))
    return made[0] if len(made) == 1 else pressed(np.concatenate(made))


def pressed(z: np.ndarray) -> np.ndarray:
    """Pseudo-subjects (r, m, p + 1) with the same sums of products as the subjects (n, m, p + 1)."""
    if len(z) == 1:
        return z
    flat = z.reshape(len(z), -1)
    columns, back = _distinct(flat)
    if len(columns) >= len(flat):
        return z
    r = _triangular(flat[:, columns])
    return r[:, back].reshape(-1, *z.shape[1:])


def _distinct(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One of each set of equal columns, and for every column which of those it equals.

    Columns are matched by a 64-bit sum of their mixed bits, then compared; if one does not match, all are kept.
    """
    odd = np.random.default_rng(0).integers(2**63, size=len(flat), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    bits = flat.view(np.uint64)
    bits = (bits ^ (bits >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    mark = (bits * odd[:, None]).sum(axis=0, dtype=np.uint64)
    _, columns, back = np.unique(mark, return_index=True, return_inverse=True)
    back = back.reshape(-1)
    if (flat[:, columns[back]] == flat).all():
        return columns, back
    every = np.arange(flat.shape[1])
    return every, every


def based(
    z: np.ndarray, pattern: np.ndarray, first: np.ndarray, seen: np.ndarray, group: np.ndarray, count: np.ndarray,
    rows: Rows,
) -> Stack:  # fmt: skip
    """The stack with the design in an orthonormal basis, the response replaced by its least-squares residual."""
    flat = z.reshape(-1, z.shape[2])
    keep, r = _ranked(flat)
    x, y, p = flat[:, :-1][:, keep], flat[:, -1], int(keep.sum())
    if len(rows.y) <= p:
        raise MethodError(f"{len(rows.y)} usable rows for {p} coefficients; leave out terms")
    basis = np.linalg.inv(r[:p, :p])
    ols = basis @ r[:p, p]
    null = basis @ (basis.T @ (x.T @ flat[:, :-1][:, ~keep]))
    based = np.column_stack([x @ basis, y - x @ ols]).reshape(*z.shape[:2], p + 1)
    return Stack(
        based, pattern, first, seen, group, count, len(rows.y), basis, ols, keep, null,
        float(np.log(rows.weight).sum()), float(np.log(np.abs(np.diagonal(r)[:p])).sum()),
    )  # fmt: skip


def _ranked(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which design columns add to those before them, and the triangular factor of those with the response."""
    r = _triangular(flat)
    size = np.linalg.norm(flat[:, :-1], axis=0)
    p = len(size)
    if len(r) > p - 1 and (np.abs(np.diagonal(r)[:p]) > 10 * ALIAS * size).all() and (size > 0).all():
        return np.ones(p, bool), r
    keep = independent(flat[:, :-1])
    return keep, _triangular(flat[:, np.append(keep, True)])


def _triangular(x: np.ndarray) -> np.ndarray:
    """R of the QR decomposition."""
    made: np.ndarray = np.linalg.qr(x, mode="r")  # type: ignore[assignment]
    return made
