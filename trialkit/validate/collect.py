"""check and across: a table's findings by itself, and beside the other forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from trialkit.model import Finding, Form, Study, Table
from trialkit.model.finding import in_order
from trialkit.validate.compiled import compiled
from trialkit.validate.findings import Writer
from trialkit.validate.kept import gone
from trialkit.validate.masks import Verdict, alone, beside
from trialkit.validate.plan import Plan
from trialkit.validate.rows import Rows, rows_accepted, rows_of
from trialkit.validate.schema import refuse_if_off

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Frames = Mapping[str, "pd.DataFrame"]


@dataclass(frozen=True)
class Judged:
    """Rows with the verdicts of the rules that need only them, and by field the cells no other rule may judge."""

    rows: Rows
    verdicts: list[Verdict]
    hidden: dict[str, np.ndarray]

    def findings(self) -> list[Finding]:
        """The findings of these rules, rule by rule."""
        writer = Writer(self.rows, self.hidden)
        return [finding for item, wrong in self.verdicts for finding in writer.write(item, wrong)]

    def trusted(self) -> pd.DataFrame:
        """The rows with every cell blank that is unread or found wrong by itself: no other form is judged by it."""
        frame = self.rows.frame
        return frame.assign(**{name: frame[name].mask(mask) for name, mask in self.hidden.items() if mask.any()})


def judged(rows: Rows) -> Judged:
    """The rows judged by the rules that need only this form's. Raises as ``check``."""
    refuse_if_off()
    return Judged(rows, *alone(compiled(rows.form), rows))


def check(table: Table) -> list[Finding]:
    """The findings of the rules that need only this form's rows, in order.

    Rules that look up a parameter of the protocol or the last upload are run by ``across``.

    Raises AnalysisError (exit 4) if a rule could not run or validation is switched off, StudyError if a rule's
    arguments do not fit its kind.
    """
    return in_order(judged(rows_of(table)).findings())


def across(
    tables: Mapping[str, Table],
    current: Frames,
    previous: Frames,
    study: Study,
    as_of: date | None = None,
    within: Mapping[str, Judged] | None = None,
) -> list[Finding]:
    """The findings of the rules that look at other forms, the protocol or the last upload, and records that are gone.

    Args:
        tables: the forms of this submission, form id -> table.
        current: all accepted rows with this submission laid over them, form id -> typed frame (those of the
            forms ``asked_for`` names are enough).
        previous: the rows as last accepted.
        study: whose forms these are.
        as_of: the day by which a time limit that is still open has passed or not; None: open limits are unknown.
        within: the tables as they were judged by themselves, if they were.

    Rows of the submission are judged by all their cross-form rules. Accepted rows of other forms are judged by the
    rules that look at a submitted form, and told only if the submission made them wrong. A form that is not in
    ``current`` is unknown: nothing is missed in it. Raises as ``check``.
    """
    refuse_if_off()
    plan, asked = Plan(study, as_of), asked_for(study, current)
    within = within or {name: judged(rows_of(table)) for name, table in tables.items()}
    whole = {n: one for n, one in within.items() if n not in previous or one.rows.form.mode == "cumulative"}
    known = {name: whole[name].trusted() for name in sorted(asked & whole.keys())}
    known |= _trusted({name: current[name] for name in asked - whole.keys()}, study)
    found: list[Finding] = []
    for name, table in tables.items():
        found += _beside(within[name], known, study.forms, plan, _last(table.form, previous))
        if table.form.mode == "cumulative" and table.form.id in previous:
            found += gone(table, previous[table.form.id])
    before = {name: frame for name, frame in known.items() if name not in tables}
    before |= _trusted({name: previous[name] for name in tables if name in asked and name in previous}, study)
    for name, form in study.forms.items():
        if name in current and name not in tables:
            found += _newly_wrong(rows_accepted(form, current[name]), set(tables), known, before, plan)
    return in_order(found)


def asked_for(study: Study, names: Iterable[str]) -> set[str]:
    """Those of the forms that a rule of the study looks at beside the rows of its own form."""
    every = [item for form in study.forms.values() for item in compiled(form)]
    if not any(item.cross for item in every):
        return set()
    return {name for name in names if name == study.header.roster or any(item.asks({name}) for item in every)}


def beside_others(
    rows: Rows,
    others: Frames,
    forms: Mapping[str, Form],
    plan: Plan | None = None,
    before: pd.DataFrame | None = None,
) -> list[Finding]:
    """The findings of the rules of a form that look beyond its own rows."""
    return _beside(judged(rows), others, forms, plan, before)


def _beside(
    one: Judged, others: Frames, forms: Mapping[str, Form], plan: Plan | None, before: pd.DataFrame | None
) -> list[Finding]:
    rows = one.rows.beside(others, forms, plan, before)
    writer = Writer(rows, one.hidden)
    verdicts = beside(compiled(rows.form), rows, one.hidden)
    return [finding for item, wrong in verdicts for finding in writer.write(item, wrong)]


def _newly_wrong(rows: Rows, submitted: set[str], known: Frames, before: Frames, plan: Plan) -> Iterator[Finding]:
    """Accepted rows that this submission of other forms made wrong."""
    every, forms = compiled(rows.form), plan.study.forms
    sited = not rows.form.site and plan.study.header.roster in submitted
    items = [item for item in every if item.asks(submitted) or (item.planned and sited)]
    if not items:
        return
    hidden = judged(rows).hidden
    old = beside(items, rows.beside(before, forms, plan), hidden)
    new = rows.beside(known, forms, plan)
    writer = Writer(new, hidden)
    for (item, was), (_, wrong) in zip(old, beside(items, new, hidden), strict=True):
        yield from writer.write(item, wrong & ~was)


def _last(form: Form, previous: Frames) -> pd.DataFrame | None:
    return rows_accepted(form, previous[form.id]).frame if form.id in previous else None


def _trusted(frames: Frames, study: Study) -> dict[str, pd.DataFrame]:
    """The frames as other forms are judged by them."""
    return {
        name: judged(rows_accepted(study.forms[name], frame)).trusted()
        for name, frame in frames.items()
        if name in study.forms
    }
