"""Scenario -> uploads and truth. Knows the forms' names only from the content; nothing of validation."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Study, Tree
from trialkit.simulate.generators import GENERATORS, Making
from trialkit.simulate.rows import Rows, rows_of
from trialkit.simulate.scenario import FormPlan, Scenario, scenario_of
from trialkit.simulate.trial import Trial, marginal, trial_of
from trialkit.spec import build

if TYPE_CHECKING:
    import numpy as np

    Cells = dict[str, np.ndarray]


@dataclass(frozen=True)
class Simulated:
    """Upload files as bytes by name, and the parameters they were drawn from."""

    uploads: dict[str, bytes]
    truth: dict[str, Any]


def simulate(study: Study, scenario: str, subjects: int | None = None, seed: int | None = None) -> Simulated:
    """Draw a trial of a scenario. The same study, scenario, size and seed give the same bytes.

    Raises KeyError for an unknown scenario, StudyError for content that does not fit.
    """
    import numpy as np

    plan = scenario_of(study, scenario)
    size, start = subjects or plan.subjects, plan.seed if seed is None else seed
    rng = np.random.Generator(np.random.PCG64(start))
    trial = trial_of(plan, {arm.id: arm.ratio for arm in study.arms.values()}, size, rng)
    uploads = {}
    for name, form in plan.forms.items():
        order = list(study.forms[name].fields)
        cells = _form(name, form, plan, trial, rng)
        uploads[form.file] = _csv(order, cells)
    return Simulated(uploads, truth(study, scenario, plan, size, start))


def _form(name: str, form: FormPlan, plan: Scenario, trial: Trial, rng: np.random.Generator) -> Cells:
    """A form's cells; records that miss the entry criterion are drawn again, severity and all.

    So the entry visit has the truncated distribution, and the subjects drawn again correlate less with later days.
    """
    import numpy as np

    rows = rows_of(form.rows, trial, plan, rng)
    entry = plan.entry if plan.entry and plan.entry.form == name else None
    at_entry = rows.visit == list(plan.visits).index(entry.visit) if entry else np.zeros(len(rows), dtype=bool)
    keep = (rng.random(len(rows)) >= form.missing_rows) | at_entry
    rows, at_entry = rows.take(keep), at_entry[keep]
    cells = _cells(form, plan, trial, rows, rng, ~at_entry)
    for _ in range(1000):
        if not entry:
            break
        low = np.flatnonzero(at_entry)
        low = low[cells[entry.field][low].astype(float) < entry.at_least]
        if not len(low):
            break
        fresh = replace(rows.take(low), latent=marginal(plan, rows.visit[low], rng))
        again = _cells(form, plan, trial, fresh, rng, np.zeros(len(low), dtype=bool))
        for column in cells:
            cells[column][low] = again[column]
    else:
        raise StudyError(f"no draw of {entry and entry.field!r} reaches the entry criterion", "", "Raise latent.mean.")
    return cells


def _cells(
    form: FormPlan, plan: Scenario, trial: Trial, rows: Rows, rng: np.random.Generator, may_miss: np.ndarray
) -> Cells:
    import numpy as np

    made: Cells = {}
    for name, tree in form.fields.items():
        kind, args = _generator(tree)
        made[name] = np.array(GENERATORS[kind][1](args, Making(rows, trial, plan, made, rng)), dtype=object)
        if name in form.missing_cells:
            made[name][(rng.random(len(rows)) < form.missing_cells[name]) & may_miss] = ""
    return made


def _generator(tree: Tree) -> tuple[str, Any]:
    """``{kind: {arguments}}`` as a generator's name and arguments."""
    if not isinstance(tree.value, dict) or len(tree.value) != 1:
        raise StudyError("a field is made by one line '{kind: {...}}'", str(tree.where))
    ((kind, args),) = tree.value.items()
    if kind not in GENERATORS:
        raise StudyError(f"unknown generator {kind!r}", str(tree.where), did_you_mean(kind, GENERATORS))
    return kind, build(GENERATORS[kind][0], replace(args, value={}) if args.value is None else args)


def _csv(columns: list[str], cells: Cells) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(cells[name] for name in columns), strict=True))
    return out.getvalue().encode()


def truth(study: Study, name: str, plan: Scenario, subjects: int, seed: int) -> dict[str, Any]:
    """What the data were drawn from: the size, the seed, all parameters, and whether any arm differs at all."""
    shares = [tuple(term.share.values()) for term in plan.events.terms.values()]
    same = (
        all(shift == 0 for effect in plan.latent.effect.values() for shift in effect)
        and len(set(plan.dropout.hazard.values())) == 1
        and all(len(set(share)) == 1 for share in shares)
    )
    return {
        "scenario": name,
        "title": plan.title,
        "subjects": subjects,
        "seed": seed,
        "no_arm_differs": same,
        "parameters": study.scenarios[name].plain(),
    }


def write(simulated: Simulated, folder: Path) -> list[Path]:
    """Write the uploads and truth.json into a folder; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(simulated.truth, indent=2, ensure_ascii=False) + "\n"
    files = simulated.uploads | {"truth.json": told.encode()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]
