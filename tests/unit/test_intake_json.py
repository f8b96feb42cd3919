"""Dataset-JSON 1.1: values are held against their column's type, rows are counted, nothing is read twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trialkit.errors import IntakeError
from trialkit.intake import read
from trialkit.model import Cells

HEAD = {"datasetJSONCreationDateTime": "2026-01-01T00:00:00", "datasetJSONVersion": "1.1.0", "name": "T", "label": "T"}


def spec(name: str = "V", kind: str = "string", **more: str) -> dict[str, str]:
    return {"itemOID": f"IT.{name}", "name": name, "label": name, "dataType": kind, **more}


def dataset(columns: list[dict[str, str]], rows: list[list[Any]], **more: Any) -> dict[str, Any]:
    return {**HEAD, "records": len(rows), "columns": columns, "rows": rows, **more}


def cells_of(folder: Path, content: Any, name: str = "t.json") -> Cells:
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(folder / name)


def column(folder: Path, kind: str, values: list[Any], **more: str) -> list[Any]:
    frame = cells_of(folder, dataset([spec("V", kind, **more)], [[value] for value in values])).frame
    return [None if pd.isna(value) else value for value in frame["V"]]


def in_lines(made: dict[str, Any]) -> str:
    head = {key: value for key, value in made.items() if key != "rows"}
    return "".join(json.dumps(line) + "\n" for line in [head, *made["rows"]])


@pytest.mark.parametrize("name", ["t.json", "t.ndjson"])
def test_values_and_records(tmp_path: Path, name: str) -> None:
    made = dataset([spec("ID"), spec("N", "float")], [["0012", 1.5], ["NA", None], ["", 3]])
    cells = cells_of(tmp_path, made if name == "t.json" else in_lines(made), name)
    assert (cells.native, cells.numbering, cells.rows.tolist()) == (True, "record", [1, 2, 3])
    assert cells.frame["ID"].tolist() == ["0012", "NA", ""]
    assert cells.frame["N"].tolist()[::2] == [1.5, 3.0]


def test_types(tmp_path: Path) -> None:
    assert column(tmp_path, "decimal", ["1.50", "-2", None, "1e3"]) == [1.5, -2.0, None, 1000.0]
    assert column(tmp_path, "integer", [3, None, 2**53]) == [3.0, None, 2.0**53]
    assert column(tmp_path, "date", ["2026-03", "2026-03-01"]) == ["2026-03", "2026-03-01"]
    day = pd.Timestamp("2026-03-01")
    assert column(tmp_path, "date", ["2026-03-01", None], targetDataType="integer", displayFormat="E8601DA.") == [
        day, None,
    ]  # fmt: skip
    numeric = {"targetDataType": "integer", "displayFormat": "DATE9."}
    assert column(tmp_path, "date", [24166, None], **numeric) == [day, None]
    assert column(tmp_path, "integer", [24166], displayFormat="DATE9.") == [day]
    moment = {"targetDataType": "integer", "displayFormat": "E8601DT."}
    assert column(tmp_path, "datetime", ["2026-03-01T10:30"], **moment) == [pd.Timestamp("2026-03-01T10:30")]
    assert column(tmp_path, "datetime", [60], targetDataType="integer") == [pd.Timestamp("1960-01-01T00:01")]


@pytest.mark.parametrize(
    ("kind", "value", "more"),
    [
        ("string", 12, {}), ("string", "a\0", {}), ("string", "\ud800", {}), ("string", ["a"], {}),
        ("integer", 1.5, {}),
        ("integer", True, {}), ("integer", 2**53 + 1, {}), ("float", "1", {}), ("float", 1e999, {}), ("float", {}, {}),
        ("decimal", 1.5, {}), ("decimal", "1,5", {}), ("decimal", "1e999", {}), ("decimal", "٣", {}),
        ("date", 24166, {}), ("date", "2026-03", {"targetDataType": "integer"}),
        ("date", "2026-02-30", {"targetDataType": "integer"}),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_with_its_record(
    tmp_path: Path, kind: str, value: Any, more: dict[str, str]
) -> None:
    words = "is no value of JSON" if value == 1e999 else r"column 'V' of record 2 holds"
    with pytest.raises(IntakeError, match=words):
        column(tmp_path, kind, [None, value], **more)


GOOD = dataset([spec()], [["a"]])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1', "this is not JSON: Expecting"),
        ("[1, 2]", "this is not Dataset-JSON"),
        ({**GOOD, "datasetJSONVersion": "1.0.0"}, "Dataset-JSON '1.0.0'"),
        ({**GOOD, "datasetJSONVersion": "1.10"}, "Dataset-JSON '1.10'"),
        ({**GOOD, "records": 2}, "holds 1 row and says it has 2"),
        ({**GOOD, "records": "1"}, "does not tell its number of 'records'"),
        ({**GOOD, "records": True}, "does not tell its number of 'records'"),
        ({**GOOD, "rows": {}}, "no list of 'rows'"),
        ({**GOOD, "rows": [["a", "b"]]}, "record 1 has 2 values, the columns are 1"),
        ({**GOOD, "rows": ["a"]}, "record 1 has no list of values"),
        ({**GOOD, "columns": []}, "no list of 'columns'"),
        ({**GOOD, "columns": [{"dataType": "string"}]}, "column 1 has no name"),
        ({**GOOD, "columns": [spec(kind="text")]}, "has the dataType 'text'"),
        ({**GOOD, "columns": [spec(), spec()]}, "columns 1 and 2 are both called 'V'"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is no value of JSON"),
        ('{"a": ' + "9" * 5000 + "}", "a number has more than 400 digits"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"a": "\xfc"}', "byte 0xFC is not UTF-8"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)):
        cells_of(tmp_path, content)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (in_lines(GOOD) + '["b"]\n', "t.ndjson", "holds 2 rows and says it has 1"),
        (in_lines(GOOD).replace('["a"]', '["a"'), "t.ndjson:2", "this is not JSON"),
        (in_lines(GOOD).replace('\n["a"]', '\n\n["a"]'), "t.ndjson:2", "this is not JSON"),
        (json.dumps(GOOD), "t.ndjson:1", "'rows', which NDJSON has in lines of their own"),
        ("\n", "t.ndjson", "no line of metadata"),
    ],
)
def test_lines_that_are_refused(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)) as refused:
        cells_of(tmp_path, text, "t.ndjson")
    assert refused.value.place == place


def test_no_rows_are_an_empty_table(tmp_path: Path) -> None:
    assert cells_of(tmp_path, {key: v for key, v in {**GOOD, "records": 0}.items() if key != "rows"}).frame.empty
