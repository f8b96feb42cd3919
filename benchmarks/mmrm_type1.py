"""Type I error, coverage and refusals of the mixed model under the null with half of the subjects dropping out.

Two arms, five visits, unstructured covariance, no difference between the arms. A subject is more likely to leave the
worse its last value was (missing at random); about half are gone by the last visit. Tested is the difference at the
last visit at 5%: Kenward-Roger (linear), Satterthwaite, and a Wald z test with the same standard error as
Satterthwaite. Coverage is of the 95% interval of the control arm's mean at the last visit (Kenward-Roger).

Usage: python benchmarks/mmrm_type1.py [replicates]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.special import ndtr

from trialkit.methods import MethodError
from trialkit.methods.mmrm import mmrm

SIZES = (20, 40, 200)
VISITS = ("D1", "D2", "D3", "D4", "D5")
MEAN = np.array([0.0, -1.0, -2.0, -2.5, -3.0])
SD = np.array([3.0, 3.3, 3.6, 4.0, 4.4])
SIGMA = np.outer(SD, SD) * 0.75 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
SLOPE = -0.3
"""Fall of the response per unit of baseline."""


def trial(size: int, rng: np.random.Generator) -> pd.DataFrame:
    """One trial of two arms of this size; a row per subject and visit attended."""
    n, m = 2 * size, len(VISITS)
    base = rng.normal(20, 5, n)
    y = MEAN + SLOPE * (base - 20)[:, None] + rng.standard_normal((n, m)) @ np.linalg.cholesky(SIGMA).T
    leave = 1 / (1 + np.exp(1.75 - 0.12 * (y[:, :-1] - MEAN[:-1])))
    stays = np.cumprod(rng.random((n, m - 1)) > leave, axis=1).astype(bool)
    i, j = np.nonzero(np.column_stack([np.ones(n, bool), stays]))
    arm = np.where(np.arange(n) < size, "control", "active").astype(object)
    visit = np.array(VISITS, dtype=object)
    return pd.DataFrame({"id": i, "arm": arm[i], "visit": visit[j], "base": base[i], "y": y[i, j]})


def one(size: int, rng: np.random.Generator) -> tuple[float, float, float, float, float] | None:
    """p by Kenward-Roger, Satterthwaite and z, whether the control mean is covered, share gone; None if refused."""
    data = trial(size, rng)
    try:
        fit = mmrm(data, "y ~ base * visit + arm * visit", "id", "visit", reference={"arm": "control"})
    except MethodError:
        return None
    last = {"visit": VISITS[-1]}
    kr, plain = (f.differences("arm", at=last).iloc[0] for f in (fit, fit.using("satterthwaite")))
    mean = fit.ls_means(["arm"], at=last).iloc[0]
    true = MEAN[-1] + SLOPE * (data["base"].mean() - 20)
    covered = mean["ci_low"] <= true <= mean["ci_high"]
    gone = 1 - (data["visit"] == VISITS[-1]).sum() / (2 * size)
    return kr["p"], plain["p"], 2 * ndtr(-abs(plain["t"])), float(covered), float(gone)


def percent(share: float, count: int) -> str:
    """A share with its Monte Carlo standard error."""
    return f"{100 * share:5.2f} ({100 * np.sqrt(share * (1 - share) / count):.2f})"


def main(replicates: int) -> None:
    """One line per size."""
    print(f"{replicates:,} trials a size; percent (Monte Carlo standard error)")
    print("| subjects per arm | gone by the last visit | refused | Kenward-Roger | Satterthwaite | Wald z | coverage |")
    print("|---|---|---|---|---|---|---|")
    for size in SIZES:
        rng = np.random.default_rng([2026, size])
        made = [one(size, rng) for _ in range(replicates)]
        found = np.array([row for row in made if row is not None])
        errors = [percent(float((found[:, k] < 0.05).mean()), len(found)) for k in range(3)]
        cells = [
            str(size), f"{100 * found[:, 4].mean():.0f}%", percent(1 - len(found) / replicates, replicates), *errors,
            percent(float(found[:, 3].mean()), len(found)),
        ]  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
