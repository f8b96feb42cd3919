"""Cells that follow from earlier cells of the row or the subject: a moment some time after another, whether all are
filled, what another form says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialkit.errors import StudyError, did_you_mean
from trialkit.simulate.generators.base import Generator, Making, objects, text_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class After:
    """The date or moment in an earlier cell plus between ``lo`` and ``hi`` (negative: before it): in minutes a moment,
    in days a date. Empty where that cell is. A date counts from its midnight."""

    of: str
    lo: int
    hi: int
    unit: Literal["minutes", "days"] = "minutes"


def after(args: After, m: Making) -> Array:
    """ISO dates or date-times."""
    import numpy as np

    cells = text_of(m.said(args.of))
    known = cells != ""
    sign = "m" if args.unit == "minutes" else "D"
    start = np.where(known, cells, "1970-01-01").astype(f"datetime64[{sign}]")
    moved = start + m.rng.integers(args.lo, args.hi + 1, len(cells))
    return objects(np.where(known, moved.astype(str), ""))


@dataclass(frozen=True)
class Filled:
    """One text where each of some earlier cells is filled, another where one of them lacks."""

    of: tuple[str, ...]
    all: str = ""
    lacks: str = ""


def filled(args: Filled, m: Making) -> Array:
    """The texts."""
    import numpy as np

    there = np.all([text_of(m.said(name)) != "" for name in args.of], axis=0)
    return objects(np.where(there, args.all, args.lacks))


@dataclass(frozen=True)
class OfForm:
    """The cell of the subject's first row in a form made before this one; ``empty`` where there is no such cell."""

    form: str
    field: str
    empty: str = ""


def of_form(args: OfForm, m: Making) -> Array:
    """The texts. Raises StudyError for a form not made before, or a field it does not have."""
    import numpy as np

    if args.form not in m.earlier:
        raise StudyError(f"form {args.form!r} is not made before this one", "", did_you_mean(args.form, m.earlier))
    rows = m.earlier[args.form]
    if args.field not in rows.values:
        said = f"the scenario makes no {args.field!r} for form {args.form!r}"
        raise StudyError(said, "", did_you_mean(args.field, rows.values))
    cells = np.full(len(m.trial), "", dtype=object)
    cells[rows.subject[::-1]] = rows.values[args.field][::-1]
    return objects(np.where(cells == "", args.empty, cells)[m.rows.subject])


GENERATORS: dict[str, Generator] = {
    "after": (After, after),
    "filled": (Filled, filled),
    "of_form": (OfForm, of_form),
}
