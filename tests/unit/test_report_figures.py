"""What figures are drawn with: paths, the width of words, plots and markers."""

from __future__ import annotations

import math
import re

import pytest

from trialkit.report.figures.canvas import ACTIVE, CONTROL, width_of
from trialkit.report.figures.font import ems, fonts
from trialkit.report.figures.forest import ForestFigure, ForestLine
from trialkit.report.figures.marks import mark
from trialkit.report.figures.paths import line, n
from trialkit.report.figures.plot import Plot, Scale, number, steps
from trialkit.report.figures.shapes import Sheet

PLACES = [(0.0, 0.04), (-0.55, 12.0), (-0.55, 30.26), (-0.55, 31.0), (7.0, 31.0), (7.0, 31.0), (3.0, 31.0), (2.5, 0.1)]


def places_of(path: str) -> list[tuple[float, float]]:
    """Where a path goes, as an SVG reader reads it."""
    x = y = 0.0
    made = []
    for command, text in re.findall(r"([Mlhv])([^Mlhvz]*)", path):
        numbers = [float(t) for t in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)]
        while numbers:
            dx = numbers.pop(0) if command != "v" else 0.0
            dy = numbers.pop(0) if command != "h" else 0.0
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            made.append((round(x, 6), round(y, 6)))
    return made


def test_a_path_goes_where_it_was_sent_to_a_tenth_of_a_point() -> None:
    wanted = [(round(x, 1) + 0.0, round(y, 1) + 0.0) for x, y in PLACES]
    found = places_of(line(PLACES))
    kept = [wanted[0], wanted[1], wanted[3], wanted[4], wanted[6], wanted[7]]  # on one level, there and back, both stay
    assert found == kept
    assert (n(-0.04), n(0.5), n(-0.5), n(10.0), n(100.25)) == ("0", ".5", "-.5", "10", "100.2")


@pytest.mark.parametrize("bold", [False, True])
def test_words_are_as_wide_as_the_font_library_says(bold: bool) -> None:
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(str(fonts() / f"DejaVuSans{'-Bold' if bold else ''}.ttf"))
    font.set_size(100, 72)
    for sign in "aW0 .\u2212\u2265\u00e9\u6f22\U0001f600":
        glyph = font.load_glyph(font.get_char_index(ord(sign)), flags=LoadFlags.NO_HINTING)
        assert ems(sign, bold) == pytest.approx(glyph.linearHoriAdvance / 65536 / 100, abs=1e-4)
    assert width_of("ab", 36, bold) == pytest.approx((ems("a", bold) + ems("b", bold)) / 2)
    assert width_of("  ", 9) == 0


def test_a_plot_puts_data_where_its_scales_say() -> None:
    plot = Plot(Sheet(200, 100), 50, 10, 100, 80, Scale(0.1, 10, log=True), Scale(-1, 1))
    assert (plot.x(1), plot.y(0), plot.y(1), plot.x(0.1)) == (pytest.approx(100), 50, 10, 50)


def test_ticks_are_whole_steps_within_the_axis() -> None:
    assert steps(-0.4, 17.2, 9) == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert [number(t) for t in steps(-0.03, 0.021)] == ["\u22120.03", "\u22120.02", "\u22120.01", "0", "0.01", "0.02"]
    for power in range(-6, 7):
        for wide in (1.0, 1.7, 3.3, 7.9):
            found = steps(-wide * 10**power / 3, wide * 10**power, 7)
            assert 2 <= len(found) <= 8 and not any(math.isclose(t, 0, abs_tol=1e-12) and t for t in found)


@pytest.mark.parametrize("marker", [CONTROL.marker, *(style.marker for style in ACTIVE)])
def test_every_arm_has_a_marker_and_faint_ones_stay_apart(marker: str) -> None:
    sheet = Sheet(100, 100)
    mark(sheet, [(10, 10), (50, 50)], marker, "red", 6)
    mark(sheet, [(10, 10), (11, 10)], marker, "red", 6, 0.5)
    svg = sheet.svg("alt")
    assert svg.count("<path") == 3 and svg.count("M") == 4
    assert 'opacity="0.5"' in svg


def test_an_interval_beyond_the_axis_ends_with_it() -> None:
    lines = (ForestLine("a", "1", "x", (1.0, 0.5, 2.0)), ForestLine("b", "1", "x", (1.1, 0.00001, 90000.0)))
    svg = ForestFigure(lines, "Ratio", ("n", "r"), ("lower", "higher"), "alt").svg(False)
    interval = next(d for look, d in re.findall(r'<path ([^>]*) d="([^"]*)"', svg) if 'stroke-width="1.6"' in look)
    axis = next(d for look, d in re.findall(r'<path ([^>]*) d="([^"]*)"', svg) if 'stroke-width="0.8"' in look)
    (left, _), (right, _) = places_of(axis)[:2]
    assert [x for x, _ in places_of(interval)][-2:] == [left, right]
