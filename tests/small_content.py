"""A study of one page, written into a folder, for tests of content and of the command line."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "schemas/study.yaml": """\
id: small
title: A small study
sites:
  "1":
    name: One
    adopted: {"1": 2026-01-01}
""",
    "schemas/protocols/v1.yaml": """\
version: "1"
title: Version one
irb: {board: Board, reference: R1, approved_on: 2026-01-01}
arms:
  A: {label: Active}
  P: {label: Placebo, control: true}
visits:
  Week 1:
    label: Week 1
    forms: [vitals]
""",
    "schemas/forms/people.yaml": """\
id: people
title: People
version: "1"
key: [ID]
subject: ID
fields:
  ID: {label: Subject, required: true}
  ARM: {label: Arm, codes: [A, P], required: true}
  AGE: {label: Age, type: integer, min: 18, max: 99}
  BORN: {label: Born, type: date}
  NOTE: Note
rules:
  people.old:
    kind: range
    field: AGE
    args: {max: "90"}
    severity: minor
""",
    "schemas/forms/vitals.yaml": """\
id: vitals
title: Vitals
version: "1"
key: [ID, DAY]
subject: ID
date: ON
fields:
  ID: Subject
  DAY: {label: Day, type: integer}
  ON: {label: Date, type: date}
  PULSE: {label: Pulse, type: decimal}
""",
    "analysis/datasets/subj.yaml": """\
id: subj
label: Subjects
from: people
subject: ID
key: [ID]
steps:
  - take: {columns: {ID: ID, TRT: ARM, AGE: AGE}}
  - aggregate: {into: PULSES, from: vitals, how: mean, column: PULSE}
""",
    "analysis/populations.yaml": """\
all:
  label: All
  dataset: subj
  arm: TRT
""",
    "analysis/analyses/ages.yaml": """\
id: ages
title: Age
dataset: subj
population: all
method: summary
params: {variables: [AGE]}
""",
    "analysis/analyses/pulses.yaml": """\
id: pulses
title: Pulse, compared
dataset: subj
population: all
method: ancova
params: {response: PULSES, covariates: [AGE]}
""",
    "analysis/reports/main.yaml": """\
id: main
title: Report
sections: {People: [ages]}
""",
    "analysis/displays/ages.yaml": """\
id: ages
kind: characteristics_table
number: "1"
title: Ages
analyses: [ages]
""",
}
PEOPLE = "ID,ARM,AGE,BORN,NOTE\ns1,A,30,1996-01-01,\ns2,P,40,1986-01-01,\ns3,A,50,,\ns4,P,60,,\n"
VITALS = "ID,DAY,ON,PULSE\ns1,1,2026-01-05,70\ns2,1,2026-01-05,71.5\ns3,1,2026-01-06,80\n"


def small_study(folder: Path) -> Path:
    """The study in a folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def small_uploads(folder: Path) -> Path:
    """Clean files of both forms."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "vitals.csv").write_text(VITALS, encoding="utf-8")
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace a part of a file once; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
