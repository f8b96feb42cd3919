"""The queries of a snapshot, counted: open and closed, by site, form, check and age."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from trialkit.model import Finding, Snapshot, Study, Tables
from trialkit.queries.state import QueryRow, state
from trialkit.store import Store, Submission
from trialkit.store.events import SUBMITTED

if TYPE_CHECKING:
    import pandas as pd

History = list[tuple[Submission, tuple[Finding, ...]]]
SEVERITIES = ("critical", "major", "minor")
AGES = ((7, "0 to 7 days"), (14, "8 to 14 days"), (30, "15 to 30 days"), (10**9, "More than 30 days"))
NO_SITE = "No single site"


@dataclass(frozen=True)
class Standing:
    """The submissions a snapshot was taken after, its queries, and the days by which ages are counted.

    ``open`` are the keys of the open queries, ``sites`` the site of each subject, ``days`` the day of each submission.
    """

    study: Study
    history: History
    rows: tuple[QueryRow, ...]
    open: frozenset[str]
    sites: dict[str, str]
    days: dict[int, date]
    day: date

    def is_open(self, row: QueryRow) -> bool:
        """Whether the snapshot was frozen with this query open."""
        return row.key in self.open

    def age(self, row: QueryRow) -> int:
        """Days from the submission that first had it to the one that closed it, or to the snapshot."""
        end = self.day if self.is_open(row) or not row.closed else self.days[row.closed]
        return (end - self.days[row.first_seen]).days

    def site(self, row: QueryRow) -> str:
        """The site of the record, else of its subject."""
        return row.finding.site or self.sites.get(row.finding.subject, NO_SITE)


def read(study: Study, store: Store, snapshot: Snapshot, tables: Tables) -> Standing:
    """The queries as they stood when the snapshot was taken; listings, which ask for no answer, are left out."""
    history = _until(store, snapshot)
    rows = tuple(row for row in state(history) if row.finding.finding_class == "query")
    days = {submission.number: date.fromisoformat(submission.at[:10]) for submission, _ in history}
    taken = date.fromisoformat(snapshot.taken_at[:10])
    return Standing(study, history, rows, frozenset(snapshot.open_findings), _sites(study, tables), days, taken)


def _until(store: Store, snapshot: Snapshot) -> History:
    """The submissions before the snapshot, by the place in the log that it names."""
    history, known = store.history(), 0
    for event in store.events():
        known += event.kind == SUBMITTED
        if event.hash == snapshot.head:
            return [entry for entry in history if entry[0].number <= known]
    return history


def _sites(study: Study, tables: Tables) -> dict[str, str]:
    roster = study.forms.get(study.header.roster)
    if roster is None or roster.id not in tables.frames:
        return {}
    pairs = tables.frames[roster.id][[roster.subject, roster.site]].dropna().drop_duplicates(roster.subject)
    return {str(subject): str(site) for subject, site in pairs.itertuples(index=False)}


def by_site(standing: Standing) -> pd.DataFrame:
    """A line for each site of the study, and one for queries that belong to none."""
    return _counted(standing, standing.site, "Site", list(standing.study.header.sites))


def by_form(standing: Standing) -> pd.DataFrame:
    """A line for each form that has or had a query."""
    forms = standing.study.forms
    return _counted(standing, lambda row: forms[row.finding.form].title if row.finding.form in forms else "", "Form")


def by_check(standing: Standing) -> pd.DataFrame:
    """A line for each check that has or had a query."""
    return _counted(standing, lambda row: row.finding.rule, "Check")


def _counted(
    standing: Standing, group: Callable[[QueryRow], str], head: str, groups: Sequence[str] = ()
) -> pd.DataFrame:
    import pandas as pd

    found: dict[str, list[QueryRow]] = {name: [] for name in groups}
    for row in standing.rows:
        found.setdefault(group(row), []).append(row)
    names = [*groups, *sorted(set(found) - set(groups))]
    lines = [_line(standing, name, found[name], head) for name in names]
    return pd.DataFrame(lines, columns=list(_line(standing, "", [], head)))


def _line(standing: Standing, name: str, rows: list[QueryRow], head: str) -> dict[str, object]:
    still = [row for row in rows if standing.is_open(row)]
    closed = [row for row in rows if not standing.is_open(row)]
    return {
        head: name,
        **{f"Open, {severity}": sum(row.finding.severity == severity for row in still) for severity in SEVERITIES},
        "Open": len(still),
        "Closed": len(closed),
        "Came back": sum(row.reopened > 0 for row in rows),
        "Median age of open, days": median(map(standing.age, still)) if still else None,
        "Median days to closing": median(map(standing.age, closed)) if closed else None,
    }


def by_age(standing: Standing) -> pd.DataFrame:
    """Open queries by how long they are open, a column for each severity."""
    import pandas as pd

    still = [(standing.age(row), str(row.finding.severity)) for row in standing.rows if standing.is_open(row)]
    lines, low = [], -1
    for high, words in AGES:
        inside = [severity for age, severity in still if low < age <= high]
        counts = {severity.capitalize(): inside.count(severity) for severity in SEVERITIES}
        lines.append({"Open for": words, **counts, "All": len(inside)})
        low = high
    return pd.DataFrame(lines)


def critical(standing: Standing) -> pd.DataFrame:
    """The open critical queries, oldest first; no value of a record is in it."""
    import pandas as pd

    rows = [row for row in standing.rows if standing.is_open(row) and row.finding.severity == "critical"]
    lines = [_said(standing, row) for row in sorted(rows, key=lambda row: (-standing.age(row), row.key))]
    return pd.DataFrame(lines, columns=["Subject", "Site", "Form", "Visit", "Check", "Query", "Open, days"])


def _said(standing: Standing, row: QueryRow) -> dict[str, object]:
    finding = row.finding
    rule = standing.study.forms[finding.form].rules.get(finding.rule) if finding.form in standing.study.forms else None
    return {
        "Subject": finding.subject or "none",
        "Site": standing.site(row),
        "Form": standing.study.forms[finding.form].title if finding.form in standing.study.forms else finding.form,
        "Visit": finding.visit,
        "Check": finding.rule,
        "Query": rule.say if rule and rule.say else finding.say,
        "Open, days": standing.age(row),
    }
