"""Stack and structure -> the optimum, or a refusal that names the visits and counts behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.likelihood import Derivatives, Value, derivatives, pairs, value
from trialkit.methods.mmrm.newton import Optimum, minimize
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.sigma import At, Family, family
from trialkit.methods.mmrm.stack import Stack
from trialkit.methods.mmrm.structures import STRUCTURES
from trialkit.words import many

SINGULAR = 1e-7
"""Share of a visit's variance that must be left given the other visits."""


@dataclass(frozen=True)
class Found:
    """The optimum: f's value there, its derivatives in the elements, Sigma's in theta, and the Newton run."""

    structure: str
    value: Value
    derivatives: Derivatives
    families: tuple[At, ...]
    jacobian: np.ndarray
    run: Optimum
    names: tuple[str, ...]


def optimum(rows: Rows, data: Stack, structure: str, reml: bool, start: np.ndarray | None = None) -> Found:
    """Fit one structure, from ``start`` if a theta is given. Raises MethodError where there is no interior optimum."""
    if structure not in STRUCTURES:
        raise MethodError(f"there is no covariance structure {structure!r}; there are: {', '.join(STRUCTURES)}")
    one, groups = family(STRUCTURES[structure], rows.visits), len(rows.groups)
    _refuse_unseen(rows, data, structure)
    candidates = [start] if start is not None else _candidates(one, _starts(data, groups), structure)
    q = len(candidates[0]) // groups

    def sigma(theta: np.ndarray) -> np.ndarray:
        return np.array([one.sigma(part) for part in theta.reshape(groups, q)])

    def evaluate(theta: np.ndarray) -> tuple[float, Value] | None:
        with np.errstate(over="ignore", invalid="ignore"):
            made = value(data, sigma(theta), reml)
        return None if made is None else (made.f, made)

    def look(theta: np.ndarray, at: Value) -> tuple[Any, np.ndarray, np.ndarray]:
        state = _chained(one, theta.reshape(groups, q), derivatives(data, at, reml), at)
        return state, *state[-2:]

    run = _best([minimize(theta, evaluate, look) for theta in candidates if evaluate(theta)])
    at, inner, families, jacobian, _, _ = run.state
    names = _names(one, rows)
    failure = run.failure or _boundary(at.sigma)
    if failure:
        raise MethodError(_told(rows, data, structure, failure, run, names, at.sigma))
    return Found(structure, at, inner, families, jacobian, run, names)


def _chained(one: Family, theta: np.ndarray, inner: Derivatives, at: Value) -> tuple[Any, ...]:
    """Gradient and Hessian in theta: J' g and J' H J + sum g d2 Sigma (eq:chain)."""
    families = tuple(one.at(part) for part in theta)
    m, q = at.sigma.shape[1], theta.shape[1]
    i, j = pairs(m)
    s = len(i)
    jacobian = np.zeros((s * len(theta), q * len(theta)))
    curve = np.zeros((q * len(theta), q * len(theta)))
    for k, each in enumerate(families):
        own, mine = slice(k * s, (k + 1) * s), slice(k * q, (k + 1) * q)
        jacobian[own, mine] = each.first[:, i, j].T
        full = np.zeros((m, m))
        full[i, j] = 0.5 * inner.gradient[own]
        curve[mine, mine] = each.against(full + full.T)
    hessian = jacobian.T @ inner.hessian @ jacobian + curve
    return at, inner, families, jacobian, jacobian.T @ inner.gradient, (hessian + hessian.T) / 2


def _names(one: Family, rows: Rows) -> tuple[str, ...]:
    return tuple(f"{name} in {group}" if group else name for group in rows.groups for name in one.names)


def _starts(data: Stack, groups: int) -> list[np.ndarray]:
    """Least-squares residuals' covariance over the subjects seen at both visits, made positive definite."""
    made = []
    for k in range(groups):
        mine = data.group == k
        r = data.z[mine[data.pattern], :, -1]
        seen = data.seen[mine].astype(float)
        count = (seen * data.count[mine, None]).T @ seen
        s = (r.T @ r) / np.maximum(count, 1)
        mean = max(float(np.diagonal(s).mean()), np.finfo(float).tiny)
        d = np.sqrt(np.maximum(np.diagonal(s), 1e-2 * mean))
        e, q = np.linalg.eigh(s / np.outer(d, d))
        made.append(np.outer(d, d) * ((q * np.maximum(e, 0.05)) @ q.T))
    return made


def _candidates(one: Family, moments: list[np.ndarray], structure: str) -> list[np.ndarray]:
    """Thetas to start from: the moments; where the structure is not us, also correlations c^|a - b|.

    A structure far from the truth can have several optima. A restriction to few parameters makes it cheap to look.
    """
    matrices = [moments]
    if structure != "us" and not STRUCTURES[structure].independent:
        lag = np.abs(np.subtract.outer(np.arange(len(moments[0])), np.arange(len(moments[0]))))
        scales = [np.outer(d, d) for d in (np.sqrt(np.diagonal(s)) for s in moments)]
        matrices += [[scale * c**lag for scale in scales] for c in (0.6, -0.6)]
    return [np.concatenate([one.start(s) for s in each]) for each in matrices]


