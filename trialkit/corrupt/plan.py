"""Which errors are planted, as content: the kind, how it is made, where it is put, and where it will be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as attribute
from operator import attrgetter
from pathlib import Path
from typing import Literal

from trialkit.corrupt.cells import VALUES
from trialkit.corrupt.ways import WAYS
from trialkit.errors import StudyError, did_you_mean
from trialkit.model.tree import NOWHERE, Where
from trialkit.spec import build, read_yaml

Cells = dict[str, tuple[str, ...]]
"""Field -> the texts its cell may hold."""


@dataclass(frozen=True)
class Place:
    """Records of a file: those whose cells fit ``where`` and not ``unless``; the error's own file if none is named."""

    file: str = ""
    field: str = ""
    where: Cells = attribute(default_factory=dict)
    unless: Cells = attribute(default_factory=dict)
    place: Where = NOWHERE


@dataclass(frozen=True)
class Told:
    """Where a person is told of the error: a field of the first changed record; with ``file`` or ``where``, of the
    subject's first record there that fits.

    For an error between two subjects ``at`` says whose record: the subject's, the partner's, or of the two the one
    that stands later in the file.
    """

    field: str = ""
    file: str = ""
    where: Cells = attribute(default_factory=dict)
    at: Literal["subject", "partner", "later"] = "subject"
    place: Where = NOWHERE


@dataclass(frozen=True)
class Error:
    """One planted error.

    ``by`` names the way it is made; ``value``, ``fields``, ``cells`` and ``of`` are that way's arguments. It is put
    into a record of ``file`` that fits ``where`` and not ``unless``, of a subject who has a record as each of
    ``needs`` says and none as ``lacks`` says; with ``every``, into all such records of the subject. ``told`` is where
    a person is told (else at the changed cell), ``also`` where the same error shows a second time. ``claimed`` says
    that the study's rules find it today exactly there; if not, ``why`` says what they would need. An error that
    stands ``alone`` makes its file unreadable, and is planted only when asked for by name.
    """

    kind: str
    by: str
    file: str
    field: str = ""
    value: str = ""
    fields: tuple[str, ...] = ()
    cells: dict[str, str] = attribute(default_factory=dict)
    of: Place | None = None
    where: Cells = attribute(default_factory=dict)
    unless: Cells = attribute(default_factory=dict)
    needs: tuple[Place, ...] = ()
    lacks: tuple[Place, ...] = ()
    every: bool = False
    told: Told | None = None
    also: tuple[Told, ...] = ()
    claimed: bool = True
    why: str = ""
    alone: bool = False
    place: Where = NOWHERE


@dataclass(frozen=True)
class Plan:
    """The errors of a messy upload. ``subject`` is the column that names the subject: each gets one error at most.

    ``subjects`` is how many it takes for every error to find a place.
    """

    seed: int
    subject: str
    errors: tuple[Error, ...]
    subjects: int = 0


def load_plan(path: Path) -> Plan:
    """Read a plan. Raises StudyError, with file and line, for content that does not fit."""
    return plan_of(path.read_text(encoding="utf-8"), path.name)


def plan_of(text: str, name: str) -> Plan:
    """A plan from its text. Raises StudyError, with file and line, for content that does not fit."""
    plan = build(Plan, read_yaml(text, name))
    seen: dict[str, Error] = {}
    for error in plan.errors:
        _check(error)
        if error.kind in seen:
            raise StudyError(f"the kind {error.kind!r} stands twice", str(error.place), "Give each error its own name.")
        seen[error.kind] = error
    return plan


def _check(error: Error) -> None:
    if error.by not in WAYS:
        raise StudyError(
            f"there is no way {error.by!r} to plant an error", str(error.place), did_you_mean(error.by, WAYS)
        )
    for name in WAYS[error.by].needs:
        if not attrgetter(name)(error):
            raise StudyError(f"the way {error.by!r} needs {name!r}", str(error.place), f"Add '{name}: ...' here.")
    if error.by in VALUES and not re.fullmatch(VALUES[error.by], error.value):
        raise StudyError(f"{error.value!r} is no value for the way {error.by!r}", str(error.place))
    if error.by == "exchange_fields" and len(error.fields) != 2:
        raise StudyError(f"two fields are exchanged, found {len(error.fields)}", str(error.place))
    if error.claimed == bool(error.why):
        raise StudyError("'why' belongs to an error that is not claimed, and to each of them", str(error.place))
    if WAYS[error.by].gone and not (error.told and error.told.file):
        raise StudyError(
            "a removed record cannot be told of where it was", str(error.place), "Name 'told: {file: ...}'."
        )
    if any(told.at != "subject" for told in _tolds(error)) and not WAYS[error.by].pair:
        raise StudyError(f"the way {error.by!r} has no partner", str(error.place))


def _tolds(error: Error) -> tuple[Told, ...]:
    return (*([error.told] if error.told else []), *error.also)


def check_files(plan: Plan, columns: dict[str, list[str]]) -> None:
    """Whether the files (name -> header) hold what the plan names. Raises StudyError, with file and line, if not."""
    for error in plan.errors:
        elsewhere = WAYS[error.by].elsewhere
        own = [error.field, *error.fields, *error.where, *error.unless, *([] if elsewhere else error.cells)]
        _named(error.file, own, columns, error.place)
        if plan.subject not in columns[error.file]:
            raise StudyError(f"{error.file} does not name a subject ({plan.subject})", str(error.place))
        if error.of:
            names = [error.of.field, *error.of.where, *error.of.unless, *(error.cells if elsewhere else [])]
            _named(error.of.file or error.file, names, columns, error.of.place)
        for spot in (*error.needs, *error.lacks):
            _named(spot.file or error.file, [*spot.where, *spot.unless], columns, spot.place)
        for told in _tolds(error):
            _named(told.file or error.file, [told.field, *told.where], columns, told.place)


def _named(file: str, fields: list[str], columns: dict[str, list[str]], place: Where) -> None:
    if file not in columns:
        raise StudyError(f"there is no file {file!r} in the upload", str(place), did_you_mean(file, columns))
    for field in fields:
        if field and field not in columns[file]:
            hint = did_you_mean(field, columns[file])
            raise StudyError(f"{file} has no column {field!r}", str(place), hint)
