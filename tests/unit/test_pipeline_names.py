"""The functions of the flow, each found in its module when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trialkit import pipeline


def test_every_name_has_one_home_and_is_found_there() -> None:
    homes = [name for names in pipeline.HOMES.values() for name in names]
    assert sorted(homes) == sorted(pipeline.__all__)
    assert all(getattr(pipeline, name) is not None for name in homes)


def test_no_module_is_called_as_something_it_gives() -> None:
    """Loading it would hide that."""
    assert not pipeline.HOMES.keys() & set(pipeline.__all__)


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reprot'"):
        _ = pipeline.reprot


def test_a_report_loads_nothing_that_reads_uploads() -> None:
    code = "import sys; from trialkit import pipeline; pipeline.load, pipeline.written; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "trialkit.pipeline.numbers" in loaded
    assert not loaded & {f"trialkit.pipeline.{name}" for name in ("uploads", "cell", "comparing", "topics", "told")}
