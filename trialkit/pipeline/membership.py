"""Why a subject is in or out of a population: the columns that decide it and what those were made of, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.model.analysis import Column, Population
from trialkit.model.condition import Condition, Test
from trialkit.model.study import Study

if TYPE_CHECKING:
    import pandas as pd

DEPTH = 4
"""How far back a reason is followed."""


def membership(study: Study, population: Population, frame: pd.DataFrame) -> str:
    """``in, because ...`` or ``out, because ...``, from the subject's one row of the population's data set."""
    tests = population.where.tests
    if population.where.masks(frame)[0][0]:
        decided = ", ".join(Decided(study, population.dataset, frame).words(test) for test in tests)
        return f"in, because {decided}" if decided else "in"
    wrong = [test for test in tests if not test.masks(frame)[0][0]]
    return "out, because " + ", ".join(Decided(study, population.dataset, frame).words(test) for test in wrong)


class Decided:
    """Tells what a test looked at in a row, and what that was made of."""

    def __init__(self, study: Study, dataset: str, frame: pd.DataFrame) -> None:
        self.study, self.dataset, self.frame = study, dataset, frame
        self.steps: list[int] = []

    def words(self, test: Test) -> str:
        """The value, the values that decided it, and the steps that made them."""
        chain = self._chain(test.column, DEPTH)
        if not self.steps:
            return "; ".join(chain)
        last = _made(self.study, self.dataset, self.steps[-1])
        which = f"step {self.steps[-1]}" if len(self.steps) == 1 else f"steps {_listed(sorted(self.steps))}"
        return f"{'; '.join(chain)} ({which} of {self.dataset}{', ' + last if len(self.steps) == 1 else ''})"

    def _chain(self, name: str, depth: int) -> list[str]:
        said = [value_of(self.study, self.dataset, self.frame, name)]
        number, args = maker(self.study, self.dataset, name)
        if number:
            self.steps.append(number)
        for column in _decisive(name, args, self.frame) if depth and name in self.frame.columns else ():
            said += self._chain(column, depth - 1)
        return said


def _decisive(name: str, args: Any, frame: pd.DataFrame) -> tuple[str, ...]:
    """The columns of the row that decided the value a step gave to ``name``; none if the row does not tell."""
    cases = getattr(args, "cases", None)
    if cases is not None:
        met = [case.where for case in cases if case.says == frame.iloc[0][name]]
        return _here(met[0], frame) if met else ()
    where = getattr(args, "where", None)
    if isinstance(where, Condition) and not hasattr(args, "from_"):
        known = Condition(tuple(test for test in where.tests if test.column in frame.columns))
        wrong = Condition(tuple(test for test in known.tests if not test.masks(frame)[0][0]))
        return _here(wrong or known, frame)
    return tuple(side for side in (getattr(args, "left", ""), getattr(args, "right", "")) if side in frame.columns)


def _here(where: Condition, frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(where.columns) if name in frame.columns)


def maker(study: Study, dataset: str, column: str) -> tuple[int, Any]:
    """The number and arguments of the last step of a data set that makes a column; 0 and None if it was recorded."""
    from trialkit.derive import STEPS
    from trialkit.spec.build import build

    for number, step in reversed(list(enumerate(study.datasets[dataset].steps, start=1))):
        args: Any = build(STEPS[step.kind].args, step.args)
        if column in (getattr(args, "into", ""), *(getattr(args, "columns", None) or ())):
            return (0, None) if step.kind == "take" else (number, args)
    return 0, None


def _made(study: Study, dataset: str, number: int) -> str:
    from trialkit.derive import STEPS
    from trialkit.spec.build import build

    step = study.datasets[dataset].steps[number - 1]
    return STEPS[step.kind].words(build(STEPS[step.kind].args, step.args))


def _listed(numbers: list[int]) -> str:
    *rest, last = map(str, dict.fromkeys(numbers))
    return f"{', '.join(rest)} and {last}" if rest else last


def value_of(study: Study, dataset: str, frame: pd.DataFrame, name: str, between: str = " is ") -> str:
    """``Status at the end is Completed``: a column's label and the words of its value in the first row."""
    column = study.datasets[dataset].columns.get(name) or Column(name, name)
    text = value_words(frame.iloc[0][name])
    arm = study.arms.get(text) if study.protocols else None
    return f"{column.label}{between}{column.levels.get(text) or (arm.label if arm else text)}"


def value_words(value: Any) -> str:
    """A value as text: dates without an empty time, ``missing`` for none."""
    if value is None or value != value:
        return "missing"
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return f"{value:g}" if isinstance(value, float) else str(value)
