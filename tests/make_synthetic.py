"""Make the committed synthetic data again: ``python -m tests.make_synthetic`` (or ``make synthetic``)."""

from __future__ import annotations

from pathlib import Path

from trialkit.corrupt import load_plan, write_corrupted
from trialkit.locate import shipped_study
from trialkit.simulate import simulate, write
from trialkit.spec import load_study

UPLOADS = "2026-03-02"


def make(root: Path, out: Path) -> None:
    """Write uploads/<date> and messy/ below ``out`` from the study at ``root``."""
    made = simulate(load_study(root), "null")
    write(made, out / "uploads" / UPLOADS)
    plan = load_plan(root / "synthetic_data" / "messy" / "plan.yaml")
    write_corrupted(made.uploads, plan, None, out / "messy")


if __name__ == "__main__":
    make(shipped_study(), shipped_study() / "synthetic_data")
