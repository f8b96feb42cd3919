"""Result rows as records, found by what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from trialkit.model.result import GROUPS

if TYPE_CHECKING:
    import pandas as pd

POPULATION = "population"
"""Method name of the rows that give the number of subjects per arm."""
Groups = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Number:
    """One Result row. ``groups`` are pairs (column, level) from the outside in; ``value`` is None for none."""

    analysis: str
    method: str
    by: str
    groups: Groups
    arm: str
    reference: str
    variable: str
    variable_level: str
    at: float | None
    stat: str
    value: float | None
    text: str
    unit: str
    warning: str
    error: str
    set_id: str


@dataclass(frozen=True)
class Rows:
    """Result rows in their order."""

    numbers: tuple[Number, ...]

    def __iter__(self) -> Iterator[Number]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, **wanted: Any) -> Rows:
        """The rows whose attributes equal (or are in a tuple of) the wanted ones."""
        return Rows(tuple(number for number in self.numbers if _fits(number, wanted)))

    def first(self, **wanted: Any) -> Number | None:
        """The first such row, None if there is none."""
        return next((number for number in self.numbers if _fits(number, wanted)), None)

    def index(self, key: Callable[[Number], Any]) -> dict[Any, Number]:
        """The rows by a key; the first of equal keys stays."""
        made: dict[Any, Number] = {}
        for number in self.numbers:
            made.setdefault(key(number), number)
        return made

    def values(self, name: str) -> list[Any]:
        """The distinct values of an attribute in order of appearance."""
        return list(dict.fromkeys(getattr(number, name) for number in self.numbers))

    def panels(self, depth: int) -> list[tuple[Groups, Rows]]:
        """The rows by their first ``depth`` groups (the ``by`` levels), which are taken off them."""
        made: dict[Groups, list[Number]] = {}
        for number in self.numbers:
            inner = replace(number, groups=number.groups[depth:])
            made.setdefault(number.groups[:depth], []).append(inner)
        return [(groups, Rows(tuple(numbers))) for groups, numbers in made.items()]


def _fits(number: Number, wanted: dict[str, Any]) -> bool:
    for name, value in wanted.items():
        found = getattr(number, name)
        if found != value and not (isinstance(value, tuple) and name != "groups" and found in value):
            return False
    return True


def read_rows(frame: pd.DataFrame) -> Rows:
    """All Result rows of a frame with RESULT_COLUMNS, in ``order``."""
    records = frame.sort_values("order", kind="stable").to_dict("records")
    return Rows(tuple(_number({str(name): value for name, value in record.items()}) for record in records))


def _number(record: dict[str, Any]) -> Number:
    pairs = ((_text(record[f"group{i}"]), _text(record[f"level{i}"])) for i in range(1, GROUPS + 1))
    values: dict[str, Any] = {"groups": tuple(pair for pair in pairs if pair[0])}
    for attribute in fields(Number):
        if attribute.name in ("at", "value"):
            values[attribute.name] = _float(record[attribute.name])
        elif attribute.name != "groups":
            values[attribute.name] = _text(record[attribute.name])
    return Number(**values)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _float(value: Any) -> float | None:
    if value is None or value != value or value == "":
        return None
    return float(value)


def joined(rows: Iterable[Rows]) -> Rows:
    """Several groups of rows as one."""
    return Rows(tuple(number for part in rows for number in part))
