"""Two protocol versions of a study compared, and the comparison as text."""

from __future__ import annotations

from pathlib import Path

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.study import Protocol, Study
from trialkit.pipeline.writing import write_whole
from trialkit.queries.protocols import Amended, amended


def diff(study: Study, old: str, new: str) -> Amended:
    """Every difference between two versions, with the declared reasons. Raises UsageError for an unknown version."""
    return amended(study, _version(study, old), _version(study, new))


def _version(study: Study, name: str) -> Protocol:
    if name not in study.protocols:
        raise UsageError(f"there is no protocol version {name!r}", hint=did_you_mean(name, study.protocols))
    return study.protocols[name]


def diff_as(found: Amended, form: str, width: int = 0) -> str:
    """The comparison as text: ``form`` is human (lines of at most ``width``, 0 for any length), json or html."""
    if form == "html":
        from trialkit.report.protocols import as_page

        return as_page(found)
    from trialkit.export.amended import as_json, human

    return {"human": human, "json": as_json}[form](found, width)


def write_diff(found: Amended, form: str, out: Path) -> Path:
    """Write the comparison into a file, whole or not at all; its path. Raises UsageError if it cannot be written."""
    return write_whole(diff_as(found, form).encode(), out)
