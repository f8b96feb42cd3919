"""A form with 25 checks, and files of it in which a known number of rows is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from trialkit.locate import shipped_study
from trialkit.model import Rule, Study
from trialkit.spec import load_study
from trialkit.spec.build import convert
from trialkit.spec.text import read_yaml
from trialkit.validate import rules_of

FORM = "cows"
ITEMS = [f"COWS{101 + n}" for n in range(11)]
FIELDS = ("USUBJID", "VISIT", "QSDTC", "COWS101A", *ITEMS, "COWS112")
RULES = [f"{FORM}.{name}" for name in ("key.unique", "total.sum", "pulse.score", "visit.planned")]
RULES += [f"{FORM}.{name}.codes" for name in ITEMS]
VISITS = [f"DAY {n}" for n in range(8)]
EARLIEST = "2025-01-01"
SHARE = 0.0131
"""Failures in a row, about: as many as in the table of engines that the design rests on."""
_MORE = f"""
cows.date.range: {{kind: range, field: QSDTC, args: {{min: {EARLIEST}}}}}
"""


def study() -> Study:
    """The reference study with this one form, cut to sixteen columns and 25 checks that every peer can state."""
    made = load_study(shipped_study())
    form = made.forms[FORM]
    fields = {name: form.fields[name] for name in FIELDS}
    fields["COWS112"] = replace(fields["COWS112"], required=True)
    more = convert(dict[str, Rule], read_yaml(_MORE, "validate.py"))
    form = replace(form, fields=fields, rules={name: form.rules[name] for name in RULES} | more, example={})
    assert len(rules_of(form)) == 25
    return replace(made, forms={FORM: form})


def table(rows: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """(rows in order of subject and visit, failures planted by rule). No cell or relation is wrong twice."""
    form, rng = study().forms[FORM], np.random.default_rng(20260301)
    subject, visit = np.arange(rows) // len(VISITS), np.arange(rows) % len(VISITS)
    frame = pd.DataFrame({"USUBJID": _ids(subject), "VISIT": np.array(VISITS, dtype=object)[visit]})
    frame["QSDTC"] = (np.datetime64("2026-01-05") + visit + subject % 200).astype("datetime64[s]")
    pulse = rng.integers(55, 135, rows)
    frame["COWS101A"] = pulse.astype("float64")
    frame["COWS101"] = np.array([0.0, 1.0, 2.0, 4.0])[np.searchsorted([80, 100, 120], pulse, side="left")]
    for name in ITEMS[1:]:
        codes = np.array([float(code) for code in form.fields[name].codes])
        frame[name] = codes[np.minimum(rng.geometric(0.5, rows) - 1, len(codes) - 1)]
    planted = _plant(frame, rng)
    return frame, planted


def _ids(subject: np.ndarray) -> np.ndarray:
    distinct = np.unique(subject)
    return np.array([f"KWT-{101 + n // 10000:03d}-{n % 10000:04d}" for n in distinct], dtype=object)[subject]


def _plant(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, int]:
    """Wrong values, one row of a subject at most; totals follow the items."""
    ways = 23
    each = max(1, round(len(frame) * SHARE / ways))
    subjects = rng.permutation(len(frame) // len(VISITS))[: each * ways]
    places = iter((subjects * len(VISITS) + rng.choice([1, 3, 5, 7], each * ways)).reshape(ways, each))
    planted = {}

    def at(rule: str) -> np.ndarray:
        planted[f"{FORM}.{rule}"] = each
        return next(places)

    for name in ITEMS[1:]:
        frame.loc[at(f"{name}.codes"), name] = 9.0
    wrong = at("pulse.score")
    frame.loc[wrong, "COWS101"] = np.where(frame["COWS101"][wrong] == 0, 1.0, 0.0)
    wrong = at("COWS101A.range")
    frame.loc[wrong, "COWS101A"], frame.loc[wrong, "COWS101"] = 250.0, 4.0
    frame["COWS112"] = frame[ITEMS].sum(axis=1)
    frame.loc[at("total.sum"), "COWS112"] += 1.0
    wrong = at("COWS112.range")
    frame.loc[wrong, "COWS112"], frame.loc[wrong, "COWS102"] = 60.0, np.nan
    frame.loc[at("date.range"), "QSDTC"] = np.datetime64("1990-01-01")
    frame.loc[at("visit.planned"), "VISIT"] = "DAY 60"
    wrong = at("USUBJID.pattern")
    frame.loc[wrong, "USUBJID"] = [f"KWT-{n}" for n in range(len(wrong))]
    wrong = at("key.unique")
    frame.loc[wrong, "VISIT"] = frame["VISIT"][wrong - 1].to_numpy()
    frame.loc[wrong, "USUBJID"] = frame["USUBJID"][wrong - 1].to_numpy()
    for name in ("USUBJID", "VISIT", "QSDTC", "COWS101A", "COWS112"):
        frame.loc[at(f"{name}.present"), name] = np.nan if frame[name].dtype == "float64" else None
    return planted


def write(folder: Path, rows: int) -> dict[str, int]:
    """``FORM.parquet`` and ``FORM.csv`` in the folder; the failures planted by rule."""
    frame, planted = table(rows)
    kinds = {"USUBJID": pa.string(), "VISIT": pa.string(), "QSDTC": pa.date32()}
    made = pa.table({n: pa.array(frame[n], from_pandas=True).cast(kinds.get(n, pa.int64())) for n in frame})
    del frame
    pyarrow.parquet.write_table(made, folder / f"{FORM}.parquet", row_group_size=250_000)
    options = pyarrow.csv.WriteOptions(quoting_style="none", include_header=False)
    with (folder / f"{FORM}.csv").open("wb") as out:
        out.write(",".join(made.column_names).encode() + b"\n")
        pyarrow.csv.write_csv(made, out, write_options=options)
    return planted
