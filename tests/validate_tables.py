"""Rules tried on tables drawn as text: rows in, marked rows out, whatever the order of the rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from trialkit.model import (
    Approval,
    Field,
    Finding,
    Form,
    Parameter,
    Protocol,
    Rule,
    Site,
    Study,
    StudyHeader,
    Table,
    Visit,
)  # fmt: skip
from trialkit.spec.build import convert
from trialkit.spec.text import read_yaml
from trialkit.validate import check
from trialkit.validate.bind import binding
from trialkit.validate.collect import beside_others
from trialkit.validate.plan import Plan
from trialkit.validate.rows import rows_of

DTYPES = {"integer": "float64", "decimal": "float64", "date": "datetime64[ns]", "datetime": "datetime64[ns]"}
FIELDS = """
K: {label: Record}
S: {label: Subject}
Q: {label: Site}
V: {label: Visit}
N: {label: Number, type: decimal}
M: {label: Other number, type: decimal}
L: {label: Limit, type: decimal}
T: {label: Text}
W: {label: Further text}
D: {label: Day, type: date}
E: {label: Other day, type: date}
H: {label: Moment, type: datetime}
J: {label: Other moment, type: datetime}
P: {label: Partial day, type: partial_date}
U: {label: Partial moment, type: partial_datetime}
I: {label: Secret, identifying: true}
"""


def form(name: str, rules: str = "", **more: object) -> Form:
    """A form with the fields above; the key is K, the subject S, the site Q, the date D."""
    fields = convert(dict[str, Field], read_yaml(FIELDS, "fields.yaml"))
    made = convert(dict[str, Rule], read_yaml(rules, "f.yaml")) if rules else {}
    roles = {"key": (), "subject": "S", "site": "Q", "date": "D", "visit": "V"} | more
    return Form(name, name.title(), "1", fields, rules=made, **roles)  # type: ignore[arg-type]


def protocol(version: str, consent: str, cap: str, day_two: int, expires: date | None = None) -> Protocol:
    """A protocol version with a screening, a first and a second visit, and the parameters cap and hours."""
    visits = {
        "SCR": Visit("SCR", "Screening", -7, 3, 2, ("g",)),
        "V1": Visit("V1", "First", 1, 0, 0, ("g", "h")),
        "V2": Visit("V2", "Second", day_two, 1, 2, ("g",)),
        "UNS": Visit("UNS", "Unscheduled"),
    }
    parameters = {
        "cap": Parameter("cap", cap, "mg", "Largest dose"),
        "pause": Parameter("pause", "4", "hours", "Shortest pause"),
    }
    approval = Approval("Board", "1", date(2026, 1, 1), expires)
    return Protocol(version, "P", approval, {}, visits, consent=consent, parameters=parameters)


def study(*forms: Form, roster: str = "", zone: str = "") -> Study:
    """Site 1 adopts version 1 on 10 January and version 2 on 1 March, site 2 only version 1 on 1 February,
    site 4 version 1 a month before it was approved. ``zone`` is the time zone of site 1."""
    first, second = protocol("1", "C1", "10", 8, date(2026, 6, 30)), protocol("2", "C2", "6", 15)
    sites = {
        "1": Site("1", "One", {"1": date(2026, 1, 10), "2": date(2026, 3, 1)}, zone),
        "2": Site("2", "Two", {"1": date(2026, 2, 1)}),
        "4": Site("4", "Four", {"1": date(2025, 12, 1)}),
    }
    header, empty = StudyHeader("x", "X", sites=sites, roster=roster), {}
    protocols, known = {"1": first, "2": second}, {f.id: f for f in forms}
    return Study(Path(), header, protocols, known, empty, empty, empty, empty, empty, empty, "")  # type: ignore[arg-type]


def drawn(text: str) -> list[dict[str, str]]:
    """A table with a header; blank cells are missing, ``??`` could not be read."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def table(of: Form, rows: list[dict[str, str]]) -> Table:
    """Drawn rows as a typed table, lines from 2."""
    columns, unread = {}, {}
    for name, field in of.fields.items():
        cells = [row.get(name, "") for row in rows]
        unread[name] = np.array([cell == "??" for cell in cells], dtype=bool)
        known = pd.Series([None if cell in ("", "??") else cell for cell in cells], dtype="object")
        dtype = DTYPES.get(field.type, "object")
        columns[name] = pd.to_datetime(known, format="ISO8601") if dtype.startswith("date") else known.astype(dtype)
    raw = pd.DataFrame({n: [row.get(n, "") for row in rows] for n in of.fields}, dtype="object")
    lines = np.arange(2, len(rows) + 2)
    return Table(of, pd.DataFrame(columns), lines, f"{of.id}.csv", "0", unread=unread, raw=raw)


def judged(
    rule: str,
    rows: list[dict[str, str]],
    others: dict[str, str] | None = None,
    before: str = "",
    as_of: date | None = None,
    roster: str = "",
    zone: str = "",
    **more: object,
) -> list[Finding]:
    """The findings of one rule (and of what the form implies) on drawn rows."""
    of = form("f", f"r: {rule}", local=bool(zone), **more)
    forms = {"f": of} | {name: form(name) for name in ("g", "h")}
    made = study(*forms.values(), roster=roster, zone=zone)
    assert list(binding(of, made)) == []
    given = table(of, rows)
    frames = {name: table(forms[name], drawn(text)).frame for name, text in (others or {}).items()}
    last = table(of, drawn(before)).frame if before else None
    if "f" not in frames:
        frames["f"] = given.frame
    found = [*check(given), *beside_others(rows_of(given), frames, forms, Plan(made, as_of), last)]
    return sorted(finding for finding in found if finding.rule == "r")


def told_of(rule: str) -> list[str]:
    """What is wrong with a rule's content."""
    of = form("f", f"r: {rule}")
    return [error.text for error in binding(of, study(of, form("g")))]


def agrees(rule: str, text: str, **more: object) -> list[Finding]:
    """The rule finds exactly the rows marked ``x``, in this order of rows, in reverse, and with subjects scattered.

    Returns the findings in the drawn order.
    """
    rows = drawn(text)
    marks = {n for n, row in enumerate(rows) if row.pop("wrong", "") == "x"}
    orders = [list(range(len(rows))), list(range(len(rows)))[::-1], sorted(range(len(rows)), key=lambda n: (n % 3, n))]
    results = []
    for order in orders:
        found = judged(rule, [rows[n] for n in order], **more)  # type: ignore[arg-type]
        wrong = sorted(order[finding.line - 2] for finding in found)
        assert wrong == sorted(marks), f"in the order {order}: rows {wrong}, expected {sorted(marks)}"
        results.append(found)
    return results[0]
