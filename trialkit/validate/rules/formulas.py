"""The formulas a computed rule may name. No expression is ever evaluated from study content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Parts = Sequence["np.ndarray"]


@dataclass(frozen=True)
class Formula:
    """A named formula: what it makes of its parts, in how many it needs, and its words.

    ``compute(parts, cuts, scores)``: parts are float64 arrays (dates in days), NaN where missing; a missing part
    makes the result missing. ``most`` is None for any number. ``dates`` says whether dates may be parts.
    """

    words: str
    compute: Callable[[Parts, tuple[float, ...], tuple[float, ...]], np.ndarray]
    least: int = 1
    most: int | None = None
    bands: bool = False
    dates: bool = False


def _sum(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """Part 1 + part 2 + ..."""
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def _mean(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """The sum over the number of parts."""
    return _sum(parts, cuts, scores) / len(parts)


def _difference(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """Part 1 - part 2 (days, if they are dates)."""
    return parts[0] - parts[1]


def _ratio(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """Part 1 / part 2; unknown where part 2 is zero."""
    import numpy as np

    below = np.where(parts[1] == 0, np.nan, parts[1])
    return np.asarray(parts[0] / below)


def _product(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """Part 1 * part 2 * ..."""
    made = parts[0].copy()
    for part in parts[1:]:
        made *= part
    return made


def _bands(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """The score of the band the part lies in: score k up to and including cut k, the last score above all cuts."""
    import numpy as np

    band = np.searchsorted(cuts, parts[0], side="left")
    return np.where(np.isnan(parts[0]), np.nan, np.asarray(scores)[np.minimum(band, len(scores) - 1)])


FORMULAS: dict[str, Formula] = {
    "sum": Formula("the sum of", _sum),
    "mean": Formula("the mean of", _mean),
    "difference": Formula("the difference of", _difference, 2, 2, dates=True),
    "ratio": Formula("the ratio of", _ratio, 2, 2),
    "product": Formula("the product of", _product),
    "bands": Formula("the score that follows from", _bands, 1, 1, bands=True),
}
