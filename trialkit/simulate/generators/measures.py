"""Measurements: normal or log-normal numbers with subject effects, range flags, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from trialkit.simulate.generators.base import Generator, Making, Numbers, numbers_of, objects

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Normal:
    """A normal number, drawn again while outside [min, max], rounded to so many decimals."""

    mean: float
    sd: float
    min: float
    max: float
    decimals: int = 0


def normal(args: Normal, m: Making) -> Numbers:
    """The numbers."""
    import numpy as np

    values = np.round(m.rng.normal(args.mean, args.sd, len(m.rows)), args.decimals)
    while (out := (values < args.min) | (values > args.max)).any():
        values[out] = np.round(m.rng.normal(args.mean, args.sd, out.sum()), args.decimals)
    return Numbers(values, args.decimals)


@dataclass(frozen=True)
class Measure:
    """A measurement: mean, plus the subject's part, plus noise, plus ``severity`` per unit of latent severity, plus
    the row's entry under ``shift``, plus the arm's part; held within [min, max] and rounded.

    ``entry: true`` takes mean, subject_sd, sd, min, max and decimals from the row's entry of ``each``. ``scale: log``
    multiplies instead: the standard deviations are those of the logarithm, parts are factors. In a case the value is
    multiplied by the entry's number under ``case``, while the case lasts.
    """

    mean: float = 0.0
    sd: float = 0.0
    subject_sd: float = 0.0
    min: float = float("-inf")
    max: float = float("inf")
    decimals: int = 0
    entry: bool = False
    scale: Literal["plain", "log"] = "plain"
    severity: float = 0.0
    shift: str = ""
    arm: dict[str, float] = attribute(default_factory=dict)
    case: str = ""


def measure(args: Measure, m: Making) -> Numbers:
    """The measurements."""
    import numpy as np

    mean, sd, subject_sd, low, high, places = (
        _number(args, m, name) for name in ("mean", "sd", "subject_sd", "min", "max", "decimals")
    )
    noise = subject_sd * _subject_noise(args, m) + sd * m.rng.standard_normal(len(m.rows))
    part = _part(args, m)
    value = mean * np.exp(noise) * np.where(part == 0, 1.0, part) if args.scale == "log" else mean + noise + part
    if args.case:
        value = np.where(_in_case(args.case, m), value * numbers_of(m.said(args.case)), value)
    held = np.clip(value, low, high)
    if not args.entry:
        return Numbers(np.round(held, args.decimals), args.decimals)
    whole = np.broadcast_to(places, held.shape).astype(int)
    return Numbers(np.round(held * 10.0**whole) / 10.0**whole, whole)


def _number(args: Measure, m: Making, name: str) -> Array:
    import numpy as np

    if args.entry and name in m.rows.values:
        return numbers_of(m.rows.values[name])
    return np.array(float(getattr(args, name)))


def _subject_noise(args: Measure, m: Making) -> Array:
    """One draw a subject, and one a subject and entry if the means are the entries'."""
    import numpy as np

    if not args.entry:
        return m.rng.standard_normal(len(m.trial))[m.rows.subject]
    _, entry = np.unique(m.rows.values["mean"].astype(str), return_inverse=True)
    return m.rng.standard_normal((len(m.trial), entry.max(initial=0) + 1))[m.rows.subject, entry]


def _part(args: Measure, m: Making) -> Array:
    import numpy as np

    part = np.zeros(len(m.rows))
    if args.severity:
        part = part + args.severity * m.trial.latent[m.rows.subject, m.rows.visit]
    if args.shift:
        part = part + np.nan_to_num(numbers_of(m.said(args.shift)))
    if args.arm:
        part = part + np.array([args.arm.get(arm, 0.0) for arm in m.trial.traits["arm"]])[m.rows.subject]
    return part


def _in_case(name: str, m: Making) -> Array:
    onset = m.trial.cases[name][m.rows.subject]
    found: Array = (onset >= 0) & (m.rows.day >= onset) & (m.rows.day <= onset + m.design.plan.cases[name].days)
    return found


@dataclass(frozen=True)
class Flag:
    """One text below the number under ``low``, one above that under ``high``, one between."""

    of: str
    low: str
    high: str
    words: tuple[str, ...]


def flag(args: Flag, m: Making) -> Array:
    """The texts; "" where the number is missing."""
    import numpy as np

    value, low, high = (numbers_of(m.said(name)) for name in (args.of, args.low, args.high))
    at = np.select([np.isnan(value), value < low, value > high], [3, 0, 2], 1)
    return objects([*args.words, ""])[at]


@dataclass(frozen=True)
class Bands:
    """A text by where a number lies: word k up to and including cut k, the last word above all cuts."""

    of: str
    cuts: tuple[float, ...]
    words: tuple[str, ...]


def bands(args: Bands, m: Making) -> Array:
    """The texts; "" where the number is missing."""
    import numpy as np

    value = numbers_of(m.said(args.of))
    at = np.where(np.isnan(value), len(args.words), np.searchsorted(args.cuts, value, side="left"))
    return objects([*args.words, ""])[at]


@dataclass(frozen=True)
class Line:
    """A number that follows from others: constant plus factor times each, rounded."""

    of: dict[str, float]
    constant: float = 0.0
    decimals: int = 0


def line(args: Line, m: Making) -> Numbers:
    """The numbers; NaN where a part is missing."""
    import numpy as np

    value = args.constant + sum(factor * numbers_of(m.said(name)) for name, factor in args.of.items())
    return Numbers(np.round(value, args.decimals), args.decimals)


@dataclass(frozen=True)
class Ratio:
    """constant * over / (under / per) ^ power, rounded: the interval of a rate, an interval corrected for it."""

    over: str = ""
    under: str = ""
    per: float = 1.0
    power: float = 1.0
    constant: float = 1.0
    decimals: int = 0


def ratio(args: Ratio, m: Making) -> Numbers:
    """The numbers; NaN where a part is missing."""
    import numpy as np

    over = numbers_of(m.said(args.over)) if args.over else 1.0
    value = args.constant * over / (numbers_of(m.said(args.under)) / args.per) ** args.power
    return Numbers(np.round(value, args.decimals), args.decimals)


GENERATORS: dict[str, Generator] = {
    "normal": (Normal, normal),
    "measure": (Measure, measure),
    "flag": (Flag, flag),
    "bands": (Bands, bands),
    "line": (Line, line),
    "ratio": (Ratio, ratio),
}
