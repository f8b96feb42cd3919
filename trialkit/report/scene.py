"""What a display sees: its rows, and the words the study has for columns, levels and arms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from trialkit.errors import StudyError
from trialkit.model.analysis import AnalysisSpec, Column, Display, ListingSpec
from trialkit.model.preset import Preset
from trialkit.model.result import Listing, Set, set_of
from trialkit.model.study import Study
from trialkit.report.arms import Arm
from trialkit.report.numbers import count_percent, interval, p_value, statistic
from trialkit.report.rows import POPULATION, Number, Rows, joined
from trialkit.report.table import BLANK, Cell, CellKind, Line

EVERYBODY = "All subjects"
NOBODY = set_of((), ())
"""The set of no rows, with its id."""


@dataclass(frozen=True)
class Scene:
    """One display with its result rows."""

    study: Study
    display: Display
    everything: Rows
    sets: dict[str, Set]
    preset: Preset
    listings: dict[str, Listing] = field(default_factory=dict)

    @cached_property
    def specs(self) -> tuple[AnalysisSpec, ...]:
        """The display's analyses that the study has."""
        return tuple(self.study.analyses[name] for name in self.display.analyses if name in self.study.analyses)

    @cached_property
    def listed(self) -> tuple[ListingSpec, ...]:
        """The display's listings that the study has."""
        return tuple(self.study.listings[name] for name in self.display.listings if name in self.study.listings)

    @property
    def reads(self) -> tuple[AnalysisSpec | ListingSpec, ...]:
        """The analyses and listings of the display."""
        return (*self.specs, *self.listed)

    @cached_property
    def populations(self) -> Rows:
        """The rows N of the display's analyses."""
        return self.everything.where(analysis=self.display.analyses, method=POPULATION)

    @cached_property
    def rows(self) -> Rows:
        """The rows of the display's methods, in the display's order of analyses."""
        return joined(self.of(name) for name in self.display.analyses)

    def of(self, analysis: str) -> Rows:
        """The rows of one analysis, without the population's."""
        return Rows(tuple(n for n in self.everything.where(analysis=analysis) if n.method != POPULATION))

    def methods(self, *names: str) -> Rows:
        """The display's rows made by these methods."""
        return self.rows.where(method=names)

    def spec(self, number: Number) -> AnalysisSpec | None:
        """The analysis a row belongs to."""
        return self.study.analyses.get(number.analysis)

    def depth(self, rows: Rows) -> int:
        """How many of the rows' groups are ``by`` levels."""
        return len(rows.numbers[0].by.split()) if len(rows) else 0

    def params(self, spec: AnalysisSpec | None) -> Any:
        """The method's parameters as bound, None if they do not bind."""
        if spec is None:
            return None
        if spec.id not in self._bound:
            self._bound[spec.id] = _bound(spec)
        return self._bound[spec.id]

    @cached_property
    def _bound(self) -> dict[str, Any]:
        """The parameters of each analysis that was asked for: they are asked for number by number."""
        return {}

    def column(self, analysis: str, name: str) -> Column:
        """The description of a column of the data set of an analysis or listing."""
        spec = self.study.analyses.get(analysis) or self.study.listings.get(analysis)
        dataset = self.study.datasets.get(spec.dataset) if spec else None
        found = dataset.columns.get(name) if dataset else None
        return found or Column(name, name)

    def heading(self, analysis: str, name: str) -> str:
        """A column's label with its unit."""
        column = self.column(analysis, name)
        said = column.unit and column.unit.lower() not in column.label.lower()
        return f"{column.label}, {column.unit}" if said else column.label

    def labels(self, analysis: str, names: Iterable[str]) -> str:
        """``Age, Sex and Site``: the labels of columns as a list in a sentence."""
        words = [self.column(analysis, name).label for name in names]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

    def level(self, analysis: str, name: str, level: str) -> str:
        """The words for a category."""
        return self.column(analysis, name).levels.get(level, level)

    def group_words(self, analysis: str, groups: Iterable[tuple[str, str]]) -> str:
        """``Visit: Day 1, Sex: Female``."""
        return ", ".join(f"{self.column(analysis, g).label}: {self.level(analysis, g, level)}" for g, level in groups)

    def arm_label(self, arm: str) -> str:
        """The words for an arm; a total has its own."""
        return self.study.arms[arm].label if arm in self.study.arms else arm or EVERYBODY

    def arms(self, rows: Rows, total: bool = True) -> tuple[Arm, ...]:
        """The arms of rows in protocol order, then totals; those of the population if no row has one."""
        found = {number.arm for number in rows if number.arm} | {number.arm for number in self.populations}
        known = [arm for arm in self.study.arms if arm in found]
        other = [arm for arm in (*rows.values("arm"), *self.populations.values("arm")) if arm not in known]
        named = [arm for arm in dict.fromkeys(other) if arm]
        ids = known + (named if total else []) or [""]
        return tuple(Arm(arm, self.arm_label(arm), self.size(arm, rows)) for arm in ids)

    def size(self, arm: str, rows: Rows) -> Number | None:
        """The number of subjects of an arm: the population's row, else the denominator of its rows."""
        return self.populations.first(stat="N", arm=arm) or rows.first(stat="N", arm=arm)

    def decimals(self, number: Number) -> int | None:
        """Decimals of the data a number was computed from, None if not declared."""
        return self.column(number.analysis, number.variable or self.response(number.analysis)).decimals

    def response(self, analysis: str) -> str:
        """The column an analysis is about: its response or time."""
        params = self.params(self.study.analyses.get(analysis))
        return str(getattr(params, "response", "") or getattr(params, "time", "") or "")

    def text(self, number: Number | None) -> str:
        """A number as printed; "" if there is no such row."""
        if number is None:
            return ""
        if number.value is None:
            return number.text or ("not computed" if number.error else "NE")
        return statistic(number.stat, number.value, self.preset, self.decimals(number), number.method)

    def cell(self, number: Number | None) -> Cell:
        """A number as a cell that can be opened to what it was computed from; blank if there is no such row."""
        return BLANK if number is None else self.estimate(number, self.text(number))

    def estimate(self, number: Number | None, text: str, tail: str = "") -> Cell:
        """A printed number, and what stands in brackets beside it, with the set it was computed from."""
        if number is None:
            return Cell(text, "value", tail)
        if number.error:
            return Cell("not computed", "error")
        if not text or number.set_id not in self.sets:
            return Cell(text, "value", tail, analysis=number.analysis)
        return Cell(text, "value", tail, number.set_id, "basis", number.analysis)

    def span(self, number: Number, text: str, indent: int = 0) -> Line:
        """A line of words with numbers in them, which opens to what they were computed from."""
        return Line(text, (), indent, "span", self.estimate(number, text))

    def limits(self, low: Number | None, high: Number | None) -> Cell:
        """An interval as a cell; blank if there are no limits."""
        return self.estimate(low or high, self.between(low, high)) if low or high else BLANK

    def p(self, number: Number | None, tail: str = "") -> Cell:
        """A p-value as a cell, as the preset prints it; blank if there is none."""
        return BLANK if number is None else self.estimate(number, p_value(number.value, self.preset), tail)

    def between(self, low: Number | None, high: Number | None) -> str:
        """``(−2.4, −0.6)``, "" if there are no limits."""
        return "" if low is None and high is None else interval(self.text(low) or "NE", self.text(high) or "NE")

    def count_cell(self, n: Number | None, pct: Number | None = None, kind: str = "count") -> Cell:
        """A count, with its percentage if it has one, and its set: of that size, or else computed from it."""
        if n is None:
            return BLANK
        if n.error or n.value is None:
            return self.cell(n)
        text, tail = count_percent(n.value, pct.value if pct else None, self.preset)
        of = self.counted(n)
        shape: CellKind = "n_pct" if pct is not None or kind == "n_pct" else "count"
        return Cell(text, shape, tail, n.set_id if of else "", of, n.analysis)

    def nobody(self, analysis: str) -> Cell:
        """0 of what an analysis counts: a level that none of its rows has."""
        return Cell("0", "count", "", NOBODY[0], "subjects", analysis)

    def shown(self, listing: str, sources: Iterable[int], text: str = "", kind: CellKind = "value") -> Cell:
        """What a listing shows, as a cell that opens to its source rows."""
        return Cell(text, kind, "", "", "shown", listing, tuple(dict.fromkeys(int(source) for source in sources)))

    def counted(self, number: Number) -> Literal["", "subjects", "rows", "basis"]:
        """What of its set a count counts: "subjects", "rows", or its "basis" if it is neither's size."""
        made = self.sets.get(number.set_id)
        if made is None or number.value is None:
            return ""
        if number.value == len(made.subjects):
            return "subjects"
        return "rows" if number.value == len(made.sources) else "basis"


def _bound(spec: AnalysisSpec) -> Any:
    from trialkit.analyze import bind
    from trialkit.methods import METHODS

    try:
        return bind(spec) if spec.method in METHODS else None
    except StudyError:
        return None
