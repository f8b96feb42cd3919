"""Which planned forms are there, said to be not done, or lacking, at each visit that took place.

The register of visits is the form with a ``coverage`` rule that asks for all forms of a visit; the rule also says
where it is told that a form was not done, and which forms may lack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from trialkit.model import Form, Protocol, Study, Tables

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("Site", "Subject", "Visit", "Form", "Date", "Status")
ARRIVED, NOT_DONE, LACKING = "received", "not done", "lacking"


@dataclass(frozen=True)
class Register:
    """The form that says which visits took place, the one that says what was not done, and the forms that may lack."""

    visits: Form
    said: Form | None
    point: str
    may_lack: tuple[str, ...]


def register_of(study: Study) -> Register | None:
    """The study's register of visits; None if no rule asks for the forms of a visit."""
    for form in study.forms.values():
        for rule in form.rules.values():
            args: Any = rule.args.plain() if rule.kind == "coverage" else {}
            if str(args.get("visit", "")).lower() == "true":
                may_lack = args.get("but", [])
                return Register(form, study.forms.get(args.get("form", "")), args.get("point", ""), tuple(may_lack))
    return None


def expected(study: Study, tables: Tables) -> pd.DataFrame:
    """A row for each form planned at a visit that took place: COLUMNS; no row without a register of visits."""
    import pandas as pd

    register = register_of(study)
    if register is None or register.visits.id not in tables.frames:
        return pd.DataFrame(columns=list(COLUMNS))
    visits = register.visits
    names = [visits.site, visits.subject, visits.visit, visits.date]
    held = tables.frames[visits.id][names].dropna().sort_values([visits.subject, visits.date], kind="stable")
    said = _said(register, tables)
    planned = _Planned(study, register)
    there: dict[str, set[tuple[str, str]]] = {}
    lines = []
    for site, subject, visit, day in held.itertuples(index=False):
        for form in planned.at(str(site), str(visit), pd.Timestamp(day).date()):
            if form.id not in there:
                there[form.id] = _there(form, tables)
            status = _status(form, (str(subject), str(visit)), there, said)
            lines.append((str(site), str(subject), str(visit), form.title, day, status))
    return pd.DataFrame(lines, columns=list(COLUMNS))


@dataclass(frozen=True)
class _Planned:
    """The forms planned at visits; ``known`` are those asked for before, by protocol version and visit."""

    study: Study
    register: Register
    known: dict[tuple[str, str], list[Form]] = field(default_factory=dict)

    def at(self, site: str, visit: str, day: date) -> list[Form]:
        """The forms that the protocol in force at the site on that day plans at the visit."""
        protocol: Protocol | None = self.study.in_force(site, day) if site in self.study.header.sites else None
        plan = protocol.visits.get(visit) if protocol else None
        if protocol is None or plan is None:
            return []
        if (protocol.version, visit) not in self.known:
            left_out = {self.register.visits.id, *self.register.may_lack}
            made = [self.study.forms[name] for name in plan.forms if name not in left_out]
            self.known[protocol.version, visit] = made
        return self.known[protocol.version, visit]


def _there(form: Form, tables: Tables) -> set[tuple[str, str]]:
    """(subject, visit) of each record; the visit is "" for a form that has none."""
    import pandas as pd

    if not form.subject or form.id not in tables.frames:
        return set()
    frame = tables.frames[form.id]
    visits = frame[form.visit].tolist() if form.visit else [""] * len(frame)
    pairs = set(zip(frame[form.subject].tolist(), visits, strict=True))
    return {(str(subject), str(visit)) for subject, visit in pairs if not (pd.isna(subject) or pd.isna(visit))}


def _said(register: Register, tables: Tables) -> set[tuple[str, str, str]]:
    """(subject, visit, form) of what was said to be not done."""
    form = register.said
    if form is None or form.id not in tables.frames:
        return set()
    rows = tables.frames[form.id][[form.subject, form.visit, register.point]].dropna().astype(str)
    return set(rows.itertuples(index=False, name=None))


def _status(
    form: Form, at: tuple[str, str], there: dict[str, set[tuple[str, str]]], said: set[tuple[str, str, str]]
) -> str:
    key = at if form.visit else (at[0], "")
    if key in there.get(form.id, set()):
        return ARRIVED
    return NOT_DONE if (*at, form.id) in said else LACKING


def overdue(due: pd.DataFrame, day: date) -> pd.DataFrame:
    """The lacking forms, longest first, with the days since the visit."""
    import pandas as pd

    lacking = due[due["Status"] == LACKING]
    days = (pd.Timestamp(day) - pd.to_datetime(lacking["Date"])).dt.days
    made = lacking[["Subject", "Site", "Visit", "Form", "Date"]].assign(**{"Days since the visit": days})
    order = ["Days since the visit", "Subject", "Form"]
    return made.sort_values(order, ascending=[False, True, True], kind="stable").reset_index(drop=True)


COUNTED = ("Site", "Form", "Visit", "Expected", "Received", "Not done", "Lacking")


def completeness(study: Study, due: pd.DataFrame) -> pd.DataFrame:
    """A row for each site, form and visit, in the order of site, visit and form: COUNTED."""
    import pandas as pd

    made = due.groupby(["Site", "Form", "Visit"], sort=False)["Status"].value_counts().unstack(fill_value=0)
    counts = pd.DataFrame({head: made.get(status, 0) for head, status in (
        ("Received", ARRIVED), ("Not done", NOT_DONE), ("Lacking", LACKING))}, index=made.index)  # fmt: skip
    counts.insert(0, "Expected", counts.sum(axis=1))
    whole = counts.reset_index()
    visits = list(dict.fromkeys(visit for protocol in study.protocols.values() for visit in protocol.visits))
    place = whole["Visit"].map({visit: at for at, visit in enumerate(visits)})
    ordered = whole.assign(place=place).sort_values(["Site", "place", "Form"], kind="stable")
    return ordered[list(COUNTED)].reset_index(drop=True)
