"""Cells of declared lines: counts that can be opened, shares, values with a spread or an interval in brackets."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from trialkit.report.numbers import NOT_ESTIMABLE, fixed, interval, percent
from trialkit.report.rows import Number, Rows
from trialkit.report.scene import Scene
from trialkit.report.table import BLANK, Cell

As = Literal["value", "count", "count_of", "percent", "range", "pair", "mean", "sd", "ratio", "one"]
"""How a line's numbers are printed.

``value``: as the statistic is printed elsewhere; ``count``: a whole number that can be opened; ``count_of``: a count
with its share in brackets; ``percent``: a share from 0 to 1; ``range``: two shares as an interval; ``pair``: values
beside each other, not in brackets; ``mean``, ``sd``, ``ratio``: with the decimals of such a number; ``one``: with one.
"""


def line_cells(
    scene: Scene, rows: Rows, arms: tuple[str, ...], stat: str, other: tuple[str, ...], show: As
) -> tuple[Cell, ...]:
    """A cell per arm: ``stat`` and, in brackets, what is named in ``other``."""
    by = rows.index(lambda n: (n.stat, n.arm))
    return tuple(_cell(scene, by.get((stat, arm)), [by.get((o, arm)) for o in other], show) for arm in arms)


def _cell(scene: Scene, number: Number | None, other: list[Number | None], show: As) -> Cell:
    if number is None:
        return BLANK
    if number.error:
        return scene.cell(number)
    if show == "count":
        return scene.count_cell(number)
    if show == "count_of":
        return _share_of(scene, number, other[0] if other else None)
    if show == "range":
        return scene.estimate(
            number, interval(*(_text(scene, n, "percent") for n in (number, *other) if n is not None))
        )
    said = [_text(scene, n, show) for n in (number, *other) if n is not None]
    first, *rest = said[:1] if set(said) == {NOT_ESTIMABLE} else said
    if show == "pair":
        return scene.estimate(number, ", ".join((first, *rest)))
    return scene.estimate(number, first, f"({', '.join(rest)})" if rest else "")


def _share_of(scene: Scene, number: Number, share: Number | None) -> Cell:
    cell = scene.count_cell(number)
    if share is None or share.value is None or not number.value:
        return cell
    return replace(cell, kind="n_pct", tail=f"({percent(100 * share.value, scene.preset)})")


def _text(scene: Scene, number: Number, show: As) -> str:
    if number.value is None:
        return scene.text(number)
    if show == "percent":
        return percent(100 * number.value, scene.preset)
    base = scene.decimals(number) or 0
    places = {"mean": base + scene.preset.mean, "sd": base + scene.preset.sd, "ratio": scene.preset.ratio}
    places |= {"one": 1}
    return fixed(number.value, places[show]) if show in places else scene.text(number)
