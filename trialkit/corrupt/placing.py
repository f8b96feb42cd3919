"""Which subject gets which error: one each, so that no error can hide another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trialkit.corrupt.edits import Edit, Remove
from trialkit.corrupt.sheet import Record, Sheets
from trialkit.corrupt.spot import Spot
from trialkit.corrupt.ways import WAYS
from trialkit.errors import UsageError

if TYPE_CHECKING:
    from trialkit.corrupt.plan import Error, Place, Told

TellAt = tuple[Record, str]
"""The record and the field at which an error is told."""


@dataclass(frozen=True)
class Placed:
    """An error that has found its place: what will be done, and where it will be told, first place first."""

    error: Error
    edits: list[Edit]
    told: list[TellAt]


def place(sheets: Sheets, errors: list[Error], rng: random.Random) -> list[Placed]:
    """A place for every error. Raises UsageError for an error that finds no subject left."""
    subjects = sheets.subjects()
    pairs = [error for error in errors if WAYS[error.by].pair]
    enough = len(errors) + len(pairs)
    spots = [_spots(sheets, error, rng.sample(subjects, len(subjects)), enough) for error in errors]
    partners = [_with_record(sheets, error, rng.sample(subjects, len(subjects))) for error in pairs]
    given = _match([*errors, *pairs], [*map(list, spots), *partners])
    second, free = given[len(errors) :], [subject for subject in subjects if subject not in given]
    placed = []
    for error, subject, found in zip(errors, given[: len(errors)], spots, strict=True):
        spot = found[subject]
        if WAYS[error.by].pair:
            spot = _with_partner(spot, [second.pop(0), *free])
            free = [subject for subject in free if subject != spot.other()[sheets.subject]]
        placed.append(_done(spot))
    return placed


def _spots(sheets: Sheets, error: Error, subjects: list[str], enough: int) -> dict[str, Spot]:
    """A spot for each of the first ``enough`` subjects that have one: that many cannot all be taken by others."""
    found: dict[str, Spot] = {}
    for subject in subjects:
        spot = next(_spots_of(sheets, error, subject), None)
        if spot is not None:
            found[subject] = spot
        if len(found) == enough:
            break
    return found


def _spots_of(sheets: Sheets, error: Error, subject: str) -> Iterator[Spot]:
    for record in sheets.of(error.file, subject):
        spot = Spot(sheets, error, record)
        if record.fits(error.where, error.unless) and _allowed(spot) and _possible(spot):
            yield spot


def _allowed(spot: Spot) -> bool:
    return all(spot.at(need) for need in spot.error.needs) and not any(spot.at(lack) for lack in spot.error.lacks)


def _possible(spot: Spot) -> bool:
    """Whether the error can be made and told here; of a pair, what can be said before the partner is known."""
    if WAYS[spot.error.by].pair:
        return not spot.error.field or bool(spot.record[spot.error.field])
    edits = WAYS[spot.error.by].make(spot)
    return edits is not None and _tolds(spot, edits) is not None


def _match(errors: list[Error], options: list[list[str]]) -> list[str]:
    """A subject of its own for each: a matching by augmenting paths (Kuhn), the first free subject of each."""
    taken: dict[str, int] = {}

    def find(error: int, seen: set[str]) -> bool:
        for subject in options[error]:
            if subject not in seen:
                seen.add(subject)
                if subject not in taken or find(taken[subject], seen):
                    taken[subject] = error
                    return True
        return False

    for n, error in enumerate(errors):
        if not find(n, set()):
            raise _none_left(error)
    by_error = {n: subject for subject, n in taken.items()}
    return [by_error[n] for n in range(len(errors))]


def _with_record(sheets: Sheets, error: Error, subjects: list[str]) -> list[str]:
    """The subjects who could be the second of an error between two."""
    return [subject for subject in subjects if _partners(sheets, error, subject)]


def _partners(sheets: Sheets, error: Error, subject: str) -> list[Record]:
    place: Place | Error = error.of or error
    own = sheets.of(place.file or error.file, subject)
    return [record for record in own if record.fits(place.where, place.unless)]


def _with_partner(spot: Spot, subjects: list[str]) -> Spot:
    """The spot with the first record of one of these subjects with which the error can be made and told."""
    for subject in subjects:
        for record in _partners(spot.sheets, spot.error, subject):
            paired = replace(spot, partner=record)
            edits = WAYS[spot.error.by].make(paired)
            if edits is not None and _tolds(paired, edits) is not None:
                return paired
    raise _none_left(spot.error)


def _none_left(error: Error) -> UsageError:
    return UsageError(f"no record of {error.file} is left for a {error.kind!r}", hint="Simulate more subjects.")


def _done(spot: Spot) -> Placed:
    edits = WAYS[spot.error.by].make(spot)
    told = _tolds(spot, edits) if edits is not None else None
    if edits is None or told is None:
        raise _none_left(spot.error)
    return Placed(spot.error, edits, told)


def _tolds(spot: Spot, edits: list[Edit]) -> list[TellAt] | None:
    """Where the error is told; None if the subject has no record there."""
    error = spot.error
    gone = [id(edit.record) for edit in edits if isinstance(edit, Remove)]
    first = (edits[0].record, _changed_field(error))
    places = [_told(spot, told, edits, gone) for told in ([error.told] if error.told else []) + list(error.also)]
    found = places if error.told else [first, *places]
    return None if any(place is None for place in found) else [place for place in found if place is not None]


def _changed_field(error: Error) -> str:
    return error.field or (error.fields or tuple(error.cells) or ("",))[0]


def _told(spot: Spot, told: Told, edits: list[Edit], gone: list[int]) -> TellAt | None:
    record = _whose(spot, told, edits[0].record)
    if not told.file and not told.where:
        return record, told.field
    subject = spot.subject if record is edits[0].record else record[spot.sheets.subject]
    own = spot.sheets.of(told.file or spot.error.file, subject)
    found = next((r for r in own if id(r) not in gone and r.fits(told.where, {})), None)
    return (found, told.field) if found else None


def _whose(spot: Spot, told: Told, changed: Record) -> Record:
    """The record of the one of the two subjects that is meant."""
    if told.at == "later":
        return max(changed, spot.other(), key=lambda record: record.line)
    return spot.other() if told.at == "partner" else changed
