"""Cells that follow from earlier cells of the row: a moment some time after another, and whether all are filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.simulate.generators.base import Generator, Making, objects, text_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class After:
    """The date or moment in an earlier cell plus between ``lo`` and ``hi`` (negative: before it): in minutes a moment,
    in days a date. Empty where that cell is. A date counts from its midnight."""

    of: str
    lo: int
    hi: int
    unit: Literal["minutes", "days"] = "minutes"


def after(args: After, m: Making) -> Array:
    """ISO dates or date-times."""
    import numpy as np

    cells = text_of(m.said(args.of))
    known = cells != ""
    sign = "m" if args.unit == "minutes" else "D"
    start = np.where(known, cells, "1970-01-01").astype(f"datetime64[{sign}]")
    moved = start + m.rng.integers(args.lo, args.hi + 1, len(cells))
    return objects(np.where(known, moved.astype(str), ""))


@dataclass(frozen=True)
class Filled:
    """One text where each of some earlier cells is filled, another where one of them lacks."""

    of: tuple[str, ...]
    all: str = ""
    lacks: str = ""


def filled(args: Filled, m: Making) -> Array:
    """The texts."""
    import numpy as np

    there = np.all([text_of(m.said(name)) != "" for name in args.of], axis=0)
    return objects(np.where(there, args.all, args.lacks))


GENERATORS: dict[str, Generator] = {
    "after": (After, after),
    "filled": (Filled, filled),
}
