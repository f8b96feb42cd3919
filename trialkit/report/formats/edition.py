"""A report about to be written: its page, and what the page was made from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

from trialkit.errors import UsageError
from trialkit.model.analysis import ReportSpec
from trialkit.model.record import Snapshot
from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.report.page import Page, compose
from trialkit.report.rows import Rows, read_rows

EARLIEST = datetime(1980, 1, 1, tzinfo=timezone.utc)
"""What a zip archive can be dated."""


@dataclass(frozen=True)
class Edition:
    """One report. Every format is made from this and nothing else."""

    page: Page
    results: Results
    study: Study
    report: ReportSpec
    snapshot: Snapshot
    software: str

    @cached_property
    def rows(self) -> Rows:
        """The result rows of the analyses that the report shows."""
        used = {name for display in self.report.displays.values() for name in display.analyses}
        return read_rows(self.results.rows).where(analysis=tuple(used))

    @property
    def moment(self) -> datetime:
        """When its files say they were made: SOURCE_DATE_EPOCH if set, else the moment of the snapshot (UTC).

        Raises UsageError for a SOURCE_DATE_EPOCH that is no number of seconds.
        """
        told = os.environ.get("SOURCE_DATE_EPOCH", "")
        if told:
            try:
                found = datetime.fromtimestamp(int(told), timezone.utc)
            except (ValueError, OverflowError, OSError):
                raise UsageError(
                    f"SOURCE_DATE_EPOCH is {told!r}", hint="Set it to whole seconds since 1970, or leave it unset."
                ) from None
        else:
            found = datetime.fromisoformat(self.snapshot.taken_at)
            found = found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)
        return max(found.replace(microsecond=0), EARLIEST)

    @property
    def running(self) -> str:
        """The line at the foot of every page: program, snapshot and data cut-off."""
        cutoff = f"data cut-off {self.snapshot.cutoff}" if self.snapshot.cutoff else ""
        parts = (self.software, f"snapshot {self.snapshot.id[:16]}", cutoff)
        return " \u00b7 ".join(part for part in parts if part)


def edition_of(results: Results, study: Study, report: ReportSpec, snapshot: Snapshot, software: str) -> Edition:
    """A report composed once for all its formats. Raises StudyError where ``check_report`` would refuse a display."""
    page = compose(results, study, report, snapshot, software)
    return Edition(page, results, study, report, snapshot, software)
