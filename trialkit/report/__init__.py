"""Result rows -> one self-contained HTML page. Reads results and content, computes no statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.report.check import check_report, prints_rows, reads_conduct

if TYPE_CHECKING:
    from trialkit.model.analysis import ReportSpec
    from trialkit.model.record import Snapshot
    from trialkit.model.result import Results
    from trialkit.model.study import Study

__all__ = ["check_report", "prints_rows", "reads_conduct", "render"]


def render(results: Results, study: Study, report: ReportSpec, snapshot: Snapshot, software: str) -> str:
    """A report as the text of one HTML file that asks for nothing from anywhere.

    Raises StudyError, with the place in the report's file, for a display of unknown kind or parameters that do
    not fit.
    """
    from trialkit.report.page import render as run

    return run(results, study, report, snapshot, software)
