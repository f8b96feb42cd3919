"""Which ids study content may use: they become file names, rule names and column names."""

from __future__ import annotations

import re

from trialkit.model.analysis import AnalysisSpec, Dataset, ListingSpec, ReportSpec
from trialkit.model.study import Arm, Site, StudyHeader, Visit
from trialkit.model.units import Quantity, Unit

_NAME = re.compile(r"[^\W_][\w.-]*\Z")
_WORDS: dict[type, str] = {
    AnalysisSpec: "analysis",
    ReportSpec: "report",
    StudyHeader: "study",
    Dataset: "data set",
    ListingSpec: "listing",
}
IN_DATA = (Arm, Visit, Site, Quantity)
"""Ids that are values found in the data, written there as the protocol writes them."""


def id_problem(cls: type, name: str) -> tuple[str, str] | None:
    """What is wrong with the id of such an object, and what to do; None if nothing is.

    An id is made of letters, digits, _ - and dots, and begins with a letter or digit. Those of arms, visits and sites
    stand in the data: they may hold blanks and other signs, but no path separator, and nothing that does not print.
    """
    what = _WORDS.get(cls, cls.__name__.lower())
    if not name.strip():
        return f"the id of the {what} is empty", "Give it a name of letters and digits."
    if cls is Unit:  # mg/dL, 10^9/L, %: never a file name
        return None if name.isprintable() else (f"{name!r} cannot be a unit", "Leave out what does not print.")
    if cls in IN_DATA:
        if name.startswith(".") or not name.isprintable() or "/" in name or "\\" in name:
            return f"{name!r} cannot be the id of the {what}", "Leave out / and \\, a dot in front, and line breaks."
        return None
    if not _NAME.match(name):
        return (
            f"{name!r} cannot be the id of the {what}",
            "Use letters, digits, '_', '-' and '.', beginning with a letter or digit.",
        )
    return None
