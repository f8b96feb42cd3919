"""The product-limit estimate with its standard error, limits and quantiles, on a one-group risk table.

Formulas and sources: see ``kaplan_meier``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from trialkit.methods._risk_table import TIE, RiskTable

ConfType = Literal["log-log", "log", "plain", "arcsine", "logit"]


@dataclass(frozen=True)
class Curve:
    """Survival at m distinct times: estimate, Greenwood standard error and limits, each of shape (m,)."""

    time: np.ndarray
    survival: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Estimate, standard error and limits at any times, shape (number of times, 4).

        1, 0, 1, 1 before the first time; nan where the curve or a limit does not exist: after the last time
        unless S is 0 there.
        """
        held = np.vstack([[1.0, 0.0, 1.0, 1.0], np.column_stack([self.survival, self.se, self.low, self.high])])
        made = held[np.searchsorted(self.time, times, side="right")]
        if not len(self.time):
            return np.full(made.shape, np.nan)
        if self.survival[-1] > 0:
            made[np.asarray(times) > self.time[-1]] = np.nan
        return made


def survival_curve(table: RiskTable, conf_type: ConfType = "log-log", confidence: float = 0.95) -> Curve:
    """The estimate of a one-group table; nan where a limit does not exist (S = 0; S = 1 on some scales)."""
    n, d = table.at_risk[:, 0].astype(float), table.events[:, 0].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.cumprod((n - d) / n)
        root = np.sqrt(np.cumsum(np.where(d > 0, d / (n * (n - d)), 0.0)))
        low, high = limits(s, root, conf_type, confidence)
        return Curve(table.time, s, s * root, low, high)


def limits(s: np.ndarray, root: np.ndarray, conf_type: ConfType, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits of S, shape (m,); ``root`` is the standard error of log S. nan where they do not exist."""
    z = float(ndtri((1 + confidence) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return SCALES[conf_type](s, z * root)


def _log_log(s: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.where((s > 0) & (s < 1), s, np.nan)
    middle, half = np.log(-np.log(inside)), half / np.log(inside)
    return np.exp(-np.exp(middle - half)), np.exp(-np.exp(middle + half))


def _log(s: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.where(s > 0, s, np.nan)
    return inside * np.exp(-half), np.minimum(inside * np.exp(half), 1)


def _plain(s: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(s - s * half, 0), np.minimum(s + s * half, 1)


def _arcsine(s: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle, half = np.arcsin(np.sqrt(s)), 0.5 * half * np.sqrt(s / (1 - s))
    return np.sin(np.maximum(middle - half, 0)) ** 2, np.sin(np.minimum(middle + half, np.pi / 2)) ** 2


def _logit(s: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.where((s > 0) & (s < 1), s, np.nan)
    odds, half = inside / (1 - inside), half / (1 - inside)
    low, high = odds * np.exp(-half), odds * np.exp(half)
    return low / (1 + low), high / (1 + high)


SCALES = {"log-log": _log_log, "log": _log, "plain": _plain, "arcsine": _arcsine, "logit": _logit}
"""Lower and upper limit from S and z times the standard error of log S, by scale."""


def quantile(time: np.ndarray, survival: np.ndarray, p: float, rule: str = "r") -> float | None:
    """First time at which a curve falls to 1 - p, the middle of a flat piece at that level; None if not reached.

    ``time`` and ``survival`` have shape (m,), nan where the curve is not defined.
    """
    if not len(time):
        return None
    fallen = 1 - survival
    reached, passed = np.flatnonzero(fallen >= p - TIE), np.flatnonzero(fallen >= p + TIE)
    if not len(reached):
        return None
    if len(passed):
        return float((time[reached[0]] + time[passed[0]]) / 2)
    flat_to_end = rule == "r" and abs(fallen[-1] - p) < TIE
    return float((time[reached[0]] + time[-1]) / 2) if flat_to_end else None
