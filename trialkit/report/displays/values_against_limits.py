"""The rows of a listing as columns, their values against limits of the protocol: certificates of lots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.table import SRC
from trialkit.report.displays.base import Kind, Made, shell
from trialkit.report.displays.listing_table import value_text
from trialkit.report.numbers import collected, thousands
from trialkit.report.scene import Scene
from trialkit.report.table import Cell, Head, Line, TableModel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Limit:
    """What a value may be, by a parameter of the newest protocol: at most it, below it, or ``within`` so much of
    ``of``."""

    at_most: str = ""
    below: str = ""
    within: str = ""
    of: float = 0.0


@dataclass(frozen=True)
class Params:
    """Parameters of ``values_against_limits``.

    Attributes:
        limits: column of numbers: its limit.
        words: column of categories: the one that is within its limit.
    """

    limits: dict[str, Limit] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def build(scene: Scene, params: Params) -> Made:
    """A table for each listing: a line for each of its columns, its limit, and the value of each row."""
    for limit in params.limits.values():
        for name in filter(None, (limit.at_most, limit.below, limit.within)):
            _number(scene, name)
    found = [scene.listings[spec.id] for spec in scene.listed if spec.id in scene.listings]
    return Made(tuple(_table(scene, one.id, one.frame, params) for one in found))


def _table(scene: Scene, listing: str, frame: pd.DataFrame, params: Params) -> TableModel:
    first, *names = (name for name in frame.columns if name != SRC)
    heads = (Head("Limit", text=True), *(Head(str(name), text=True) for name in frame[first]))
    if not len(frame):
        return shell(heads, "Test")
    lines = []
    for name in names:
        said = [value_text(scene, listing, name, value) for value in frame[name]]
        said = [thousands(text) for text in said] if frame[name].dtype.kind in "if" else said
        outside = [_outside(scene, params, name, value) for value in frame[name]]
        cells = [scene.shown(listing, [source], f"{text} (outside)" if out else text or "\u2013", "text")
                 for text, out, source in zip(said, outside, frame[SRC], strict=True)]  # fmt: skip
        lines.append(Line(scene.heading(listing, name), (Cell(_words(scene, params, listing, name), "text"), *cells)))
    return TableModel(heads, tuple(lines), "Test")


def _number(scene: Scene, parameter: str) -> float:
    known = scene.study.protocol.parameters
    if parameter not in known:
        hint = did_you_mean(parameter, known)
        raise StudyError(f"the protocol has no parameter {parameter!r}", str(scene.display.place), hint)
    return float(known[parameter].value)


def _outside(scene: Scene, params: Params, name: str, value: Any) -> bool:
    import pandas as pd

    if pd.isna(value):
        return False
    limit = params.limits.get(name)
    if limit is None:
        return name in params.words and value != params.words[name]
    at_most, below, within = (
        _number(scene, one) if one else None for one in (limit.at_most, limit.below, limit.within)
    )
    return (
        (at_most is not None and value > at_most)
        or (below is not None and value >= below)
        or (within is not None and abs(value - limit.of) > within)
    )


def _words(scene: Scene, params: Params, listing: str, name: str) -> str:
    limit = params.limits.get(name)
    if limit is None:
        return scene.level(listing, name, params.words[name]) if name in params.words else ""
    if limit.within:
        margin = _number(scene, limit.within)
        return f"{collected(limit.of - margin, None)} to {collected(limit.of + margin, None)}"
    sign, parameter = ("\u2264", limit.at_most) if limit.at_most else ("<", limit.below)
    return f"{sign} {thousands(collected(_number(scene, parameter), None))}"


KIND = Kind(build, Params, lists=True, closed="limits are of the protocol, which has no rows.")
