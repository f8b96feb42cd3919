"""Reference-based imputation with the jackknife: 240 subjects at 7 visits, seconds for one strategy, one thread.

Every subject is left out in turn and the unstructured mixed model fitted again to its optimum. R's rbmi is run on the
same data where Rscript has it.

Usage: python benchmarks/imputation.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

from trialkit.methods import METHODS, Inputs

N, VISITS = 240, 7
ARMS = ("a", "b", "c")
R_SCRIPT = """
suppressMessages(library(rbmi)); d <- read.csv("{path}", stringsAsFactors = TRUE); d$id <- factor(d$id)
d$visit <- factor(d$visit); s <- proc.time()[["elapsed"]]
v <- set_vars(outcome = "y", visit = "visit", subjid = "id", group = "arm",
  covariates = c("base*visit", "arm*visit"))
x <- d[is.na(d$y), ]; x <- x[!duplicated(x$id), c("id", "visit")]; x$strategy <- "JR"
r <- suppressWarnings(draws(d, data_ice = x, vars = v, method = method_condmean(type = "jackknife"), quiet = TRUE))
i <- impute(r, references = c(a = "a", b = "a", c = "a")); v$covariates <- "base"
p <- pool(analyse(i, ancova, vars = v))
cat(proc.time()[["elapsed"]] - s)
"""


def data() -> pd.DataFrame:
    """Subjects in three arms, a third of whom leave at a random visit."""
    rng = np.random.default_rng(3)
    sigma = 4 + 9 * 0.6 ** np.abs(np.subtract.outer(np.arange(VISITS), np.arange(VISITS)))
    base = rng.normal(20, 5, N)
    y = rng.standard_normal((N, VISITS)) @ np.linalg.cholesky(sigma).T - 0.3 * base[:, None]
    last = np.where(rng.random(N) < 1 / 3, rng.integers(1, VISITS, N), VISITS)
    i, j = (a.ravel() for a in np.indices((N, VISITS)))
    return pd.DataFrame(
        {
            "id": i, "arm": np.array(ARMS, object)[i % 3], "visit": np.array([f"v{k + 1}" for k in j], object),
            "base": base[i], "y": np.where(j < last[i], y[i, j], np.nan),
        }
    )  # fmt: skip


def in_r(frame: pd.DataFrame) -> float | None:
    """Seconds of rbmi, None where it cannot be run."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(f"{folder}/d.csv", index=False)
        script = R_SCRIPT.format(path=f"{folder}/d.csv")
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
        return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def main() -> None:
    """Print seconds of wall and processor time, the shortest of three runs."""
    frame = data()
    universe = frame.drop_duplicates("id").reset_index(drop=True)
    inputs, method = Inputs(frame, universe, "id", "arm", ARMS, "a"), METHODS["reference_imputation"]
    params = method.params("y", "visit", covariates=("base",), by_visit=("base",), strategies=("JR",))
    found = []
    for _ in range(3):
        wall, own = time.perf_counter(), time.process_time()
        method.run(inputs, params)
        found.append((time.perf_counter() - wall, time.process_time() - own))
    wall, own = min(found)
    print(f"jackknife, {N} subjects x {VISITS} visits, one strategy: {wall:.2f} s wall, {own:.2f} s processor")
    peer = in_r(frame)
    print("R rbmi: -" if peer is None else f"R rbmi: {peer:.1f} s, ratio {peer / wall:.1f}")


if __name__ == "__main__":
    main()
