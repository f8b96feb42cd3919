"""check and across: a table's findings by itself, and beside the other forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from trialkit.model import Finding, Form, Study, Table
from trialkit.validate.compiled import compiled
from trialkit.validate.findings import Writer
from trialkit.validate.kept import gone
from trialkit.validate.masks import alone, beside
from trialkit.validate.rows import Rows, rows_accepted, rows_of
from trialkit.validate.schema import refuse_if_off

if TYPE_CHECKING:
    import pandas as pd

Frames = Mapping[str, "pd.DataFrame"]


def check(table: Table) -> list[Finding]:
    """The findings of the rules that need only this form, in order.

    Raises AnalysisError (exit 4) if a rule could not run or validation is switched off, StudyError if a rule's
    arguments do not fit its kind.
    """
    refuse_if_off()
    rows = rows_of(table)
    writer = Writer(rows)
    verdicts, _ = alone(compiled(table.form), rows)
    return sorted(finding for item, wrong in verdicts for finding in writer.write(item, wrong))


def across(tables: Mapping[str, Table], current: Frames, previous: Frames, study: Study) -> list[Finding]:
    """The findings of the rules that look at other forms, and records that are gone, in order.

    Args:
        tables: the forms of this submission, form id -> table.
        current: all accepted rows with this submission laid over them, form id -> typed frame.
        previous: the rows as last accepted.
        study: whose forms these are.

    Rows of the submission are judged by all their cross-form rules. Accepted rows of other forms are judged by the
    rules that look at a submitted form, and told only if the submission made them wrong. A form that is not in
    ``current`` is unknown: nothing is missed in it. Raises as ``check``.
    """
    refuse_if_off()
    asked = {item.args.form for form in study.forms.values() for item in compiled(form) if item.cross}
    known = _trusted({name: frame for name, frame in current.items() if name in asked}, study)
    found: list[Finding] = []
    for table in tables.values():
        found += beside_others(rows_of(table), known, study.forms)
        if table.form.mode == "cumulative" and table.form.id in previous:
            found += gone(table, previous[table.form.id])
    before = {name: frame for name, frame in known.items() if name not in tables}
    before |= _trusted({name: previous[name] for name in tables if name in asked and name in previous}, study)
    for name, form in study.forms.items():
        if name in current and name not in tables:
            found += _newly_wrong(rows_accepted(form, current[name]), set(tables), known, before, study.forms)
    return sorted(found)


def beside_others(rows: Rows, others: Frames, forms: Mapping[str, Form]) -> list[Finding]:
    """The findings of a form's cross-form rules."""
    items = compiled(rows.form)
    if not any(item.cross for item in items):
        return []
    rows = rows.beside(others, forms)
    writer = Writer(rows)
    _, hidden = alone(items, rows)
    return [finding for item, wrong in beside(items, rows, hidden) for finding in writer.write(item, wrong)]


def _newly_wrong(
    rows: Rows, submitted: set[str], known: Frames, before: Frames, forms: Mapping[str, Form]
) -> Iterator[Finding]:
    """Accepted rows that this submission of other forms made wrong."""
    every = compiled(rows.form)
    items = [item for item in every if item.cross and item.args.form in submitted]
    if not items:
        return
    _, hidden = alone(every, rows)
    old = beside(items, rows.beside(before, forms), hidden)
    new = rows.beside(known, forms)
    writer = Writer(new)
    for (item, was), (_, wrong) in zip(old, beside(items, new, hidden), strict=True):
        yield from writer.write(item, wrong & ~was)


def _trusted(frames: Frames, study: Study) -> dict[str, pd.DataFrame]:
    """The frames with every cell blank that is unread or found wrong by itself: no other form is judged by it."""
    return {
        name: _without_wrong(rows_accepted(study.forms[name], frame))
        for name, frame in frames.items()
        if name in study.forms
    }


def _without_wrong(rows: Rows) -> pd.DataFrame:
    _, hidden = alone(compiled(rows.form), rows)
    blank = {name: rows.frame[name].mask(mask) for name, mask in hidden.items() if mask.any()}
    return rows.frame.assign(**blank)
