"""One upload on its way in: whose form it is, its cells, the gates, the typed table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.model.finding import Finding, finding_key
from trialkit.model.form import Form
from trialkit.model.mapping import Mapping
from trialkit.model.study import Study
from trialkit.model.table import Cells, Table
from trialkit.pipeline.gates import at_the_gates

if TYPE_CHECKING:
    from trialkit.intake import Source


@dataclass(frozen=True)
class Incoming:
    """An upload as it was read: no table if it was refused; ``notes`` are what to know of how it was read."""

    source: Source
    table: Table | None
    findings: list[Finding]
    mapping: Mapping | None = None
    notes: tuple[str, ...] = ()
    rows: int = 0


def incoming(study: Study, source: Source, blinded: bool, in_parts: bool = False) -> Incoming:
    """One upload as a typed table and its findings; one that cannot be read is one stop finding.

    With ``in_parts`` a large file may be read and checked some subjects at a time; its table then has no row.
    """
    from trialkit.intake import mapping_of, parse

    form, mapping = None, mapping_of(source.name, study.mappings)
    sharded = _sharded(study, source, blinded) if in_parts and mapping is None else None
    if sharded is not None:
        return sharded
    try:
        form = _form(study, source, mapping)
        cells = _cells(source, form, mapping)
        told = at_the_gates(study, cells, form, blinded)
        if any(finding.finding_class == "stop" for finding in told):
            return Incoming(source, None, told, mapping)
        table, findings = parse(cells, form)
    except IntakeError as error:
        return Incoming(source, None, [stop(source, form, error)], mapping)
    return Incoming(source, table, told + findings, mapping, cells.notes, len(table.frame))


def _sharded(study: Study, source: Source, blinded: bool) -> Incoming | None:
    """A large file checked in parts; None for an archive's member, a layout to be detected, or one to be read whole."""
    from trialkit.pipeline.shards import in_shards, shardable
    from trialkit.spec.layouts import DETECT

    form = shardable(study, source.path) if not (source.member or source.trouble) else None
    if form is None or DETECT in (form.layout.delimiter, form.layout.encoding, form.layout.decimal):
        return None
    found = in_shards(study, source.path, form, blinded)
    return Incoming(source, found[0], found[1], rows=found[2]) if found else None


def _form(study: Study, source: Source, mapping: Mapping | None) -> Form:
    from trialkit.intake import assign

    if source.trouble is not None:
        raise source.trouble
    form = study.forms[mapping.form] if mapping else assign(Path(source.name), study.forms)
    if form is None:
        raise IntakeError(
            "this file belongs to no form of the study",
            source.name,
            "Rename it, or name the pattern under 'files' of its form.",
        )
    return form


def _cells(source: Source, form: Form, mapping: Mapping | None) -> Cells:
    """The file's cells under the form's names, with the decimal mark they are written with."""
    from trialkit.intake import cells_of, decimal_of, renamed

    layout = mapping.layout if mapping and mapping.layout else form.layout
    cells = cells_of(source.data(), source.name, layout)
    cells = renamed(cells, mapping) if mapping else cells
    decimal, note = decimal_of(cells, form, layout)
    return replace(cells, decimal=decimal, notes=(*cells.notes, note) if note else cells.notes)


def stop(source: Source, form: Form | None, error: IntakeError) -> Finding:
    """The finding that an upload was refused."""
    _, _, line = error.place.rpartition(":")
    name = form.id if form else ""
    rule = f"{name}.file" if name else "file"
    return Finding(
        form=name,
        file=source.name,
        line=int(line) if line.isdigit() else 0,
        field="",
        rule=rule,
        finding_class="stop",
        severity="critical",
        say=error.message,
        fix=error.hint,
        key=finding_key(rule, name, "", "", "", (source.name,)),
    )


def twice(read: Iterable[Incoming]) -> list[Finding]:
    """Two files for one form in one submission: which one counts would be a guess."""
    first: dict[str, Source] = {}
    found = []
    for one in read:
        table = one.table
        if table is not None and first.setdefault(table.form.id, one.source) != one.source:
            error = IntakeError(
                f"{first[table.form.id].name} of this submission is already the file of form {table.form.id!r}",
                one.source.name,
                "Send one file per form.",
            )
            found.append(stop(one.source, table.form, error))
    return found
