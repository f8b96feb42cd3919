"""The examples of a form's rules judged together; each raises exactly what it would raise alone.

A rule that looks at one row is asked once, for the rows of all examples; one that looks beside its form, once for the
examples that have the same there. Only a rule that looks from row to row, or at the rows of its own form, is asked for
each example by itself, and only where it could answer otherwise than on the clean row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trialkit.errors import TrialkitError
from trialkit.model import Example, Form, Study
from trialkit.validate.compiled import Compiled, compiled
from trialkit.validate.judge import applies, fails, known
from trialkit.validate.kept import gone
from trialkit.validate.laid import Shelf
from trialkit.validate.masks import answer, could_not_run, data_for
from trialkit.validate.plan import Plan
from trialkit.validate.pools import Pool, concerned, pools_of
from trialkit.validate.rows import Rows, picked, rows_of
from trialkit.validate.schema import checks_of, schema
from trialkit.validate.seen import Seen

if TYPE_CHECKING:
    import numpy as np

Verdict = set[str] | TrialkitError
Ask = Callable[[Pool, "np.ndarray"], "np.ndarray"]
"""A rule's answers for some examples, whose rows are at these positions: True where wrong."""


class Bench:
    """The examples of a form, ready to be tried; their rows lie on the shelf. Raises StudyError as ``compiled``."""

    def __init__(self, form: Form, study: Study, examples: Sequence[Example], shelf: Shelf) -> None:
        import numpy as np

        self.form, self.study, self.examples, self.shelf = form, study, examples, shelf
        self.items, self.batch = compiled(form), shelf.own(form)
        self.rows = rows_of(self.batch.table_of(0, len(examples)))
        self.owner = np.repeat(np.arange(len(examples)), np.diff(self.batch.starts[: len(examples) + 1]))
        self._raised: list[set[str]] = [{f.rule for f in self.batch.found_of(i)} for i in range(len(examples))]
        self._errors: dict[int, TrialkitError] = {}

    def verdicts(self) -> list[Verdict]:
        """For each example the ids of the rules that it raises, or the error of the first that could not run."""
        seen = Seen(self.rows, self.rows.hidden)
        self._alone(seen)
        self._beside(seen)
        for i, example in enumerate(self.examples):
            if example.before and self.form.mode == "cumulative":
                before = self.shelf.frame(self.form.id, example.before)
                self._raised[i] |= {finding.rule for finding in gone(self.batch.table_of(i), before)}
        return [self._errors.get(i, raised) for i, raised in enumerate(self._raised)]

    def _alone(self, seen: Seen) -> None:
        """The rules that need only the form, by the Checks of its schema."""
        checks, every = checks_of(schema(self.form)), [tuple(range(len(self.examples)))]
        for item in (item for item in self.items if not item.cross):
            pools = self._pools(item, _applies(item, seen.as_rows(item.columns))) if item.kind.grouped else every
            self._judge(item, seen, pools, _by_check(item, checks[item.rule.id], seen))

    def _beside(self, seen: Seen) -> None:
        """The rules that look at other forms, the protocol or the last upload."""
        for item in (item for item in self.items if item.cross):
            rows = seen.as_rows(item.columns)
            asked = _applies(item, rows)
            self._judge(item, seen, self._pools(item, asked), self._by_rule(item, rows, asked))

    def _by_rule(self, item: Compiled, rows: Rows, asked: np.ndarray | None) -> Ask:
        def ask(pool: Pool, at: np.ndarray) -> np.ndarray:
            try:
                placed = self._placed(item, rows, pool, at)
                if asked is None:
                    return fails(item, placed)
                return item.kind.mask(placed, item.rule, item.args) & asked[at]
            except Exception as error:
                raise could_not_run(item, type(error).__name__) from error

        return ask

    def _placed(self, item: Compiled, rows: Rows, pool: Pool, at: np.ndarray) -> Rows:
        """Some of the rows with all that their examples have beside them, which is the same for all of the pool."""
        one = self.examples[pool[0]]
        others = {name: self.shelf.frame(name, laid) for name, laid in one.tables.items()}
        if item.asks({self.form.id}):
            others = {self.form.id: picked(self.batch.table.frame, at), **others}
        before = self.shelf.frame(self.form.id, one.before) if one.before else None
        made = replace(rows.take(at), doubt=None if rows.doubt is None else rows.doubt[at])
        return made.beside(others, self.study.forms, Plan(self.study, one.as_of), before)

    def _pools(self, item: Compiled, asked: np.ndarray | None) -> list[Pool]:
        """The examples the rule must be asked for, by what it may look at beside their rows; ``asked``: its rows."""
        import numpy as np

        owners = self.owner if asked is None else self.owner[asked]
        some = [i for i in np.unique(owners).tolist() if concerned(item, self.form, self.examples[i])]
        return pools_of(item, self.form, self.study.header.roster, self.examples, some)

    def _judge(self, item: Compiled, seen: Seen, pools: Sequence[Pool], ask: Ask) -> None:
        """Ask the rule for pool after pool, and mark the examples that it finds wrong."""
        import numpy as np

        wrong = np.zeros(len(self.rows), dtype=bool)
        for pool in pools:
            at = self._at(pool)
            try:
                wrong[at] = ask(pool, at)
            except TrialkitError as error:
                if len(pool) == 1:
                    self._errors.setdefault(pool[0], error)
                else:  # it may be one of them that stops the rule: each is asked by itself
                    self._judge(item, seen, [(i,) for i in pool], ask)
        wrong = known(item, wrong, seen.hidden)
        for i in set(self.owner[wrong].tolist()):
            self._raised[i].add(item.rule.id)
        seen.hide(item, wrong)

    def _at(self, pool: Pool) -> np.ndarray:
        """The positions of the examples' rows."""
        import numpy as np

        return np.flatnonzero(np.isin(self.owner, pool))


def _applies(item: Compiled, rows: Rows) -> np.ndarray | None:
    """The rows the rule is asked for; None if its condition cannot be judged, which each example is to be told."""
    try:
        return applies(item, rows)
    except TrialkitError:
        return None


def _by_check(item: Compiled, check: Any, seen: Seen) -> Ask:
    data = data_for(item, seen)
    return lambda pool, at: answer(item, check, data if len(at) == len(data) else data.iloc[at])
