"""The rows of all examples of a study, those of a form read at once: many rows cost as little to read as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from trialkit.model import Cells, Example, Finding, Form, Study, Table
from trialkit.validate.rows import numbered

if TYPE_CHECKING:
    import pandas as pd

Laid = Sequence[Mapping[str, str]]
Examples = Mapping[str, Sequence[Example]]
"""Form id -> the examples of its rules."""


class Shelf:
    """The rows of these examples as typed tables, each row laid over its form's clean row."""

    def __init__(self, study: Study, examples: Examples) -> None:
        own = {name: [(example.row, *example.rows) for example in many] for name, many in examples.items()}
        beside: dict[str, dict[str, Laid]] = {}
        for name, example in ((name, example) for name, many in examples.items() for example in many):
            for of, rows in (*example.tables.items(), (name, example.before)):
                beside.setdefault(of, {})[said(rows)] = rows
        self._batches = {
            name: Batch(study.forms[name], [*own.get(name, ()), *beside.get(name, {}).values()])
            for name in {**own, **beside}
        }
        first = {name: len(own.get(name, ())) for name in beside}
        self._at = {(name, key): n for name, many in beside.items() for n, key in enumerate(many, first[name])}
        self._frames: dict[tuple[str, str], pd.DataFrame] = {}

    def own(self, form: Form) -> Batch:
        """The rows of the form's own examples: group i is that of its example i; further groups may follow."""
        return self._batches[form.id]

    def frame(self, form: str, rows: Laid) -> pd.DataFrame:
        """Rows of a form that an example puts beside its own. They are shared: not to be changed in place."""
        at = form, said(rows)
        if at not in self._frames:
            self._frames[at] = self._batches[form].table_of(self._at[at]).frame
        return self._frames[at]


def said(rows: Laid) -> str:
    """Rows as a text that is the same for the same rows."""
    return repr([sorted(row.items()) for row in rows])


class Batch:
    """Groups of rows of one form, read together; ``starts[i]`` to ``starts[i + 1]`` are the rows of group i."""

    def __init__(self, form: Form, groups: Sequence[Laid]) -> None:
        from trialkit.intake import parse

        self.table, self._found = parse(_cells(form, [row for rows in groups for row in rows]), form)
        self.starts = tuple(accumulate((len(rows) for rows in groups), initial=0))

    def table_of(self, first: int, count: int = 1) -> Table:
        """The rows of a group, or of several, as a table of their own."""
        part = slice(self.starts[first], self.starts[first + count])
        raw = None if self.table.raw is None else numbered(self.table.raw.iloc[part])
        unread = {name: mask[part] for name, mask in self.table.unread.items()}
        frame = numbered(self.table.frame.iloc[part])
        return replace(self.table, frame=frame, rows=self.table.rows[part], unread=unread, raw=raw, coded={})

    def found_of(self, i: int) -> Iterable[Finding]:
        """What reading the rows of group i found."""
        lines = set(self.table.rows[self.starts[i] : self.starts[i + 1]].tolist())
        return (finding for finding in self._found if finding.line in lines)


def _cells(form: Form, rows: Laid) -> Cells:
    """Rows laid over the form's example, as a file would hold them: header on line 1."""
    import numpy as np
    import pandas as pd

    full = [form.example | dict(row) for row in rows]
    frame = pd.DataFrame({name: [row.get(name, "") for row in full] for name in form.fields}, dtype="object")
    return Cells(f"{form.id}.csv", "", "csv", frame, np.arange(2, len(full) + 2))
