"""What every statistical method takes and gives back: frame in, tidy rows out.

A method knows statistics and nothing of a trial's content: the columns it works on are named by its
parameters. Its result is a list of tidy rows, one number a row, each with the rows behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Evidence = Literal["published", "r", "sas", "second_program", "unproven"]


class MethodError(Exception):
    """The method refuses: the data or the parameters do not identify what was asked for.

    The message says what was found, what was needed and what to do.
    """


class NeedsArms(MethodError):
    """The method compares arms, and the analysis has none: nobody named them, or they are hidden."""


@dataclass(frozen=True)
class Inputs:
    """The rows to analyze and the subjects they are drawn from.

    Attributes:
        frame: the analyzed rows, with a unique index 0..n-1. Any number of rows per subject.
        universe: one row per subject of the population (the denominators), index 0..N-1. It holds the
            columns ``subject`` and ``arm``; every subject of ``frame`` is in it.
        subject: name of the subject column, in both frames.
        arm: name of the treatment column, in both frames; None for a one-group analysis.
        arms: the arm levels in display order. A level without rows is kept.
        reference: the control arm, one of ``arms``; None where nothing is compared.
        total: label of an all-arms column, or None when the display has none.
    """

    frame: pd.DataFrame
    universe: pd.DataFrame
    subject: str
    arm: str | None = None
    arms: tuple[str, ...] = ()
    reference: str | None = None
    total: str | None = None
    known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What has been worked out of these rows and is asked for again."""


@dataclass(frozen=True)
class Row:
    """One number (or text) with what it is and which rows stand behind it.

    Attributes:
        stat: name of the statistic, lower case (``mean``, ``ci_low``, ``p`` ...).
        value: the unrounded number; None when there is none.
        text: a result that is not a number (a date, "NE"), else "".
        arm: arm level (or the total label) the number belongs to, "" for none.
        reference: arm level it is compared with, "" for none.
        variable: the analyzed column; level: its category, "" for none.
        at: time, visit or probability at which the number holds, None for none.
        groups: pairs (column, level) from the outside in, at most 4.
        warning, error: in words; a row with an error has no value.
        rows: positions in ``Inputs.frame`` behind the number, None when not row-based.
        units: positions in ``Inputs.universe`` behind the number, None when not subject-based.
    """

    stat: str
    value: float | None = None
    text: str = ""
    arm: str = ""
    reference: str = ""
    variable: str = ""
    variable_level: str = ""
    at: float | None = None
    groups: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    warning: str = ""
    error: str = ""
    rows: np.ndarray | None = field(default=None, compare=False)
    units: np.ndarray | None = field(default=None, compare=False)

    def but(self, **changes: Any) -> Row:
        """The same row but for these attributes; ``dataclasses.replace`` is slow, and a report has ten thousands."""
        if unknown := changes.keys() - self.__dict__.keys():
            raise TypeError(f"a row has no {', '.join(sorted(unknown))}")
        made = object.__new__(Row)
        made.__dict__.update(self.__dict__, **changes)
        return made


@dataclass(frozen=True)
class Method:
    """A registered method: where it lives, what it needs, and how well it is proven."""

    name: str
    module: str
    title: str
    needs: str
    citation: str
    evidence: Evidence
    deviation: str = ""

    @cached_property
    def _module(self) -> Any:
        return import_module(self.module)

    @property
    def params(self) -> type:
        """The frozen dataclass of the method's parameters (an analysis file's ``params``)."""
        return self._module.Params

    @property
    def run(self) -> Callable[[Inputs, Any], list[Row]]:
        """``run(inputs, params) -> rows``; raises MethodError when it refuses."""
        return self._module.run


def positions(mask: Any) -> np.ndarray:
    """Positions (0-based) at which a boolean mask holds."""
    import numpy as np

    return np.flatnonzero(np.asarray(mask, dtype=bool))


def tidy(rows: Iterable[Row], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows as a data frame, one column per attribute, groups spread to group1/level1 .. group4/level4.

    Shape (number of rows, 19 columns); for notebooks and tests.
    """
    import pandas as pd

    records = []
    for row in rows:
        record: dict[str, Any] = {}
        for i in range(4):
            name, level = row.groups[i] if i < len(row.groups) else ("", "")
            record[f"group{i + 1}"], record[f"level{i + 1}"] = name, level
        for name in (
            "arm", "reference", "variable", "variable_level", "at", "stat", "value", "text", "unit", "warning", "error",
        ):  # fmt: skip
            record[name] = getattr(row, name)
        records.append(record)
    frame = pd.DataFrame(records)
    return frame if columns is None else frame[list(columns)]
