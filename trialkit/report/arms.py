"""An arm (or a total) as a column of a display."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.numbers import count
from trialkit.report.rows import Number


@dataclass(frozen=True)
class Arm:
    """A display column: the arm's id (or the total label), its words and its number of subjects."""

    id: str
    label: str
    n: Number | None

    @property
    def note(self) -> str:
        """``N=86``, "" if the number is not known."""
        return "" if self.n is None or self.n.value is None else f"N={count(self.n.value)}"
