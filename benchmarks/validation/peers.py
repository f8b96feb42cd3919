"""The same 25 checks, written as each library's own documentation writes them: path -> failures by rule.

A missing value passes every check but presence; the first of two records with one key stands. Rows are read by the
library's own reader; a pandas-based one gets the types from the form, so that nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from validation.data import EARLIEST, FORM, ITEMS, study

Counts = dict[str, int]
PRESENT = ("USUBJID", "VISIT", "QSDTC", "COWS101A", "COWS112")
CODED = {name: [int(code) for code in study().forms[FORM].fields[name].codes] for name in ITEMS}
VISITS = list(study().forms[FORM].fields["VISIT"].codes)
PLANNED = [f"DAY {n}" for n in range(8)]
PATTERN = r"KWT-\d{3}-\d{4}"
RANGES = {"COWS101A": (30, 220), "COWS112": (0, 48)}


def pandera_lazy(path: Path) -> Counts:
    """pandera on pandas: columns and frame-level checks, lazy, failures counted from its own table of them."""
    import pandas as pd
    import pandera.pandas as pa

    if path.suffix == ".csv":
        numbers = dict.fromkeys([*ITEMS, *RANGES], "float64")
        frame = pd.read_csv(path, dtype=numbers, parse_dates=["QSDTC"], keep_default_na=False, na_values=[""])
    else:
        frame = pd.read_parquet(path)
        frame["QSDTC"] = pd.to_datetime(frame["QSDTC"])
    total = f"{FORM}.total.sum"
    checks: dict[str, list[pa.Check]] = {name: [pa.Check.isin(codes)] for name, codes in CODED.items()}
    checks |= {name: [pa.Check.in_range(*ends)] for name, ends in RANGES.items()}
    checks["USUBJID"] = [pa.Check.str_matches(rf"^{PATTERN}$")]
    checks["VISIT"] = [pa.Check.isin(VISITS), pa.Check.isin(PLANNED, error="planned")]
    checks["QSDTC"] = [pa.Check.ge(pd.Timestamp(EARLIEST))]
    columns = {n: pa.Column(checks=checks[n], nullable=n not in PRESENT, coerce=False) for n in frame.columns}
    whole = [
        pa.Check(lambda f: ~f.duplicated(["USUBJID", "VISIT"]) | f[["USUBJID", "VISIT"]].isna().any(axis=1),
                 error=f"{FORM}.key.unique"),
        pa.Check(lambda f: f[[*ITEMS, "COWS112"]].isna().any(axis=1) | (f[ITEMS].sum(axis=1) == f["COWS112"]),
                 error=total),
        pa.Check(lambda f: f[["COWS101", "COWS101A"]].isna().any(axis=1) | (_band_pandas(f) == f["COWS101"]),
                 error=f"{FORM}.pulse.score"),
    ]  # fmt: skip
    try:
        pa.DataFrameSchema(columns, checks=whole).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return {}
    cases = cases.assign(rule=cases["check"].map(_PANDERA).fillna(cases["check"]))
    column = cases["column"].astype(str)
    cell = cases["schema_context"].eq("Column")
    cases.loc[cell, "rule"] = FORM + "." + column[cell] + "." + cases["rule"][cell]
    found = cases.drop_duplicates(["rule", "index"])["rule"].value_counts().to_dict()
    return {_NAMED.get(name, name): int(count) for name, count in found.items()}


def _band_pandas(frame: Any) -> Any:
    import numpy as np

    pulse = frame["COWS101A"].to_numpy(dtype="float64", na_value=float("nan"))
    return np.array([0, 1, 2, 4])[np.searchsorted([80, 100, 120], pulse, side="left")]


_PANDERA = {"not_nullable": "present", "planned": "planned"} | {
    f"isin({codes})": "codes" for codes in [*CODED.values(), VISITS]
} | {f"in_range({low}, {high})": "range" for low, high in RANGES.values()} | {
    f"str_matches('^{PATTERN}$')": "pattern", f"greater_than_or_equal_to({EARLIEST} 00:00:00)": "range",
}  # fmt: skip
_NAMED = {f"{FORM}.QSDTC.range": f"{FORM}.date.range", f"{FORM}.VISIT.planned": f"{FORM}.visit.planned"}


def failing() -> dict[str, Any]:
    """Each rule as a polars expression, true where the row is wrong (null where it is not known)."""
    import polars as pl

    made = {f"{FORM}.{name}.present": pl.col(name).is_null() for name in PRESENT}
    made |= {f"{FORM}.{name}.codes": ~pl.col(name).is_in(codes) for name, codes in CODED.items()}
    made[f"{FORM}.VISIT.codes"] = ~pl.col("VISIT").is_in(VISITS)
    made[f"{FORM}.visit.planned"] = ~pl.col("VISIT").is_in(PLANNED)
    made |= {f"{FORM}.{n}.range": (pl.col(n) < low) | (pl.col(n) > high) for n, (low, high) in RANGES.items()}
    made[f"{FORM}.date.range"] = pl.col("QSDTC") < pl.lit(EARLIEST).str.to_date()
    made[f"{FORM}.USUBJID.pattern"] = ~pl.col("USUBJID").str.contains(rf"^{PATTERN}$")
    key = pl.struct("USUBJID", "VISIT")
    full = pl.col("USUBJID").is_not_null() & pl.col("VISIT").is_not_null()
    made[f"{FORM}.key.unique"] = full & ~key.is_first_distinct()
    made[f"{FORM}.total.sum"] = sum(pl.col(name) for name in ITEMS) != pl.col("COWS112")
    pulse = pl.col("COWS101A")
    band = pl.when(pulse <= 80).then(0).when(pulse <= 100).then(1).when(pulse <= 120).then(2).otherwise(4)
    made[f"{FORM}.pulse.score"] = pulse.is_not_null() & (band != pl.col("COWS101"))
    return made


def _scan(path: Path) -> Any:
    import polars as pl

    if path.suffix == ".csv":
        schema = {"QSDTC": pl.Date, **dict.fromkeys([*ITEMS, *RANGES], pl.Int64)}
        return pl.scan_csv(path, schema_overrides=schema)
    return pl.scan_parquet(path)


def polars_floor(path: Path) -> Counts:
    """Failures counted by polars: no row, no value, no word."""
    import polars as pl

    counted = _scan(path).select(wrong.fill_null(False).sum().alias(name) for name, wrong in failing().items())
    row = counted.collect()
    assert isinstance(row, pl.DataFrame)
    return dict(zip(row.columns, row.row(0), strict=True))


def dataframely_filter(path: Path) -> Counts:
    """A dataframely schema with one rule a check: good rows and failures told apart, counts by rule."""
    import dataframely as dy
    import polars as pl

    def rule(wrong: Any) -> Any:
        return dy.rule()(lambda cls: ~wrong.fill_null(False))

    types = {"USUBJID": dy.String, "VISIT": dy.String, "QSDTC": dy.Date}
    body = {name: types.get(name, dy.Int64)(nullable=True) for name in (*types, *RANGES, *ITEMS)}
    names = {name.replace(".", "_"): name for name in failing()}
    body |= {name: rule(failing()[of]) for name, of in names.items()}
    schema: Any = type("Cows", (dy.Schema,), body)
    frame = _scan(path).collect()
    assert isinstance(frame, pl.DataFrame)
    _, failure = schema.filter(frame)
    return {names[name]: count for name, count in failure.counts().items()}


def pointblank_steps(path: Path) -> Counts:
    """pointblank on polars: one step a check, extracts of failing rows as it makes them."""
    import pointblank as pb

    frame = _scan(path).collect()
    plan = pb.Validate(frame)
    rules = failing()
    for wrong in rules.values():
        plan = plan.col_vals_expr(expr=~wrong.fill_null(False))
    failed = plan.interrogate().n_failed()
    return {name: int(failed[n]) for n, name in enumerate(rules, start=1)}


FLOOR, LAZY = "polars, count only", "pandera lazy"
"""The engines that ratios are made to."""
PEERS: dict[str, tuple[str, Callable[[Path], Counts]]] = {
    FLOOR: ("polars", polars_floor),
    "dataframely": ("dataframely", dataframely_filter),
    "pointblank (polars)": ("pointblank", pointblank_steps),
    LAZY: ("pandera", pandera_lazy),
}
"""Name in the table -> (the package it needs, what runs it)."""


def version_of(package: str) -> str:
    """The installed version. Raises importlib.metadata.PackageNotFoundError if there is none."""
    return version(package)
