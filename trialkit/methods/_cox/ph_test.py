"""Score test of proportional hazards: does a coefficient change with a function g of time?

The model is extended by the columns g(t) x; at the fit the score of the extension is U = sum g (x - mean) over events
and the information of b and the extension has blocks sum V, sum g V, sum g^2 V, V the variance of x in each risk set.
The statistic for a set of columns is the score test of their extension, b being estimated.

Source: Grambsch and Therneau (1994) Biometrika 81, 515-526; the exact score form as in R survival from version 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from trialkit.methods._cox.fit import CoxFit, Test
from trialkit.methods._cox.residuals import base_of
from trialkit.methods._linear import quadratic
from trialkit.methods._risk_table import distinct, risk_table

FEW = "too few event times to test a change with time of every column"
Transform = Literal["km", "identity", "rank", "log"]


def ph_tests(fit: CoxFit, g: np.ndarray, subsets: Sequence[Sequence[int]]) -> list[Test]:
    """A test per subset of columns; g has shape (m,), one value per event time of the fit."""
    f = base_of(fit)
    terms = f.terms(f.x @ fit.inner)
    gt, p = g[f.at], len(fit.coef)
    i, ig, igg = (f.information(terms, w) for w in (None, gt, gt * gt))
    dead = f.sets.dead
    u = (f.own * g[f.sets.dead_at]) @ f.x[dead] - (gt * f.v) @ terms.mean
    whole = np.block([[i, ig], [ig, igg]])
    made = []
    for columns in subsets:
        keep = [*range(p), *(p + c for c in columns)]
        score = np.concatenate([np.zeros(p), u[list(columns)]])
        made.append(Test(quadratic(score, whole[np.ix_(keep, keep)], FEW), len(columns)))
    return made


def transformed(
    fit: CoxFit, how: Transform, stop: np.ndarray, event: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """g at the event times of the fit, shape (m,), centered on the events.

    Made from all rows together: km is 1 - S(t-), rank the rank among all times.
    """
    t, at = fit.sets.time, fit.sets.dead_at
    if how == "identity":
        g = t.astype(float)
    elif how == "log":
        g = np.log(t)
    elif how == "rank":
        g = np.empty(len(t))
        g[at] = _ranks(distinct(stop)[1])[fit.sets.dead]
    else:
        g = 1 - _before(t, stop, event, start)
    return g - g[at].mean()


def _ranks(code: np.ndarray) -> np.ndarray:
    """Ranks from 1 of whole numbers from 0, the mean rank for equal ones."""
    count = np.bincount(code)
    return (np.cumsum(count) - (count - 1) / 2)[code]


def _before(t: np.ndarray, stop: np.ndarray, event: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    """Kaplan-Meier of all rows just before the times t."""
    table = risk_table(stop, event)
    n = table.at_risk[:, 0].astype(float)
    if start is not None:
        n -= len(start) - np.searchsorted(np.sort(start), table.time, side="left")
    s = np.concatenate([[1.0], np.cumprod(1 - table.events[:, 0] / np.maximum(n, 1))])
    return s[np.searchsorted(table.time, t * (1 - 1e-9) - 1e-12, side="right")]
