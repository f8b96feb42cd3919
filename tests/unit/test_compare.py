"""Two data sets compared by key: what is added, removed and changed, and what is tolerated."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.small_tables import table
from trialkit import pipeline as tk
from trialkit.cli.main import run
from trialkit.derive.difference import Tolerance, differences
from trialkit.errors import IntakeError, UsageError
from trialkit.export.compared import as_csv, as_json, human

LEFT = "S P V D TEXT\n1 a 10 2026-02-01 x\n1 b 20 2026-02-02 y\n2 a 30 . z"
RIGHT = "S P V D TEXT\n1 a 10 2026-02-01 x\n1 b 20.5 2026-02-03 y\n3 a 30 . z"


def found(left: str = LEFT, right: str = RIGHT, **options: object):
    return differences(table(left), table(right), ("S", "P"), **options)  # type: ignore[arg-type]


def test_equal_sets_have_no_difference_whatever_the_order() -> None:
    shuffled = table(LEFT).iloc[::-1][["TEXT", "V", "S", "D", "P"]]
    same = differences(table(LEFT), shuffled, ("S", "P"))
    assert not same and same.both == 3 and human(same).endswith("no difference\n")


def test_rows_and_cells_that_differ() -> None:
    told = found()
    assert told.left_rows == (("2", "a"),) and told.right_rows == (("3", "a"),)
    assert [(c.key, c.column, c.left, c.right, c.difference) for c in told.changed] == [
        (("1", "b"), "V", "20", "20.5", 0.5),
        (("1", "b"), "D", "2026-02-02", "2026-02-03", None),
    ]


@pytest.mark.parametrize(
    ("tolerance", "count"),
    [
        (Tolerance(absolute=0.5), 1),
        (Tolerance(absolute=0.49), 2),
        (Tolerance(relative=0.025), 1),
        (Tolerance(relative=0.024), 2),
        (Tolerance(columns={"V": 0.5}), 1),
        (Tolerance(absolute=9, columns={"V": 0.1}), 2),
        (Tolerance(absolute=9, columns={"W": 0.1}), 1),
    ],
)
def test_what_is_tolerated(tolerance: Tolerance, count: int) -> None:
    """20 and 20.5: 0.5 apart, 0.0244 of the larger."""
    assert len(found(tolerance=tolerance).changed) == count


def test_an_ignored_column_and_columns_of_one_side() -> None:
    told = found(right="S P V EXTRA\n1 a 10 1\n1 b 20.5 1\n2 a 30 1", ignore=["V"])
    assert told.left_columns == ("D", "TEXT") and told.right_columns == ("EXTRA",)
    assert told.compared == () and told.changed == ()


def test_missing_equals_missing_and_differs_from_a_value() -> None:
    told = found("S P V\n1 a .\n1 b 3", "S P V\n1 a .\n1 b .")
    assert [(c.left, c.right, c.difference) for c in told.changed] == [("3", "", None)]


def test_a_number_as_text_is_compared_as_a_number_and_text_as_text() -> None:
    numbers, texts = pd.DataFrame({"K": ["a"], "V": [1.0]}), pd.DataFrame({"K": ["a"], "V": ["1.00"]})
    assert not differences(numbers, texts, ["K"])
    assert differences(texts, pd.DataFrame({"K": ["a"], "V": ["1.0"]}), ["K"]).changed
    assert differences(numbers, pd.DataFrame({"K": ["a"], "V": ["one"]}), ["K"]).changed


@pytest.mark.parametrize(
    ("left", "said"),
    [("S P V\n1 a 1\n1 a 2", "the left data set has rows 1 and 2 for S 1, P a"), ("S V\n1 1", "no column 'P'")],
)
def test_a_key_that_does_not_name_a_row(left: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        found(left)


def test_the_words() -> None:
    assert human(found()) == (
        "2 rows in both, 3 columns compared\n"
        "only the left has 1 row\n    S 2, P a\n"
        "only the right has 1 row\n    S 3, P a\n"
        "V differs in 1 row, by at most 0.5\n    S 1, P b: 20 | 20.5\n"
        "D differs in 1 row\n    S 1, P b: 2026-02-02 | 2026-02-03\n"
        "2 cells differ; 1 row only left, 1 only right\n"
    )


def test_programs_read_all_of_it() -> None:
    read = json.loads(as_json(found()))
    assert read["schema"] == "trialkit.compare/1" and len(read["changed"]) == 2
    rows = list(csv.DictReader(io.StringIO(as_csv(found()))))
    assert [row["kind"] for row in rows] == ["only left", "only right", "changed", "changed"]
    assert float(rows[2]["difference"]) == 0.5


def test_files_of_two_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("K,V,ID\nx,1.50,007\ny,,012\n", encoding="utf-8")
    pd.DataFrame({"K": ["y", "x"], "V": [None, 1.5], "ID": ["012", "007"]}).to_parquet(tmp_path / "b.parquet")
    arguments = ["compare", str(tmp_path / "a.csv"), str(tmp_path / "b.parquet"), "--key", "K"]
    assert run(arguments) == 0
    assert capsys.readouterr().out.endswith("no difference\n")
    (tmp_path / "a.csv").write_text("K,V,ID\nx,1.6,7\ny,,012\n", encoding="utf-8")
    assert run([*arguments, "--abs", "0.2"]) == 1
    assert "ID differs in 1 row" in capsys.readouterr().out
    assert run([*arguments, "--column", "V=0.2", "--ignore", "ID"]) == 0
    assert run([*arguments, "--column", "V"]) == 2
    assert run([*arguments, "--abs", "-1"]) == 2
    with pytest.raises(IntakeError):
        tk.compare(tmp_path / "none.csv", tmp_path / "a.csv", ["K"])
