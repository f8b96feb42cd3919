"""A house style for printed numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """How numbers are printed: decimals of percentages and ratios, and how many a statistic has more than its data.

    With ``relative: false`` they are counted from none, whatever the data. ``extreme`` is for the smallest and
    largest value (as collected if it is left out). ``p`` are the decimals of p-values (the rule of the house if left
    out); those below ``mark`` bear an asterisk. ``baseline_p`` admits p-values in a table of characteristics.
    """

    name: str
    percent: int = 1
    mean: int = 1
    sd: int = 2
    quantile: int = 1
    ratio: int = 2
    extreme: int | None = None
    relative: bool = True
    p: int | None = None
    mark: float = 0.0
    baseline_p: bool = False
