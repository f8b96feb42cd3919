"""Headings inside a table and what they head, for a typesetter that repeats them on the pages that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trialkit.report.table import Line


@dataclass(frozen=True)
class Part:
    """Headings that stand together, and the lines below them up to the next heading.

    ``level`` is 2 for the outermost, one more for each step of indent. ``repeat``: all lines up to the next heading of
    the same or a lower level are theirs.
    """

    headings: tuple[Line, ...]
    lines: tuple[Line, ...]
    level: int
    repeat: bool


def parts(lines: Sequence[Line]) -> list[Part]:
    """The lines in parts; the first has no heading if the table begins with other lines.

    Headings with no line between them are one part unless each is deeper than the one before: typst 0.15 breaks down
    over two headers of one level with nothing between them.
    """
    made: list[Part] = []
    at = 0
    for heading, run in groupby(lines, key=lambda line: line.kind == "group"):
        own = tuple(run)
        at += len(own)
        if not heading:
            last = made.pop() if made else Part((), (), 2, False)
            made.append(Part(last.headings, own, last.level, last.repeat))
            continue
        for group in _nested(own):
            indent = min(line.indent for line in group)
            made.append(Part(group, (), indent + 2, _closed(lines[at:], indent)))
    return made


def _nested(run: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """A run of headings in groups, each deeper than the one before."""
    made: list[tuple[Line, ...]] = []
    for line in run:
        group: tuple[Line, ...] = (line,)
        while made and min(above.indent for above in made[-1]) >= line.indent:
            group = (*made.pop(), *group)
        made.append(group)
    yield from made


def _closed(below: Sequence[Line], indent: int) -> bool:
    """Whether everything up to the next heading as deep or less deep lies deeper."""
    for line in below:
        if line.indent <= indent:
            return line.kind == "group"
    return True
