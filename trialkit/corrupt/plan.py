"""Which errors are planted, as content: the kind, how it is made, where it is put, and where it will be told."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from pathlib import Path

from trialkit.corrupt.cells import CORRUPTORS
from trialkit.errors import StudyError, did_you_mean
from trialkit.spec import build, read_yaml

RECORDS = ("duplicate", "remove")


@dataclass(frozen=True)
class Told:
    """Where a person is told of the error, if not at the changed cell: in another field, or another file's record
    of the same subject."""

    field: str
    file: str = ""


@dataclass(frozen=True)
class Error:
    """One planted error. ``by`` is a spoiler of a cell, or "duplicate" or "remove" of a record; ``where`` the cells
    a record must hold to be taken."""

    kind: str
    by: str
    file: str
    field: str
    value: str = ""
    where: dict[str, str] = attribute(default_factory=dict)
    told: Told | None = None


@dataclass(frozen=True)
class Plan:
    """The errors of a messy upload. ``subject`` is the column that names the subject: each gets one error at most."""

    seed: int
    subject: str
    errors: tuple[Error, ...]


def load_plan(path: Path) -> Plan:
    """Read a plan. Raises StudyError, with file and line, for content that does not fit."""
    tree = read_yaml(path.read_text(encoding="utf-8"), path.name)
    plan = build(Plan, tree)
    known = [*CORRUPTORS, *RECORDS]
    for error in plan.errors:
        if error.by not in known:
            raise StudyError(f"there is no way {error.by!r} to spoil a cell", path.name, did_you_mean(error.by, known))
    return plan
