"""Numbers out: snapshot -> analysis data sets -> Result rows -> report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trialkit import __version__
from trialkit.errors import StudyErrors, UsageError, did_you_mean
from trialkit.model.analysis import ReportSpec
from trialkit.model.record import Snapshot
from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.model.table import Tables
from trialkit.pipeline.blind import blinded
from trialkit.pipeline.dry_run import unknown_tables
from trialkit.pipeline.sharing import shared
from trialkit.pipeline.writing import folder_for, writing
from trialkit.spec.heap import collector_paused

SOFTWARE = f"trialkit {__version__}"


def analyze(study: Study, store: Path, snapshot: str = "latest", only: Sequence[str] = ()) -> Results:
    """Derive the analysis data sets of a snapshot and run the analyses (all, or those named).

    Raises UsageError for an unknown analysis, AnalysisError when a derivation or an analysis does not fit,
    SnapshotError, StoreError. A method that refuses leaves a row with status "error".
    """
    found, tables = open_snapshot(store, snapshot)
    return compute(study, tables, found.id, only)


def compute(study: Study, tables: Tables, snapshot: str, only: Sequence[str] = ()) -> Results:
    """The same from tables in memory. Raises StudyErrors for a step that fetches from what is not there."""
    from trialkit.analyze import analyze as run
    from trialkit.derive import derive

    _known(study, only)
    if wrong := unknown_tables(study):
        raise StudyErrors(wrong)
    return run(study, derive(study, tables), tables.sources, snapshot, SOFTWARE, only)


def _known(study: Study, only: Sequence[str]) -> None:
    for name in only:
        if name not in study.analyses and name not in study.listings:
            hint = did_you_mean(name, [*study.analyses, *study.listings])
            raise UsageError(f"there is no analysis or listing {name!r}", hint=hint)


def open_snapshot(store: Path, snapshot: str) -> tuple[Snapshot, Tables]:
    """A snapshot by id, start of it, or label, with its tables. Raises SnapshotError, StoreError."""
    from trialkit.store import Store

    opened = Store.open(store)
    found = opened.snapshot(snapshot)
    return found, opened.load(found)


def write_results(results: Results, out: Path) -> list[Path]:
    """Result rows, ledger, sets and data sets as CSV files in a folder. Raises UsageError if it cannot be written."""
    from trialkit.export.results import write_results as write

    with writing(out):
        return write(results, out)


@dataclass(frozen=True)
class Written:
    """The files of reports, and the results they show: a method that refused has a row with status "error"."""

    pages: tuple[Path, ...]
    results: Results


def refusals(results: Results) -> tuple[list[tuple[str, str]], int]:
    """(analysis, why) of what could not be run, each once; and how many analyses are kept back, all or in part,
    because the arms are hidden."""
    from trialkit.derive.hiding import is_untold

    rows = results.rows[results.rows["status"] == "error"]
    told = dict.fromkeys(zip(rows["analysis"], rows["error"], strict=True))
    return [one for one in told if not is_untold(one[1])], len({name for name, why in told if is_untold(why)})


def report(
    study: Study, store: Path, out: Path, snapshot: str = "latest", report: str = "", formats: Sequence[str] = ("html",)
) -> list[Path]:
    """Write a study's reports (all, or the one named) into ``out``, one file for each format; the paths.

    Where a method refused the page says so. Raises as ``written``.
    """
    return list(written(study, store, out, snapshot, report, formats).pages)


@collector_paused()
def written(
    study: Study,
    store: Path,
    out: Path,
    snapshot: str = "latest",
    report: str = "",
    formats: Sequence[str] = ("html",),
    results: Results | None = None,
    blind: bool = False,
    share: bool = False,
) -> Written:
    """As ``report``; the paths with the results behind them: ``results``, if all analyses of the snapshot were run.
    ``blind`` keeps the arms out (``pipeline.blind``), and has results of its own; ``share`` keeps the subjects out
    (``pipeline.sharing``). Numbers open to their rows with neither.

    Every file is made before the first is written.

    Raises as ``analyze``; UsageError for an unknown report or format, a study without a report, a library that a
    format needs and that is not installed, or a folder that cannot be written to; StudyErrors for a display that
    ``check`` would refuse.
    """
    from trialkit.queries.conduct import conduct
    from trialkit.report import reads_conduct
    from trialkit.report.formats import chosen
    from trialkit.report.formats.edition import edition_of
    from trialkit.store import Store

    wanted, forms = _reports(study, report), chosen(formats)
    opened = Store.open(store)
    found = opened.snapshot(snapshot)
    tables = opened.load(found)
    if blind:
        study, tables, found = blinded(study, tables, found)
    folder_for(out)
    shown = [a for r in wanted.values() for d in r.displays.values() for a in (*d.analyses, *d.listings)]
    results = results if results and not blind else compute(study, tables, found.id, shown)
    if reads_conduct(d for r in wanted.values() for d in r.displays.values()):
        results = replace(results, listings=results.listings | conduct(study, opened, found, tables))
    files: dict[Path, bytes] = {}
    if share:
        results = shared(study, results)
    for spec in wanted.values():
        spec = replace(spec, drill=False) if blind or share else spec
        edition = edition_of(results, study, spec, found, SOFTWARE)
        files |= {out / f"{spec.id}{form.ending}": form.write(edition) for form in forms.values()}
    with writing(out):
        for path, content in files.items():
            path.write_bytes(content)
    return Written(tuple(files), results)


def _reports(study: Study, name: str) -> dict[str, ReportSpec]:
    """The report of that name, or all; each of them possible."""
    from trialkit.report import check_report

    if name and name not in study.reports:
        raise UsageError(f"there is no report {name!r}", hint=did_you_mean(name, study.reports))
    wanted = {name: study.reports[name]} if name else study.reports
    if not wanted:
        raise UsageError("the study declares no report", hint="Add one under analysis/reports/.")
    if wrong := check_report(replace(study, reports=wanted)):
        raise StudyErrors(wrong)
    return wanted
