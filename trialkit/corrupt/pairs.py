"""Errors between two subjects. Each gives the edits, or None: not with these two records."""

from __future__ import annotations

from trialkit.corrupt.edits import Add, Edit, Rewrite
from trialkit.corrupt.spot import Spot


def exchange_subjects(spot: Spot) -> list[Edit] | None:
    """The identifiers of two subjects exchanged between their records (which differ in each of ``fields``)."""
    name, other = spot.sheets.subject, spot.other()
    if any(spot.record[field] == other[field] for field in spot.error.fields):
        return None
    mine, its = spot.record.changed({name: other[name]}), other.changed({name: spot.subject})
    return [Rewrite(spot.record, mine), Rewrite(other, its)]


def borrow(spot: Spot) -> list[Edit] | None:
    """The cell of another subject's record written into this one."""
    field, value = spot.error.field, spot.other()[spot.error.of.field if spot.error.of else spot.error.field]
    if not value or value == spot.record[field]:
        return None
    return [Rewrite(spot.record, spot.record.changed({field: value}))]


def adopt(spot: Spot) -> list[Edit] | None:
    """A copy of another subject's record filed under this subject as well."""
    return [Add(spot.other().copy({spot.sheets.subject: spot.subject}))]


def give(spot: Spot) -> list[Edit] | None:
    """The record filed under another subject instead of its own."""
    name = spot.sheets.subject
    return [Rewrite(spot.record, spot.record.changed({name: spot.other()[name]}))]
