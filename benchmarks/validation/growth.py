"""How the time of each kind of relation grows from 20,000 to 100,000 rows: five times the rows, about five times."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from trialkit.model import Field, Form, Rule
from trialkit.spec.build import convert
from trialkit.spec.text import read_yaml
from trialkit.validate.compiled import compile_rule
from trialkit.validate.judge import fails
from trialkit.validate.rows import Rows

SMALL, LARGE = 20_000, 100_000
PER_SUBJECT = 2_000
"""Rows of a subject: a join of every pair would be two thousand times the rows."""
RULES = """
exists: {kind: exists, args: {form: f}}
exists.later: {kind: exists, args: {form: f, on: {D: {field: D, op: before}}}}
compare.all: {kind: compare, field: N, args: {op: at_most, form: f, field: N}}
compare.any: {kind: compare, field: N, args: {op: at_most, form: f, field: N, pick: any}}
compare.last: {kind: compare, field: N, args: {op: at_most, form: f, field: N, pick: last}}
gap: {kind: gap, field: D, args: {min: 1, unit: days}}
unique: {kind: unique, args: {fields: [S, D]}}
"""


def growth() -> list[str]:
    """A table of the ratios."""
    fields = {n: Field(n, n, t) for n, t in (("S", "text"), ("D", "date"), ("N", "decimal"))}  # type: ignore[arg-type]
    rules = convert(dict[str, Rule], read_yaml(RULES, "growth.yaml"))
    form = Form("f", "F", "1", fields, (), subject="S", date="D", rules=rules)
    lines = [f"{SMALL:,} to {LARGE:,} rows, {PER_SUBJECT:,} of a subject", "", "| rule | time x |", "|---|---|"]
    for name, rule in rules.items():
        small, large = (min(_seconds(form, rule, rows) for _ in range(3)) for rows in (SMALL, LARGE))
        lines.append(f"| {name} | {large / small:.1f} |")
    print("\n".join(lines), "\n")
    return lines


def _seconds(form: Form, rule: Rule, count: int) -> float:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({
        "S": np.char.add("s", (np.arange(count) // PER_SUBJECT).astype(str)).astype(object),
        "D": np.datetime64("2026-01-01", "ns") + np.arange(count) % PER_SUBJECT * np.timedelta64(1, "D"),
        "N": rng.random(count),
    })  # fmt: skip
    item, start = compile_rule(form, rule), time.process_time()
    fails(item, Rows(form, frame, {"f": frame}, {"f": form}))
    return time.process_time() - start
