"""The rows of a form before its cells are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Rows:
    """r rows: position of the subject, of the visit (-1 for none), and the day; ``values`` are texts by name."""

    subject: Array
    visit: Array
    day: Array
    values: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subject)

    def take(self, at: Array) -> Rows:
        """The rows at these positions (or of this mask)."""
        values = {name: cells[at] for name, cells in self.values.items()}
        return Rows(self.subject[at], self.visit[at], self.day[at], values)
