"""Probability of a multivariate normal outside a box, for a correlation matrix that may be singular.

P(some Z(i) outside) = sum over i of P(Z(i) outside, all earlier ones inside); each term starts from Z(i) in its tail,
so that small probabilities keep their relative precision. The components are linear forms of independent normals
(Cholesky): given the first ones, each component that adds a direction restricts its own normal to an interval, and one
without a new direction narrows the interval of the last normal it depends on. The product of the conditional
probabilities is averaged over a Richtmyer lattice (multiples of the roots of primes) with fixed random shifts, folded.

Source: Genz (1992) J Comp Graph Stat 1, 141-149; Genz and Kwong (2000) J Stat Comput Simul 68, 1-21.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

POINTS = 2**13
SHIFTS = 8
PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19])
RANK = 1e-10


def outside_box(low: np.ndarray, high: np.ndarray, r: np.ndarray) -> tuple[float, float]:
    """P(not low < Z < high) for Z normal with correlation r (k, k), and the standard error of that number.

    ``low`` and ``high`` have shape (k,), k at most 8, and may be infinite.
    """
    found = [_union(low, high, r, seed) for seed in range(SHIFTS)]
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(SHIFTS))


def _union(low: np.ndarray, high: np.ndarray, r: np.ndarray, seed: int) -> float:
    total = 0.0
    for i in range(len(r)):
        order = [i, *range(i)]
        factor = _factor(r[np.ix_(order, order)])
        for tail in ((-np.inf, low[i]), (high[i], np.inf)):
            if tail[0] < tail[1]:
                a, b = np.array([tail[0], *low[:i]]), np.array([tail[1], *high[:i]])
                total += _inside(a, b, factor, seed)
    return total


def _factor(r: np.ndarray) -> np.ndarray:
    """Rows of linear forms L with L L' = r, shape (k, rank): in order, columns only for new directions."""
    made = np.zeros((len(r), 0))
    for i in range(len(r)):
        rest = r[:, i] - made @ made[i]
        if rest[i] > RANK:
            made = np.column_stack([made, rest / np.sqrt(rest[i])])
    made[np.abs(made) < 1e-9] = 0.0
    return made


def _lattice(dimensions: int, seed: int) -> np.ndarray:
    """Points in the unit cube, shape (POINTS, dimensions)."""
    shift = np.random.default_rng(seed).random(dimensions)
    return np.abs(2 * ((np.arange(1, POINTS + 1)[:, None] * np.sqrt(PRIMES[:dimensions]) + shift) % 1) - 1)


def _inside(low: np.ndarray, high: np.ndarray, factor: np.ndarray, seed: int) -> float:
    """P(low < L y < high), y independent normals."""
    rank = factor.shape[1]
    last = np.array([np.flatnonzero(row)[-1] for row in factor])
    u = _lattice(rank, seed)
    y, weight = np.zeros((len(u), rank)), np.ones(len(u))
    for j in range(rank):
        a, b = np.full(len(u), -np.inf), np.full(len(u), np.inf)
        for i in np.flatnonzero(last == j):
            before, slope = y[:, :j] @ factor[i, :j], factor[i, j]
            ends = np.sort(np.stack([(low[i] - before) / slope, (high[i] - before) / slope]), axis=0)
            a, b = np.maximum(a, ends[0]), np.minimum(b, ends[1])
        y[:, j], width = _between(a, b, u[:, j])
        weight *= width
    return float(weight.mean())


def _between(a: np.ndarray, b: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal deviates within (a, b) at the uniform levels u, and the probability of (a, b), in the thinner tail."""
    sign = np.where(a > 0, -1.0, 1.0)
    start, end = ndtr(np.minimum(sign * a, sign * b)), ndtr(np.maximum(sign * a, sign * b))
    width = np.where(a < b, end - start, 0.0)
    return sign * ndtri(np.clip(start + u * width, 1e-300, 1 - 1e-16)), width
