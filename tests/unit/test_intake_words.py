"""Text cells as values: the declared form is read, nothing else is; what is not read is exactly one finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.intake import parse, read
from trialkit.intake.likely import likely
from trialkit.model import Cells, Field, Finding, Form, Layout, Table
from trialkit.model.form import FieldType


def parsed(folder: Path, texts: list[str], decimal: str = ".", **more: Any) -> tuple[Table, list[Finding]]:
    """One field V beside a key."""
    field = Field("V", "value", **more)
    form = Form("t", "T", "1", {"K": Field("K", "key"), "V": field}, ("K",), subject="K",
                layout=Layout(delimiter=";", decimal=decimal))  # fmt: skip
    lines = ["K;V", *(f"s{n};{text}" for n, text in enumerate(texts))]
    path = folder / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return parse(read(path, form.layout), form)


def values(folder: Path, texts: list[str], decimal: str = ".", **more: Any) -> list[Any]:
    """What is read; None for a missing cell, "?" for one that could not be read."""
    table, found = parsed(folder, texts, decimal, **more)
    bad = table.unread.get("V")
    assert [f.line for f in found] == [n + 2 for n in range(len(texts)) if bad is not None and bad[n]]
    cells = table.frame["V"].tolist()
    assert all(pd.isna(cell) for n, cell in enumerate(cells) if bad is not None and bad[n])
    return [
        "?" if bad is not None and bad[n] else None if pd.isna(cell) else cell for n, cell in enumerate(cells)
    ]  # fmt: skip


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    assert values(tmp_path, [" a ", "", "NA", "."]) == [" a ", None, "NA", "."]


def test_only_the_declared_tokens_are_missing(tmp_path: Path) -> None:
    more = {"type": "integer", "missing": ("NA", "-9")}
    assert values(tmp_path, ["1", "NA", "-9", "", "na", " NA"], **more) == [1.0, None, None, None, "?", "?"]
    assert values(tmp_path, ["NA", "-9"], **more) == [None, None]
    assert values(tmp_path, ["NA", "-9"], type="integer") == ["?", -9.0]


def test_integers(tmp_path: Path) -> None:
    texts = ["0", "+7", "-12", " 3 ", "007", "1.0", "1e3", "1,000", "٣", "x", "--1", "9007199254740992"]
    assert values(tmp_path, texts, type="integer") == [
        0.0, 7.0, -12.0, 3.0, 7.0, "?", "?", "?", "?", "?", "?", 9007199254740992.0,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "1" * 400, "0009007199254740993"])
def test_an_integer_that_would_be_rounded_is_told(tmp_path: Path, text: str) -> None:
    _, (finding,) = parsed(tmp_path, [text, "1"], type="integer")
    assert "is too large a whole number to be kept exactly: at most 9,007,199,254,740,992 can be" in finding.say


def test_decimals(tmp_path: Path) -> None:
    texts = ["1.5", ".5", "5.", "-1e3", "1E-2", "1,5", "1.5.5", "inf", "nan", "1e999", "0x1", "1_0", " 2 "]
    assert values(tmp_path, texts, type="decimal") == [
        1.5, 0.5, 5.0, -1000.0, 0.01, "?", "?", "?", "?", "?", "?", "?", 2.0,
    ]  # fmt: skip


def test_a_decimal_comma_where_it_is_declared(tmp_path: Path) -> None:
    assert values(tmp_path, ["1,5", ",5", "1.5", "1.000,5", "2"], ",", type="decimal") == [1.5, 0.5, "?", "?", 2.0]
    assert values(tmp_path, ["1,5", "2"], ",", type="integer") == ["?", 2.0]


def test_dates(tmp_path: Path) -> None:
    texts = ["2026-03-01", " 2024-02-29 ", "2026-02-30", "2026-3-1", "01.03.2026", "2026-03-01T10:00", "٢026-03-01"]
    day = pd.Timestamp
    assert values(tmp_path, texts, type="date") == [day("2026-03-01"), day("2024-02-29"), *"?????"]


def test_dates_in_a_declared_format(tmp_path: Path) -> None:
    assert values(tmp_path, ["01.03.2026", "2026-03-01", "31.02.2026"], type="date", format="%d.%m.%Y") == [
        pd.Timestamp("2026-03-01"), "?", "?",
    ]  # fmt: skip
    assert values(tmp_path, ["01.03.2026 10:30", "01.03.2026"], type="datetime", format="%d.%m.%Y %H:%M") == [
        pd.Timestamp("2026-03-01T10:30"), "?",
    ]  # fmt: skip


def test_moments(tmp_path: Path) -> None:
    texts = ["2026-03-01T10:30", "2026-03-01T10:30:15", "2026-03-01", "2026-03-01 10:30", "2026-03-01T25:00", "x"]
    seen = [pd.Timestamp("2026-03-01T10:30"), pd.Timestamp("2026-03-01T10:30:15"), *"????"]
    assert values(tmp_path, texts, type="datetime") == seen


def test_times(tmp_path: Path) -> None:
    texts = ["00:00", "23:59", "24:00", "7:30", "07:60", "07:30:00", "٠7:30"]
    assert values(tmp_path, texts, type="time") == ["00:00", "23:59", *"?????"]


def test_partial_dates(tmp_path: Path) -> None:
    texts = ["2026", "2026-02", "2024-02-29", "2026-13", "2026-02-29", "2026-2", "26", "2026-02-", "٢026", "UN"]
    assert values(tmp_path, texts, type="partial_date") == ["2026", "2026-02", "2024-02-29", *"???????"]


def test_partial_moments(tmp_path: Path) -> None:
    good = ["2026", "2026-02", "2026-02-03", "2026-02-03T09:30", "2026-02-03T23:59:59"]
    bad = ["2026-02T09:30", "2026-02-30T09:30", "2026-02-03T24:00", "2026-02-03T9:30", "2026-02-03T", "T09:30"]
    assert values(tmp_path, good + bad, type="partial_datetime") == [*good, *"??????"]


def test_what_a_finding_says(tmp_path: Path) -> None:
    _, (finding,) = parsed(tmp_path, ["1", "3O"], type="integer")
    assert (finding.say, finding.value, finding.subject) == ("'3O' is not a whole number", "3O", "s1")
    assert (finding.line, finding.field, finding.rule, finding.severity) == (3, "V", "t.V.unread", "major")
    _, (hidden,) = parsed(tmp_path, ["1", "3O"], type="integer", identifying=True)
    assert (hidden.say, hidden.value) == ("the value is not a whole number", "")


def test_a_key_that_cannot_be_read_still_tells_records_apart(tmp_path: Path) -> None:
    form = Form("t", "T", "1", {"K": Field("K", "key", "integer"), "V": Field("V", "v", "integer")}, ("K",))
    path = tmp_path / "t.csv"
    path.write_text("K,V\nx,a\ny,a\n", encoding="utf-8")
    found = [f for f in parse(read(path), form)[1] if f.field == "V"]
    assert len({f.key for f in found}) == 2


def test_columns_that_are_missing_or_unknown(tmp_path: Path) -> None:
    form = Form("t", "T", "1", {"K": Field("K", "key"), "WEIGHT": Field("WEIGHT", "w")}, ("K",))
    path = tmp_path / "t.csv"
    path.write_text("K,WEIHGT\na,1\n", encoding="utf-8")
    table, found = parse(read(path), form)
    assert [(f.say, f.finding_class, f.line) for f in found] == [
        ("column 'WEIGHT' is missing", "stop", 1), ("column 'WEIHGT' is not a field of form 't'", "stop", 1),
    ]  # fmt: skip
    assert "Did you mean 'WEIHGT'?" in found[0].fix
    assert list(table.frame.columns) == ["K", "WEIGHT"]


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        ("decimal", "91,8", "Is it 91.8? A number is written with a point."),
        ("integer", "1,071", "Is it 1071? A number has no comma."),
        ("decimal", "1,071", "Is it 1071 or 1.071? A number has no comma."),
        ("integer", "l13", "Is it 113? There is a letter among the digits."),
        ("decimal", "70 kg", "Is it 70? Enter the number alone."),
        ("integer", "7.5", "Enter a whole number."),
        ("decimal", " N/A", "If there is no value, leave the cell empty."),
        ("date", "unk", "If there is no value, leave the cell empty."),
        ("date", "08/03/2026", "Is it 2026-03-08 or 2026-08-03?"),
        ("date", "13.02.2026", "Is it 2026-02-13?"),
        ("date", "2026-3-1", "Is it 2026-03-01?"),
        ("partial_date", "5-Mar-2026", "Is it 2026-03-05?"),
        ("date", "2026-02-30", "There is no such day in the calendar."),
        ("datetime", "46100.363889", "Is it 2026-03-19T08:44?"),
        ("date", "08/03/26", ""),
        ("date", "12345", ""),
        ("decimal", "<0.1", ""),
        ("text", "NaN", ""),
    ],
)
def test_what_a_cell_may_mean_is_asked(kind: FieldType, text: str, asked: str) -> None:
    assert likely(Field("X", "X", type=kind), text) == asked


def test_with_a_decimal_comma_no_number_is_proposed() -> None:
    assert likely(Field("X", "X", type="decimal"), "1.071,5", ",") == ""


def test_nothing_is_asked_about_a_value_that_may_identify() -> None:
    form = Form("f", "F", "1", {"X": Field("X", "X", type="date", identifying=True)}, ("X",))
    cells = Cells("f.csv", "0" * 64, "csv", pd.DataFrame({"X": ["08/03/1996"]}), np.array([2]))
    (found,) = parse(cells, form)[1]
    assert "1996" not in found.fix + found.say + found.value
