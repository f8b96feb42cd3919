"""Wrong rows -> Findings: place, words and identity. Built only for the rows that are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from trialkit.model import Finding, finding_key
from trialkit.validate.compiled import Compiled
from trialkit.validate.records import record_numbers, repeated
from trialkit.validate.rows import Rows
from trialkit.validate.seen import Seen
from trialkit.validate.words import Texts, sample

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Writer:
    """Writes the findings of one form's rows; ``hidden`` are the cells no relation may judge."""

    rows: Rows
    hidden: Mapping[str, np.ndarray] = field(default_factory=dict)

    def write(self, item: Compiled, wrong: np.ndarray) -> list[Finding]:
        """One finding for each wrong row."""
        positions = wrong.nonzero()[0]
        return self._write(item, positions) if len(positions) else []

    def _write(self, item: Compiled, positions: np.ndarray) -> list[Finding]:
        rows, rule, form = self.rows, item.rule, self.rows.form
        assert rows.lines is not None
        assert rows.files is not None
        texts = Texts(rows, positions)
        values = texts.shown(rule.field)
        fixes = {value: rule.fix or item.kind.fix(form, rule, item.args, value) for value in dict.fromkeys(values)}
        columns = zip(
            rows.files[positions].tolist(),
            rows.lines[positions].tolist(),
            values,
            self._says(item, positions, values),
            map(fixes.__getitem__, values),
            *(texts.shown(name) for name in (form.subject, form.site, form.visit)),
            self._keys(item, texts),
            strict=True,
        )
        return [
            Finding(
                form.id, file, int(line), rule.field, rule.id, rule.finding_class, rule.severity, say, fix, value,
                rule.why, subject, site, visit, rows.numbering, key,
            )
            for file, line, value, say, fix, subject, site, visit, key in columns
        ]  # fmt: skip

    def _says(self, item: Compiled, positions: np.ndarray, values: list[str]) -> list[str]:
        detail = item.kind.detail
        as_read = item.by_row(self.rows.form.id) or not detail
        rows = self.rows if as_read else self._seen.as_rows(item.blanked(self.rows.form), only=not item.cross)
        details = detail(rows, item.rule, item.args, positions) if detail else [""] * len(positions)
        end = "" if item.rule.say else item.kind.say(self.rows, item.rule, item.args)
        said = {v: item.rule.say or f"{self._head(item.rule.field, v)} {end}" for v in dict.fromkeys(values)}
        return [_with(said[value], more) for value, more in zip(values, details, strict=True)]

    def _head(self, name: str, value: str) -> str:
        if not name:
            return "the record"
        label = self.rows.form.fields[name].label
        return f"{label} {sample(self.rows.form, name, value)}" if value else label

    def _keys(self, item: Compiled, texts: Texts) -> list[str]:
        form, rule, positions = self.rows.form, item.rule, texts.positions
        nothing = [""] * len(positions)
        subject, visit = (texts.lasting(name) if name else nothing for name in (form.subject, form.visit))
        records = zip(*(texts.lasting(name) for name in form.key), strict=True)
        turns = self._turns[positions].tolist() if self._turns is not None else [0] * len(positions)
        keys = list(records) if form.key else [()] * len(positions)
        return [
            finding_key(rule.id, form.id, s, v, rule.field, (*key, f"#{turn + 1}") if turn else tuple(key))
            for s, v, key, turn in zip(subject, visit, keys, turns, strict=True)
        ]

    @cached_property
    def _seen(self) -> Seen:
        return Seen(self.rows, self.hidden)

    @cached_property
    def _turns(self) -> np.ndarray | None:
        """For each row how many earlier rows have its key; None if none does."""
        import numpy as np
        import pandas as pd

        if not self.rows.form.key:
            return np.arange(len(self.rows))
        numbers = record_numbers(self.rows, self.rows.form.key)
        several = repeated(numbers)
        if not several.any():
            return None
        turns = np.zeros(len(numbers), dtype="int64")
        turns[several] = pd.Series(numbers[several]).groupby(numbers[several], sort=False).cumcount()
        return turns


def _with(said: str, more: str) -> str:
    """A sentence and what is added to it, in one pair of parentheses at its end."""
    if not more:
        return said
    return f"{said[:-1]}; {more})" if said.endswith(")") else f"{said} ({more})"
