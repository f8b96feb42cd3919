"""From a file to its findings: ``trialkit validate`` against other validators on the same files in the same run.

Usage: python benchmarks/validate.py [PAGE] [--rows 1e6] [--format parquet] [--times N] [--large]

Every engine runs in a process of its own (its peak memory is that process's, as Linux tells it) that is told to use
one thread. Imports and a run on a small file come first and do not count, nor does loading the study's content, whose
time is told. The engines run in turns, N rounds; of an engine's runs that with the least time of the processor counts,
and the ratio to pandera is told for each round. All must count the same failures by rule.
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
from typing import Any

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
Run = dict[str, Any]


def ours() -> Callable[[Path], dict[str, int]]:
    """The public function on the loaded study: the findings, all in words, counted by rule."""
    from trialkit import pipeline

    loaded = study()
    return lambda path: dict(Counter(finding.rule for finding in pipeline.validate(loaded, [path]).findings))


def one(engine: str, path: Path) -> None:
    """Run one engine here each time a line comes in, and answer with what came of it as JSON. A small file first, so
    that imports are done."""
    run = ours() if engine == OURS else PEERS[engine][1]
    run(path.parent.parent / "warm" / path.name)
    print("ready", flush=True)
    for _ in sys.stdin:
        start, work = time.perf_counter(), time.process_time()
        counts = run(path)
        spent = {"cpu": time.process_time() - work, "wall": time.perf_counter() - start, "peak": peak()}
        print(json.dumps(spent | {"counts": {name: count for name, count in counts.items() if count}}), flush=True)


def peak() -> float:
    """Most memory this program had, in MB. ``ru_maxrss`` would start at what the process that started it had."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return float(told["VmHWM"].split()[0]) / 1024


def in_turns(engines: list[str], path: Path, times: int) -> dict[str, list[Run]]:
    """The runs of each engine. They run in turns, one after the other in each round, so that a minute in which the
    machine is slow counts for all of them."""
    command = [sys.executable, __file__, "--one"]
    started = {
        engine: subprocess.Popen(
            [*command, engine, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | ONE_THREAD,
        )
        for engine in engines
    }  # fmt: skip
    for engine, process in started.items():
        answer(engine, process)
    runs: dict[str, list[Run]] = {engine: [] for engine in engines}
    for _ in range(times):
        for engine, process in started.items():
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
            runs[engine].append(json.loads(answer(engine, process)))
    for process in started.values():
        process.communicate()
    return runs


def answer(engine: str, process: subprocess.Popen[str]) -> str:
    """The next line of an engine's process."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{engine} failed (exit code {process.wait()})")
    return line


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
    found = in_turns([engine for engine in engines if not missing(engine)], path, times)
    least = {engine: min(runs, key=lambda run: run["cpu"]) for engine, runs in found.items()}
    columns = ("engine", "CPU s", "clock s", "peak MB", "CPU / floor's", f"CPU of {LAZY} / its", "same failures")
    lines = [f"### {rows:,} rows, {path.suffix[1:]}, {path.stat().st_size / 1e6:,.0f} MB", ""]
    lines += [f"{sum(planted.values()):,} failures planted.", "", f"| {' | '.join(columns)} |", "|---" * 7 + "|"]
    for engine, run in least.items():
        floor, lazy = (least[name]["cpu"] if name in least else 0.0 for name in (FLOOR, LAZY))
        cells = [engine, f"{run['cpu']:.2f}", f"{run['wall']:.2f}", f"{max(r['peak'] for r in found[engine]):,.0f}"]
        cells += [f"{run['cpu'] / floor:.1f}" if floor else "", f"{lazy / run['cpu']:.1f}" if lazy else ""]
        lines.append(f"| {' | '.join(cells)} | {'yes' if run['counts'] == planted else 'NO'} |")
    if LAZY in found:
        ratios = sorted(lazy["cpu"] / our["cpu"] for our, lazy in zip(found[OURS], found[LAZY], strict=True))
        lines += ["", f"CPU of {LAZY} / ours in each round: {', '.join(f'{ratio:.2f}' for ratio in ratios)}."]
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
    turns = f"The least of {times} runs by CPU, the engines in turns."
    return [about, f"{turns} Loading the study's content ({load:.1f} s) is not in it.", ""]


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
        return one(asked.one[0], Path(asked.one[1]))
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
