"""A report for a file that leaves those who may see the rows: no subject is named, and no row of one is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trialkit.model.result import Listing, Results
from trialkit.model.study import Study

KEPT_BACK = "each row is of one subject, and this file may be shared"
CONDUCT_SUBJECT = "Subject"
"""The column of the tables on conduct that names a subject."""
NOBODY = "none"
"""What stands there for a query about no subject."""


def shared(study: Study, results: Results) -> Results:
    """The results with listings that name nobody.

    Where a display prints the rows of a listing of subjects it has none, and says why. Elsewhere (figures, and tables
    on the conduct of the study) "Subject 1" and so on stand in place of the subjects, counted anew in each.
    """
    printed = set(_printed(study))
    return replace(
        results,
        listings={name: _shared(study, one, name in printed) for name, one in results.listings.items()},
    )


def _shared(study: Study, listing: Listing, printed: bool) -> Listing:
    spec = study.listings.get(listing.id)
    column = study.datasets[spec.dataset].subject if spec else CONDUCT_SUBJECT
    if spec and not _of_subjects(study, spec.dataset):
        return listing
    if spec and printed and len(listing.frame):
        return replace(listing, frame=listing.frame.iloc[:0], error=listing.error or KEPT_BACK)
    if column not in listing.frame:
        return listing
    subjects = listing.frame[column].astype(object)
    numbers = {one: f"Subject {i}" for i, one in enumerate((s for s in subjects.unique() if s != NOBODY), start=1)}
    return replace(listing, frame=listing.frame.assign(**{column: [numbers.get(one, one) for one in subjects]}))


def _of_subjects(study: Study, name: str) -> bool:
    """Whether the rows of a data set are of subjects: they are not if the form it starts from has none."""
    seen: set[str] = set()
    while name in study.datasets and name not in seen:
        seen.add(name)
        name = study.datasets[name].source
    return name not in study.forms or bool(study.forms[name].subject)


def _printed(study: Study) -> Iterator[str]:
    """The listings whose rows some display prints as they are."""
    from trialkit.report import prints_rows

    for report in study.reports.values():
        for display in report.displays.values():
            if prints_rows(display):
                yield from display.listings
