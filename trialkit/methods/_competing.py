"""The input of competing risks: time, and which of the causes ended it; and the cumulative incidence of a group.

Formulas and sources: see ``cumulative_incidence``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialkit.methods._columns import labels, ordered
from trialkit.methods._risk_table import risk_table
from trialkit.methods._survival import TimeToEvent, time_to_event
from trialkit.methods.base import Inputs, MethodError


@dataclass(frozen=True)
class Competing:
    """The usable rows: ``cause`` (n,) is 0 for censored, else 1.. for the causes in ``names``."""

    data: TimeToEvent
    cause: np.ndarray
    names: tuple[str, ...]


def competing(
    inputs: Inputs, time: str, event: str | None, censor: str | None, reason: str, strata: tuple[str, ...] = ()
) -> Competing:
    """Read times, indicator and the reason of each event.

    Raises MethodError as ``time_to_event`` does, for an event without a reason, and where nobody has an event.
    """
    data = time_to_event(inputs, time, event, censor, text=strata)
    found = labels(inputs.frame, reason)[data.at]
    blank = int((data.event & (found == "")).sum())
    if blank:
        raise MethodError(f"{blank} events have no value in {reason!r}; each event needs its cause")
    names = tuple(ordered(found[data.event]))
    if not names:
        raise MethodError("there is no event of any cause")
    cause = np.zeros(len(data.at), np.intp)
    for k, name in enumerate(names, start=1):
        cause[data.event & (found == name)] = k
    return Competing(data, cause, names)


def chosen(names: tuple[str, ...], wanted: str) -> int:
    """The code of a cause by name. Raises MethodError if no event has it."""
    if wanted not in names:
        raise MethodError(f"no event has the cause {wanted!r}; the causes are: {list(names)}")
    return names.index(wanted) + 1


@dataclass(frozen=True)
class Counts:
    """At m distinct times of g groups: at risk, events of one cause, of the others, each (m, g), and S, S(t-), F."""

    time: np.ndarray
    at_risk: np.ndarray
    own: np.ndarray
    other: np.ndarray
    survival: np.ndarray
    before: np.ndarray
    incidence: np.ndarray


def counts(time: np.ndarray, cause: np.ndarray, which: int, group: np.ndarray | None = None, groups: int = 1) -> Counts:
    """Counts and Aalen-Johansen estimates by group, from arrays of shape (n,)."""
    own, every = (risk_table(time, e, group, groups) for e in (cause == which, cause > 0))
    n, d = own.at_risk, every.events
    with np.errstate(invalid="ignore"):
        s = np.cumprod(np.where(n > 0, 1 - d / n, 1.0), axis=0)
        before = np.vstack([np.ones((1, groups)), s[:-1]])
        jump = np.where(n > 0, before * own.events / n, 0.0)
    return Counts(own.time, n.astype(float), own.events, d - own.events, s, before, np.cumsum(jump, axis=0))


def aalen_variance(c: Counts) -> np.ndarray:
    """Variance of the cumulative incidence of a one-group table at its m times, shape (m,)."""
    n, s, before, f = c.at_risk[:, 0], c.survival[:, 0], c.before[:, 0], c.incidence[:, 0]
    b = np.divide(1.0, s, out=np.zeros(len(s)), where=s > 0)
    made = np.zeros(len(n))
    for d, one in ((c.own[:, 0], 1.0), (c.other[:, 0], 0.0)):
        tied = np.where(d > 1, 1 - (d - 1) / np.maximum(n - 1, 1), 1.0)
        v = before**2 * tied * d / n**2
        a = one + b * f
        v = np.where(s > 0, v, v * one)
        made += np.cumsum(v * a * a) - 2 * f * np.cumsum(v * a * b) + f * f * np.cumsum(v * b * b)
    return np.maximum(made, 0)


def jackknife_se(time: np.ndarray, cause: np.ndarray, which: int, times: np.ndarray) -> np.ndarray:
    """Infinitesimal jackknife standard error of the cumulative incidence at the times asked for, shape (k,)."""
    c = counts(time, cause, which)
    n, before, f = c.at_risk[:, 0], c.before[:, 0], c.incidence[:, 0]
    own, every = c.own[:, 0] / n, (c.own[:, 0] + c.other[:, 0]) / n
    left = np.divide(1.0, 1 - every, out=np.zeros(len(n)), where=every < 1)
    place = np.searchsorted(c.time, time * (1 + 1e-12), side="right") - 1
    made = []
    for t in times:
        last = int(np.searchsorted(c.time, t, side="right"))
        rest = (f[last - 1] - f[:last]) * left[:last] if last else np.zeros(0)
        exposed = np.concatenate([[0.0], np.cumsum((rest * every[:last] - before[:last] * own[:last]) / n[:last])])
        influence = exposed[np.minimum(place + 1, last)]
        here = place < last
        at = place[here]
        influence[here] += (before[at] * (cause[here] == which) - rest[at] * (cause[here] > 0)) / n[at]
        made.append(float(np.sqrt((influence**2).sum())))
    return np.array(made)
