"""What the benchmark of validation plants is what trialkit finds, so that engines can be held against each other."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from trialkit import pipeline

FILE = Path(__file__).parents[2] / "benchmarks" / "validation" / "data.py"


def test_each_planted_failure_is_found_and_nothing_else(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("benchmark_data", FILE)
    if spec is None or spec.loader is None or not FILE.exists():
        pytest.skip("the benchmarks are not part of a wheel")
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)
    study, planted = data.study(), data.write(tmp_path, 4000)
    assert len(planted) == 25 - 2  # the codes of VISIT and of COWS101 are broken nowhere
    for ending in ("parquet", "csv"):
        found = pipeline.validate(study, [tmp_path / f"{data.FORM}.{ending}"]).findings
        assert Counter(one.rule for one in found) == planted
        assert all(one.say and one.fix and one.key for one in found)
