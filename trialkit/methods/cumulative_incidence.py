"""Cumulative incidence of competing causes (Aalen-Johansen).

With d(k, i) events of cause k and d(i) of any cause among n(i) at risk, S the Kaplan-Meier estimate for any cause:
F(k, t) = sum over t(i) <= t of S(t(i)-) d(k, i) / n(i). Variance (Aalen): sum over event times of S(t(i)-)^2 d / n(i)^2
times [1(cause k) - (F(k, t) - F(k, t(i))) / S(t(i))]^2, each d with the factor (n - d) / (n - 1) where tied; or the
infinitesimal jackknife. Limits on the log-log scale: F^exp(+/- z se / (F log F)). Censoring at the occurrence of the
other causes (1 - Kaplan-Meier) would answer another question and is larger.

Source: Aalen and Johansen (1978) Scand J Stat 5, 141-150; Aalen (1978) Ann Stat 6, 534-545; Gray (1988) Ann Stat 16,
1141-1154; Choudhury (2002) Stat Med 21, 1129-1144.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from trialkit.methods._competing import Competing, aalen_variance, competing, counts, jackknife_se
from trialkit.methods._groups import groups
from trialkit.methods._risk_table import TIE
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Params:
    """Parameters of ``cumulative_incidence``.

    Attributes:
        time: time column.
        reason: column with the cause of each event; not read where a row is censored.
        event: event indicator (1 = event of any cause), or
        censor: censoring indicator (0 = event); exactly one of the two.
        times: times of the numbers at risk, also points of the curves.
        variance: Aalen's, or the infinitesimal jackknife (only at ``times``).
        confidence: level of the intervals.
    """

    time: str
    reason: str
    event: str | None = None
    censor: str | None = None
    times: tuple[float, ...] = ()
    variance: Literal["aalen", "jackknife"] = "aalen"
    confidence: float = 0.95


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Rows per arm n, censored, at_risk; per cause (a group) and arm events and the curve with se and limits."""
    if not 0 < params.confidence < 1 or any(not np.isfinite(t) or t < 0 for t in params.times):
        raise MethodError("confidence must lie between 0 and 1, times be finite and not negative")
    if params.variance == "jackknife" and not params.times:
        raise MethodError("the jackknife variance is computed at the times asked for; name them in times")
    found = competing(inputs, params.time, params.event, params.censor, params.reason)
    made = [found.data.account]
    for group in groups(inputs):
        made += _arm(group.label, found, group.rows[found.data.at], params)
    return made


def _arm(label: str, found: Competing, mine: np.ndarray, params: Params) -> Iterator[Row]:
    data, cause = found.data, found.cause[mine]
    time, at = data.time[mine], data.at[mine]
    yield Row("n", float(len(at)), arm=label, rows=at, warning="" if len(at) else "no data")
    yield Row("censored", float((cause == 0).sum()), arm=label, rows=at[cause == 0])
    for t in sorted(set(params.times)):
        before = time < t - TIE * max(1.0, t)
        yield Row("at_risk", float((~before).sum()), arm=label, at=float(t), rows=at[~before])
        gone = before & (cause == 0)
        yield Row("censored_before", float(gone.sum()), arm=label, at=float(t), rows=at[gone])
    for k, name in enumerate(found.names, start=1):
        where = ((params.reason, name),)
        yield Row("events", float((cause == k).sum()), arm=label, groups=where, rows=at[cause == k])
        for t in sorted(set(params.times)):
            before = time < t - TIE * max(1.0, t)
            for stat, gone in (("events_before", cause == k), ("other_events_before", (cause > 0) & (cause != k))):
                gone = gone & before
                yield Row(stat, float(gone.sum()), arm=label, at=float(t), groups=where, rows=at[gone])
        if len(at):
            yield from _points(Row("incidence", arm=label, groups=where, rows=at), (time, cause, k), params)


def incidence_curve(time: np.ndarray, cause: np.ndarray, which: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct times, F of one cause, its Aalen standard error, each (m,), from arrays (n,); cause 0 is censored."""
    c = counts(time, cause, which)
    return c.time, c.incidence[:, 0], np.sqrt(aalen_variance(c))


def _points(blank: Row, data: tuple[np.ndarray, np.ndarray, int], params: Params) -> Iterator[Row]:
    """F at every distinct time and every time asked for; none after the last time unless nobody is left."""
    times, f, se = incidence_curve(*data)
    asked = np.array(sorted(set(params.times)), float)
    grid = np.union1d(times, asked) if params.variance == "aalen" else asked
    place = np.searchsorted(times, grid, side="right")
    f, se = np.concatenate([[0.0], f])[place], np.concatenate([[0.0], se])[place]
    if params.variance == "jackknife":
        se = jackknife_se(*data, grid)
    everybody = not (data[1][data[0] >= times[-1]] == 0).any()
    for t, value, error in zip(grid, f, se, strict=True):
        over = t > times[-1] and not everybody
        numbers = {"": value, "_se": error, **_limits(float(value), float(error), params.confidence)}
        for stat, number in numbers.items():
            known = not over and bool(np.isfinite(number))
            shown, text = (float(number), "") if known else (None, "NE")
            yield blank.but(stat=f"{blank.stat}{stat}", value=shown, text=text, at=float(t))


def _limits(f: float, se: float, confidence: float) -> dict[str, float]:
    """Limits on the log-log scale, nan where they do not exist: before the first event of the cause."""
    if not 0 < f < 1 or not se > 0:
        return {"_ci_low": np.nan, "_ci_high": np.nan}
    power = float(ndtri((1 + confidence) / 2)) * se / (f * np.log(f))
    return {"_ci_low": f ** float(np.exp(-power)), "_ci_high": f ** float(np.exp(power))}
