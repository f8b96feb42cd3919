"""The reference study with every form and field renamed gives the same numbers: nothing in the code knows a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from trialkit import pipeline
from trialkit.locate import CONTENT, shipped_study
from trialkit.model import Results
from trialkit.pipeline.synthetic import newest_uploads
from trialkit.spec import load_study

AT = "2026-06-01T00:00:00Z"
NAMING = ("nd.csv",)
"""Files whose cells name forms, which rules follow."""


def renamed(source: Path, target: Path) -> Callable[[str], str]:
    """A copy of a study in which each form is called form<n> and each field f<n>, in content and upload headers; the
    renaming."""
    study = load_study(source)
    names = {form: f"form{i:02d}" for i, form in enumerate(study.forms)}
    fields = sorted({name for form in study.forms.values() for name in form.fields})
    names |= {name: f"f{i:02d}" for i, name in enumerate(fields)}
    pattern = re.compile(r"(?<!\w)(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")(?!\w)")

    def new(text: str) -> str:
        return pattern.sub(lambda hit: names[hit[1]], text)

    for folder in CONTENT:
        for path in sorted((source / folder).rglob("*")):
            if path.suffix == ".yaml" and path.name != "lock.yaml":
                place = target / path.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(new(path.read_text(encoding="utf-8")), encoding="utf-8")
    uploads = target / "uploads"
    uploads.mkdir()
    for path in newest_uploads(source).glob("*.csv"):
        header, _, body = path.read_text(encoding="utf-8").partition("\n")
        body = new(body) if path.name in NAMING else body
        (uploads / new(path.name)).write_text(new(header) + "\n" + body, encoding="utf-8", newline="")
    return new


def numbers(root: Path, uploads: Path, store: Path) -> Results:
    study = pipeline.load(root)
    checked, submission = pipeline.submit(study, [uploads], store, "test", at=AT)
    assert submission is not None
    assert checked.findings == []
    pipeline.freeze(study, store, "x", "test", at=AT)
    return pipeline.analyze(study, store)


def test_renaming_every_form_and_field_changes_no_number(tmp_path: Path) -> None:
    new = renamed(shipped_study(), tmp_path / "study")
    text = "\n".join(p.read_text(encoding="utf-8") for p in (tmp_path / "study" / "schemas").rglob("*.yaml"))
    assert not re.search(r"\b(USUBJID|COWS112|demographics)\b", text)
    assert not {"demographics", "cows"} & set(load_study(tmp_path / "study").forms)
    ours = numbers(shipped_study(), newest_uploads(shipped_study()), tmp_path / "a")
    theirs = numbers(tmp_path / "study", tmp_path / "study" / "uploads", tmp_path / "b")
    for name in (
        "variable_level",
        "level1",
        "level2",
    ):  # terms of a model, and columns laid out as rows, have their names
        ours.rows[name] = ours.rows[name].map(new)
    keep = ["method", "level1", "level2", "arm", "reference", "variable_level", "at", "stat", "value", "text", "status"]
    a, b = (r.rows.sort_values([*keep[:-3], "value"])[keep] for r in (ours, theirs))
    assert len(a) > 500
    pd.testing.assert_frame_equal(a.reset_index(drop=True), b.reset_index(drop=True), check_exact=True)
    assert len(ours.sets) == len(theirs.sets)
