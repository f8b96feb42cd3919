"""Content: load, make and check a study folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from trialkit.errors import StudyErrors, UsageError
from trialkit.locate import CONTENT, shipped_study
from trialkit.model.study import Study
from trialkit.pipeline.dry_run import dry_run
from trialkit.pipeline.writing import writing
from trialkit.spec import load_study
from trialkit.spec.lock import lock as lock_protocols
from trialkit.spec.lock import verify
from trialkit.words import many


def load(root: str | Path | None = None) -> Study:
    """The study in a folder (the reference study that ships with trialkit if none is named).

    Raises UsageError or StudyErrors (exit 2), SnapshotError if a locked protocol was changed (exit 5).
    """
    study = load_study(shipped_study() if root is None else root)
    verify(study)
    return study


def init(target: Path) -> list[Path]:
    """Copy the reference study into an empty folder, as the start of one's own. Returns the files written.

    Raises UsageError if the folder holds anything or cannot be written to.
    """
    with writing(target):
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(f"{target} exists and is not empty", hint="Name a new or an empty folder.")
        for name in CONTENT:
            shutil.copytree(shipped_study() / name, target / name)
    return sorted(path for path in target.rglob("*") if path.is_file())


def documents(study: Study, out: str | Path) -> list[Path]:
    """Write the study's data dictionary and visit schedule as Markdown into ``out``; the paths written.

    Raises UsageError if ``out`` is a file or cannot be written to.
    """
    from trialkit.export.dictionary import write_documents

    with writing(Path(out)):
        return write_documents(study, Path(out))


@dataclass(frozen=True)
class CheckReport:
    """What ``check`` went through: how many of each kind, and what to know."""

    counts: dict[str, int]
    notes: tuple[str, ...]

    @property
    def counted(self) -> str:
        """The counts in words, as "2 forms, 1 analysis"."""
        one = {"analyses": "analysis"}
        return ", ".join(many(count, one.get(what, what[:-1]), what) for what, count in self.counts.items())


def check(study: Study, lock: bool = False, examples: bool = True) -> CheckReport:
    """Check all content: rules and their examples, derivation steps, analyses, reports, the protocol lock.

    Data sets are derived without rows, so that every column that is named anywhere is one that is made.

    With ``lock`` protocols that are not locked yet are; without ``examples`` those of the rules are not tried.
    Raises StudyErrors with every mistake, SnapshotError for a changed protocol.
    """
    from trialkit.analyze import check_analyses
    from trialkit.derive import check_steps
    from trialkit.report import check_report
    from trialkit.validate import check_rules

    new = () if lock else verify(study)  # a protocol that was changed is told at once
    content = [*check_steps(study), *check_analyses(study)]
    errors = [*check_rules(study, examples), *(content or dry_run(study)), *check_report(study)]
    if errors:
        raise StudyErrors(errors)
    new = lock_protocols(study) if lock else new
    done = "is locked now" if lock else "is not locked yet: 'trialkit check --lock' records its hash"
    counts = {
        "protocols": len(study.protocols),
        "forms": len(study.forms),
        "rules": sum(len(form.rules) for form in study.forms.values()),
        **({"mappings": len(study.mappings)} if study.mappings else {}),
        **({"checks": len(study.checklist)} if study.checklist else {}),
        "data sets": len(study.datasets),
        "analyses": len(study.analyses),
        **({"listings": len(study.listings)} if study.listings else {}),
        "displays": len(study.displays),
        "reports": len(study.reports),
    }
    return CheckReport(counts, tuple(f"{name} {done}" for name in new))
