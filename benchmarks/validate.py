"""From a file to its findings: ``trialkit validate`` against other validators on the same files in the same run.

Usage: python benchmarks/validate.py [PAGE] [--rows 1e6] [--format parquet] [--times N] [--large]

Every engine runs in a process of its own (its peak memory is that process's, as Linux tells it) that is told to use
one thread. Imports and a run on a small file come first and do not count, nor does loading the study's content, whose
time is told; of N runs that with the least time of the processor counts. All must count the same failures by rule.
Peers come with ``pip install -e .[bench]``; one that is not there is said to be missing. PAGE gets the tables below
its heading "Measured". Ten million rows (``--large``) are for trialkit and the floor alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from validation.data import FORM, study, write
from validation.growth import growth
from validation.peers import FLOOR, LAZY, PEERS, version_of

OURS = "trialkit validate"
LARGE = 10_000_000
ROWS = (100_000, 1_000_000)
FORMATS = ("parquet", "csv")
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
"""What tells numpy, Arrow, polars and pandas to use one thread."""
MARK = "## Measured\n"


def ours() -> Callable[[Path], dict[str, int]]:
    """The public function on the loaded study: the findings, all in words, counted by rule."""
    from trialkit import pipeline

    loaded = study()
    return lambda path: dict(Counter(finding.rule for finding in pipeline.validate(loaded, [path]).findings))


def one(engine: str, path: Path, times: int) -> None:
    """Run one engine here and print what came of it as JSON. A small file first, so that imports are done."""
    run = ours() if engine == OURS else PEERS[engine][1]
    run(path.parent.parent / "warm" / path.name)
    made = []
    for _ in range(times):
        start, work = time.perf_counter(), time.process_time()
        counts = run(path)
        made.append({"cpu": time.process_time() - work, "wall": time.perf_counter() - start})
    counts = {name: count for name, count in counts.items() if count}
    print(json.dumps(min(made, key=lambda run: run["cpu"]) | {"counts": counts, "peak": peak()}))


def peak() -> float:
    """Most memory this program had, in MB. ``ru_maxrss`` would start at what the process that started it had."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return float(told["VmHWM"].split()[0]) / 1024


def measured(engine: str, path: Path, times: int) -> dict[str, float]:
    """The run of an engine in a process of its own."""
    command = [sys.executable, __file__, "--one", engine, str(path), "--times", str(times)]
    ran = subprocess.run(command, capture_output=True, text=True, env=os.environ | ONE_THREAD)
    if ran.returncode:
        raise SystemExit(f"{engine} failed on {path.name}:\n{ran.stderr}")
    made: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return made


def missing(engine: str) -> str:
    """What is missing for an engine, "" if nothing is."""
    try:
        if engine != OURS:
            version_of(PEERS[engine][0])
        return ""
    except PackageNotFoundError:
        return f"{engine} is missing: {PEERS[engine][0]} is not installed (pip install -e .[bench])."


def table(path: Path, rows: int, times: int, planted: dict[str, int]) -> list[str]:
    """The lines of one table of the page."""
    engines = [OURS, *(PEERS if rows < LARGE else [FLOOR])]
    absent = [said for engine in engines if (said := missing(engine))]
    found = {engine: measured(engine, path, times) for engine in engines if not missing(engine)}
    columns = ("engine", "CPU s", "clock s", "peak MB", "CPU / floor's", f"CPU of {LAZY} / its", "same failures")
    lines = [f"### {rows:,} rows, {path.suffix[1:]}, {path.stat().st_size / 1e6:,.0f} MB", ""]
    lines += [f"{sum(planted.values()):,} failures planted.", "", f"| {' | '.join(columns)} |", "|---" * 7 + "|"]
    for engine, run in found.items():
        floor, lazy = (found[name]["cpu"] if name in found else 0.0 for name in (FLOOR, LAZY))
        cells = [engine, f"{run['cpu']:.2f}", f"{run['wall']:.2f}", f"{run['peak']:,.0f}"]
        cells += [f"{run['cpu'] / floor:.1f}" if floor else "", f"{lazy / run['cpu']:.1f}" if lazy else ""]
        lines.append(f"| {' | '.join(cells)} | {'yes' if run['counts'] == planted else 'NO'} |")
    lines += ["", *absent] if absent else []
    print("\n".join(lines), "\n", flush=True)
    return [*lines, ""]


def head(times: int) -> list[str]:
    """What the figures stand on."""
    load = time.process_time()
    study()
    load = time.process_time() - load
    names = ("pandas", "pyarrow", *(package for package, _ in PEERS.values()))
    known = ", ".join(
        f"{name} {version_of(name)}" for name in names if name in ("pandas", "pyarrow") or not _gone(name)
    )
    about = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start; one thread an engine; {known}."
    return [about, f"The least of {times} runs by CPU. Loading the study's content ({load:.1f} s) is not in it.", ""]


def _gone(package: str) -> bool:
    try:
        version_of(package)
    except PackageNotFoundError:
        return True
    return False


def main() -> None:
    """Write the files, run the engines, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", nargs="?", type=Path)
    parser.add_argument("--rows", action="append", type=lambda text: int(float(text)))
    parser.add_argument("--format", action="append", choices=FORMATS)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        return one(asked.one[0], Path(asked.one[1]), asked.times)
    lines = head(asked.times)
    print("\n".join(lines))
    with tempfile.TemporaryDirectory() as made:
        for rows in ("warm", *(asked.rows or ROWS), *([LARGE] if asked.large else [])):
            folder = Path(made) / str(rows)
            folder.mkdir(exist_ok=True)
            planted = write(folder, 1000 if rows == "warm" else rows)
            for ending in asked.format or FORMATS if rows != "warm" else ():
                lines += table(folder / f"{FORM}.{ending}", rows, asked.times if rows < LARGE else 1, planted)
    lines += growth()
    if asked.page:
        before, _, _ = asked.page.read_text(encoding="utf-8").partition(MARK)
        asked.page.write_text(f"{before}{MARK}\n" + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
