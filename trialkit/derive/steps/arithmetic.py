"""Steps that make a number or a date from others of the row: product, date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.derive.base import At, Outcome, StepKind
from trialkit.derive.frames import with_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Product:
    """A number: the product of columns (a volume times a concentration); missing where one of them is."""

    into: str
    of: tuple[str, ...]


def product(frame: pd.DataFrame, args: Product, at: At) -> Outcome:
    """Rows with the product. Raises AnalysisError for a column that is no number."""
    from pandas.api.types import is_numeric_dtype

    at.need(frame, args.of)
    for name in args.of:
        if not is_numeric_dtype(frame[name]):
            raise at.fail(f"{name} is not a number column", "Declare the field as 'type: decimal' in its form.")
    return Outcome(with_columns(frame, {args.into: frame[list(args.of)].prod(axis=1, skipna=False)}))


@dataclass(frozen=True)
class DateOf:
    """The date of a date and time."""

    into: str
    of: str


def date_of(frame: pd.DataFrame, args: DateOf, at: At) -> Outcome:
    """Rows with the date, at midnight; missing stays missing. Raises AnalysisError for a column without dates."""
    from pandas.api.types import is_datetime64_any_dtype

    at.need(frame, [args.of])
    if not is_datetime64_any_dtype(frame[args.of]):
        raise at.fail(f"{args.of} is not a date column", "Declare the field as 'type: datetime' in its form.")
    return Outcome(with_columns(frame, {args.into: frame[args.of].dt.normalize()}))


ARITHMETIC: dict[str, StepKind] = {
    "product": StepKind("product", Product, lambda a: f"{a.into}: {' times '.join(a.of)}", product),
    "date": StepKind("date", DateOf, lambda a: f"{a.into}: the date of {a.of}", date_of),
}
