"""Cells -> typed cells: each declared field read as its type; a cell that cannot be read is exactly one finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from trialkit.errors import did_you_mean
from trialkit.intake.column_stop import column_stop
from trialkit.intake.likely import likely
from trialkit.intake.mixed import kind_said, read_stored, shown
from trialkit.intake.native import read_native
from trialkit.intake.words import LARGEST, WHAT, empty, read_cells, too_large
from trialkit.model import Cells, Field, Finding, Form, Table, finding_key
from trialkit.model.texts import plain

if TYPE_CHECKING:
    import numpy as np


FIX = "Correct the value at source and send the file again."


def parse(cells: Cells, form: Form) -> tuple[Table, list[Finding]]:
    """The form's fields in their declared types, and what could not be read.

    A column that is missing, unknown or of another type is one finding of class stop, and unread in every row. A cell
    that cannot be read is one finding, missing in the frame and marked in ``Table.unread``. Nothing is imputed
    or guessed; blanks around a number or a date do not count, a text is never trimmed.
    """
    import numpy as np
    import pandas as pd

    columns: dict[str, Any] = {}
    unread: dict[str, np.ndarray] = {}
    lost: dict[str, np.ndarray] = {}
    nowhere = np.ones(len(cells.frame), dtype=bool)
    stops = list(_layout(cells, form))
    decimal = cells.decimal or form.layout.decimal
    for name, field in form.fields.items():
        if name not in cells.frame.columns:
            columns[name], lost[name] = empty(field, len(cells.frame)), nowhere
            continue
        wrong_type = ""
        if cells.stored:
            columns[name], bad, wrong_type = read_stored(cells.frame[name], field, decimal)
        elif cells.native:
            columns[name], bad, wrong_type = read_native(cells.frame[name], field)
        else:
            columns[name], bad = read_cells(cells.frame[name], field, decimal)
        if wrong_type:
            stops.append(_wrong_type(cells, form, name, wrong_type))
            lost[name] = nowhere
        elif bad.any():
            unread[name] = bad
    coded = {name: column for name, column in columns.items() if column.dtype == "category"}
    columns |= {name: plain(column) for name, column in coded.items()}
    table = Table(
        form=form,
        frame=pd.DataFrame(columns, index=pd.RangeIndex(len(cells.frame)), copy=False),
        rows=cells.rows,
        file=cells.file,
        sha256=cells.sha256,
        numbering=cells.numbering,
        unread=unread | lost,
        raw=None if cells.native else cells.frame,
        coded=coded,
    )
    return table, [*stops, *_unread_findings(table, cells, unread, decimal)]


def _layout(cells: Cells, form: Form) -> Iterator[Finding]:
    """A stop finding for each column that is missing or unknown."""
    there = [str(name) for name in cells.frame.columns]
    spare = [name for name in there if name not in form.fields]
    for name in form.fields:
        if name not in there:
            near = did_you_mean(name, spare) if spare else ""
            fix = f"Add the column{f', or rename one. {near}' if 'mean' in near else ' and send the file again.'}"
            yield column_stop(cells, form, "columns", name, f"column {name!r} is missing", fix)
    for name in spare:
        known = did_you_mean(name, [f for f in form.fields if f not in there] or form.fields)
        fix = f"{known if 'mean' in known else ''} Rename or remove the column.".strip()
        yield column_stop(cells, form, "columns", name, f"column {name!r} is not a field of form {form.id!r}", fix)


def _wrong_type(cells: Cells, form: Form, name: str, found: str) -> Finding:
    fix = "Export the column in the declared type, or change the field's type in the form."
    return column_stop(
        cells, form, "columns", name, f"column {name!r} holds {found}, the form declares {form.fields[name].type}", fix
    )


def _unread_findings(table: Table, cells: Cells, unread: dict[str, np.ndarray], decimal: str) -> Iterator[Finding]:
    import numpy as np

    for name, bad in unread.items():
        field = table.form.fields[name]
        for row in np.flatnonzero(bad):
            yield _unread(table, cells, field, int(row), decimal)


def _unread(table: Table, cells: Cells, field: Field, row: int, decimal: str) -> Finding:
    form = table.form
    cell = cells.cell(field.name, row)
    text = shown(cell)
    subject, site, visit = (_role(table, name, row) for name in (form.subject, form.site, form.visit))
    rule = f"{form.id}.{field.name}.unread"
    record = tuple(_role(table, name, row) or _hidden(cells, name, row) for name in form.key)
    return Finding(
        form=form.id,
        file=table.file,
        line=int(table.rows[row]),
        field=field.name,
        rule=rule,
        finding_class="query",
        severity="major",
        say=_sentence(field, cell, cells.stored),
        fix=_fix(field, text, decimal),
        value="" if field.identifying else text,
        subject=subject,
        site=site,
        visit=visit,
        numbering=table.numbering,
        key=finding_key(rule, form.id, subject, visit, field.name, record),
    )


def _fix(field: Field, text: str, decimal: str) -> str:
    hint = "" if field.identifying else likely(field, text, decimal)
    return f"{hint} {FIX}".strip()


def _sentence(field: Field, cell: Any, stored: bool) -> str:
    text = shown(cell)
    said = "the value" if field.identifying else repr(text)
    if field.type == "integer" and too_large(text):
        return f"{said} is too large a whole number to be kept exactly: at most {LARGEST:,} can be"
    what: Callable[[Field], str] = WHAT[field.type]
    return f"{said} is not {what(field)}{kind_said(cell, field) if stored else ''}"


def _role(table: Table, name: str, row: int) -> str:
    """The text of a role's cell, "" if it has none, could not be read, or may identify."""
    if not name or name not in table.frame or table.form.fields[name].identifying:
        return ""
    value = table.frame[name].iloc[row]
    if value is None or value != value:
        return ""
    text = table.raw[name].iloc[row] if table.raw is not None else value
    return _number(text)


def _number(value: Any) -> str:
    """Native values as text: dates ISO, whole numbers without a decimal point."""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _hidden(cells: Cells, name: str, row: int) -> str:
    """A key cell that may not be shown or could not be read, as a digest: it still tells records apart."""
    import hashlib

    text = str(cells.cell(name, row)) if name in cells.frame else ""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
