"""Do the arms differ in level, or in spread? Kruskal-Wallis, analysis of variance, Welch, Bartlett, Tukey.

For k arms of n(i) values with means m(i) and variances v(i), N in all, midranks r of all values, R(i) their sums:

    kruskal   (12 / (N (N + 1)) sum R(i)^2 / n(i) - 3 (N + 1)) / (1 - sum (t^3 - t) / (N^3 - N))    chi-square, k - 1
    anova     F = sum n(i) (m(i) - m)^2 / (k - 1) / s^2,  s^2 = sum (n(i) - 1) v(i) / (N - k)     on k - 1 and N - k
    welch     weights w = n / v, W = sum w, m' = sum w m / W,  h = sum (1 - w / W)^2 / (n - 1) / (k^2 - 1),
              F = sum w (m - m')^2 / (k - 1) / (1 + 2 (k - 2) h)     on k - 1 and 1 / (3 h)
    bartlett  ((N - k) log s^2 - sum (n - 1) log v) / (1 + (sum 1 / (n - 1) - 1 / (N - k)) / (3 (k - 1)))
    tukey     each pair: the studentized range of |m(i) - m(j)| / (s sqrt((1 / n(i) + 1 / n(j)) / 2)) (Tukey-Kramer)

Source: Kruskal and Wallis (1952) JASA 47, 583-621; Welch (1951) Biometrika 38, 330-336; Bartlett (1937) Proc R Soc A
160, 268-282; Kramer (1956) Biometrics 12, 307-310.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from trialkit.methods._groups import absent
from trialkit.methods._samples import Samples, check_confidence, samples
from trialkit.methods.base import Inputs, MethodError, Row
from trialkit.methods.wilcoxon import midranks

Test = Literal["kruskal", "anova", "welch", "bartlett", "tukey"]


@dataclass(frozen=True)
class Params:
    """Parameters of ``k_samples``.

    Attributes:
        variable: numeric column, one row per subject.
        tests: which tests.
        confidence: level of the simultaneous intervals (tukey).
    """

    variable: str
    tests: tuple[Test, ...] = ("kruskal",)
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows n_dropped, n and, per test, its statistic, degrees of freedom and p; for tukey each pair with limits.

    Raises MethodError for a second row of a subject, fewer than two arms with values, or no test named.
    """
    check_confidence(params.confidence)
    if not params.tests:
        raise MethodError("no test is named; name one or more of kruskal, anova, welch, bartlett, tukey")
    found = samples(inputs, params.variable)
    blank = Row("n", variable=params.variable, rows=found.at)
    made = [found.account, blank.but(value=float(len(found.x)), warning=absent(inputs, found.arms))]
    for name in params.tests:
        made += _test(name, found, blank, params)
    return made


def _test(name: Test, found: Samples, blank: Row, params: Params) -> Iterator[Row]:
    groups = found.of(*found.arms)
    if name == "kruskal":
        if np.ptp(found.x) == 0:
            yield blank.but(stat="kruskal_p", error="all values are equal: there is nothing to test")
            return
        yield from _chi_square("kruskal", kruskal(groups), len(groups) - 1, blank)
        return
    if name in ("welch", "bartlett") and any(len(g) < 2 or np.ptp(g) == 0 for g in groups):
        yield blank.but(stat=f"{name}_p", error="an arm has no variance: one value, or all equal")
        return
    if len(found.x) <= len(groups) or all(np.ptp(g) == 0 for g in groups):
        yield blank.but(stat=f"{name}_p", error="no arm has a variance: one value each, or all equal")
    elif name == "bartlett":
        yield from _chi_square(name, bartlett(groups), len(groups) - 1, blank)
    elif name == "tukey":
        yield from _tukey(found, blank, params.confidence)
    else:
        f, df, residual = welch(groups) if name == "welch" else anova(groups)
        values = {"f": f, "df": df, "df_residual": residual, "p": float(fdtrc(df, residual, f))}
        yield from (blank.but(stat=f"{name}_{stat}", value=value) for stat, value in values.items())


def _chi_square(name: str, chisq: float, df: int, blank: Row) -> Iterator[Row]:
    for stat, value in (("chisq", chisq), ("df", float(df)), ("p", float(chdtrc(df, chisq)))):
        yield blank.but(stat=f"{name}_{stat}", value=value)


def kruskal(groups: tuple[np.ndarray, ...]) -> float:
    """Kruskal and Wallis's statistic, corrected for ties."""
    x = np.concatenate(groups)
    n, size, r = len(x), np.array([len(g) for g in groups]), midranks(x)
    sums = np.add.reduceat(r, np.cumsum(size) - size)
    count = np.unique(x, return_counts=True)[1].astype(float)
    plain = 12 / (n * (n + 1)) * float((sums**2 / size).sum()) - 3 * (n + 1)
    return plain / (1 - float((count**3 - count).sum()) / (n**3 - n))


def _moments(groups: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n, mean and sum of squares about it, (k,) each."""
    n = np.array([float(len(g)) for g in groups])
    m = np.array([g.mean() for g in groups])
    return n, m, np.array([((g - g.mean()) ** 2).sum() for g in groups])


def anova(groups: tuple[np.ndarray, ...]) -> tuple[float, float, float]:
    """F and its degrees of freedom, equal variances."""
    n, m, ss = _moments(groups)
    between, df, residual = (n * (m - (n * m).sum() / n.sum()) ** 2).sum(), len(n) - 1, n.sum() - len(n)
    return float(between / df / (ss.sum() / residual)), float(df), float(residual)


def welch(groups: tuple[np.ndarray, ...]) -> tuple[float, float, float]:
    """Welch's F and its degrees of freedom, unequal variances."""
    n, m, ss = _moments(groups)
    w, k = n * (n - 1) / ss, len(n)
    share, middle = w / w.sum(), (w * m).sum() / w.sum()
    h = ((1 - share) ** 2 / (n - 1)).sum() / (k**2 - 1)
    f = (w * (m - middle) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * h)
    return float(f), float(k - 1), float(1 / (3 * h))


def bartlett(groups: tuple[np.ndarray, ...]) -> float:
    """Bartlett's statistic of equal variances."""
    n, _, ss = _moments(groups)
    df = n.sum() - len(n)
    distance = df * np.log(ss.sum() / df) - ((n - 1) * np.log(ss / (n - 1))).sum()
    return float(distance / (1 + ((1 / (n - 1)).sum() - 1 / df) / (3 * (len(n) - 1))))


def _tukey(found: Samples, blank: Row, confidence: float) -> Iterator[Row]:
    from scipy.stats import studentized_range

    groups = found.of(*found.arms)
    n, m, ss = _moments(groups)
    k, df = len(n), float(n.sum() - len(n))
    s = float(np.sqrt(ss.sum() / df))
    quantile = float(studentized_range.ppf(confidence, k, df))
    for i in range(k):
        for j in range(i + 1, k):
            diff, se = float(m[j] - m[i]), s * float(np.sqrt((1 / n[i] + 1 / n[j]) / 2))
            p = float(studentized_range.sf(abs(diff) / se, k, df))
            values = {"": diff, "_ci_low": diff - quantile * se, "_ci_high": diff + quantile * se, "_p": p}
            here = replace(
                blank, arm=found.arms[j], reference=found.arms[i], rows=found.rows(found.arms[i], found.arms[j])
            )
            yield from (replace(here, stat=f"tukey{stat}", value=value) for stat, value in values.items())
