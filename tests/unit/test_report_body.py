"""The lines of a table as the page prints them."""

from __future__ import annotations

from trialkit.report.body import body
from trialkit.report.drill import Drill
from trialkit.report.table import Cell, Head, Line, TableModel

HEADS = (Head("A"), Head("B"))
COUNT = Cell("3", "n_pct", "(30.0%)", "set", "subjects", "one")


def rows(*lines: Line, drill: Drill | None = None) -> list[str]:
    return str(body(TableModel(HEADS, lines), drill)).splitlines()


def test_every_text_of_a_line_is_escaped() -> None:
    hostile, shown = "<b>'\"&", "&lt;b&gt;&#39;&#34;&amp;"
    cells = (Cell(hostile, "text"), Cell(hostile, "value", hostile))
    assert rows(Line(hostile, cells), Line(hostile, (), kind="span"), Line(hostile, (), kind="group")) == [
        f"<tr><th scope=row>{shown}<td class=text>{shown}<td>{shown} <span class=tail>{shown}</span>",
        f"<tr class=span><td colspan=3>{shown}",
        f"<tr class=group><th scope=colgroup colspan=3><span>{shown}</span>",
    ]


def test_a_bare_count_keeps_the_room_of_a_percentage_only_beside_one() -> None:
    assert rows(Line("x", (COUNT, Cell("0", "n_pct"))), Line("y", (Cell("0", "n_pct"), Cell("1")), 2, "total")) == [
        "<tr><th scope=row>x<td class=n_pct>3 <span class=tail>(30.0%)</span><td class=n_pct>0",
        "<tr class=total><th scope=row class=in2>y<td class=n_pct>0 <span class=tail></span><td>1",
    ]


def test_what_has_a_set_opens_and_two_looks_are_quoted() -> None:
    drill = Drill({("set", "subjects", "one"): 0, ("rows", "shown", "two"): 7}, {(1, 2): "rows"}, "")
    listed = Cell("", "value", "", "", "shown", "two", (1, 2))
    lines = (Line("x", (COUNT, Cell("2026-01-30", "text"))), Line("y", (), 0, "span", listed), Line("z", opens=listed))
    assert rows(*lines, drill=drill) == [
        '<tr><th scope=row>x<td class=n_pct data-o=0>3 <span class=tail>(30.0%)</span><td class="text date">2026-01-30',
        "<tr class=span><td colspan=3 data-o=7>y",
        "<tr><th scope=row data-o=7>z",
    ]
    assert "data-o" not in "".join(rows(*lines))
