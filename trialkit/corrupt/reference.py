"""The reference of planted errors, generated: ``python -m trialkit.corrupt.reference PLAN FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from trialkit.corrupt.plan import Error, Plan, Told, load_plan
from trialkit.corrupt.ways import WAYS

INTRODUCTION = """\
# Planted errors

Generated from the plan and the code; do not edit.

`trialkit simulate --corrupt` plants the errors of a plan (`synthetic_data/messy/plan.yaml`) in the files of a
simulated trial, each on a subject of its own, and writes `key.csv`: for each error where a person should be told of
it (`file`, `line`, `field`, `kind`), its number in the plan (`error`), and each cell it changed (`changed_file`,
`changed_line`, `changed_field`, `old`, `new`). A record added has no `changed_field` and no `old` text. A record
removed has no `changed_field` and no `new` text, and its line is the one it had before. A row without `changed_file`
is a second place at which the same error shows.

What plants the errors shares no code with the rules that have to find them. An error is *claimed* if the study's
rules find it exactly where the key says, once, and nothing else because of it; the tests hold the rules to that. An
error that makes its file unreadable stands *alone*: it is planted only when asked for by name, and the upload is
refused at its line.
"""

WAYS_HEAD = """
## Ways to plant an error

| `by` | what is done |
|---|---|
"""


def reference(plan: Plan) -> str:
    """The errors of a plan and the ways to plant one, as Markdown."""
    claimed = [error for error in plan.errors if error.claimed]
    rest = [error for error in plan.errors if not error.claimed]
    found = f"\n## Claimed ({len(claimed)})\n\n{_table(claimed)}"
    if rest:
        found += f"\n## Not claimed ({len(rest)})\n\n{_table(rest, why=True)}"
    ways = "".join(f"| `{name}` | {way.says} |\n" for name, way in WAYS.items())
    return INTRODUCTION + found + WAYS_HEAD + ways


def _table(errors: list[Error], why: bool = False) -> str:
    head = "| kind | `by` | changed | told at |" + (" what it takes |" if why else "")
    rows = [_row(error) + (f" {error.why} |" if why else "") for error in errors]
    return "\n".join([head, "|---|---|---|---|" + ("---|" if why else ""), *rows]) + "\n"


def _row(error: Error) -> str:
    fields = error.field or ", ".join([*error.fields, *error.cells]) or "a record"
    told = ", ".join(_told(error, place) for place in ([error.told] if error.told else []) + list(error.also))
    if not error.told:
        told = ", ".join(filter(None, ["there", told]))
    return f"| {error.kind}{' (alone)' if error.alone else ''} | `{error.by}` | {error.file}: {fields} | {told} |"


def _told(error: Error, told: Told) -> str:
    place = f"{told.file}: " if told.file and told.file != error.file else ""
    at = ", ".join(f"{name} {' or '.join(values)}" for name, values in told.where.items())
    whose = {"subject": "", "partner": " of the other subject", "later": " of the later of the two"}[told.at]
    return f"{place}{told.field or 'the record'}{f' at {at}' if at else ''}{whose}"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(reference(load_plan(Path(sys.argv[1]))), encoding="utf-8")
