"""For each reader: files to start from, and the same file as an independent program reads it."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.sas_made import sas_file
from tests.xlsx_parts import LINK, MAIN, cell, packed, parts_of, sheet, texts

Grid = list[list[Any]]
"""Rows of values: text, float, None for missing; a date is its ISO text."""
ROWS = [["0012", 1.5, 24166], ["NA", None, None], ["grün", -2.0, 0], ["1E5", 3.25, 1]]


@dataclass(frozen=True)
class Reader:
    """The ending it is asked by, files that it reads, and another reader's rows (it may raise anything).

    ``padded``: what fills up the last record may be rows or none, the format does not tell; only those that both
    readers have are compared.
    """

    ending: str
    starts: Callable[[], list[bytes]]
    reference: Callable[[bytes], Grid] | None
    padded: bool = False


def plain(value: Any) -> Any:
    """A value in the notation of a Grid."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).replace("T00:00:00", "")
    if isinstance(value, (int, float, np.number)):
        return float(value)
    return value or None


def frame_rows(frame: pd.DataFrame) -> Grid:
    """A frame's rows, cell by cell."""
    return [[plain(value) for value in row] for row in frame.astype(object).to_numpy().tolist()]


def csv_starts() -> list[bytes]:
    return [b'A,B\n1,2\n"x ""y""\nz",\n\nNA,<LLOQ\n', "A,B\r\n0012,ü\r\n".encode("utf-8-sig"), b"A\n\n"]


def csv_reference(data: bytes) -> Grid:
    text = data.decode("utf-8-sig")
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, lineterminator=None)
    return frame_rows(frame)


_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AROUND: dict[str, str | bytes] = {
    "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
    "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
    f"<Override PartName='/xl/workbook.xml' ContentType='{_KIND}.sheet.main+xml'/>"
    f"<Override PartName='/xl/styles.xml' ContentType='{_KIND}.styles+xml'/>"
    f"<Override PartName='/xl/sharedStrings.xml' ContentType='{_KIND}.sharedStrings+xml'/>"
    f"<Override PartName='/xl/worksheets/sheet1.xml' ContentType='{_KIND}.worksheet+xml'/></Types>",
    "_rels/.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
    f"<Relationship Id='r1' Type='{LINK}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
}
"""What another program wants to find around a workbook."""


def xlsx_starts() -> list[bytes]:
    rows = texts(1, "A", "B") + texts(2, "0012", "x") + f"<row r='4'>{cell('A4', '46086', 1)}{cell('B4', '1.5')}</row>"
    other = texts(1, "A") + "<row r='2'><c r='A2' t='s'><v>0</v></c></row>"
    shared = f"<sst xmlns='{MAIN}'><si><t>a</t></si><si><r><t>b</t></r></si></sst>"
    books = [{**parts_of({"data": sheet(body)}), "xl/sharedStrings.xml": shared} for body in (rows, other)]
    return [packed({**_AROUND, **book}) for book in books]


def xlsx_reference(data: bytes) -> Grid:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0].values]
    made = [[plain(value) for value in row] for row in rows[1:]]
    return [row for row in made if any(value is not None for value in row)]


def _columns() -> list[tuple[str, str, int]]:
    return [("ID", "", 6), ("N", "", 0), ("DAY", "DATE", 0)]


def sas_starts() -> list[bytes]:
    return [sas_file(_columns(), ROWS), sas_file(_columns(), ROWS * 60, encoding=62)]


def sas_reference(data: bytes) -> Grid:
    from pandas.io.sas.sas7bdat import SAS7BDATReader

    reader = SAS7BDATReader(io.BytesIO(data), encoding="infer", convert_dates=False)
    frame = reader.read()
    for column in reader.columns:
        if column.format == "DATE":
            made = pd.to_datetime(frame[column.name], unit="D", origin="1960-01-01")
            frame[column.name] = made.astype("datetime64[ns]")
    return frame_rows(frame)


@cache
def _xpt() -> bytes:
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.DataFrame({"ID": ["0012", "NA", "x"], "N": [1.5, None, -2.0]})
        pyreadstat.write_xport(frame, f"{folder}/t.xpt", file_format_version=5)
        return Path(folder, "t.xpt").read_bytes()


ZERO_IN_PANDAS = 16.0**-65
"""pandas reads the eight zero bytes of the number 0 as the smallest number there is."""


def xpt_reference(data: bytes) -> Grid:
    rows = frame_rows(pd.read_sas(io.BytesIO(data), format="xport", encoding="utf-8"))
    return [[0.0 if cell == ZERO_IN_PANDAS else cell for cell in row] for row in rows]


def parquet_starts() -> list[bytes]:
    stream = io.BytesIO()
    pd.DataFrame({"ID": ["0012", None], "N": [1.5, None], "D": pd.to_datetime(["2026-03-01", None])}).to_parquet(stream)
    return [stream.getvalue()]


def json_start(lines: bool) -> bytes:
    columns = [{"name": n, "dataType": t} for n, t in (("ID", "string"), ("N", "float"), ("I", "integer"))]
    head = {"datasetJSONVersion": "1.1.0", "records": 2, "columns": columns}
    rows: Grid = [["0012", 1.5, 3], [None, None, 0]]
    if lines:
        return "".join(json.dumps(line) + "\n" for line in [head, *rows]).encode()
    return json.dumps({**head, "rows": rows}).encode()


def json_reference(data: bytes) -> Grid:
    return [[plain(value) for value in row] for row in json.loads(data.decode("utf-8-sig"))["rows"]]


def lines_reference(data: bytes) -> Grid:
    lines = [line for line in data.decode("utf-8-sig").split("\n") if line.strip()]
    return [[plain(value) for value in json.loads(line)] for line in lines[1:]]


def zip_reference(data: bytes) -> Grid:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        text = made.read("a.csv").decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline="\n"), strict=True) if row]
    return [[plain(value) for value in row] for row in rows[1:]]


READERS = {
    "csv": Reader(".csv", csv_starts, csv_reference),
    "xlsx": Reader(".xlsx", xlsx_starts, xlsx_reference),
    "xpt": Reader(".xpt", lambda: [_xpt()], xpt_reference, padded=True),
    "sas7bdat": Reader(".sas7bdat", sas_starts, sas_reference),
    "parquet": Reader(".parquet", parquet_starts, None),
    "json": Reader(".json", lambda: [json_start(False)], json_reference),
    "ndjson": Reader(".ndjson", lambda: [json_start(True)], lines_reference),
    "zip": Reader(".zip", lambda: [packed({"a.csv": "A,B\n1,2\nx,\n", "note.txt": "n"})], zip_reference),
}
"""Every reader. Parquet has no second reader here: pyarrow reads it for us and would read it for the reference."""
