"""How long the reference study's report takes, how much memory, how many bytes: 300 subjects, and 3,000 with 100,000
adverse events.

Usage: python benchmarks/report.py [300|3000]   (both unless named, each in a process of its own). The subjects beyond
300 are copies under other names, and so are the events; only the way from the tables of a snapshot to the page is
timed, in seconds of CPU. What was aimed at: 10 s and 1.5 MB; 60 s and 2 GB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from trialkit.intake import assign, parse, read
from trialkit.locate import shipped_study
from trialkit.model import SRC, Snapshot, Study, Tables
from trialkit.pipeline import compute
from trialkit.report import render
from trialkit.simulate import simulate, write
from trialkit.spec import load_study

SUBJECTS, EVENTS = 300, 100_000
SNAPSHOT = Snapshot("f" * 64, "benchmark", "2026-01-01T00:00:00Z", "d" * 64, "", {})
SIZES = {"300": (1, 0), "3000": (10, EVENTS)}
"""Copies of the subjects, and events at least."""


def frames_of(study: Study) -> dict[str, pd.DataFrame]:
    """The forms of a simulated trial of 300, read as an upload is."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in write(simulate(study, "null", SUBJECTS), Path(folder)):
            form = assign(path, study.forms)
            if form is not None:
                made[form.id] = parse(read(path, form.layout), form)[0].frame
    return made


def copied(frame: pd.DataFrame, subject: str, copies: int) -> pd.DataFrame:
    """The rows so many times, each time of other subjects; rows of nobody stay once."""
    if not subject or copies < 2:
        return frame
    parts = [frame.assign(**{subject: frame[subject] + (f"-{i}" if i else "")}) for i in range(copies)]
    return pd.concat(parts, ignore_index=True)


def tables_of(study: Study, copies: int, events: int) -> Tables:
    """The tables of a snapshot of the copies, with the source of each row."""
    frames, sources, start = {}, [], 0
    for name, frame in frames_of(study).items():
        made = copied(frame, study.forms[name].subject, copies)
        if name == "adverse_events" and len(made) < events:
            made = pd.concat([made] * (events // len(made) + 1), ignore_index=True).head(events)
            made[study.forms[name].key[-1]] = [float(i) for i in range(1, len(made) + 1)]  # each its own number
        frames[name] = made.assign(**{SRC: range(start, start + len(made))})
        sources += [(name, f"{name}.csv", line, "line", "a" * 64) for line in range(2, len(made) + 2)]
        start += len(made)
    return Tables(frames, pd.DataFrame(sources, columns=["form", "file", "row", "numbering", "upload"]))


def measure(size: str) -> None:
    """One size: print what it took."""
    study = load_study(shipped_study())
    tables = tables_of(study, *SIZES[size])
    report = next(iter(study.reports.values()))
    wanted = [name for display in report.displays.values() for name in (*display.analyses, *display.listings)]
    before = time.process_time()
    results = compute(study, tables, SNAPSHOT.id, wanted)
    between = time.process_time()
    html = render(results, study, report, SNAPSHOT, "trialkit")
    after = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows = sum(map(len, tables.frames.values()))
    print(
        f"{size} subjects, {len(tables.frames['adverse_events']):,} adverse events, {rows:,} rows, "
        f"{len(report.displays)} displays: analyses {between - before:.1f} s, page {after - between:.1f} s of CPU; "
        f"at most {peak:.1f} GB; HTML {len(html.encode()) / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        for named in SIZES:
            subprocess.run([sys.executable, __file__, named], check=True)
