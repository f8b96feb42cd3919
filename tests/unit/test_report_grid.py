"""Columns on paper: wide enough for their numbers, never wider than the paper, sideways only where that is needed."""

from __future__ import annotations

import pytest

from trialkit.report.formats.columns import cut
from trialkit.report.formats.grid import PAD, SIZES, fits, gap, grid, measure, room, wide
from trialkit.report.formats.headings import parts
from trialkit.report.formats.paper import paper_rows
from trialkit.report.formats.text import breakable, clean, directed, shredded
from trialkit.report.table import Cell, Head, Line, TableModel


def table(columns: int, text: str = "123 ", tail: str = "(45.6%)", label: str = "Arm", group: str = "") -> TableModel:
    heads = tuple(Head(f"{label} {i}", "N=123", f"{group} {i // 2}" if group else "") for i in range(columns))
    lines = [Line("Heading of several lines", (), 0, "group")]
    lines += [Line("Some category", tuple(Cell(text.strip(), "n_pct", tail) for _ in heads), 1) for _ in range(3)]
    return TableModel(heads, tuple(lines), "Category")


@pytest.mark.parametrize("columns", [1, 4, 6, 9, 12, 40])
@pytest.mark.parametrize("group", ["", "Treatment of a long name"])
def test_columns_fill_the_paper_and_never_more(columns: int, group: str) -> None:
    made = table(columns, group=group)
    sideways = wide([made])
    found = grid(made, sideways)
    assert len(found.widths) == columns + 1
    assert sum(found.widths) == pytest.approx(room(sideways))


@pytest.mark.parametrize("columns", [1, 4, 6, 9, 12])
def test_no_number_breaks(columns: int) -> None:
    made = table(columns)
    found = grid(made, wide([made]))
    for width, box in zip(found.widths[1:], found.tails, strict=True):
        assert box == pytest.approx(measure("(45.6%)", found.size))
        assert width >= measure("123", found.size) + gap(found.size) + box + 2 * PAD - 1e-9


def test_sideways_only_where_upright_is_too_narrow() -> None:
    assert not wide([table(4)])
    assert wide([table(4), table(9)])
    assert grid(table(4), False).size == SIZES[0]
    assert grid(table(9), True).size in SIZES
    assert grid(table(14), True).size < SIZES[-1]


def test_a_column_of_words_takes_the_room_that_is_left() -> None:
    made = TableModel((Head("Rows"), Head("Reason", text=True)), (Line("Step", (Cell("5"), Cell("why", "text"))),), "")
    found = grid(made, False)
    assert found.widths[2] > found.widths[0] + found.widths[1]
    assert sum(found.widths) == pytest.approx(room(False))


def test_a_table_without_lines_or_columns_has_a_grid() -> None:
    assert grid(TableModel((), ()), False).widths == pytest.approx((room(False),))


def test_rows_of_paper_cover_every_column() -> None:
    made = table(4, group="Group")
    rows = paper_rows(made, grid(made, False))
    assert [row.header for row in rows] == [True, True, False, False, False, False]
    assert {sum(cell.span for cell in row.cells) for row in rows} == {5}
    assert {round(sum(cell.width for cell in row.cells), 6) for row in rows} == {round(room(False), 6)}
    assert rows[2].keep and not rows[3].keep
    assert [cell.merge for cell in rows[0].cells] == ["begin", "", ""]
    assert [cell.merge for cell in rows[1].cells] == ["end", "", "", "", ""]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc", "a b c"),
        ("nul\x00 bell\x07", "nul\\x00 bell\\x07"),
        ("half \ud83e", "half \\ud83e"),
        ("e\u0301 \u05d0 \U0001f468\u200d\U0001f469", "e\u0301 \u05d0 \U0001f468\u200d\U0001f469"),
    ],
)
def test_what_no_file_can_hold_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_long_words_can_break_and_short_ones_do_not() -> None:
    assert breakable("a" * 30) == "a" * 30
    assert breakable("a" * 31).replace("\u200b", "") == "a" * 31
    assert max(map(len, breakable("a" * 500).split("\u200b"))) == 12
    family = "\U0001f468\u200d\U0001f469"
    assert all(piece[0] != "\u200d" for piece in breakable(family * 20).split("\u200b"))


def test_runs_are_told_apart_by_direction() -> None:
    assert list(directed("one")) == [("one", False)]
    assert list(directed("a \u05d0\u05d1 \u05d2 b")) == [("a ", False), ("\u05d0\u05d1 \u05d2", True), (" b", False)]
    assert list(directed("")) == []


@pytest.mark.parametrize(("columns", "group"), [(40, ""), (100, ""), (41, "Treatment of a long name")])
def test_a_table_too_wide_for_paper_is_cut_between_columns(columns: int, group: str) -> None:
    made = table(columns, group=group)
    parts = cut(made)
    assert len(parts) > 1 and all(fits(part) and not grid(part, True).tight for part in parts)
    assert [head for part in parts for head in part.heads] == list(made.heads)
    assert {line.stub for part in parts for line in part.lines} == {line.stub for line in made.lines}
    assert parts[0].caption == f"Columns 1 to {len(parts[0].heads)} of {columns}"
    if group:
        assert all(len(part.heads) % 2 == 0 for part in parts[:-1])


def test_headings_are_repeated_over_their_own_lines_only() -> None:
    outer, inner = Line("outer", (), 0, "group"), Line("inner", (), 1, "group")
    row, total = Line("row", (Cell("1"),), 2), Line("total", (Cell("1"),), 0, "total")

    def told(*lines: Line) -> list[tuple[int, int, int, bool]]:
        return [(len(p.headings), len(p.lines), p.level, p.repeat) for p in parts(lines)]

    assert told() == []
    assert told(row, outer, row, row) == [(0, 1, 2, False), (1, 2, 2, True)]
    assert told(outer, row, total) == [(1, 2, 2, False)]
    assert told(outer, inner, row, outer, row) == [(1, 0, 2, True), (1, 1, 3, True), (1, 1, 2, True)]
    assert told(outer, outer, row) == [(2, 1, 2, True)]
    assert told(outer, inner, outer, row) == [(3, 1, 2, True)]


def test_a_table_that_fits_is_not_cut() -> None:
    made = table(9)
    assert cut(made) == (made,)


def test_one_number_wider_than_the_paper_breaks() -> None:
    made = table(1, text="9" * 400)
    assert cut(made) == (made,)
    found = grid(made, wide([made]))
    assert found.tight and sum(found.widths) == pytest.approx(room(True))
    assert shredded("12 (3%)").split("\u200b") == ["1", "2 (", "3", "%", ")"]
