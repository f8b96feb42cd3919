"""How long the reference study's report takes, how much memory, how many bytes: 300 subjects, and 3,000 with 100,000
adverse events.

Usage: python benchmarks/report.py [300|3000]   (both unless named, each in a process of its own). With 300 the command
``trialkit report`` is run on a store that holds a simulated trial, from the start of the interpreter to the file. With
3,000 the tables of a simulated trial stay in memory, adverse events are repeated under new numbers, and the way from
there to the page is timed: study, data sets, analyses, page. Seconds are seconds of CPU. What was aimed at: 10 s and
1.5 MB; 60 s and 2 GB. The package is compiled to bytecode first, as an installer does: a checkout on which Python may
write none would be compiled again in every run.
"""

from __future__ import annotations

import compileall
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import pandas as pd

import trialkit
from trialkit.intake import assign, parse, read
from trialkit.locate import shipped_study
from trialkit.model import SRC, Snapshot, Study, Tables
from trialkit.pipeline import compute, freeze, submit
from trialkit.report import render
from trialkit.simulate import simulate, write
from trialkit.spec import load_study

SUBJECTS, MANY, EVENTS = 300, 3_000, 100_000
AT = "2026-06-01T00:00:00Z"
SNAPSHOT = Snapshot("f" * 64, "benchmark", AT, "d" * 64, "", {})


def whole() -> None:
    """The command on a store of 300 subjects."""
    study = load_study(shipped_study())
    with tempfile.TemporaryDirectory() as folder:
        uploads, store, out = (Path(folder) / name for name in ("uploads", "store", "out"))
        uploads.mkdir()
        write(simulate(study, "null", SUBJECTS), uploads)
        submit(study, [uploads], store, "benchmark", "benchmark", AT)
        freeze(study, store, "benchmark", "benchmark", AT, AT[:10])
        compileall.compile_dir(Path(trialkit.__file__).parent, quiet=1)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "trialkit", "report", "--study", str(shipped_study())]
        subprocess.run([*command, "--store", str(store), "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        (page,) = out.iterdir()
        print(
            f"{SUBJECTS} subjects: the whole command {spent:.1f} s of CPU; at most {after.ru_maxrss / 1024**2:.2f} GB; "
            f"HTML {page.stat().st_size / 1e6:.2f} MB"
        )


def frames_of(study: Study) -> dict[str, pd.DataFrame]:
    """The forms of a simulated trial of 3,000, read as an upload is."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in write(simulate(study, "null", MANY), Path(folder)):
            form = assign(path, study.forms)
            if form is not None:
                made[form.id] = parse(read(path, form.layout), form)[0].frame
    return made


def repeated(frame: pd.DataFrame, number: str) -> pd.DataFrame:
    """So many adverse events, those beyond the simulated ones the same again under numbers of their own."""
    made = pd.concat([frame] * (EVENTS // len(frame) + 1), ignore_index=True).head(EVENTS)
    made.loc[len(frame) :, number] = [1000.0 + i for i in range(EVENTS - len(frame))]
    return made


def tables_of(study: Study) -> Tables:
    """The tables of a snapshot of all of them, with the source of each row."""
    frames, sources, start = {}, [], 0
    for name, frame in frames_of(study).items():
        made = repeated(frame, study.forms[name].key[-1]) if name == "adverse_events" else frame
        frames[name] = made.assign(**{SRC: range(start, start + len(made))})
        sources += [(name, f"{name}.csv", line, "line", "a" * 64) for line in range(2, len(made) + 2)]
        start += len(made)
    return Tables(frames, pd.DataFrame(sources, columns=["form", "file", "row", "numbering", "upload"]))


def large() -> None:
    """3,000 subjects from tables in memory."""
    tables = tables_of(load_study(shipped_study()))
    begin = time.process_time()
    study = load_study(shipped_study())
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
        f"{MANY:,} subjects, {len(tables.frames['adverse_events']):,} adverse events, {rows:,} rows, "
        f"{len(report.displays)} displays: study {before - begin:.1f} s, data sets and analyses "
        f"{between - before:.1f} s, page {after - between:.1f} s of CPU; at most {peak:.2f} GB; "
        f"HTML {len(html.encode()) / 1e6:.2f} MB"
    )


SIZES = {"300": whole, "3000": large}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        SIZES[sys.argv[1]]()
    else:
        for named in SIZES:
            subprocess.run([sys.executable, __file__, named], check=True)
