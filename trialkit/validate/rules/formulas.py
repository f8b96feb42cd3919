"""The formulas a computed rule may name. No expression is ever evaluated from study content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.methods import _clinical as clinical

if TYPE_CHECKING:
    import numpy as np

Parts = Sequence["np.ndarray"]


@dataclass(frozen=True)
class Formula:
    """A named formula: what it makes of its parts, in how many it needs, and its words.

    ``compute(parts, cuts, scores)``: parts are float64 arrays (dates in days), NaN where missing; a missing part
    makes the result missing. ``most`` is None for any number. ``dates`` says whether dates may be parts,
    ``additive`` whether a missing part may be left out or stood in for, ``rows`` whether its parts may be one
    field of several rows (which stand in no order), ``falling`` that the cuts descend, ``graded`` that
    ``compute(parts, table)`` takes a table of grades instead.
    """

    words: str
    compute: Callable[..., np.ndarray]
    least: int = 1
    most: int | None = None
    bands: bool = False
    dates: bool = False
    rows: bool = False
    additive: bool = False
    falling: bool = False
    graded: bool = False


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


def _bands_down(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """The score of the band the part lies in: score k down to and including cut k, the last score below all cuts."""
    return _bands([-parts[0]], tuple(-cut for cut in cuts), scores)


def _ratio_bands(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """The band of part 1 / part 2: a grade by multiples of a limit (as CTCAE does: above 1 x, 3 x, 5 x, 20 x ULN)."""
    return _bands([_ratio(parts, (), ())], cuts, scores)


def _bands(parts: Parts, cuts: tuple[float, ...], scores: tuple[float, ...]) -> np.ndarray:
    """The score of the band the part lies in: score k up to and including cut k, the last score above all cuts."""
    import numpy as np

    band = np.zeros(len(parts[0]), dtype=np.int16)
    for cut in cuts:
        band += parts[0] > cut
    made = np.asarray(scores, dtype=np.float64)[band]
    made[np.isnan(parts[0])] = np.nan
    return made


FORMULAS: dict[str, Formula] = {
    "sum": Formula("the sum of", _sum, additive=True, rows=True),
    "mean": Formula("the mean of", _mean, additive=True, rows=True),
    "difference": Formula("the difference of", _difference, 2, 2, dates=True),
    "ratio": Formula("the ratio of", _ratio, 2, 2),
    "product": Formula("the product of", _product, rows=True),
    "bands": Formula("the score that follows from", _bands, 1, 1, bands=True),
    "bands_down": Formula("the score that follows from", _bands_down, 1, 1, bands=True, falling=True),
    "ratio_bands": Formula("the grade that follows from the ratio of", _ratio_bands, 2, 2, bands=True),
    "fridericia": Formula("the QT corrected by Fridericia from", clinical.fridericia, 2, 2),
    "fridericia_rate": Formula("the QT corrected by Fridericia from", clinical.fridericia_rate, 2, 2),
    "r_value": Formula("the R value of", clinical.r_value, 4, 4),
    "study_day": Formula("the study day of", clinical.study_day, 2, 2, dates=True),
    "grade": Formula("the grade that follows from", clinical.grade, 3, 3, graded=True),
    "age": Formula("the full years between", clinical.age, 2, 2, dates=True),
}
