"""Every trap of reading uploads, one row each: what is in the file and what becomes of it.

Where a trap has tests of its own they are named; this table is the list that none is forgotten.
CSV: test_intake_csv.py. Cells by type: test_intake_words.py. Workbooks: test_intake_xlsx.py. Archives:
test_intake_zip.py. Detected layouts: test_intake_detect.py.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trialkit.errors import IntakeError
from trialkit.intake import cells_of, decimal_of, parse
from trialkit.model import Field, Form, Layout

HERE = Path(__file__).resolve().parents[1] / "traps"
FIELDS = {
    "ID": Field("ID", "id"), "N": Field("N", "n", "decimal"), "D": Field("D", "d", "date"),
    "P": Field("P", "p", "partial_date"),
}  # fmt: skip
LAYOUTS = {
    "utf16.csv": Layout(encoding="utf-16"), "latin1_declared.csv": Layout(encoding="latin-1"),
    "semicolon_comma_declared.csv": Layout(";", decimal=","), "semicolon_comma_detected.csv": Layout(*["detect"] * 3),
}  # fmt: skip
KEPT: dict[str, dict[str, list[Any]]] = {
    "leading_zeros.csv": {"ID": ["0012", "007"]},
    "lot_1e5.csv": {"ID": ["1E5", "2E3"]},
    "na_is_text.csv": {"ID": ["NA", "null"]},
    "sex_t_f.csv": {"ID": ["T", "F"]},
    "partial_date.csv": {"P": ["2026-03", "2026"]},
    "formula.csv": {"ID": ["=1+1", "@x", "-a", "+b"]},
    "lloq_late.csv": {"N": [*[1.5] * 50, None]},
    "day_or_month.csv": {"D": [None, None]},
    "bom.csv": {"ID": ["a", "ü"]},
    "utf16.csv": {"ID": ["a", "ü"]},
    "latin1_declared.csv": {"ID": ["a", "ü"]},
    "blank_lines.csv": {"ID": ["a", "b\nc", "d"]},
    "semicolon_comma_declared.csv": {"N": [1.5, 2.5]},
    "semicolon_comma_detected.csv": {"N": [1.5, 2.5]},
}
"""File -> the values of a column."""
QUERIES = {"lloq_late.csv": [(52, "N")], "day_or_month.csv": [(2, "D"), (3, "D")]}
"""File -> the places of cells that are findings; no other file has any."""
REFUSED = {
    "ragged.csv": ("ragged.csv:3", "the row has 1 cell, the header has 2"),
    "open_quote.csv": ("open_quote.csv:3", "the quote opened on this line is never closed"),
    "header_twice.csv": ("header_twice.csv:1", "columns 1 and 2 are both called 'ID'"),
    "zero_bytes.csv": ("zero_bytes.csv", "the file is empty"),
    "nul.csv": ("nul.csv:2", "NUL character"),
    "lone_cr.csv": ("lone_cr.csv:1", "lone carriage return"),
    "latin1.csv": ("latin1.csv:3", "byte 0xFC is not utf-8 text"),
    "semicolon.csv": ("semicolon.csv:1", "the header holds a semicolon"),
    "decimal_comma.csv": ("decimal_comma.csv", "writes decimals with a comma"),
}
"""File -> place and words of the refusal."""


def form_of(names: list[str]) -> Form:
    return Form("t", "T", "1", {name: FIELDS[name] for name in names}, ())


def read(name: str) -> tuple[dict[str, list[Any]], list[tuple[int, str]], list[int]]:
    """(columns, places of findings, line numbers)."""
    layout = LAYOUTS.get(name, Layout())
    cells = cells_of((HERE / name).read_bytes(), name, layout)
    form = form_of(list(cells.frame.columns))
    table, found = parse(replace(cells, decimal=decimal_of(cells, form, layout)[0]), form)
    columns = {c: [None if pd.isna(v) else v for v in table.frame[c]] for c in table.frame}
    return columns, [(f.line, f.field) for f in found], table.rows.tolist()


@pytest.mark.parametrize("name", KEPT)
def test_what_is_read(name: str) -> None:
    columns, found, _ = read(name)
    assert {column: columns[column] for column in KEPT[name]} == KEPT[name]
    assert found == QUERIES.get(name, [])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    with pytest.raises(IntakeError) as refused:
        read(name)
    assert refused.value.place == REFUSED[name][0]
    assert REFUSED[name][1] in refused.value.message


def test_line_numbers_do_not_drift() -> None:
    assert read("blank_lines.csv")[2] == [2, 4, 7]


def test_no_file_is_without_a_row() -> None:
    assert {path.name for path in HERE.iterdir()} == {*KEPT, *REFUSED}
