"""The ways in which an error is planted: one cell spoiled, or something done to records, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trialkit.corrupt import pairs, records
from trialkit.corrupt.cells import CELLS, VALUES, Spoil
from trialkit.corrupt.edits import Edit, Rewrite
from trialkit.corrupt.spot import Spot

Make = Callable[[Spot], "list[Edit] | None"]


@dataclass(frozen=True)
class Way:
    """How an error is made at a spot (None: not here), and which arguments the plan must give.

    ``gone`` means that it leaves no record of its own where it could be told; ``pair`` that it needs a record of a
    second subject; ``elsewhere`` that ``cells`` are those of a record at ``of``.
    """

    make: Make
    says: str
    needs: tuple[str, ...] = ()
    gone: bool = False
    pair: bool = False
    elsewhere: bool = False


def _cell(name: str, spoil: Spoil) -> Way:
    def make(spot: Spot) -> list[Edit] | None:
        field, value = spot.error.field, spot.error.value
        spoiled = [(record, spoil(record[field], value)) for record in spot.targets()]
        edits: list[Edit] = [Rewrite(r, r.changed({field: new})) for r, new in spoiled if new is not None]
        return edits or None

    return Way(make, _first_line(spoil), ("field", "value") if name in VALUES and name != "set" else ("field",))


def _way(make: Make, *needs: str, gone: bool = False, pair: bool = False, elsewhere: bool = False) -> Way:
    return Way(make, _first_line(make), needs, gone, pair, elsewhere)


def _first_line(function: Callable[..., object]) -> str:
    return " ".join((function.__doc__ or "").split("\n\n")[0].split())


WAYS: dict[str, Way] = {
    **{name: _cell(name, spoil) for name, spoil in CELLS.items()},
    "set_cells": _way(records.set_cells, "cells"),
    "date_of": _way(records.date_of, "field", "of", "of.field", "value"),
    "copy_down": _way(records.copy_down, "field"),
    "exchange_fields": _way(records.exchange_fields, "fields"),
    "exchange_records": _way(records.exchange_records, "fields", "of"),
    "copy_all": _way(records.copy_all, "fields"),
    "alike": _way(records.alike, "fields", "value"),
    "right": _way(records.right, "field"),
    "left": _way(records.left, "field"),
    "cut": _way(records.cut, "field"),
    "unquoted": _way(records.unquoted, "field", "value"),
    "duplicate": _way(records.duplicate),
    "again": _way(records.again, "cells"),
    "variant": _way(records.variant, "field", "of", "of.field", "value", "cells", elsewhere=True),
    "remove": _way(records.remove, gone=True),
    "exchange_subjects": _way(pairs.exchange_subjects, pair=True),
    "borrow": _way(pairs.borrow, "field", pair=True),
    "adopt": _way(pairs.adopt, "of", pair=True),
    "give": _way(pairs.give, pair=True),
}
"""Way by name."""
