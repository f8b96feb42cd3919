"""A site's columns under the form's names, and findings that name both."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Mappings
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from trialkit.errors import IntakeError
from trialkit.model import Cells, Finding
from trialkit.model.mapping import Mapping


def mapping_of(name: str, mappings: Mappings[str, Mapping]) -> Mapping | None:
    """The mapping whose patterns a file's name fits, letter case aside; ``trialkit check`` sees to it that one does."""
    file = PurePosixPath(name).name.lower()
    fits = (m for m in mappings.values() if any(fnmatchcase(file, pattern.lower()) for pattern in m.files))
    return next(fits, None)


def renamed(cells: Cells, mapping: Mapping) -> Cells:
    """The cells with the form's column names, and a column for each constant.

    Raises IntakeError if the file has a column under its own name and under the form's, or one of a constant.
    """
    import pandas as pd

    names = [mapping.columns.get(str(name), str(name)) for name in cells.frame.columns]
    for name, theirs in zip(names, cells.frame.columns, strict=True):
        if names.count(name) > 1 or name in mapping.constants:
            other = "the constant of the mapping" if name in mapping.constants else "another column"
            said = f"column {theirs!r} is {name!r} by mapping {mapping.id!r}, and so is {other}"
            raise IntakeError(said, cells.file, "Remove one, or change the mapping.")
    frame = cells.frame.set_axis(pd.Index(names, dtype=object), axis=1)
    filled = {name: pd.Series([text] * len(frame), dtype=object) for name, text in mapping.constants.items()}
    return replace(cells, frame=frame.assign(**filled))


def told_in_their_words(findings: Iterable[Finding], mappings: Mappings[str, Mapping]) -> list[Finding]:
    """Findings on mapped files (file name -> mapping) with the file's own column name beside the form's field."""
    return [_told(finding, mappings[finding.file]) if finding.file in mappings else finding for finding in findings]


def _told(finding: Finding, mapping: Mapping) -> Finding:
    theirs = next((name for name, ours in mapping.columns.items() if ours == finding.field), "")
    if not theirs or theirs == finding.field:
        return finding
    return replace(finding, say=f"{finding.say} (column {theirs!r} of the file)")
