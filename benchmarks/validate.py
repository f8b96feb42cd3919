"""trialkit's check against pandera's own lazy validation, on the same table in the same run.

Usage: python benchmarks/validate.py [rows]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pandera.errors

from trialkit.locate import shipped_study
from trialkit.model import Form, Table
from trialkit.spec import load_study
from trialkit.validate import check, schema


def filled(form: Form, rows: int) -> Table:
    """The form's example row under ever new subjects; 1 in 100 rows has a wrong code, 1 in 100 a wrong total."""
    from trialkit.intake import parse
    from trialkit.model import Cells

    cells = pd.DataFrame({name: [form.example.get(name, "")] for name in form.fields}, dtype="object")
    one, _ = parse(Cells("made.csv", "0", "csv", cells, np.array([2])), form)
    frame = one.frame.loc[[0] * rows].reset_index(drop=True)
    frame[form.subject] = [numbered(str(one.frame[form.subject].iloc[0]), n) for n in range(rows)]
    coded = [f.name for f in form.fields.values() if f.codes and f.type == "integer"]
    for place, name in enumerate(coded):
        frame.loc[place :: 100 * len(coded), name] = 99.0
    totals = [rule.field for rule in form.rules.values() if rule.kind == "computed"]
    frame.loc[50::100, totals[0]] += 1
    return Table(form, frame, np.arange(2, rows + 2), "made.csv", "0")


def numbered(text: str, number: int) -> str:
    """The text with its digits replaced by those of the number."""
    digits = iter(str(number).zfill(sum(c.isdigit() for c in text)))
    return "".join(next(digits) if c.isdigit() else c for c in text)


def best(run: Callable[[], int], times: int = 3) -> tuple[float, int]:
    """(shortest wall-clock seconds, what it counted)."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        count = run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), count


def by_pandera(form: Form, frame: pd.DataFrame) -> int:
    try:
        schema(form).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return len(error.failure_cases)
    return 0


def main(rows: int) -> None:
    form = load_study(shipped_study()).forms["cows"]
    table = filled(form, rows)
    ours, findings = best(lambda: len(check(table)))
    theirs, cases = best(lambda: by_pandera(form, table.frame))
    print(f"{rows:,} rows x {len(form.fields)} columns")
    print(f"trialkit check      {ours:7.3f} s  {findings:>9,} findings, each with place, words and identity")
    print(f"pandera, lazy       {theirs:7.3f} s  {cases:>9,} failure cases")
    print(f"pandera / trialkit  {theirs / ours:7.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
