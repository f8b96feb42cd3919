"""Scenario -> uploads and truth. Knows the forms' names only from the content; nothing of validation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialkit.model import Study
from trialkit.simulate.cells import as_csv, form_cells
from trialkit.simulate.design import design_of
from trialkit.simulate.enroll import enroll
from trialkit.simulate.row import Rows
from trialkit.simulate.truth import truth_of


@dataclass(frozen=True)
class Simulated:
    """Upload files as bytes by name, and the truth they were drawn from."""

    uploads: dict[str, bytes]
    truth: dict[str, Any]


def simulate(study: Study, scenario: str, subjects: int | None = None, seed: int | None = None) -> Simulated:
    """Draw a trial of a scenario. The same study, scenario, size and seed give the same bytes.

    Raises KeyError for an unknown scenario, StudyErrors for content that does not fit.
    """
    import numpy as np

    design = design_of(study, scenario)
    size, start = subjects or design.plan.subjects, design.plan.seed if seed is None else seed
    rng = np.random.Generator(np.random.PCG64(start))
    trial = enroll(design, size, rng)
    uploads: dict[str, bytes] = {}
    made: dict[str, Rows] = {}
    for name, form in design.plan.forms.items():
        made[name] = form_cells(name, form, trial, design, rng, made)
        uploads[form.file] = as_csv(list(study.forms[name].fields), made[name].values)
    return Simulated(uploads, truth_of(design, scenario, size, start))


def write(simulated: Simulated, folder: Path) -> list[Path]:
    """Write the uploads and truth.json into a folder; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(simulated.truth, indent=2, ensure_ascii=False) + "\n"
    files = simulated.uploads | {"truth.json": told.encode()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]
