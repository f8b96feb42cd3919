"""Where an error is about to be planted: the record, the files around it, and for some the other subject's record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.corrupt.sheet import Record, Sheets

if TYPE_CHECKING:
    from trialkit.corrupt.plan import Error, Place


@dataclass(frozen=True)
class Spot:
    """An error, the record it is put into, and the record of a second subject for an error between two."""

    sheets: Sheets
    error: Error
    record: Record
    partner: Record | None = None

    @property
    def subject(self) -> str:
        """The subject of the record."""
        return self.record[self.sheets.subject]

    def targets(self) -> list[Record]:
        """The record, or with ``every`` all records of the subject that fit the error's conditions, in file order."""
        return self.fitting() if self.error.every else [self.record]

    def fitting(self) -> list[Record]:
        """All records of the subject in the error's file that fit its conditions."""
        own = self.sheets.of(self.error.file, self.subject)
        return [record for record in own if record.fits(self.error.where, self.error.unless)]

    def at(self, place: Place) -> Record | None:
        """The subject's first record at a place."""
        own = self.sheets.of(place.file or self.error.file, self.subject)
        return next((record for record in own if record.fits(place.where, place.unless)), None)

    def other(self) -> Record:
        """The record of the second subject."""
        assert self.partner is not None
        return self.partner
