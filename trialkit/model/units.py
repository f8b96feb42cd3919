"""Units: what one of each unit of a quantity is in the quantity's base unit."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.model.tree import NOWHERE, Where


@dataclass(frozen=True)
class Unit:
    """A value in this unit times ``factor``, plus ``offset``, is the value in the base unit."""

    id: str
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class Quantity:
    """Something measured (a temperature, one analyte): its base unit, and the other ``units`` it may be given in.

    A unit that is not declared is not converted: it is a finding, and its value unknown.
    """

    id: str
    base: str
    units: dict[str, Unit] = field(default_factory=dict)
    source: str = ""
    place: Where = field(default=NOWHERE, compare=False, repr=False)

    def unit(self, name: str) -> Unit | None:
        """The unit of that name; None if it is not declared."""
        return Unit(name) if name == self.base else self.units.get(name)
