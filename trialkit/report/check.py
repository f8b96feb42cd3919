"""Are the displays of a study's reports possible: their kinds, parameters and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.analysis import Display, ReportSpec
from trialkit.model.preset import Preset
from trialkit.model.study import Study
from trialkit.report.displays import DISPLAYS
from trialkit.report.displays.base import Kind
from trialkit.report.numbers import PRESETS
from trialkit.spec.build import build

MOST_DECIMALS = 9


def check_report(study: Study) -> list[StudyError]:
    """Every mistake in the study's reports, each with its place and what to do."""
    found: list[StudyError] = []
    for report in study.reports.values():
        found += _report(study, report)
    return found


def reads_conduct(displays: Iterable[Display]) -> bool:
    """Whether one of the displays shows what the store tells of the conduct of the study."""
    return any(kind_of(display).conduct for display in displays)


def prints_rows(display: Display) -> bool:
    """Whether a display prints rows of its listings one by one, and does not only draw or count them."""
    return kind_of(display).prints


def _report(study: Study, report: ReportSpec) -> Iterator[StudyError]:
    yield from _presets(report)
    numbers: dict[str, str] = {}
    for display in report.displays.values():
        yield from _display(study, display)
        yield from _guarded(study, report, display)
        other = numbers.setdefault(display.number, display.id)
        if other != display.id:
            yield StudyError(f"number {display.number!r} is already that of {other!r}", str(display.place))


def _presets(report: ReportSpec) -> Iterator[StudyError]:
    """A preset that nobody declares, one that replaces a preset of every study, and decimals that cannot be."""
    place = str(report.place)
    for name, preset in report.presets.items():
        if name in PRESETS:
            yield StudyError(f"preset {name!r} is one that every study has", place, "Give yours a name of its own.")
        for what in ("percent", "mean", "sd", "quantile", "ratio", "extreme", "p"):
            decimals, least = getattr(preset, what), 1 if what == "p" else 0
            if decimals is not None and not least <= decimals <= MOST_DECIMALS:
                hint = f"Write {least} to {MOST_DECIMALS}."
                yield StudyError(f"preset {name!r} has {decimals} decimals for {what}", place, hint)
        if not 0 <= preset.mark <= 1:
            yield StudyError(
                f"preset {name!r} marks p-values below {preset.mark:g}", place, "Write a number from 0 to 1."
            )
    for display in (None, *(d for d in report.displays.values() if d.preset)):
        try:
            preset_of(report, display)
        except StudyError as error:
            yield error


def preset_of(report: ReportSpec, display: Display | None = None) -> Preset:
    """The preset of a display, else the report's. Raises StudyError, with the nearest name, if there is none."""
    owner = display if display is not None and display.preset else report
    name, place = owner.preset, owner.place
    known = PRESETS | report.presets
    if name not in known:
        raise StudyError(f"there is no preset {name!r}", str(place), did_you_mean(name, known))
    return known[name]


def _guarded(study: Study, report: ReportSpec, display: Display) -> Iterator[StudyError]:
    """Tests where the display shows none unless the preset admits them."""
    kind = DISPLAYS.get(display.kind)
    if kind is None or not kind.guarded:
        return
    tests = [name for name in display.analyses if name in study.analyses and study.analyses[name].method in kind.also]
    known = PRESETS | report.presets
    preset = known.get(display.preset or report.preset)
    if tests and preset is not None and not preset.baseline_p:
        hint = "Arms of a randomized trial are not tested at baseline: remove it, or name a preset with baseline_p."
        yield StudyError(f"display {display.id!r} shows the test {tests[0]!r}", str(display.place), hint)


def _display(study: Study, display: Display) -> Iterator[StudyError]:
    try:
        kind = kind_of(display)
        bind(display, kind)
    except StudyError as error:
        yield error
        return
    used = [study.analyses[name].method for name in display.analyses if name in study.analyses]
    needed = ", ".join(kind.needs)
    if kind.conduct:
        if display.analyses or display.listings:
            hint = "Remove 'analyses' and 'listings'."
            yield StudyError(f"{display.kind} reads the store, no analysis or listing", str(display.place), hint)
        return
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
