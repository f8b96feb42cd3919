"""A study of three small forms, written where a test wants it, and what the tests of the store build from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from trialkit.model import Field, Finding, Form, Protocol, Study, StudyHeader, Table
from trialkit.model.study import Approval
from trialkit.store import Item

AT = "2026-01-01T00:00:00Z"
CONTENT = {
    "schemas/study.yaml": "id: SMALL\ntitle: A small study\n",
    "schemas/protocols/v1.yaml": """\
version: "1"
title: Small
irb: {board: Board, reference: R-1, approved_on: 2026-01-01}
arms:
  A: {label: Arm A}
visits:
  Day 1: {label: Day 1, day: 1}
""",
    "schemas/forms/people.yaml": """\
id: people
title: People
version: "1"
key: [WHO]
subject: WHO
fields:
  WHO: {label: Person, required: true}
  AGE: {label: Age, type: integer, min: 18}
example: {WHO: P1, AGE: 30}
""",
    "schemas/forms/doses.yaml": """\
id: doses
title: Doses
version: "1"
key: [WHO, NR]
subject: WHO
fields:
  WHO: {label: Person, required: true}
  NR: {label: Number, type: integer, required: true}
example: {WHO: P1, NR: 1}
""",
    "schemas/forms/diary.yaml": """\
id: diary
title: Diary
version: "1"
mode: incremental
key: [WHO, DAY]
subject: WHO
fields:
  WHO: {label: Person, required: true}
  DAY: {label: Day, type: date, required: true}
  PAIN: {label: Pain, type: integer, max: 10}
example: {WHO: P1, DAY: 2026-01-01, PAIN: 1}
""",
    "schemas/checks/across.yaml": """\
doses:
  doses.people.exists:
    kind: exists
    field: WHO
    args: {form: people, match: [WHO]}
    severity: critical
    say: the dose is of nobody on record
    fix: Send the person.
    examples:
      fires: {row: {WHO: P9}, tables: {people: [{WHO: P1}]}}
      silent: {tables: {people: [{WHO: P1}]}}
""",
    "analysis/README.md": "Nothing is computed.\n",
}
PEOPLE = "WHO,AGE\nP1,30\nP2,40\nP3,50\n"
DOSES = "WHO,NR\nP1,1\nP2,1\nP3,1\n"
DIARY = "WHO,DAY,PAIN\nP1,2026-01-01,3\nP2,2026-01-01,4\n"


def write_study(folder: Path) -> Path:
    """The study's content in a folder."""
    for name, text in CONTENT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_uploads(folder: Path, people: str = PEOPLE, doses: str = DOSES, diary: str = DIARY) -> Path:
    """A file per form; none for a form whose text is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("people", people), ("doses", doses), ("diary", diary)):
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


# ---- the same without files: forms and tables for the store itself --------------------------------------------------

WHOLE = Form("whole", "Whole", "1", {"K": Field("K", "Key"), "V": Field("V", "Value", "integer")}, ("K",), subject="K")
GROWING = Form(
    "growing", "Growing", "1", {"K": Field("K", "Key"), "V": Field("V", "Value", "integer")}, ("K",), mode="incremental"
)


def study_of(digest: str = "d" * 64) -> Study:
    """A study as far as the store looks at it."""
    protocol = Protocol("1", "Small", Approval("Board", "R-1", None), {}, {})  # type: ignore[arg-type]
    none: dict = {}
    forms = {form.id: form for form in (WHOLE, GROWING)}
    return Study(Path(), StudyHeader("s", "S"), {"1": protocol}, forms, none, none, none, none, none, none, digest)


def item(form: Form, rows: Iterable[tuple[str | None, float]], file: str = "") -> Item:
    """A file of (K, V) rows."""
    held = list(rows)
    frame = pd.DataFrame(
        {
            "K": pd.Series([key for key, _ in held], dtype=object),
            "V": pd.Series([value for _, value in held], dtype="float64"),
        }
    )
    data = f"{form.id} {held}".encode()
    sha256 = hashlib.sha256(data).hexdigest()
    return Item(Table(form, frame, np.arange(2, len(held) + 2), file or f"{form.id}.csv", sha256), data)


def finding(form: str, key: str, line: int = 2, severity: str = "major", kind: str = "query") -> Finding:
    """A finding with an identity."""
    return Finding(form, f"{form}.csv", line, "V", f"{form}.rule", kind, severity, "is wrong", "Mend it.", key=key)  # type: ignore[arg-type]


def pairs(frame: pd.DataFrame) -> list[tuple[object, float]]:
    """The (K, V) rows of a frame."""
    return list(zip(frame["K"], frame["V"], strict=True))
