"""Steps that hold a value against a register: the row in force on its date, its base unit, its grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialkit.derive.base import At, Outcome, Problem, StepKind
from trialkit.derive.frames import with_columns
from trialkit.derive.keys import keyed
from trialkit.methods._clinical import CUT, Grades
from trialkit.methods._clinical import grade as grade_of
from trialkit.model.units import Quantity
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class InForce:
    """Fetch columns {NEW: OLD} from the one row of a register that is in force for the row: equal in ``match``, valid
    on its date, and with its numbers ``between`` the register's."""

    columns: dict[str, str]
    match: dict[str, str]
    date: str
    since: str
    from_: str = field(metadata={"key": "from"})
    until: str = ""
    between: dict[str, tuple[str, ...]] = field(default_factory=dict)


def in_force(frame: pd.DataFrame, args: InForce, at: At) -> Outcome:
    """Rows with the fetched columns, missing where no row is in force. Raises AnalysisError where two are."""
    other = at.lookup.table(args.from_, at.place)
    limits = [name for pair in args.between.values() for name in pair]
    there = [*args.match.values(), *args.columns.values(), args.since, *([args.until] if args.until else []), *limits]
    at.need(frame, [*args.match, args.date, *args.between])
    at.need(other, there, repr(args.from_))
    own = frame[list(dict.fromkeys([*args.match, args.date, *args.between]))].assign(row=range(len(frame)))
    register = other[list(dict.fromkeys(there))].add_prefix("register ")
    keys = [f"register {name}" for name in args.match.values()]
    both = own.merge(register.dropna(subset=keys), left_on=list(args.match), right_on=keys)
    found = both[_holds(both, args)]
    if found["row"].duplicated().any():
        first = found.loc[found["row"].duplicated(), list(args.match)].iloc[0]
        raise at.fail(f"{args.from_!r} has two rows in force for {', '.join(str(v) for v in first)}",
                      "Correct the dates of the register, or name what tells its rows apart.")  # fmt: skip
    fetched = found.set_index("row").reindex(range(len(frame)))
    return Outcome(
        with_columns(frame, {new: fetched[f"register {old}"].to_numpy() for new, old in args.columns.items()})
    )


def _holds(both: pd.DataFrame, args: InForce) -> pd.Series[bool]:
    """Which pairs of a row and a register row belong together; an open end holds for ever, an unknown date never."""
    held = both[f"register {args.since}"] <= both[args.date]
    if args.until:
        end = both[f"register {args.until}"]
        held &= end.isna() | (both[args.date] <= end)
    for name, (low, high) in args.between.items():
        held &= both[name].between(both[f"register {low}"], both[f"register {high}"])
    return held


def _in_force_problems(args: InForce) -> Iterator[Problem]:
    for name, pair in args.between.items():
        if len(pair) != 2:
            yield f"'between' of {name} names {many(len(pair), 'column')}", "Name the lower and the upper limit."


@dataclass(frozen=True)
class Convert:
    """A value in the base unit of what it measures, by the units declared for a field of a form."""

    into: str
    value: str
    unit: str
    form: str
    field: str
    quantity: str = ""
    base: str = ""


def convert(frame: pd.DataFrame, args: Convert, at: At) -> Outcome:
    """Rows with the converted value, and its unit in ``base``; missing where the unit is not declared."""
    import numpy as np

    quantities = at.lookup.quantities(args.form, args.field, at.place)
    at.need(frame, [args.value, args.unit, *([args.quantity] if args.quantity else [])])
    said = keyed(frame, [args.quantity, args.unit] if args.quantity else [args.unit])
    only = next(iter(quantities), "")
    pairs = list(said.numbers) if args.quantity else [(only, unit) for unit in said.numbers]
    factors, offsets, bases = zip(*(_unit(quantities, *pair) for pair in [*pairs, (None, None)]), strict=True)
    made = at.numbers(frame[args.value]).to_numpy() * np.array(factors)[said.codes] + np.array(offsets)[said.codes]
    units = np.array(bases, dtype=object)[said.codes]
    return Outcome(with_columns(frame, {args.into: made, **({args.base: units} if args.base else {})}))


def _unit(quantities: dict[str, Quantity], name: object, said: object) -> tuple[float, float, str | None]:
    """Factor, offset and base unit; NaN and None where the unit, or what is measured, is not declared."""
    quantity = quantities.get(name) if isinstance(name, str) else None
    unit = quantity.unit(said) if quantity and isinstance(said, str) else None
    if quantity is None or unit is None:
        return float("nan"), float("nan"), None
    return unit.factor, unit.offset, quantity.base


@dataclass(frozen=True)
class Table:
    """The grades of one analyte: a grade is reached above its cut in ``high``, below its cut in ``low``."""

    of: str
    high: dict[str, str] = field(default_factory=dict)
    low: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grade:
    """A toxicity grade of a value and its limits of normal, by a table of cuts for each analyte; 0 for none.

    A cut is a number in the unit of the value, or a multiple of a limit of normal: 3 ULN, 1 LLN.
    """

    into: str
    value: str
    lower: str
    upper: str
    by: str
    grades: tuple[Table, ...]


def grade(frame: pd.DataFrame, args: Grade, at: At) -> Outcome:
    """Rows with the grade; missing for an analyte without a table, and where the value or a limit is missing."""
    import numpy as np

    at.need(frame, [args.value, args.lower, args.upper, args.by])
    parts = [at.numbers(frame[name]).to_numpy() for name in (args.value, args.lower, args.upper)]
    made = np.full(len(frame), np.nan)
    for table in args.grades:
        mine = frame[args.by].isin([table.of]).to_numpy()
        made[mine] = grade_of([part[mine] for part in parts], Grades(table.high, table.low))
    return Outcome(with_columns(frame, {args.into: made}))


def _grade_problems(args: Grade) -> Iterator[Problem]:
    for table in args.grades:
        for number, cut in (*table.high.items(), *table.low.items()):
            if not CUT.match(cut) or not number.isdigit():
                yield f"{number}: {cut!r} of {table.of} is no grade with a cut", 'Write {2: 3 ULN} or {2: "1.5"}.'


REGISTERS: dict[str, StepKind] = {
    "in_force": StepKind(
        "in_force", InForce, lambda a: f"{', '.join(a.columns)}: of the row of {a.from_} in force on {a.date}",
        in_force, _in_force_problems,
    ),
    "convert": StepKind("convert", Convert, lambda a: f"{a.into}: {a.value} in its base unit", convert),
    "grade": StepKind("grade", Grade, lambda a: f"{a.into}: the grade of {a.value}", grade, _grade_problems),
}  # fmt: skip
