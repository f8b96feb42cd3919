"""Gradient and Hessian of the likelihoods without one subject each, from sums of products, many at once.

The likelihood needs the subjects only in sums of products S_k[a, b] = sum z_a z_b' of their rows z (design and
response) at two visits, k a pattern of visits. Those without a subject are all subjects' less its own, so that no
other row is gone through again. With the letters of ``likelihood`` and M = [Phi + gamma gamma', -gamma; -gamma', 1]
(maximum likelihood: without Phi):

    [A, A gamma; ., .] = sum Omega_k[a, b] S_k[a, b]        C_k = Omega_k tr(M S_k) Omega_k
    B_E and v_E, E in the direction of visits a and b, come of sum Omega_k[a, c] S_k[c, d] Omega_k[d, b]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods.mmrm.likelihood import pairs
from trialkit.methods.mmrm.stack import Stack


@dataclass(frozen=True)
class Products:
    """Sums of a stack with one covariance, and r subjects of which each is left out of one likelihood.

    Attributes:
        sums: (K m m, (p + 1)^2), by pattern and two visits.
        seen: (K, m), which visits a pattern has; ``count`` (r, K) its subjects but for the one left out.
        z: (r, m, p + 1), the rows of those left out; ``pattern`` (r,).
    """

    sums: np.ndarray
    seen: np.ndarray
    count: np.ndarray
    z: np.ndarray
    pattern: np.ndarray
    reml: bool

    def take(self, which: np.ndarray) -> Products:
        """Those of some of the subjects left out (a mask)."""
        return Products(self.sums, self.seen, self.count[which], self.z[which], self.pattern[which], self.reml)

    def derivatives(self, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Gradient (r, s) and Hessian (r, s, s) in the s elements of each Sigma (r, m, m), and gamma (r, p).

        Raises LinAlgError where a Sigma is singular.
        """
        r, k, m, width = len(sigma), *self.seen.shape, self.z.shape[2]
        both = self.seen[:, :, None] & self.seen[:, None, :]
        omega = np.linalg.inv(np.where(both, sigma[:, None], np.eye(m))) * both
        g = omega[np.arange(r), self.pattern] @ self.z
        moments = (omega.reshape(r, -1) @ self.sums).reshape(r, width, width) - _turned(self.z) @ g
        root = _turned(np.linalg.inv(np.linalg.cholesky(moments[:, :-1, :-1])))
        gamma = root @ (_turned(root) @ moments[:, :-1, -1:])
        c = omega @ self._spread(root, gamma) @ omega
        n_omega = self.count[:, :, None, None] * omega
        i, j = pairs(m)
        gradient = np.where(i == j, 0.5, 1.0) * (n_omega - c).sum(axis=1)[:, i, j]
        hessian = _traces(omega.reshape(r, k, -1), (c - n_omega / 2).reshape(r, k, -1))
        b = self._directions(omega, g)
        v = ((b[:, :, :-1, -1:] - b[:, :, :-1, :-1] @ gamma[:, None])[..., 0]) @ root
        hessian -= v @ _turned(v)
        if self.reml:
            rooted = (_turned(root)[:, None] @ b[:, :, :-1, :-1] @ root[:, None]).reshape(r, len(i), -1)
            hessian -= 0.5 * rooted @ _turned(rooted)
        return gradient, hessian, gamma[:, :, 0]

    def _spread(self, root: np.ndarray, gamma: np.ndarray) -> np.ndarray:
        """tr(M S_k[a, b]), (r, K, m, m)."""
        r, (k, m) = len(root), self.seen.shape
        edge = np.concatenate([-gamma, np.ones((r, 1, 1))], axis=1)
        weight = edge @ _turned(edge)
        if self.reml:
            weight[:, :-1, :-1] += root @ _turned(root)
        made: np.ndarray = (weight.reshape(r, -1) @ self.sums.T).reshape(r, k, m, m)
        made[np.arange(r), self.pattern] -= self.z @ weight @ _turned(self.z)
        return made

    def _directions(self, omega: np.ndarray, g: np.ndarray) -> np.ndarray:
        """B_E with v_E beside it before gamma is taken off, (r, s, p + 1, p + 1)."""
        i, j = pairs(omega.shape[2])
        one, other = omega[:, :, i].transpose(0, 2, 1, 3), omega[:, :, j].transpose(0, 2, 1, 3)
        both = (one[..., :, None] * other[..., None, :]).reshape(len(omega) * len(i), -1)
        made = (both @ self.sums).reshape(len(omega), len(i), g.shape[2], g.shape[2])
        made -= g[:, i][..., :, None] * g[:, j][..., None, :]
        return np.where((i == j)[:, None, None], made, made + _turned(made))


def products(data: Stack, z: np.ndarray, pattern: np.ndarray, reml: bool) -> Products:
    """Of a stack with one covariance; the subjects ``z`` (r, m, p + 1), of these patterns, are left out one each."""
    sums = np.empty((len(data.first), *z.shape[1:], *z.shape[1:]))
    for k, block in enumerate(np.split(data.z, data.first[1:])):
        flat = block.reshape(len(block), -1)
        sums[k] = (flat.T @ flat).reshape(sums.shape[1:])
    count = np.tile(data.count, (len(z), 1))
    count[np.arange(len(z)), pattern] -= 1
    sums = sums.transpose(0, 1, 3, 2, 4).reshape(-1, z.shape[2] ** 2)
    return Products(sums, data.seen, count, z, pattern, reml)


def _traces(omega: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """sum tr(E Omega_k F curve_k), (r, s, s), from (r, K, m m) each."""
    m = round(omega.shape[2] ** 0.5)
    i, j = pairs(m)
    t = (_turned(omega) @ curve).reshape(-1, m, m, m, m)
    a, b, c, d = i[:, None], j[:, None], i[None, :], j[None, :]
    size = np.where(i == j, 0.5, 1.0)
    made = t[:, b, c, d, a] + t[:, b, d, c, a] + t[:, a, c, d, b] + t[:, a, d, c, b]
    return np.asarray(made * np.outer(size, size))


def _turned(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, -1, -2)
