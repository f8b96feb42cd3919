"""Result rows as records, found by what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from trialkit.model.result import GROUPS

if TYPE_CHECKING:
    import pandas as pd

POPULATION = "population"
"""Method name of the rows that give the number of subjects per arm."""
Groups = tuple[tuple[str, str], ...]
OF_GROUPS = range(1, GROUPS + 1)


class Number(NamedTuple):
    """One Result row. ``groups`` are pairs (column, level) from the outside in; ``value`` is None for none.

    A report has some ten thousand of them: a named tuple is made in a third of the time of a frozen dataclass.
    """

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

    def inside(self, depth: int) -> Number:
        """The same row without its first ``depth`` groups."""
        return self._replace(groups=self.groups[depth:])


@dataclass(frozen=True)
class Rows:
    """Result rows in their order, indexed by the attributes that were asked for."""

    numbers: tuple[Number, ...]

    @cached_property
    def _at(self) -> dict[str, dict[Any, list[int]]]:
        """By attribute, once somebody asked for it: the positions of each of its values."""
        return {}

    def __iter__(self) -> Iterator[Number]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, **wanted: Any) -> Rows:
        """The rows whose attributes equal (or are in a tuple of) the wanted ones."""
        return Rows(tuple(self._fitting(wanted)))

    def first(self, **wanted: Any) -> Number | None:
        """The first such row, None if there is none."""
        return next(iter(self._fitting(wanted)), None)

    def _fitting(self, wanted: dict[str, Any]) -> Sequence[Number]:
        """Such rows in order: the attribute that leaves fewest finds them, the others are compared."""
        if not wanted:
            return self.numbers
        at = {name: self._positions(name, value) for name, value in wanted.items()}
        fewest = min(at, key=lambda name: len(at[name]))
        found = [self.numbers[i] for i in at[fewest]]
        for name, value in wanted.items():
            if name != fewest and found:
                values = _values(name, value)
                found = [number for number in found if getattr(number, name) in values]
        return found

    def _positions(self, name: str, value: Any) -> Sequence[int]:
        """Where the attribute is the value, or one of a tuple of them."""
        if name not in self._at:
            made = self._at[name] = {}
            for i, number in enumerate(self.numbers):
                made.setdefault(getattr(number, name), []).append(i)
        at = self._at[name]
        values = _values(name, value)
        if len(values) == 1:
            return at.get(values[0], ())
        return sorted(i for one in dict.fromkeys(values) for i in at.get(one, ()))

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
            inner = number.inside(depth) if depth else number
            made.setdefault(number.groups[:depth], []).append(inner)
        return [(groups, Rows(tuple(numbers))) for groups, numbers in made.items()]


def _values(name: str, value: Any) -> tuple[Any, ...]:
    """The values asked for: one, or a tuple of them; ``groups`` are a tuple themselves."""
    return value if isinstance(value, tuple) and name != "groups" else (value,)


def read_rows(frame: pd.DataFrame) -> Rows:
    """All Result rows of a frame with RESULT_COLUMNS, in ``order``."""
    if not frame["order"].is_monotonic_increasing:
        frame = frame.sort_values("order", kind="stable")
    columns = (_column(frame, name) for name in Number._fields)
    return Rows(tuple(map(Number._make, zip(*columns, strict=True))))


def _column(frame: pd.DataFrame, name: str) -> Iterable[Any]:
    """An attribute of all rows."""
    if name == "groups":
        names = {i: _column(frame, f"group{i}") for i in OF_GROUPS}
        pairs = [zip(own, _column(frame, f"level{i}"), strict=True) for i, own in names.items() if any(own)]
        rows = zip(*pairs, strict=True) if pairs else [()] * len(frame)
        return [tuple([pair for pair in row if pair[0]]) for row in rows]
    cells = frame[name].tolist()
    if name in ("at", "value"):
        return map(_float, cells)
    return [cell if type(cell) is str else _text(cell) for cell in cells]


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _float(value: Any) -> float | None:
    if value is None or value != value or value == "":
        return None
    return float(value)


def joined(rows: Iterable[Rows]) -> Rows:
    """Several groups of rows as one."""
    return Rows(tuple(number for part in rows for number in part))
