"""Are the displays of a study's reports possible: their kinds, parameters and methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.analysis import Display, ReportSpec
from trialkit.model.study import Study
from trialkit.report.displays import DISPLAYS
from trialkit.report.displays.base import Kind
from trialkit.report.numbers import PRESETS
from trialkit.spec.build import build


def check_report(study: Study) -> list[StudyError]:
    """Every mistake in the study's reports, each with its place and what to do."""
    found: list[StudyError] = []
    for report in study.reports.values():
        found += _report(study, report)
    return found


def _report(study: Study, report: ReportSpec) -> Iterator[StudyError]:
    if report.preset not in PRESETS:
        yield StudyError(
            f"there is no preset {report.preset!r}", str(report.place), did_you_mean(report.preset, PRESETS)
        )
    numbers: dict[str, str] = {}
    for display in report.displays.values():
        yield from _display(study, display)
        other = numbers.setdefault(display.number, display.id)
        if other != display.id:
            yield StudyError(f"number {display.number!r} is already that of {other!r}", str(display.place))


def _display(study: Study, display: Display) -> Iterator[StudyError]:
    try:
        kind = kind_of(display)
        bind(display, kind)
    except StudyError as error:
        yield error
        return
    used = [study.analyses[name].method for name in display.analyses if name in study.analyses]
    needed = ", ".join(kind.needs)
    if kind.lists and not display.listings:
        yield StudyError(f"display {display.id!r} names no listing", str(display.place), "Add 'listings: [...]'.")
    elif display.listings and not kind.lists:
        yield StudyError(f"{display.kind} shows no listing", str(display.place), "Remove 'listings'.")
    elif kind.lists and not display.analyses:
        return
    elif not display.analyses:
        yield StudyError(f"display {display.id!r} names no analysis", str(display.place), "Add 'analyses: [...]'.")
    elif kind.needs and used and not set(used) & set(kind.needs):
        hint = f"It reads analyses by: {needed}."
        yield StudyError(f"{display.kind} cannot show analyses by {', '.join(used)}", str(display.place), hint)
    for method in dict.fromkeys(used):
        if kind.reads and method not in kind.reads and set(used) & set(kind.needs):
            hint = f"Show it in a display of its own, or remove it. Read are: {', '.join(kind.reads)}."
            yield StudyError(f"{display.kind} shows nothing of an analysis by {method}", str(display.place), hint)


def kind_of(display: Display) -> Kind:
    """The kind of a display. Raises StudyError with the nearest name."""
    if display.kind not in DISPLAYS:
        hint = did_you_mean(display.kind, DISPLAYS)
        raise StudyError(f"there is no kind of display {display.kind!r}", str(display.place), hint)
    return DISPLAYS[display.kind]


def bind(display: Display, kind: Kind) -> Any:
    """A display's parameters as its kind's dataclass. Raises StudyError with the place of what does not fit."""
    return build(kind.params, display.params)
