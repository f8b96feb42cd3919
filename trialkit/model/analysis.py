"""What will be computed: estimands, populations, analysis data sets, analyses, displays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from trialkit.model.condition import Condition
from trialkit.model.preset import Preset
from trialkit.model.tree import NOWHERE, Tree, Where

Strategy = Literal["treatment policy", "hypothetical", "composite", "while on treatment", "principal stratum"]


@dataclass(frozen=True)
class Events:
    """Where intercurrent events are found: a data set with a row for each, the column that names it, and its date.

    ``same_day`` says whether a record of the day of the event counts as before or after it.
    """

    dataset: str
    event: str
    date: str
    same_day: Literal["before", "after"] = "before"


@dataclass(frozen=True)
class Estimand:
    """An estimand with its five attributes (ICH E9(R1), A.3.3).

    With ``events`` the strategies act on the rows of its analyses, by the names in ``intercurrent``.
    """

    id: str
    title: str
    population: str
    treatment: str
    variable: str
    summary: str
    intercurrent: dict[str, Strategy] = field(default_factory=dict)
    events: Events | None = None
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Population:
    """A set of subjects: the rows of a one-row-per-subject data set that meet a condition, by an arm column."""

    id: str
    label: str
    dataset: str
    arm: str = ""
    where: Condition = Condition()
    description: str = ""
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Step:
    """One step of a derivation: its kind and arguments."""

    kind: str
    args: Tree
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Column:
    """A column of an analysis data set, as it is described to a reader.

    ``decimals`` are those of the data as collected; ``levels`` the order of its categories in displays, each with
    its words.
    """

    name: str
    label: str
    unit: str = ""
    decimals: int | None = None
    levels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """An analysis data set: the form or data set it starts from, and the steps that make it."""

    id: str
    label: str
    source: str = field(metadata={"key": "from"})
    subject: str
    key: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    columns: dict[str, Column] = field(default_factory=dict)
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class AnalysisSpec:
    """One analysis. ``where`` selects rows, ``by`` repeats the method per level, ``params`` are the method's.

    ``date`` is the column by which a row lies before or after an intercurrent event of the estimand, ``failure`` the
    values a row after a composite one counts as.
    """

    id: str
    title: str
    dataset: str
    population: str
    method: str
    role: Literal["primary", "secondary", "sensitivity", "exploratory", "safety", "descriptive"] = "descriptive"
    status: Literal["pre-specified", "post-hoc"] = "pre-specified"
    specified_on: date | None = None
    estimand: str = ""
    where: Condition = Condition()
    by: tuple[str, ...] = ()
    arm: str = ""
    total: str = ""
    date: str = ""
    failure: dict[str, str] = field(default_factory=dict)
    params: Tree = field(default_factory=lambda: Tree({}))
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class ListingSpec:
    """Rows to be shown as they are: those of a data set that meet ``where`` and belong to the population's subjects
    (any subject without one), with ``columns`` in this order, sorted by ``sort``.

    ``arm`` is the population's arm column unless named; it is shown only if it is among the columns.
    """

    id: str
    title: str
    dataset: str
    columns: tuple[str, ...]
    population: str = ""
    where: Condition = Condition()
    sort: tuple[str, ...] = ()
    arm: str = ""
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Display:
    """A table, figure or listing: its kind (one of the report layer's registry), and the analyses and listings it
    reads. ``section`` is the report's heading it stands under, filled when a report is read. ``preset`` is its own
    way of printing numbers; the report's if empty."""

    id: str
    kind: str
    number: str
    title: str
    analyses: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    section: str = field(default="", metadata={"content": False})
    subtitle: str = ""
    reading: str = ""
    footnotes: tuple[str, ...] = ()
    preset: str = ""
    params: Tree = field(default_factory=lambda: Tree({}))
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class ReportSpec:
    """A report: the ids of its displays by section, in reading order. ``drill`` opens numbers to their rows (opt-in).

    ``displays`` are those displays by id, filled when the study is read. Numbers are printed by ``preset``, or by a
    display's own: one that every study has, or one that the report declares under ``presets``.
    """

    id: str
    title: str
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    displays: dict[str, Display] = field(default_factory=dict, metadata={"content": False})
    subtitle: str = ""
    drill: bool = False
    preset: str = "csr"
    presets: dict[str, Preset] = field(default_factory=dict)
    place: Where = field(default=NOWHERE, compare=False, repr=False)
