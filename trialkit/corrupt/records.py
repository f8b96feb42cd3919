"""What is done to records of one subject. Each gives the edits, or None: not at this spot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from trialkit.corrupt.dates import parts
from trialkit.corrupt.edits import Add, Edit, Remove, Rewrite
from trialkit.corrupt.sheet import Record
from trialkit.corrupt.spot import Spot


def set_cells(spot: Spot) -> list[Edit] | None:
    """Several cells of the record set to the plan's texts."""
    return _rewritten((record, spot.error.cells) for record in spot.targets())


def date_of(spot: Spot) -> list[Edit] | None:
    """The date of another record of the subject, so many days later, written over this one's (its time stays)."""
    place, own = spot.error.of, parts(spot.record[spot.error.field])
    other = spot.at(place) if place else None
    found = parts(other[place.field]) if other and place else None
    if not own or not found:
        return None
    new = (found[0] + timedelta(days=int(spot.error.value))).isoformat() + own[1]
    return _rewritten([(spot.record, {spot.error.field: new})])


def copy_down(spot: Spot) -> list[Edit] | None:
    """The cell of the subject's record above copied into this one."""
    field = spot.error.field
    rows = spot.sheets.of(spot.error.file, spot.subject)
    at = next(i for i, record in enumerate(rows) if record is spot.record)
    if at == 0 or not rows[at - 1][field] or not spot.record[field]:
        return None
    return _rewritten([(spot.record, {field: rows[at - 1][field]})])


def exchange_fields(spot: Spot) -> list[Edit] | None:
    """Two cells of the record exchanged, where both hold something."""
    a, b = spot.error.fields
    if not spot.record[a] or not spot.record[b]:
        return None
    return _rewritten([(spot.record, {a: spot.record[b], b: spot.record[a]})])


def exchange_records(spot: Spot) -> list[Edit] | None:
    """Cells exchanged between two records of the subject."""
    other = spot.at(spot.error.of) if spot.error.of else None
    if other is None or other is spot.record:
        return None
    return _rewritten([(spot.record, _some(other, spot)), (other, _some(spot.record, spot))])


def copy_all(spot: Spot) -> list[Edit] | None:
    """Cells of the record copied into all fitting records of the subject: at least two others come to differ."""
    edits = _rewritten((record, _some(spot.record, spot)) for record in spot.fitting())
    return edits if edits and len(edits) >= 2 else None


def alike(spot: Spot) -> list[Edit] | None:
    """The same text in several cells of the record: one answer given to everything."""
    return _rewritten((record, dict.fromkeys(spot.error.fields, spot.error.value)) for record in spot.targets())


def right(spot: Spot) -> list[Edit] | None:
    """The cells from a column on moved one to the right; the column is left empty, the last cell is lost."""
    at, cells = _from(spot)
    return [Rewrite(spot.record, [*cells[:at], "", *cells[at:-1]])] if any(cells[at:]) else None


def left(spot: Spot) -> list[Edit] | None:
    """A cell left out: the ones after it moved one to the left, the last column is empty."""
    at, cells = _from(spot)
    return [Rewrite(spot.record, [*cells[:at], *cells[at + 1 :], ""])] if any(cells[at:]) else None


def cut(spot: Spot) -> list[Edit] | None:
    """The line cut off before a column."""
    at, cells = _from(spot)
    return [Rewrite(spot.record, cells[:at])] if at else None


def unquoted(spot: Spot) -> list[Edit] | None:
    """More text after a comma without quotes, so that the line has a cell too many."""
    at, cells = _from(spot)
    return [Rewrite(spot.record, [*cells[: at + 1], spot.error.value, *cells[at + 1 :]])]


def duplicate(spot: Spot) -> list[Edit] | None:
    """The record once more, at the end."""
    return [Add(spot.record.copy({}))]


def again(spot: Spot) -> list[Edit] | None:
    """The record once more, at the end, with some cells changed."""
    copy = spot.record.copy(spot.error.cells)
    return [Add(copy)] if copy.cells != spot.record.cells else None


def variant(spot: Spot) -> list[Edit] | None:
    """The record that the cell names, in another file, copied under a new name with cells changed; the cell names
    the copy from now on."""
    place, named = spot.error.of, spot.record[spot.error.field]
    sheet = spot.sheets.by_name[place.file] if place else spot.record.sheet
    found = next((r for r in sheet.records if place and r[place.field] == named), None)
    edits = _rewritten((record, {spot.error.field: spot.error.value}) for record in spot.targets())
    if place is None or found is None or edits is None:
        return None
    return [*edits, Add(found.copy({**spot.error.cells, place.field: spot.error.value}))]


def remove(spot: Spot) -> list[Edit] | None:
    """The record left out (with ``every``, all such records of the subject)."""
    return [Remove(record) for record in spot.targets()]


def _from(spot: Spot) -> tuple[int, list[str]]:
    return spot.record.sheet.column(spot.error.field), spot.record.cells


def _some(record: Record, spot: Spot) -> dict[str, str]:
    return {field: record[field] for field in spot.error.fields}


def _rewritten(wanted: Iterable[tuple[Record, dict[str, str]]]) -> list[Edit] | None:
    """Edits for the records whose cells come to differ; None if none does."""
    pairs = [(record, record.changed(cells)) for record, cells in wanted]
    return [Rewrite(record, cells) for record, cells in pairs if cells != record.cells] or None
