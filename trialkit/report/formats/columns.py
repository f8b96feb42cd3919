"""A table too wide for any paper, cut between columns into several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from trialkit.report.formats.grid import fits
from trialkit.report.table import TableModel


def cut(table: TableModel) -> tuple[TableModel, ...]:
    """The table, or tables of as many of its columns as fit, each with the stub and a caption that names them.

    Columns under one heading stay together where they can.
    """
    if fits(table):
        return (table,)
    ends = list(_ends(table))
    starts = [0, *ends[:-1]]
    said = f"{table.caption}, columns" if table.caption else "Columns"
    return tuple(
        replace(_part(table, a, b), caption=f"{said} {a + 1} to {b} of {ends[-1]}" if len(ends) > 1 else table.caption)
        for a, b in zip(starts, ends, strict=True)
    )


def _ends(table: TableModel) -> Iterator[int]:
    """After which columns it is cut."""
    start = 0
    for end in _joints(table):
        if end > start and not fits(_part(table, start, end)):
            last = max((joint for joint in _joints(table) if start < joint < end), default=0)
            if last:
                yield last
                start = last
    yield len(table.heads)


def _joints(table: TableModel) -> list[int]:
    """The places between columns, or between shared headings, at which a table may be cut."""
    made, at = [], 0
    for _, heads in groupby(enumerate(table.heads), key=lambda pair: pair[1].group or pair[0]):
        at += len(list(heads))
        made.append(at)
    return made


def _part(table: TableModel, start: int, end: int) -> TableModel:
    lines = tuple(replace(line, cells=line.cells[start:end]) for line in table.lines)
    return replace(table, heads=table.heads[start:end], lines=lines)
