"""How a study is run, as the store tells it at a snapshot: queries, uploads, forms that are there or lack, versions.

Each table is a ``Listing`` whose columns are named as a reader should see them; see docs/decisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.model import Listing, Snapshot, Study, Tables

if TYPE_CHECKING:
    from trialkit.store import Store

__all__ = ["PREFIX", "TABLES", "conduct"]

PREFIX = "conduct."
"""Begins the id of each listing, so that none is taken for one of the study's content."""

TABLES = {
    "queries_by_site": "Queries by site",
    "queries_by_form": "Queries by form",
    "queries_by_check": "Queries by check",
    "queries_by_age": "Open queries by age",
    "open_critical": "Open critical queries",
    "completeness": "Planned forms at visits that took place",
    "overdue": "Forms that lack and were not said to be not done",
    "versions": "Protocol versions in force by site",
    "uploads": "Uploads",
}
"""Every table by name, with its title."""


def conduct(study: Study, store: Store, snapshot: Snapshot, tables: Tables) -> dict[str, Listing]:
    """All tables of a snapshot by ``PREFIX`` + name. Raises StoreError."""
    from trialkit.queries.conduct.expected import completeness, expected, overdue
    from trialkit.queries.conduct.states import by_age, by_check, by_form, by_site, critical, read
    from trialkit.queries.conduct.uploads import uploads, versions

    standing, due = read(study, store, snapshot, tables), expected(study, tables)
    frames = {
        "queries_by_site": by_site(standing),
        "queries_by_form": by_form(standing),
        "queries_by_check": by_check(standing),
        "queries_by_age": by_age(standing),
        "open_critical": critical(standing),
        "completeness": completeness(study, due),
        "overdue": overdue(due, standing.day),
        "versions": versions(study),
        "uploads": uploads(standing.history, study.forms),
    }
    return {f"{PREFIX}{name}": Listing(f"{PREFIX}{name}", TABLES[name], frame) for name, frame in frames.items()}
