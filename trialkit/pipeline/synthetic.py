"""Synthetic data: scenario -> uploads with a known truth; and the demonstration on the study that ships."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trialkit.errors import StudyError, UsageError, did_you_mean
from trialkit.locate import shipped_study
from trialkit.model.study import Study
from trialkit.pipeline.numbers import analyze, write_results, written
from trialkit.pipeline.study import check, load
from trialkit.pipeline.uploads import freeze, submit, validate
from trialkit.pipeline.writing import folder_for, writing
from trialkit.spec.folder import is_there, text_of
from trialkit.words import many

PLAN = "synthetic_data/messy/plan.yaml"
MARK = ".trialkit-demo"
BY = "trialkit demo"


def simulate(
    study: Study,
    out: Path,
    scenario: str = "null",
    subjects: int | None = None,
    seed: int | None = None,
    corrupt: bool = False,
) -> list[Path]:
    """Write the uploads of a simulated trial and truth.json (with ``corrupt``, planted errors and key.csv).

    Raises UsageError for an unknown scenario or a folder that cannot be written to, StudyError if the scenario's
    content is wrong.
    """
    from trialkit.simulate import simulate as run
    from trialkit.simulate import write

    if scenario not in study.scenarios:
        raise UsageError(f"there is no scenario {scenario!r}", hint=did_you_mean(scenario, study.scenarios))
    folder_for(out)
    if not corrupt:
        made = run(study, scenario, subjects, seed)
        with writing(out):
            return write(made, out)
    from trialkit.corrupt import load_plan, write_corrupted

    if not is_there(study.root, PLAN):
        raise StudyError("the study has no plan of errors to plant", PLAN)
    text_of(study.root, study.root / PLAN)  # a plan that cannot be read is told as content, not as a fault
    plan = load_plan(study.root / PLAN)
    made = run(study, scenario, subjects or plan.subjects or None, seed)
    with writing(out):
        return write_corrupted(made.uploads, plan, seed, out)


@dataclass(frozen=True)
class DemoReport:
    """Where the demonstration's report lies, and what was done, a sentence a step."""

    report: Path
    steps: tuple[str, ...]


def demo(out: Path) -> DemoReport:
    """Run the whole road on the reference study: check, validate, submit, freeze, analyze, report.

    ``out`` is made anew if an earlier demonstration made it. Raises UsageError if it holds anything else.
    """
    with writing(out):
        _fresh(out)
    study = load()
    uploads = newest_uploads(shipped_study())
    at = f"{uploads.name}T00:00:00Z"
    store = out / "store"
    content = check(study, examples=False)
    corrupted = shipped_study() / "synthetic_data" / "messy" / "uploads"
    messy = validate(study, [corrupted], as_of=date.fromisoformat(uploads.name))
    clean, submission = submit(study, [uploads], store, BY, "demonstration", at)
    if submission is None:
        raise StudyError("the demonstration's own upload was refused", str(uploads.name), clean.findings[0].say)
    snapshot = freeze(study, store, "demo", BY, at, uploads.name)
    results = analyze(study, store, snapshot.id)
    tables = write_results(results, out / "results")
    pages = written(study, store, out, snapshot.id, results=results).pages
    return DemoReport(
        pages[0],
        (
            f"checked {content.counted} ('trialkit check' tries the examples of the rules as well)",
            f"validated a corrupted copy of {many(messy.files, 'file')}: {many(len(messy.findings), 'finding')}",
            f"validated and stored the clean upload: {many(clean.files, 'file')}, {many(clean.rows, 'row')}, "
            f"{many(len(clean.findings), 'finding')}",
            f"froze snapshot {snapshot.id[:16]}",
            f"computed {many(len(results.rows), 'result row')}; "
            f"wrote {many(len(tables), 'table')} to {out / 'results'}",
            f"wrote {', '.join(str(page) for page in pages)}",
        ),
    )


def newest_uploads(root: Path) -> Path:
    """The last dated folder of synthetic_data/uploads."""
    return max(path for path in (root / "synthetic_data" / "uploads").iterdir() if path.is_dir())


def _fresh(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / MARK).is_file():
            raise UsageError(f"{out} exists and is not a demonstration's folder", hint="Name another with --out DIR.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("Made by 'trialkit demo'; the next demonstration replaces this folder.\n")
