"""The product: how much was used, and its concentration in plasma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.errors import StudyError
from trialkit.simulate.generators.base import Generator, Making, Numbers, numbers_of, objects
from trialkit.simulate.generators.times import dose_minute
from trialkit.simulate.scenario import Kinetics, Product

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Used:
    """Volume (mL) taken by the subject over the stay, times ``factor``, plus ``plus``."""

    factor: float = 1.0
    plus: float = 0.0
    decimals: int = 1


def used(args: Used, m: Making) -> Numbers:
    """The volumes."""
    taken = m.trial.taken.sum(axis=1)[m.rows.subject]
    return Numbers(args.plus + args.factor * _product(m).volume * taken, args.decimals)


@dataclass(frozen=True)
class Concentration:
    """Plasma concentration (ng/mL) of the parent or the metabolite at the row's dose plus the hours of its entry:
    one compartment, first-order absorption, superposed over the doses taken, with the assay's error."""

    hours: str
    analyte: str
    metabolite: str
    decimals: int = 2


def concentration(args: Concentration, m: Making) -> Numbers:
    """The concentrations. C(t) = sum over doses of D ka / (V (ka - ke)) (exp(-ke t) - exp(-ka t)), V = CL / ke;
    the metabolite is the subject's share of it. D in mg, V in L: 1000 D / V is ng/mL."""
    import numpy as np

    kinetics, who = _kinetics(m), m.rows.subject
    ka, ke = kinetics.absorption, m.trial.kinetics["elimination"][who]
    volume = m.trial.kinetics["clearance"][who] / ke
    minute = dose_minute(m) + np.round(60 * numbers_of(m.said(args.hours))).astype(int)
    made = np.zeros(len(m.rows))
    dose = 1000 * _product(m).volume * m.trial.traits["strength"].astype(float)[who]
    for k in range(m.trial.taken.shape[1]):
        t = np.maximum(minute - m.trial.dose_minute[who, k], 0) / 60
        made += m.trial.taken[who, k] * dose * ka / (volume * (ka - ke)) * (np.exp(-ke * t) - np.exp(-ka * t))
    share = np.where(m.rows.values[args.analyte] == args.metabolite, m.trial.kinetics["metabolite"][who], 1.0)
    error = np.exp(kinetics.assay_cv * m.rng.standard_normal(len(made)))
    return Numbers(np.round(made * share * error, args.decimals), args.decimals)


@dataclass(frozen=True)
class Reported:
    """A concentration as a laboratory reports it: the number, or "<" and the limit of quantification below it."""

    of: str
    limit: str
    number: bool = False


def reported(args: Reported, m: Making) -> Array | Numbers:
    """The texts; with ``number`` the numbers alone, empty below the limit."""
    import numpy as np

    value, limit = m.said(args.of), numbers_of(m.said(args.limit))
    below = numbers_of(value) < limit
    if args.number:
        return Numbers(np.where(below, np.nan, numbers_of(value)), value.decimals)
    texts = value.texts()
    texts[below] = objects([f"<{number:.{value.decimals}f}" for number in limit[below]])
    return texts


def _product(m: Making) -> Product:
    if m.design.plan.product is None:
        raise StudyError("the scenario has no product", "", "Add 'product:' with its volume and lots.")
    return m.design.plan.product


def _kinetics(m: Making) -> Kinetics:
    found = _product(m).kinetics
    if found is None:
        raise StudyError("the scenario's product has no kinetics", "", "Add 'kinetics:' to it.")
    return found


GENERATORS: dict[str, Generator] = {
    "used": (Used, used),
    "concentration": (Concentration, concentration),
    "reported": (Reported, reported),
}
