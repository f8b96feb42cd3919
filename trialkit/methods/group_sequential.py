"""Boundaries of group-sequential tests: O'Brien-Fleming, Pocock, and error spending.

Z(k) at information shares t(k) has correlation sqrt(t(j) / t(k)). The score S = Z sqrt(t) has independent normal
increments, so the density of S at a look, of those that went on, follows from the one before by an integral
(Gauss-Legendre). Boundaries c(k): constant c (pocock), c / sqrt(t) (obrien_fleming), or such that the probability to
have crossed by look k is the spending function, alpha one-sided (half of it for each side if two-sided):

    spend_obrien_fleming   2 (1 - Phi(z(1 - alpha / 2) / sqrt t))        spend_pocock   alpha log(1 + (e - 1) t)
    spend_hwang            alpha (1 - exp(-g t)) / (1 - exp(-g))         spend_kim      alpha t^g

Source: Armitage, McPherson and Rowe (1969) J R Stat Soc A 132, 235-244; Lan and DeMets (1983) Biometrika 70, 659-663;
Hwang, Shih and De Cani (1990) Stat Med 9, 1439-1445; Kim and DeMets (1987) Biometrika 74, 149-154; Jennison and
Turnbull (2000) Group Sequential Methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from trialkit.methods._root import root
from trialkit.methods.base import MethodError

Boundary = Literal[
    "obrien_fleming", "pocock", "spend_obrien_fleming", "spend_pocock", "spend_hwang", "spend_kim"
]  # fmt: skip
NODES, WEIGHTS = np.polynomial.legendre.leggauss(300)
FAR = 9.0


@dataclass(frozen=True)
class Design:
    """Looks at ``information`` (k,): boundaries of Z, alpha spent by each look, and of the one-look p-value."""

    information: np.ndarray
    critical: np.ndarray
    spent: np.ndarray
    two_sided: bool

    @property
    def one_look_p(self) -> np.ndarray:
        """One-sided p-values at the boundaries, (k,)."""
        return np.asarray(ndtr(-self.critical))

    def power(self, drift: float) -> float:
        """Probability to cross the upper boundary where Z(t) has mean drift sqrt(t)."""
        return float(_crossings(self.information, self.critical, self.two_sided, drift).sum())

    def inflation(self, power: float = 0.8) -> float:
        """Largest information over that of a test with one look and the same power."""
        alpha = float(self.spent[-1]) / (2 if self.two_sided else 1)
        fixed = float(ndtri(1 - alpha) + ndtri(power))
        drift = float(root(lambda d: self.power(d) - power, 0.1, 2 * fixed, xtol=1e-13))
        return (drift / fixed) ** 2


def design(
    information: Sequence[float],
    boundary: Boundary,
    alpha: float = 0.025,
    two_sided: bool = False,
    parameter: float = 0.0,
) -> Design:
    """Boundaries for looks at these shares of the information; alpha is of both sides if two-sided.

    ``parameter`` is the g of spend_hwang (not 0) and spend_kim (above 0). Raises MethodError for shares that do not
    rise to 1.
    """
    t = np.array(information, float)
    if not len(t) or t[0] <= 0 or (np.diff(t) <= 0).any() or abs(t[-1] - 1) > 1e-12:
        raise MethodError(f"information {list(information)}: the shares must be positive and rise to 1")
    if not 0 < alpha < 0.5:
        raise MethodError(f"alpha is {alpha}; it must lie between 0 and 0.5")
    side = alpha / 2 if two_sided else alpha
    if boundary.startswith("spend"):
        target = spending(boundary, side, parameter)(t)
        critical = _spent(t, target, two_sided)
    else:
        shape = 1 / np.sqrt(t) if boundary == "obrien_fleming" else np.ones(len(t))
        c = root(lambda c: _crossings(t, c * shape, two_sided).sum() - side, 1.0, 9.0, xtol=1e-13)
        critical = float(c) * shape
    spent = np.cumsum(_crossings(t, critical, two_sided)) * (2 if two_sided else 1)
    return Design(t, critical, spent, two_sided)


def spending(boundary: str, alpha: float, g: float) -> Callable[[np.ndarray], np.ndarray]:
    """The spending function of one side. Raises MethodError for a parameter it does not have."""
    if (boundary == "spend_hwang" and g == 0) or (boundary == "spend_kim" and g <= 0):
        raise MethodError(f"{boundary} needs a parameter, not {g:g}: other than 0 for Hwang, above 0 for Kim")
    return {
        "spend_obrien_fleming": lambda t: 2 * ndtr(-ndtri(1 - alpha / 2) / np.sqrt(t)),
        "spend_pocock": lambda t: alpha * np.log1p((np.e - 1) * t),
        "spend_hwang": lambda t: alpha * np.expm1(-g * t) / np.expm1(-g),
        "spend_kim": lambda t: alpha * t**g,
    }[boundary]


def _spent(t: np.ndarray, target: np.ndarray, two_sided: bool) -> np.ndarray:
    made: list[float] = []
    for k, total in enumerate(target):

        def excess(c: float, k: int = k, total: float = total) -> float:
            return float(_crossings(t[: k + 1], np.array([*made, c]), two_sided).sum() - total)

        made.append(float(root(excess, -1.0, 12.0, xtol=1e-13)))
    return np.array(made)


def _crossings(t: np.ndarray, c: np.ndarray, two_sided: bool, drift: float = 0.0) -> np.ndarray:
    """Probability to cross the upper boundary first at each look, (k,)."""
    made, nodes, density, before = [], np.zeros(1), np.ones(1), 0.0
    for share, limit in zip(t, c, strict=True):
        step, high = np.sqrt(share - before), limit * np.sqrt(share)
        mean = nodes + drift * step**2
        made.append(float(density @ ndtr((mean - high) / step)))
        low = -high if two_sided else drift * share - FAR * np.sqrt(share)
        half = (high - low) / 2
        new = low + half * (NODES + 1)
        kernel = np.exp(-(((new[:, None] - mean) / step) ** 2) / 2) / (step * np.sqrt(2 * np.pi))
        nodes, density, before = new, half * WEIGHTS * (kernel @ density), share
    return np.array(made)
