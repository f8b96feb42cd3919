"""The second study, once through the whole road."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PILOT
from trialkit import pipeline
from trialkit.model import Results

Road = tuple[Results, Path, pipeline.Checked]


@pytest.fixture(scope="session")
def road(pilot_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Road:
    """Its results, its store, and what the check of its uploads said."""
    study = pipeline.load(PILOT)
    store = tmp_path_factory.mktemp("pilot") / "store"
    checked, submission = pipeline.submit(study, pilot_files, store, "test", at="2026-01-01T00:00:00Z")
    assert submission is not None, checked.findings[:3]
    pipeline.freeze(study, store, "pilot", "test", at="2026-01-01T00:00:00Z")
    return pipeline.analyze(study, store), store, checked
