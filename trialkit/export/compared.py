"""Differences of two data sets as a person or a program reads them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

from trialkit.derive.difference import Changed, Differences
from trialkit.words import many

SCHEMA = "trialkit.compare/1"
SHOWN = 5


def human(found: Differences, shown: int = SHOWN) -> str:
    """Rows of one side, then each column that differs with its largest difference and its first records."""
    lines = [f"{many(found.both, 'row')} in both, {many(len(found.compared), 'column')} compared"]
    for side, columns, rows in (
        ("left", found.left_columns, found.left_rows),
        ("right", found.right_columns, found.right_rows),
    ):
        if columns:
            lines.append(f"only the {side} has {many(len(columns), 'column')}: {', '.join(columns)}")
        if rows:
            lines.append(f"only the {side} has {many(len(rows), 'row')}")
            lines += [f"    {_key(found, key)}" for key in rows[:shown]]
            lines += _more(len(rows), shown)
    for name in dict.fromkeys(one.column for one in found.changed):
        lines += _column(found, name, [one for one in found.changed if one.column == name], shown)
    lines.append(_total(found))
    return "\n".join(lines) + "\n"


def _column(found: Differences, name: str, changed: list[Changed], shown: int) -> Iterator[str]:
    largest = max((one.difference for one in changed if one.difference is not None), default=None)
    said = f", by at most {largest:.6g}" if largest is not None else ""
    yield f"{name} differs in {many(len(changed), 'row')}{said}"
    for one in changed[:shown]:
        yield f"    {_key(found, one.key)}: {one.left or 'missing'} | {one.right or 'missing'}"
    yield from _more(len(changed), shown)


def _key(found: Differences, key: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {cell or 'missing'}" for name, cell in zip(found.key, key, strict=True))


def _more(count: int, shown: int) -> list[str]:
    return [f"    and {count - shown:,} more"] if count > shown else []


def _total(found: Differences) -> str:
    if not found:
        return "no difference"
    cells = many(len(found.changed), "cell differs", "cells differ")
    return f"{cells}; {many(len(found.left_rows), 'row')} only left, {len(found.right_rows):,} only right"


def as_json(found: Differences) -> str:
    """One object: ``schema``, and the fields of ``Differences``."""
    return json.dumps({"schema": SCHEMA, **asdict(found)}, ensure_ascii=False, indent=1) + "\n"


def as_csv(found: Differences) -> str:
    """One line for each row of one side and each cell that differs: kind, key, column, left, right, difference."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", *found.key, "column", "left", "right", "difference"])
    for kind, rows in (("only left", found.left_rows), ("only right", found.right_rows)):
        writer.writerows([kind, *key, "", "", "", ""] for key in rows)
    for one in found.changed:
        difference = "" if one.difference is None else format(one.difference, ".17g")
        writer.writerow(["changed", *one.key, one.column, one.left, one.right, difference])
    return out.getvalue()


COMPARE_FORMATS: dict[str, Callable[[Differences], str]] = {"human": human, "json": as_json, "csv": as_csv}
"""Format -> differences as text."""
