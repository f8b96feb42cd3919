"""What a generator of cells takes and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialkit.simulate.design import Design
from trialkit.simulate.row import Rows
from trialkit.simulate.trial import Trial

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Numbers:
    """Cells that are numbers: values (r,), NaN for an empty cell, with so many decimals (one number, or r of them)."""

    values: Array
    decimals: int | Array = 0

    def texts(self) -> Array:
        """The cells as text."""
        import numpy as np

        if isinstance(self.decimals, int):
            return _texts(self.values, self.decimals)
        made = np.empty(len(self.values), dtype=object)
        for places in np.unique(self.decimals):
            at = self.decimals == places
            made[at] = _texts(self.values[at], int(places))
        return made


def _texts(values: Array, places: int) -> Array:
    import numpy as np

    known, at = np.unique(np.round(values, places), return_inverse=True)
    made = np.empty(len(known), dtype=object)
    made[:] = ["" if value != value else f"{value + 0.0:.{places}f}" for value in known.tolist()]
    return made[at]


Cells = Any
"""Text cells (an object array) or Numbers."""


def text_of(cells: Cells) -> Array:
    """Cells as text."""
    if isinstance(cells, Numbers):
        return cells.texts()
    made: Array = cells
    return made


def numbers_of(cells: Cells) -> Array:
    """Cells as numbers, NaN where empty. Raises ValueError for a cell that is no number."""
    import numpy as np

    if isinstance(cells, Numbers):
        return cells.values
    known, at = np.unique(np.asarray(cells, dtype=str), return_inverse=True)
    return np.array([float(cell) if cell else np.nan for cell in known.tolist()])[at]


@dataclass(frozen=True)
class Making:
    """What a generator may look at: the rows, the trial, the design, the cells made so far in this form, and the rows
    of the forms made ``earlier``, with their text cells."""

    rows: Rows
    trial: Trial
    design: Design
    made: dict[str, Cells]
    rng: np.random.Generator
    earlier: Mapping[str, Rows] = field(default_factory=dict)

    def said(self, name: str) -> Cells:
        """Cells made before in this form, else what the row's entry, subject or trial says under that name.

        Raises KeyError if nothing is called so.
        """
        if name in self.made:
            return self.made[name]
        if name in self.rows.values:
            return self.rows.values[name]
        return self.trial.traits[name][self.rows.subject]


Generator = tuple[type, Callable[[Any, Making], Cells]]


def objects(values: Any) -> Array:
    """An object array of texts."""
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = [str(value) for value in values]
    return made
