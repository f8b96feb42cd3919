"""Time-to-event analyses of trialkit, lifelines and statsmodels, on the same data in the same run, one thread.

Usage: OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python benchmarks/survival.py

Each function takes arrays or a frame and gives its result; times are the shortest of several, ratios are peer / ours.
The peers' slowest cases are left out (printed as -). ``Rscript`` is used where it is installed with survival.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from trialkit.methods.batch import cox_many, log_rank_many, survival_many
from trialkit.methods.cox import fit_cox
from trialkit.methods.kaplan_meier import kaplan_meier
from trialkit.methods.log_rank import log_rank

Run = Callable[[], object]


def data(n: int, seed: int = 1) -> pd.DataFrame:
    """Exponential times, 30% censored, two groups, hazard ratio 0.75; times with six digits (hardly any ties)."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    event = (rng.random(n) < 0.7).astype(int)
    return pd.DataFrame({"time": rng.exponential(np.where(group, 4 / 3, 1.0)), "event": event, "group": group})


def best(run: Run, budget: float = 1.0) -> float:
    """Shortest seconds of as many runs as fit the budget, at least three."""
    run()
    seconds, start = list[float](), time.perf_counter()
    while len(seconds) < 3 or time.perf_counter() - start < budget:
        before = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - before)
    return min(seconds)


def lifelines_of(frame: pd.DataFrame) -> dict[str, Run]:
    """lifelines' public functions."""
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test

    one, two = frame[frame["group"] == 0], frame[frame["group"] == 1]
    return {
        "log-rank": lambda: logrank_test(one["time"], two["time"], one["event"], two["event"]),
        "Cox": lambda: CoxPHFitter().fit(frame, "time", "event"),
        "Kaplan-Meier": lambda: KaplanMeierFitter().fit(frame["time"], frame["event"]),
    }


def statsmodels_of(frame: pd.DataFrame) -> dict[str, Run]:
    """statsmodels' public functions."""
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    t, e, g = (frame[name].to_numpy() for name in ("time", "event", "group"))
    return {
        "log-rank": lambda: survdiff(t, e, g),
        "Cox": lambda: PHReg(t, g[:, None].astype(float), e, ties="efron").fit(),
        "Kaplan-Meier": lambda: SurvfuncRight(t, e),
    }


def ours_of(frame: pd.DataFrame) -> dict[str, Run]:
    """trialkit's functions on arrays."""
    t, e, g = (frame[name].to_numpy() for name in ("time", "event", "group"))
    return {
        "log-rank": lambda: log_rank(t, e, g, 2),
        "Cox": lambda: fit_cox(t, e, g[:, None].astype(float)),
        "Kaplan-Meier": lambda: kaplan_meier(t, e),
    }


SLOW = {("statsmodels", "Cox", 10_000), ("statsmodels", "Cox", 1_000_000), ("lifelines", "Cox", 1_000_000)}
"""Peers that take minutes at this size."""


def single(n: int) -> None:
    """One trial of n subjects."""
    frame = data(n)
    ours = {name: best(run) for name, run in ours_of(frame).items()}
    for name, seconds in ours.items():
        line = f"{n:>9,} {name:<14} {1e3 * seconds:10.3f} ms"
        for peer, of in (("lifelines", lifelines_of), ("statsmodels", statsmodels_of)):
            if (peer, name, n) in SLOW:
                line += f"   {peer} -"
                continue
            other = best(of(frame)[name])
            line += f"   {peer} {1e3 * other:10.3f} ms ({other / seconds:6.1f} times)"
        print(line, flush=True)


def many(trials: int = 1000, n: int = 300) -> None:
    """Many trials at once, against one statsmodels or lifelines call a trial (timed on 20 of them)."""
    frames = [data(n, seed) for seed in range(trials)]
    t, e, g = (np.stack([f[name].to_numpy() for f in frames]) for name in ("time", "event", "group"))
    runs: dict[str, Run] = {
        "log-rank": lambda: log_rank_many(t, e, g),
        "Cox": lambda: cox_many(t, e, g),
        "Kaplan-Meier": lambda: survival_many(t, e, np.array([0.5, 1.0])),
    }
    some = [(lifelines_of(f), statsmodels_of(f)) for f in frames[:20]]
    for name, run in runs.items():
        seconds = best(run)
        line = f"{trials} x {n} {name:<13} {1e3 * seconds:10.3f} ms"
        for k, peer in enumerate(("lifelines", "statsmodels")):
            other = best(lambda k=k, name=name: [pair[k][name]() for pair in some], 0.1) * trials / len(some)  # type: ignore[misc]
            line += f"   {peer} {1e3 * other:10.3f} ms ({other / seconds:6.1f} times)"
        print(line, flush=True)


R_CODE = """
suppressPackageStartupMessages(library(survival)); d <- read.csv(commandArgs(TRUE)[1])
m <- function(f) { f(); min(replicate(20, system.time(for (i in 1:20) f())["elapsed"] / 20)) }
cat(sprintf("R survdiff %.3f ms, coxph %.3f ms, survfit %.3f ms\\n",
 1e3*m(function() survdiff(Surv(time,event)~group,d)), 1e3*m(function() coxph(Surv(time,event)~group,d)),
 1e3*m(function() survfit(Surv(time,event)~1,d))))
"""


def in_r(n: int) -> None:
    """R's functions on the same data, where R is there."""
    if not shutil.which("Rscript"):
        print("R: not installed, not compared")
        return
    with tempfile.TemporaryDirectory() as folder:
        path, code = Path(folder, "d.csv"), Path(folder, "d.R")
        data(n).to_csv(path, index=False)
        code.write_text(R_CODE, encoding="utf-8")
        print(subprocess.run(["Rscript", code, path], capture_output=True, text=True, check=True).stdout, end="")


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    for n in (300, 10_000, 1_000_000):
        single(n)
    many()
    in_r(300)


if __name__ == "__main__":
    main()
