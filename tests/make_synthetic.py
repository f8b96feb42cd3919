"""Make the committed synthetic data again: ``python -m tests.make_synthetic`` (or ``make synthetic``)."""

from __future__ import annotations

from pathlib import Path

from trialkit.corrupt import load_plan, write_corrupted
from trialkit.locate import shipped_study
from trialkit.simulate import simulate, write
from trialkit.spec import load_study

UPLOADS = "2026-06-01"
OTHERS = {"effect": 24, "informative_dropout": 24}
"""Further scenarios with so many subjects, in ``scenario_uploads/``."""


def make(root: Path, out: Path) -> None:
    """Write uploads/<date>, scenario_uploads/ and messy/ below ``out`` from the study at ``root``."""
    study = load_study(root)
    write(simulate(study, "null"), out / "uploads" / UPLOADS)
    for name, subjects in OTHERS.items():
        write(simulate(study, name, subjects), out / "scenario_uploads" / name)
    plan = load_plan(root / "synthetic_data" / "messy" / "plan.yaml")
    write_corrupted(simulate(study, "null", plan.subjects).uploads, plan, None, out / "messy")


if __name__ == "__main__":
    make(shipped_study(), shipped_study() / "synthetic_data")