def _best(runs: list[Optimum]) -> Optimum:
    """The run that ended highest, though that be no optimum; of equal ends the first that is one."""
    lowest = min(run.state[0].f for run in runs)
    near = [run for run in runs if run.state[0].f <= lowest + 1e-6]
    return next((run for run in near if not run.failure), near[0])


def counts(rows: Rows, data: Stack) -> np.ndarray:
    """Subjects seen at each pair of visits, (groups, m, m)."""
    made = []
    for k in range(len(rows.groups)):
        mine = data.group == k
        seen = data.seen[mine].astype(float)
        made.append((seen * data.count[mine, None]).T @ seen)
    return np.array(made).astype(int)


def _refuse_unseen(rows: Rows, data: Stack, structure: str) -> None:
    """Refuse what no likelihood can tell: a visit nobody has; in an unstructured covariance, a pair nobody has."""
    for group, count in zip(rows.groups, counts(rows, data), strict=True):
        where = f" in group {group!r}" if group else ""
        least = int(np.diagonal(count).argmin())
        need = 2 if STRUCTURES[structure].heterogeneous else 1
        if count[least, least] < need:
            raise MethodError(
                f"visit {rows.visits[least]!r} has {many(count[least, least], 'subject')}{where}: its variance is not "
                f"identified; take the visit out or name a structure with one variance. {_per_visit(rows, count)}"
            )
        if structure == "us" and (count == 0).any():
            a, b = np.argwhere(count == 0)[0]
            raise MethodError(
                f"no subject{where} has both visit {rows.visits[a]!r} and {rows.visits[b]!r}: their covariance is not "
                f"identified; name a structure with fewer parameters. {_per_visit(rows, count)}"
            )


def _per_visit(rows: Rows, count: np.ndarray) -> str:
    said = ", ".join(f"{visit}: {int(n)}" for visit, n in zip(rows.visits, np.diagonal(count), strict=True))
    return f"Subjects per visit: {said}"


def _boundary(sigma: np.ndarray) -> str:
    return "boundary" if float(share_left(sigma).min()) < SINGULAR else ""


def share_left(sigma: np.ndarray) -> np.ndarray:
    """The share of each visit's variance that is left given the other visits, (..., m)."""
    d = np.sqrt(np.diagonal(sigma, axis1=-2, axis2=-1))
    e, q = np.linalg.eigh(sigma / (d[..., :, None] * d[..., None, :]))
    return np.asarray(1 / ((q**2) @ (1 / np.maximum(e, 1e-15))[..., None])[..., 0])


REASONS = {
    "flat": "the likelihood is flat in some direction",
    "no step": "no step raises the likelihood, though its gradient is not zero",
    "steps": "the likelihood still rises after 60 steps",
    "runs away": "a parameter runs to infinity",
    "boundary": "a visit is all but determined by the others (a correlation goes to 1)",
}


def _told(
    rows: Rows, data: Stack, structure: str, failure: str, run: Optimum, names: tuple[str, ...], sigma: np.ndarray
) -> str:
    """The refusal in words: structure, parameter, visits, counts, what to do."""
    group, a, b, r = _tightest(sigma)
    held = int(share_left(sigma[group]).argmin())
    count = counts(rows, data)[group]
    where = f" in group {rows.groups[group]!r}" if rows.groups[group] else ""
    words = STRUCTURES[structure].words
    return (
        f"the {words} covariance of {len(rows.visits)} visits ({len(run.theta)} parameters) has no interior optimum: "
        f"{REASONS[failure]}. Least certain is the {names[_weakest(run)]}; the correlation of {rows.visits[a]!r} and "
        f"{rows.visits[b]!r}{where} is {r:.4f} where the iteration stopped "
        f"({many(count[a, b], 'subject has', 'subjects have')} both), and visit {rows.visits[held]!r} "
        f"({many(count[held, held], 'subject')}) is the one most determined by the others. "
        f"{_per_visit(rows, count)}. Gradient {run.gradient_norm:.1e}, {many(run.steps, 'step')}. "
        "Name a structure with fewer parameters, or a fall-back"
    )


def _tightest(sigma: np.ndarray) -> tuple[int, int, int, float]:
    """The group and pair of visits with the largest absolute correlation."""
    d = np.sqrt(np.diagonal(sigma, axis1=1, axis2=2))
    r = sigma / (d[:, :, None] * d[:, None, :])
    off = np.abs(r) * (1 - np.eye(sigma.shape[1]))
    group, a, b = (int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
    return group, min(a, b), max(a, b), float(r[group, a, b])


def _weakest(run: Optimum) -> int:
    """The parameter that weighs most in the flattest direction of the likelihood."""
    d = 1 / np.sqrt(np.maximum(np.abs(np.diagonal(run.hessian)), np.finfo(float).tiny))
    _, q = np.linalg.eigh(run.hessian * np.outer(d, d))
    return int(np.abs(q[:, 0]).argmax())
