"""Examples of a form's rules, read all at once: reading a table of many rows costs as much as one of one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Cells, Example, Finding, Form, Study, Table, Where
from trialkit.validate.compiled import Compiled, compiled
from trialkit.validate.findings import Writer
from trialkit.validate.kept import gone
from trialkit.validate.masks import alone, beside
from trialkit.validate.plan import Plan
from trialkit.validate.rows import rows_of
from trialkit.validate.schema import checks_of, schema

if TYPE_CHECKING:
    import pandas as pd

Laid = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Batch:
    """Rows of one form for several examples, parsed together; example i has the rows from starts[i] to starts[i+1]."""

    table: Table
    found: list[Finding]
    starts: tuple[int, ...]

    def table_of(self, i: int) -> Table:
        """The rows of example i as a table of their own."""
        part = slice(self.starts[i], self.starts[i + 1])
        raw = self.table.raw.iloc[part].reset_index(drop=True) if self.table.raw is not None else None
        unread = {name: mask[part] for name, mask in self.table.unread.items()}
        frame = self.table.frame.iloc[part].reset_index(drop=True)
        return replace(self.table, frame=frame, rows=self.table.rows[part], unread=unread, raw=raw)

    def found_of(self, i: int) -> list[Finding]:
        """What reading the rows of example i found."""
        lines = set(self.table.rows[self.starts[i] : self.starts[i + 1]].tolist())
        return [finding for finding in self.found if finding.line in lines]


def batch(form: Form, examples: Sequence[Laid]) -> Batch:
    """The rows of all examples, each laid over the form's clean row, parsed together."""
    from trialkit.intake import parse

    table, found = parse(_cells(form, [row for rows in examples for row in rows]), form)
    return Batch(table, found, tuple(accumulate((len(rows) for rows in examples), initial=0)))


def _cells(form: Form, rows: Laid) -> Cells:
    """Rows laid over the form's example, as a file would hold them: header on line 1."""
    import numpy as np
    import pandas as pd

    full = [form.example | dict(row) for row in rows]
    frame = pd.DataFrame({name: [row.get(name, "") for row in full] for name in form.fields}, dtype="object")
    return Cells(f"{form.id}.csv", "", "csv", frame, np.arange(2, len(full) + 2))


class Bench:
    """The examples of a form, ready to be tried. Raises StudyError for one that names what does not exist."""

    def __init__(self, form: Form, study: Study, examples: Sequence[Example]) -> None:
        for example in examples:
            _names(form, study, example)
        others = {name for example in examples for name in example.tables}
        self.form, self.study, self.examples = form, study, examples
        self.items, self.checks = compiled(form), checks_of(schema(form))
        self.own = batch(form, [(example.row, *example.rows) for example in examples])
        self.before = batch(form, [example.before for example in examples])
        self.others = {n: batch(study.forms[n], [e.tables.get(n, ()) for e in examples]) for n in others}

    def raised(self, i: int) -> set[str]:
        """The ids of the rules that example i raises. Raises AnalysisError if a rule cannot run."""
        example, table = self.examples[i], self.own.table_of(i)
        others = {name: self.others[name].table_of(i).frame for name in example.tables}
        before = self.before.table_of(i).frame if example.before else None
        items = [item for item in self.items if self._concerned(item, example)]
        plan = Plan(self.study, example.as_of)
        found = [*self.own.found_of(i), *self._found(items, table, others, before, plan)]
        if before is not None and self.form.mode == "cumulative":
            found += gone(table, before)
        return {finding.rule for finding in found}

    def _found(
        self,
        items: list[Compiled],
        table: Table,
        others: dict[str, pd.DataFrame],
        before: pd.DataFrame | None,
        plan: Plan,
    ) -> Iterator[Finding]:
        given = {self.form.id: table.frame} | others
        rows = rows_of(table).beside(given, self.study.forms, plan, before)
        verdicts, hidden = alone(items, rows, self.checks)
        writer = Writer(rows, hidden)
        for item, wrong in (*verdicts, *beside(items, rows, hidden)):
            yield from writer.write(item, wrong)

    def _concerned(self, item: Compiled, example: Example) -> bool:
        """Whether the rule could answer otherwise than on the form's clean row, which raises nothing.

        A rule of one row can only if a field it looks at is changed in some row; one that looks from row to row, if
        there are several; one that looks at other forms, only if one of them is there.
        """
        if not self.form.example or (example.as_of and item.beyond):
            return True
        if (example.rows or example.before) and (item.kind.grouped or item.beyond):
            return True
        if item.sees:
            return item.asks({self.form.id, *example.tables})
        clean, rows = self.form.example, (example.row, *example.rows)
        changed = {name for row in rows for name, cell in row.items() if clean.get(name, "") != cell}
        return bool(changed & {*item.columns, *item.needs})


def _names(form: Form, study: Study, example: Example) -> None:
    """Raise StudyError for a form or field of the example that does not exist."""
    given = [(form, row) for row in (example.row, *example.rows, *example.before)]
    for name, rows in example.tables.items():
        if name not in study.forms:
            raise StudyError(f"there is no form {name!r}", str(example.place), did_you_mean(name, study.forms))
        given += [(study.forms[name], row) for row in rows]
    for of, row in given:
        for name in row:
            if name not in of.fields:
                raise _unknown(name, of, example.place)


def _unknown(name: str, form: Form, place: Where) -> StudyError:
    hint = did_you_mean(name, form.fields)
    return StudyError(f"an example row has {name!r}, no field of form {form.id!r}", str(place), hint)
