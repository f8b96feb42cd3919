"""From a file to its findings: ``trialkit validate`` against other validators on the same files in the same run.

Usage: python benchmarks/validate.py [rows ...] [--times N] [--page FILE]

Every engine runs in a process of its own (its peak memory is that process's), imports aside, the shortest of N runs;
all must count the same failures by rule. Peers come with ``pip install -e .[bench]``; one that is not there is said
to be missing. From ten million rows on only trialkit runs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from validation.data import FORM, study, write
from validation.growth import growth
from validation.peers import PEERS, version_of

OURS = "trialkit validate"
ALONE = 10_000_000


def ours(path: Path) -> dict[str, int]:
    """The findings by rule."""
    from trialkit import pipeline

    return dict(Counter(finding.rule for finding in pipeline.validate(study(), [path]).findings))


def one(engine: str, path: Path) -> None:
    """Run one engine here and print what came of it as JSON. A small file first, so that imports are done."""
    run = ours if engine == OURS else PEERS[engine][1]
    run(path.parent.parent / "warm" / path.name)
    start, work = time.perf_counter(), time.process_time()
    counts = {name: count for name, count in run(path).items() if count}
    made = {"wall": time.perf_counter() - start, "cpu": time.process_time() - work, "counts": counts}
    print(json.dumps(made | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measured(engine: str, path: Path, times: int) -> dict[str, float]:
    """The shortest of several runs."""
    command = [sys.executable, __file__, "--one", engine, str(path)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
            for _ in range(times)]  # fmt: skip
    return min(runs, key=lambda run: float(run["wall"]))


def there(engine: str) -> str:
    """What is missing for an engine, "" if nothing is."""
    try:
        if engine != OURS:
            version_of(PEERS[engine][0])
        return ""
    except PackageNotFoundError:
        return f"{PEERS[engine][0]} is not installed: pip install -e .[bench]"


def table(folder: Path, rows: int, ending: str, times: int, planted: dict[str, int]) -> list[str]:
    """The lines of one table of the page."""
    path, found = folder / str(rows) / f"{FORM}.{ending}", {}
    for engine in (OURS, *(PEERS if rows < ALONE else ())):
        if not (missing := there(engine)):
            found[engine] = measured(engine, path, times)
        else:
            print(f"{engine}: MISSING, {missing}")
    floor, lazy = (found.get(name) for name in (next(iter(PEERS)), list(PEERS)[-1]))
    columns = ("engine", "s", "CPU s", "peak MB", "x floor", "pandera lazy / it", "same failures")
    lines = [f"{rows:,} rows, {ending}, {sum(planted.values()):,} failures", ""]
    lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for engine, run in found.items():
        ratios = [
            f"{run['wall'] / floor['wall']:.1f}" if floor else "",
            f"{lazy['wall'] / run['wall']:.1f}" if lazy else "",
        ]
        same = "yes" if run["counts"] == planted else "NO"
        lines.append(
            f"| {engine} | {run['wall']:.2f} | {run['cpu']:.2f} | {run['peak']:,.0f} | {' | '.join(ratios)} | {same} |"
        )
    print("\n".join(lines), "\n", flush=True)
    return [*lines, ""]


def main() -> None:
    """Write the files, run the engines, print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        return one(asked.one[0], Path(asked.one[1]))
    lines = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for rows in (*asked.rows, 1000):
            (folder / str(rows)).mkdir(exist_ok=True)
        (folder / "1000").rename(folder / "warm")
        write(folder / "warm", 1000)
        for rows in asked.rows:
            planted = write(folder / str(rows), rows)
            for ending in ("parquet", "csv"):
                lines += table(folder, rows, ending, asked.times, planted)
    lines += growth()
    if asked.page:
        head, mark, _ = asked.page.read_text(encoding="utf-8").partition("## Measured\n")
        asked.page.write_text(head + mark + "\n" + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
