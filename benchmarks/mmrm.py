"""The mixed model from data frame and formula to the table of least-squares means, against its peers in the same run.

trialkit: unstructured covariance, REML, Kenward-Roger (linear), means and differences of three arms by visit.
statsmodels has no residual covariance structure; the nearest is MixedLM with a correlated random effect for every
visit (one variance more than needed), to the coefficients with z tests and no means. R's mmrm and nlme::gls are run
where Rscript has them. One thread; each run in its own process, for its peak memory.

Usage: python benchmarks/mmrm.py [seconds to wait for a peer]
"""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

SIZES = ((200, 4, 0.1), (200, 4, 0.5), (1_000, 10, 0.1), (1_000, 10, 0.5))
GROWTH = ((1_000, 10, 0.3), (10_000, 10, 0.3), (50_000, 10, 0.3))
GAPS = (1_000, 10, -0.1)
"""A negative share: so many values are missing here and there; most patterns of missing values are then single."""
STARTING = 5
"""Processor seconds that a process may take to import and to run once on a little data."""
FORMULA = "y ~ base * visit + stratum + arm * visit"
R_SCRIPT = """
suppressMessages(library({package})); d <- read.csv("{path}", stringsAsFactors = TRUE); d$id <- factor(d$id)
d$arm <- relevel(d$arm, "placebo"); s <- proc.time()[["elapsed"]]
{code}
cat(proc.time()[["elapsed"]] - s)
"""
R_CODE = {
    "mmrm": 'f <- mmrm(y ~ base * visit + stratum + arm * visit + us(visit | id), d, method = "Kenward-Roger", '
    'vcov = "Kenward-Roger-Linear"); e <- emmeans::emmeans(f, ~ arm | visit)',
    "nlme": "d$v <- as.integer(d$visit); f <- gls(y ~ base * visit + stratum + arm * visit, d, "
    "correlation = corSymm(form = ~ v | id), weights = varIdent(form = ~ 1 | visit))",
}


def data(n: int, m: int, drop: float) -> pd.DataFrame:
    """n subjects at m visits, a share of them leaving at a random visit (or with gaps)."""
    rng = np.random.default_rng([n, m])
    sigma = 4 + 9 * 0.6 ** np.abs(np.subtract.outer(np.arange(m), np.arange(m)))
    base = rng.normal(20, 5, n)
    y = rng.standard_normal((n, m)) @ np.linalg.cholesky(sigma).T - 0.3 * base[:, None]
    last = np.where(rng.random(n) < drop, rng.integers(1, m, n), m)
    seen = rng.random((n, m)) > -drop if drop < 0 else np.arange(m) < last[:, None]
    i, j = np.nonzero(seen)
    text = {
        "id": np.array([f"S{k:05d}" for k in range(n)], dtype=object)[i],
        "visit": np.array([f"V{k + 1:02d}" for k in range(m)], dtype=object)[j],
        "arm": np.array(["placebo", "low", "high"], dtype=object)[rng.integers(3, size=n)][i],
        "stratum": np.array(["a", "b"], dtype=object)[i % 2],
    }
    return pd.DataFrame({**text, "base": base[i], "y": y[i, j]})


def ours(frame: pd.DataFrame) -> None:
    from trialkit.methods.mmrm import mmrm

    fit = mmrm(frame, FORMULA, "id", "visit", reference={"arm": "placebo"})
    fit.ls_means(["visit", "arm"])
    fit.differences("arm", ["visit"])


def statsmodels(frame: pd.DataFrame) -> None:
    import statsmodels.formula.api as smf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formula = "y ~ base * C(visit) + stratum + arm * C(visit)"
        model = smf.mixedlm(formula, frame, groups="id", re_formula="0 + C(visit)")
        model.fit(reml=True, method="lbfgs").summary()


def r_seconds(frame: pd.DataFrame, package: str, wait: float) -> str:
    """Seconds that R takes, or why there are none."""
    if not shutil.which("Rscript"):
        return "R is not installed"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.csv")
        frame.to_csv(path, index=False)
        code = R_SCRIPT.format(package=package, path=path, code=R_CODE[package])
        try:
            done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, timeout=wait)
        except subprocess.TimeoutExpired:
            return f"more than {wait:g} s"
        return f"{float(done.stdout):.3f} s" if done.returncode == 0 else f"R has no working {package}"


RUNS: dict[str, tuple[Callable[[pd.DataFrame], None], int]] = {"trialkit": (ours, 7), "statsmodels": (statsmodels, 1)}


def measured(which: str, size: tuple[int, int, float]) -> dict[str, float]:
    """Best processor seconds of a few runs after one on other data, and peak memory in MB above the data's."""
    run, times = RUNS[which]
    run(data(30, 2, 0.1))
    frame = data(*size)
    before, seconds = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    for _ in range(times if size[0] <= 1_000 else 3):
        start = time.process_time()
        run(frame)
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": min(seconds), "memory": (peak - before) / 1024}


def apart(which: str, size: tuple[int, int, float], wait: float) -> dict[str, float] | None:
    """``measured`` in a process of its own; None if it takes more than ``wait`` processor seconds."""
    command = [sys.executable, __file__, "--one", which, *map(str, size)]
    limit = (math.ceil(wait) + STARTING,) * 2
    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit)
    )
    if done.returncode < 0:
        return None
    done.check_returncode()
    found: dict[str, float] = json.loads(done.stdout)
    return found


def words(size: tuple[int, int, float]) -> str:
    n, m, drop = size
    return f"{n:,} x {m}, " + (f"{-drop:.0%} gaps" if drop < 0 else f"{drop:.0%} drop out")


def main(wait: float) -> None:
    """Print the tables."""
    print("processor seconds from frame and formula to the table, one thread (R: elapsed)")
    for size in SIZES:
        mine = apart("trialkit", size, wait)
        assert mine is not None
        print(f"{words(size):<26} trialkit {1e3 * mine['seconds']:7.1f} ms")
        theirs = apart("statsmodels", size, wait)
        said = f"{theirs['seconds']:.2f} s, ratio {theirs['seconds'] / mine['seconds']:,.0f}" if theirs else (
            f"more than {wait:g} s, ratio above {wait / mine['seconds']:,.0f}"
        )  # fmt: skip
        print(f"{'':<26} statsmodels {said}")
        if size[2] == 0.5:
            print(f"{'':<26} " + "; ".join(f"R {p}: {r_seconds(data(*size), p, wait)}" for p in R_CODE))
    print("growth")
    for size in (*GROWTH, GAPS):
        mine = apart("trialkit", size, 600)
        assert mine is not None
        per = 1e6 * mine["seconds"] / size[0]
        print(f"{words(size):<26} {mine['seconds']:7.3f} s, {per:5.1f} us a subject, {mine['memory']:6.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        n, m, drop = sys.argv[3:6]
        print(json.dumps(measured(sys.argv[2], (int(n), int(m), float(drop)))))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
