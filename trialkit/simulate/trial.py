"""The trial behind the forms: its subjects and what becomes of them. Arrays, one draw each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Trial:
    """n subjects, v visits, d dosing visits. Days are whole days since 1970-01-01; minutes likewise.

    ``traits`` are texts per subject by name (site, arm, number, stratum, lot, kit, reason ... and the scenario's own).
    ``screened``, ``enrolled``, ``first_dose`` (n,) are days; ``visit_day`` (n, v) the day of each visit, ``there``
    (n, v) whether it took place; ``dose_minute`` (n, d) when the dose is due, ``taken`` (n, d) whether it was taken.
    ``last`` (n,) is the number of dosing visits stayed (0: never dosed), ``completed`` (n,) whether to the end,
    ``last_day`` (n,) the last day of the stay, ``contact`` (n,) of any visit. ``latent`` (n, v) is the severity;
    ``scores`` hold the complete cells of the form that measures it, (n * k) for its k visits ``measured``.
    ``cases`` give, by name, the day of onset (n,), -1 without.
    ``filled`` gives, by form, at which visits (n, v) a subject has rows of it; it grows as the forms are made.
    """

    traits: dict[str, Array]
    screened: Array
    enrolled: Array
    first_dose: Array
    visit_day: Array
    there: Array
    dose_minute: Array
    taken: Array
    last: Array
    completed: Array
    last_day: Array
    contact: Array
    latent: Array
    measured: tuple[int, ...]
    scores: dict[str, Any]
    cases: dict[str, Array] = field(default_factory=dict)
    kinetics: dict[str, Array] = field(default_factory=dict)
    filled: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.enrolled)
