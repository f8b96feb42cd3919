"""Dataset-JSON 1.1 (CDISC), as one JSON object or as NDJSON -> native values with their record number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from trialkit.errors import IntakeError
from trialkit.intake.content import Content, check_names, records
from trialkit.intake.csv_file import LONGEST_CELL
from trialkit.intake.json_values import TYPES, column
from trialkit.model import Layout
from trialkit.words import many

VERSIONS = ("1.1.",)
"""How the versions that are read begin."""
_WHOLE = "It may be cut off; send it again."
_DIGITS = 400
"""A longer number is none of a trial, and takes long to read."""


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of a Dataset-JSON file: one object that holds ``rows``.

    Text is text, numbers are float64, dates and times ISO text, or datetime64[ns] where the column says that they
    are to be numbers. Raises IntakeError for what is no Dataset-JSON 1.1, a key that stands twice, a value that is
    not of its column's type, and rows that are not as many as ``records`` says.
    """
    head = _object(_load(_text(data, name), name), name)
    if "rows" not in head and head.get("records") == 0:
        head["rows"] = []
    rows = head.get("rows")
    if not isinstance(rows, list):
        raise IntakeError("the file holds no list of 'rows'", name, "Export it as Dataset-JSON 1.1.")
    return _table(head, rows, name)


def lines_content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of a Dataset-JSON file in lines: the first holds the metadata, each other one row. As ``content``."""
    lines = _text(data, name).split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise IntakeError("the file holds no line of metadata", name, _WHOLE)
    head = _object(_load(lines[0], f"{name}:1"), name)
    if "rows" in head:
        raise IntakeError("the first line holds 'rows', which NDJSON has in lines of their own", f"{name}:1", "")
    return _table(head, list(_rows(lines[1:], name)), name)


def _rows(lines: list[str], name: str) -> Iterator[Any]:
    for number, line in enumerate(lines, 2):
        yield _load(line, f"{name}:{number}")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"byte 0x{data[error.start]:02X} is not UTF-8 text, as JSON must be"
        raise IntakeError(said, f"{name}:{line}", "Save the file as UTF-8.") from None


def _load(text: str, place: str) -> Any:
    def refuse(said: str) -> NoReturn:
        raise IntakeError(said, place, "Correct it at source.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            refuse(f"the key {next(key for key in keys if keys.count(key) > 1)[:60]!r} stands twice")
        return made

    def number(digits: str) -> Any:
        if len(digits) > _DIGITS:
            refuse(f"a number has more than {_DIGITS} digits")
        return int(digits)

    def nothing(word: str) -> NoReturn:
        refuse(f"{word} is no value of JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_int=number, parse_constant=nothing)
    except json.JSONDecodeError as error:
        spot = place if ":" in place else f"{place}:{error.lineno}"
        raise IntakeError(f"this is not JSON: {error.msg} (column {error.colno})", spot, _WHOLE) from None
    except RecursionError:
        raise IntakeError("the JSON is nested too deeply", place, "This is no Dataset-JSON file.") from None


def _object(head: Any, name: str) -> dict[str, Any]:
    """The metadata. Raises IntakeError if they are not those of Dataset-JSON 1.1."""
    if not isinstance(head, dict) or "datasetJSONVersion" not in head:
        raise IntakeError("this is not Dataset-JSON: it has no 'datasetJSONVersion'", name, "Export it as such.")
    version = head["datasetJSONVersion"]
    if not isinstance(version, str) or not f"{version}.".startswith(VERSIONS):
        raise IntakeError(f"this is Dataset-JSON {str(version)[:20]!r}; read is version 1.1", name, "Export it as 1.1.")
    return head


def _table(head: dict[str, Any], rows: list[Any], name: str) -> Content:
    import pandas as pd

    columns = _columns(head, name)
    told = head.get("records")
    if not isinstance(told, int) or isinstance(told, bool):
        raise IntakeError("the file does not tell its number of 'records'", name, "Export it as Dataset-JSON 1.1.")
    if told != len(rows):
        raise IntakeError(f"the file holds {many(len(rows), 'row')} and says it has {told:,}", name, _WHOLE)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            found = f"{len(row)} values" if isinstance(row, list) else "no list of values"
            raise IntakeError(f"record {number} has {found}, the columns are {len(columns)}", name, _WHOLE)
    made = {spec["name"]: column([row[i] for row in rows], spec, name) for i, spec in enumerate(columns)}
    return records(pd.DataFrame(made, index=pd.RangeIndex(len(rows))))


def _columns(head: dict[str, Any], name: str) -> list[dict[str, Any]]:
    columns = head.get("columns")
    if not isinstance(columns, list) or not columns or not all(isinstance(spec, dict) for spec in columns):
        raise IntakeError("the file holds no list of 'columns'", name, "Export it as Dataset-JSON 1.1.")
    for number, spec in enumerate(columns, 1):
        if not isinstance(spec.get("name"), str) or len(spec["name"]) > LONGEST_CELL:
            raise IntakeError(f"column {number} has no name", name, "Every column needs a 'name'.")
        kind = spec.get("dataType")
        if kind not in TYPES:
            said = f"column {spec['name']!r} has the dataType {str(kind)[:20]!r}"
            raise IntakeError(said, name, f"Read are {', '.join(TYPES)}.")
    check_names([spec["name"] for spec in columns], name)
    return columns
