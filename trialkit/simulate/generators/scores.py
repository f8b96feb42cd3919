"""Rating scales: graded items, their sum, and numbers that follow from a score."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute

from trialkit.simulate.generators.base import Generator, Making, Numbers, numbers_of, text_of


@dataclass(frozen=True)
class Graded:
    """A graded response (Samejima 1969, Psychometrika Monograph 17): severity plus noise, cut into the allowed
    scores. ``scores`` has one more than ``cuts``; ``loading`` is the item's correlation with severity of variance 1.
    """

    scores: tuple[float, ...]
    cuts: tuple[float, ...]
    loading: float


def graded(args: Graded, m: Making) -> Numbers:
    """The scores: z = loading * severity + sqrt(1 - loading^2) * noise, cut."""
    import numpy as np

    noise = m.rng.standard_normal(len(m.rows))
    z = args.loading * m.trial.latent[m.rows.subject, m.rows.visit] + np.sqrt(1 - args.loading**2) * noise
    return Numbers(np.array(args.scores)[np.searchsorted(np.array(args.cuts), z)])


@dataclass(frozen=True)
class Sum:
    """The sum of fields made before it; empty if one of them is."""

    of: tuple[str, ...]
    decimals: int = 0


def total(args: Sum, m: Making) -> Numbers:
    """The sums."""
    import numpy as np

    return Numbers(np.sum([numbers_of(m.said(name)) for name in args.of], axis=0), args.decimals)


@dataclass(frozen=True)
class Within:
    """A whole number from the range that belongs to another field's value; empty if that is."""

    field: str
    ranges: dict[str, tuple[int, ...]] = attribute(default_factory=dict)


def within(args: Within, m: Making) -> Numbers:
    """The numbers."""
    import numpy as np

    nowhere = (0, 0)
    cells = text_of(m.said(args.field))
    limits = np.array([args.ranges.get(cell, nowhere) for cell in cells]).reshape(-1, 2)
    drawn = m.rng.integers(limits[:, 0], limits[:, 1] + 1).astype(float)
    drawn[cells == ""] = np.nan
    return Numbers(drawn)


GENERATORS: dict[str, Generator] = {
    "graded": (Graded, graded),
    "sum": (Sum, total),
    "within": (Within, within),
}
DERIVED = ("sum",)
"""Generators whose cells follow from other cells of the row, and are empty where one of those is."""
