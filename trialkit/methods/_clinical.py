"""Clinical formulas that computed rules and derivation steps may name. Parts are float64 arrays, NaN where missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Parts = Sequence["np.ndarray"]
Numbers = tuple[float, ...]
CUT = re.compile(r"(\d+(?:\.\d+)?)(?: (ULN|LLN))?\Z")


@dataclass(frozen=True)
class Grades:
    """Of one analyte, grade -> cut: a grade is reached above its cut in ``high``, or below its cut in ``low``.

    A cut is a number in the base unit, or a multiple of a limit of normal: "3 ULN", "1 LLN".
    """

    high: dict[str, str] = field(default_factory=dict)
    low: dict[str, str] = field(default_factory=dict)


def grade(parts: Parts, table: Grades) -> np.ndarray:
    """The highest grade reached by part 1, whose limits of normal are parts 2 (lower) and 3 (upper); 0 for none.

    Unknown where the value, or a limit the table needs, is missing. The value of a cut itself is the grade before it.
    """
    import numpy as np

    value, lower, upper = parts
    made = np.where(np.isnan(value), np.nan, 0.0)
    for sign, cuts in ((1.0, table.high), (-1.0, table.low)):
        for number, cut in cuts.items():
            bound = _cut(cut, lower, upper)
            beyond = sign * (value - bound) > 1e-9 * np.maximum(1.0, np.abs(bound))
            made = np.where(np.isnan(bound), np.nan, np.where(beyond, np.maximum(made, float(number)), made))
    return made


def _cut(text: str, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    import numpy as np

    found = CUT.match(text)
    assert found, text  # looked at when the rule was bound
    times = {"ULN": upper, "LLN": lower, None: np.ones(len(upper))}[found[2]]
    return np.asarray(float(found[1]) * times)


def fridericia(parts: Parts, cuts: Numbers, scores: Numbers) -> np.ndarray:
    """QT / (RR / 1 s)^(1/3) in ms, of QT and RR in ms; unknown where RR is not above zero.

    Fridericia LS, Acta Med Scand 1920; 53: 469-486.
    """
    import numpy as np

    qt, rr = parts
    return np.asarray(qt / np.cbrt(np.where(rr > 0, rr, np.nan) / 1000))


def fridericia_rate(parts: Parts, cuts: Numbers, scores: Numbers) -> np.ndarray:
    """The same of QT in ms and the heart rate in beats a minute: RR is 60 s / rate."""
    import numpy as np

    qt, rate = parts
    return fridericia([qt, 60_000 / np.where(rate > 0, rate, np.nan)], cuts, scores)


def r_value(parts: Parts, cuts: Numbers, scores: Numbers) -> np.ndarray:
    """(ALT / its upper limit) / (ALP / its upper limit), of the four in this order; unknown where one is zero or less.

    Danan G, Benichou C, J Clin Epidemiol 1993; 46: 1323-1330.
    """
    import numpy as np

    alt, alt_limit, alp, alp_limit = (np.where(part > 0, part, np.nan) for part in parts)
    return np.asarray((alt / alt_limit) / (alp / alp_limit))


def age(parts: Parts, cuts: Numbers, scores: Numbers) -> np.ndarray:
    """Full years on the first date of one who was born on the second; a birthday on 29 February is kept on 1 March."""
    import numpy as np

    known = ~np.isnan(parts[0]) & ~np.isnan(parts[1])
    on, born = (np.where(known, np.floor(part), 0).astype("int64").astype("datetime64[D]") for part in parts)
    years = on.astype("datetime64[Y]").astype("int64") - born.astype("datetime64[Y]").astype("int64")
    early = _in_year(on) < _in_year(born)
    return np.where(known, years - early, np.nan)


def study_day(parts: Parts, cuts: Numbers, scores: Numbers) -> np.ndarray:
    """The day of the first date counted from the second: the second is day 1, the day before it day -1; no day 0."""
    import numpy as np

    days = np.floor(parts[0]) - np.floor(parts[1])
    return np.asarray(days + (days >= 0))


def _in_year(days: np.ndarray) -> np.ndarray:
    """Month and day as one number that grows over the year: 229 is 29 February."""
    month = days.astype("datetime64[M]")
    return (month.astype("int64") % 12 + 1) * 100 + (days - month).astype("int64") + 1
