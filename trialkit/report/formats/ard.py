"""Result rows under the column names of the R package cards (analysis results data, one number a row).

What cards has no column for stands in columns of its own after them, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialkit.model.analysis import Display
from trialkit.model.result import GROUPS
from trialkit.report.check import preset_of
from trialkit.report.formats.edition import Edition
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene

PAIRS = GROUPS + 1
"""Pairs (groupN, groupN_level): the arm, then the groups from the outside in."""
NUMBERS = ("stat", "at")
COLUMNS: tuple[str, ...] = (
    *(f"group{i}{part}" for i in range(1, PAIRS + 1) for part in ("", "_level")),
    "variable", "variable_level", "context", "stat_name", "stat_label", "stat", "stat_fmt", "warning", "error",
    "stat_text", "analysis", "reference", "at", "unit", "estimand", "snapshot", "software",
)  # fmt: skip
"""Those up to ``error`` are cards' own; ``stat_fmt`` is what cards calls a formatted statistic."""
NAMES = {
    "p": "p.value",
    "ci_low": "conf.low",
    "ci_high": "conf.high",
    "se": "std.error",
    "df": "parameter",
    "q1": "p25",
    "q3": "p75",
    "missing": "N_miss",
}
"""Statistics for which cards has another name. A name of cards that means something else (``p``, a share from 0 to
1) is never given: a percentage stays ``pct``."""
LABELS = {
    "n": "n", "N": "N", "pct": "%", "mean": "Mean", "sd": "SD", "se": "Standard error", "median": "Median",
    "min": "Min", "max": "Max", "q1": "Q1", "q3": "Q3", "p": "p-value", "ci_low": "CI lower bound",
    "ci_high": "CI upper bound", "df": "Degrees of freedom", "missing": "N missing", "events": "Events",
}  # fmt: skip
"""Words for the commonest statistics; the others go by their name."""


@dataclass(frozen=True)
class Printing:
    """Prints numbers as the report's displays do."""

    scene: Scene

    def text(self, number: Number) -> str:
        """A number as the report prints it, its text if it is none, "" for one that could not be computed."""
        return "" if number.error else self.scene.text(number)


def printing(edition: Edition) -> Printing:
    """How the edition prints its numbers: by the report's preset."""
    nothing = Display("", "", "", "", ())
    return Printing(Scene(edition.study, nothing, Rows(()), {}, preset_of(edition.report)))


def records(edition: Edition) -> Iterator[dict[str, str | float | None]]:
    """A record with COLUMNS for each row; ``stat`` and ``at`` are numbers or None, all else is text."""
    prints = printing(edition)
    for number in edition.rows:
        yield _pairs(edition, number) | {
            "variable": number.variable,
            "variable_level": number.variable_level,
            "context": number.method,
            "stat_name": NAMES.get(number.stat, number.stat),
            "stat_label": LABELS.get(number.stat, number.stat),
            "stat": number.value,
            "stat_fmt": prints.text(number),
            "warning": number.warning,
            "error": number.error,
            "stat_text": number.text,
            "analysis": number.analysis,
            "reference": number.reference,
            "at": number.at,
            "unit": number.unit,
            "estimand": _estimand(edition, number),
            "snapshot": edition.snapshot.id,
            "software": edition.software,
        }


def _pairs(edition: Edition, number: Number) -> dict[str, str | float | None]:
    """The arm under the name of the population's arm column, then the groups; "" for none. A total has no arm."""
    total = edition.study.analyses[number.analysis].total
    pairs = [(arm_column(edition, number.analysis), number.arm)] if number.arm not in ("", total) else []
    pairs += number.groups
    pairs += [("", "")] * (PAIRS - len(pairs))
    return {f"group{i}{part}": value for i, pair in enumerate(pairs, start=1)
            for part, value in zip(("", "_level"), pair, strict=True)}  # fmt: skip


def arm_column(edition: Edition, analysis: str) -> str:
    """The column that tells the arms of an analysis."""
    spec = edition.study.analyses[analysis]
    return spec.arm or edition.study.populations[spec.population].arm


def _estimand(edition: Edition, number: Number) -> str:
    return edition.study.analyses[number.analysis].estimand
