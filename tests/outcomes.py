"""Outcomes of a check, made from rows drawn as text: what the tests of folding and of the formats look at."""

from __future__ import annotations

from datetime import date

from tests.validate_tables import drawn, protocol, table
from trialkit.model import Field, Finding, Form, Rule, Site, Study, StudyHeader, Table
from trialkit.spec.build import convert
from trialkit.spec.text import read_yaml
from trialkit.validate import across, check
from trialkit.validate.outcome import Outcome

FIELDS = """
S: {label: Subject, required: true}
N: {label: Number, type: integer, required: true}
SEV: {label: Severity, codes: [MILD, SEVERE]}
REL: {label: Relation, codes: [NONE, LIKELY]}
OUT: {label: Outcome, codes: [OVER, OPEN]}
WT: {label: Weight, type: decimal, unit: kg, min: 1, max: 300}
LOT: {label: Lot}
DAY: {label: Day, type: date}
ID: {label: Secret number, identifying: true, codes: ["007"]}
"""
RULES = """
events.people.exists:
  {kind: exists, field: S, args: {form: people, match: [S]}, severity: critical, say: the subject is not on record,
   why: nobody knows who it is, fix: Send the person.}
events.lot.exists:
  {kind: exists, field: LOT, args: {form: lots, match: [LOT]}, say: the lot is not on record, fix: Send it.}
events.weight.high: {kind: range, field: WT, args: {max: 200}, class: listing, severity: minor}
"""
PEOPLE = "S: {label: Subject, required: true}\nQ: {label: Site}\n"
LOTS = "LOT: {label: Lot, required: true}\n"


def _form(name: str, fields: str, rules: str = "", **roles: object) -> Form:
    made = convert(dict[str, Rule], read_yaml(rules, "rules.yaml")) if rules else {}
    known = convert(dict[str, Field], read_yaml(fields, "fields.yaml"))
    return Form(name, name.title(), "1", known, rules=made, **roles)  # type: ignore[arg-type]


EVENTS = _form("events", FIELDS, RULES, key=("S", "N"), subject="S", date="DAY")
FORMS = {
    "events": EVENTS,
    "people": _form("people", PEOPLE, key=("S",), subject="S", site="Q"),
    "lots": _form("lots", LOTS, key=("LOT",)),
}
SITES = {"1": Site("1", "One", {"1": date(2026, 1, 10)}), "2": Site("2", "Two", {"1": date(2026, 2, 1)})}
HEADER = StudyHeader("x", "A trial", notice="Made up.", sites=SITES, roster="people")
STUDY = Study(
    None, HEADER, {"1": protocol("1", "C", "10", 8, date(2026, 6, 30))}, FORMS, {}, {}, {}, {}, {}, {}, "d" * 64  # type: ignore[arg-type]
)  # fmt: skip
SUBJECTS = "S | Q\n" + "\n".join(f"s{n} | {1 + n % 2}" for n in range(30))


def outcome(text: str, people: str = SUBJECTS, lots: str = "LOT\nA", extra: tuple[Finding, ...] = ()) -> Outcome:
    """What came of events drawn as text (left out cells are those of a clean event), beside people and lots."""
    clean = {"SEV": "MILD", "REL": "NONE", "OUT": "OVER", "WT": "70", "LOT": "A", "DAY": "2026-02-02", "ID": "007"}
    rows = [clean | {"N": str(n)} | row for n, row in enumerate(drawn(text), 1)]
    tables = {"events": table(EVENTS, rows)}
    if people:
        tables["people"] = table(FORMS["people"], drawn(people))
    if lots:
        tables["lots"] = table(FORMS["lots"], drawn(lots))
    return judged(tables, extra)


def judged(tables: dict[str, Table], extra: tuple[Finding, ...] = ()) -> Outcome:
    """The outcome of these tables."""
    found = [finding for one in tables.values() for finding in check(one)]
    found += across(tables, {name: one.frame for name, one in tables.items()}, {}, STUDY, date(2026, 3, 1))
    rows = sum(len(one.frame) for one in tables.values())
    return Outcome(
        STUDY, tuple(sorted([*found, *extra])), len(tables), rows, date(2026, 3, 1), tables, frozenset(tables),
        note="dry run",
    )  # fmt: skip
