"""Forms: what may be recorded, field by field, and the rules it must obey."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from typing import Literal

from trialkit.model.allowance import Allowance
from trialkit.model.condition import Condition
from trialkit.model.tree import NOWHERE, Tree, Where
from trialkit.model.units import Quantity

FieldType = Literal["text", "integer", "decimal", "date", "datetime", "time", "partial_date", "partial_datetime"]
DATES = ("date", "datetime", "partial_date", "partial_datetime")
ROLES = ("subject", "visit", "site", "date")
"""What a form may say of its fields: which one names the subject, the visit, the site, the date of the record."""
FindingClass = Literal["stop", "query", "listing"]
Severity = Literal["critical", "major", "minor"]
RuleKind = Literal[
    "present", "codes", "range", "pattern", "compare", "computed", "unique", "exists", "in_force", "window", "rolling",
    "gap", "sequence", "overlap", "clock", "change", "coverage", "together", "previous",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One column of a form.

    ``codes`` maps each allowed code to its meaning; ``codelist`` names a shared list of codes instead.
    ``format`` is the strptime format of a date or datetime in text files (ISO 8601 when empty).
    ``min`` and ``max`` are inclusive. ``missing`` lists the only cell texts that mean "no value" (the empty
    cell always does).

    ``unit_in`` names the field that tells the unit of each value. What is measured is one ``quantity`` of
    schemas/units.yaml, or the one that the field ``quantity_in`` names; rules see the value in its base unit, and
    ``min`` and ``max`` are in it. ``quantities`` are those it may be, by name (the study's, when left out).
    """

    name: str
    label: str
    type: FieldType = "text"
    required: bool = False
    codes: dict[str, str] = attribute(default_factory=dict)
    codelist: str = ""
    min: float | None = None
    max: float | None = None
    pattern: str = ""
    unit: str = ""
    unit_in: str = ""
    quantity: str = ""
    quantity_in: str = ""
    quantities: dict[str, Quantity] = attribute(default_factory=dict)
    format: str = ""
    missing: tuple[str, ...] = ()
    identifying: bool = False
    blinded: bool = False
    place: Where = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Example:
    """Cells laid over the form's clean example row; ``rows`` are further rows of the same form, ``tables`` rows of
    other forms and ``before`` the form's rows in the last accepted upload; ``as_of`` is the day the rows are judged
    as of. ``also`` names further rules that fire on it by design."""

    row: dict[str, str] = attribute(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    tables: dict[str, tuple[dict[str, str], ...]] = attribute(default_factory=dict)
    before: tuple[dict[str, str], ...] = ()
    as_of: date | None = None
    also: tuple[str, ...] = ()
    place: Where = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Examples:
    """One example that must raise the rule, one that must not."""

    fires: Example
    silent: Example


@dataclass(frozen=True)
class Rule:
    """A check of one form. ``args`` are those of its kind; ``field`` is the cell a finding points at."""

    id: str
    kind: RuleKind
    field: str = ""
    args: Tree = attribute(default_factory=lambda: Tree({}))
    when: Condition = Condition()
    finding_class: FindingClass = attribute(default="query", metadata={"key": "class"})
    severity: Severity = "major"
    say: str = ""
    why: str = ""
    fix: str = ""
    examples: Examples | None = None
    place: Where = attribute(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class SharedRule(Rule):
    """A rule stated once for many forms: ``forms`` (all that have the parts it asks for when left out), without those
    named in ``but`` (``form`` or ``form.FIELD``). ``each`` makes one rule per field: names, or the word ``dates``.
    ``cells`` are laid, by form or ``form.FIELD``, over the row of both examples; ``also``
    names, by the same, further rules that its firing example raises by design."""

    forms: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    cells: dict[str, dict[str, str]] = attribute(default_factory=dict)
    also: dict[str, tuple[str, ...]] = attribute(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """How a file of the form is written; nothing of it is guessed.

    ``delimiter``, ``encoding`` and ``decimal`` may be "detect": then they are found in the file if only one reading
    of it is possible, and told; else the file is refused. ``sheet`` is the sheet of a workbook.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    sheet: str = ""


@dataclass(frozen=True)
class Form:
    """A case report form or an instrument, one version.

    ``key`` are the fields that identify a record. ``subject``, ``visit``, ``site`` and ``date`` say which
    field plays that role ("" if none does). ``files`` are the file-name patterns by which an upload is
    recognized; without them ``<id>.<ending>``. ``example`` is one clean row, the base of every rule example.
    ``local`` is set by the study, not by the form: it holds moments, and the sites have time zones.
    ``identifiers`` lets columns hold what the gate for identifiers would refuse.
    """

    id: str
    title: str
    version: str
    fields: dict[str, Field]
    key: tuple[str, ...]
    kind: Literal["crf", "instrument", "dataset"] = "crf"
    mode: Literal["cumulative", "incremental"] = "cumulative"
    subject: str = ""
    visit: str = ""
    site: str = ""
    date: str = ""
    files: tuple[str, ...] = ()
    layout: Layout = Layout()
    rules: dict[str, Rule] = attribute(default_factory=dict)
    example: dict[str, str] = attribute(default_factory=dict)
    source: str = ""
    description: str = ""
    identifiers: dict[str, Allowance] = attribute(default_factory=dict)
    local: bool = attribute(default=False, metadata={"content": False})
    place: Where = attribute(default=NOWHERE, compare=False, repr=False)
