"""What the evidence tests share: the reference values, the data behind them, and a lookup of result rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trialkit.methods import Inputs, Row

DATA = Path(__file__).parent / "data"
SETS = ("lung", "rossi", "waltons", "gbsg2", "larynx", "leukemia", "retention")
RETENTION = {
    "time": "time",
    "status": "status",
    "arm": "arm",
    "levels": ["placebo", "low", "high"],
    "adjust": ["age", "base", "stratum"],
    "strata": "stratum",
}


class Found:
    """Result rows by key, and how far they are from a reference."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.by = {(r.stat, r.arm, r.reference, r.variable, r.variable_level, r.at, r.groups): r for r in self.rows}
        assert len(self.by) == len(self.rows), "two rows with the same key"

    def row(self, stat: str, arm: str = "", reference: str = "", **more: Any) -> Row:
        """The one row with these attributes; what is not named must be empty."""
        key = (more.get("variable", ""), more.get("variable_level", ""), more.get("at"), more.get("groups", ()))
        return self.by[(stat, arm, reference, *key)]

    def value(self, stat: str, arm: str = "", reference: str = "", **more: Any) -> float | None:
        """The value of the one row with these attributes."""
        return self.row(stat, arm, reference, **more).value


def near(found: float | None, expected: float | None, tolerance: float, scale: float = 0.0) -> float:
    """Assert agreement and return the deviation; None only equals None.

    The deviation is relative to the expected value or, if that is larger, to ``scale``: the standard error of an
    estimate or limit, which may lie near zero. A tiny p-value has no scale and is compared relatively. Where
    neither has a size the expected value is exactly zero, and the difference itself counts.
    """
    if expected is None or found is None:
        assert found is None and expected is None, f"{found} is not {expected}"
        return 0.0
    size = max(abs(expected), scale)
    deviation = abs(found - expected) / size if size > 1e-300 else abs(found - expected)
    assert deviation <= tolerance, f"{found!r} is not {expected!r}: deviation {deviation:.1e}"
    return deviation


def near_root(found: float, expected: float) -> None:
    """Assert that an odds ratio is R's as far as R's root finding goes.

    ``fisher.test`` and ``mantelhaen.test`` look for it below 1, or for its inverse, with ``uniroot``'s default
    tolerance, the fourth root of the machine's precision: 1.22e-4.
    """
    given, root = (found, expected) if expected < 1 else (1 / found, 1 / expected)
    assert abs(given - root) <= 1.23e-4, f"{found!r} is not {expected!r}"


def as_inputs(frame: pd.DataFrame, arm: str | None, arms: Iterable[Any], **more: Any) -> Inputs:
    """A frame of one row per subject as a method's inputs; arms become text."""
    frame = frame.reset_index(drop=True).assign(subject_=lambda f: [f"s{i}" for i in range(len(f))])
    if arm:
        frame = frame.assign(arm_=frame[arm].astype(str))
    levels = tuple(str(a) for a in arms)
    reference = more.pop("reference", levels[0] if levels else None)
    return Inputs(frame, frame, "subject_", "arm_" if arm else None, levels, reference, **more)


@pytest.fixture(scope="session")
def survival() -> dict[str, Any]:
    """Values of R survival 3.5-3."""
    made: dict[str, Any] = json.loads((DATA / "survival.json").read_text())
    return made


@pytest.fixture(scope="session")
def other() -> dict[str, Any]:
    """Values of R 4.2.2 for linear models, tables and summaries."""
    made: dict[str, Any] = json.loads((DATA / "other.json").read_text())
    return made


@pytest.fixture(scope="session")
def read() -> Any:
    """``read(name)``: a data file as a frame."""
    return lambda name: pd.read_csv(DATA / f"{name}.csv")


@pytest.fixture(scope="session")
def survival_set(survival: dict[str, Any], read: Any) -> Any:
    """``survival_set(name)``: (inputs, columns, reference values) of a data set, as R used it."""

    def get(name: str) -> tuple[Inputs, dict[str, Any], dict[str, Any]]:
        expected = survival[name]
        columns = expected.get("columns", RETENTION)
        frame = read(name if name == "retention" else f"lifelines_{name}")
        for column in columns.get("dropna") or []:
            frame = frame[frame[column].notna()]
        inputs = as_inputs(frame, columns["arm"], columns["levels"], total="all")
        assert len(inputs.frame) == expected["n"]
        return inputs, columns, expected

    return get


@pytest.fixture(scope="session")
def recurrent(survival: dict[str, Any], read: Any) -> Any:
    """``recurrent(name)``: (inputs with several rows per subject, columns, reference values)."""

    def get(name: str) -> tuple[Inputs, dict[str, Any], dict[str, Any]]:
        if name == "recurrent":
            columns = {"start": "tstart", "stop": "tstop", "event": "status", "enum": "enum"}
            frame, subject, arm, levels = read("recurrent"), "subject", "arm", RETENTION["levels"]
        else:
            about = json.loads((DATA / "survival_analysis.json").read_text())["recur_pkg"]
            frame = read(f"lifelines_{about['set']}")
            columns = {"start": about["start"], "stop": about["stop"], "event": "event_", "enum": about["enum"]}
            subject, arm, levels = about["id"], about["arm"], about["levels"]
            frame = frame.assign(event_=(frame[about["event_from"]] == about["event"]).astype(int))
            frame = frame[frame[columns["stop"]] > frame[columns["start"]]]
        frame = frame.reset_index(drop=True)
        inputs = as_inputs(frame, arm, levels)
        frame = inputs.frame.assign(subject_=frame[subject].astype(str))
        universe = frame.drop_duplicates("subject_").reset_index(drop=True)
        return replace(inputs, frame=frame, universe=universe), columns, survival[name]

    return get


@pytest.fixture(scope="session")
def tools() -> Any:
    """The helpers above, for test files."""

    class Tools:
        found, near, inputs, sets, data = Found, staticmethod(near), staticmethod(as_inputs), SETS, DATA
        near_root = staticmethod(near_root)

    return Tools


_DEVIATIONS: dict[str, float] = {}


@pytest.fixture
def deviation() -> Any:
    """``deviation(method, value)`` notes the largest deviation met; the session prints them."""

    def note(method: str, value: float) -> None:
        _DEVIATIONS[method] = max(_DEVIATIONS.get(method, 0.0), value)

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the largest deviation of each method from its evidence."""
    for method, value in sorted(_DEVIATIONS.items()):
        terminalreporter.write_line(f"largest deviation {method}: {value:.1e}")
