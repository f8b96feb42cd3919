"""Running the rules of a form one by one: which rows are wrong by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from trialkit.errors import AnalysisError
from trialkit.validate.compiled import Compiled
from trialkit.validate.judge import fails, known
from trialkit.validate.rows import Rows
from trialkit.validate.schema import DOUBT, checks_of, schema, told_by
from trialkit.validate.seen import Seen

if TYPE_CHECKING:
    import numpy as np

Verdict = tuple[Compiled, "np.ndarray"]


def alone(items: Iterable[Compiled], rows: Rows) -> tuple[list[Verdict], dict[str, np.ndarray]]:
    """The verdicts of the rules that need only the form, and the cells no other rule may judge.

    They are those of the schema's own Check objects. Raises AnalysisError if a rule could not run.
    """
    checks = checks_of(schema(rows.form))
    seen = Seen(rows, rows.hidden)
    verdicts = []
    for item in items:
        if item.cross:
            continue
        wrong = known(item, answer(item, checks[item.rule.id], data_for(item, seen)), seen.hidden)
        verdicts.append((item, wrong))
        seen.hide(item, wrong)
    return verdicts, seen.hidden


def beside(items: Iterable[Compiled], rows: Rows, hidden: dict[str, np.ndarray]) -> Iterator[Verdict]:
    """The verdicts of the rules that look at other forms. Raises AnalysisError if a rule could not run."""
    seen = Seen(rows, hidden)
    for item in items:
        if item.cross:
            try:
                given = rows if item.by_row(rows.form.id) else seen.as_rows(item.columns)
                wrong = known(item, fails(item, given), seen.hidden)
            except Exception as error:
                raise could_not_run(item, type(error).__name__) from error
            yield item, wrong
            seen.hide(item, wrong)


def data_for(item: Compiled, seen: Seen) -> Any:
    """What the rule's Check is given: its own column, or a frame of those it needs."""
    coded = item.kind.coded
    if item.by_row(seen.rows.form.id):
        seen = Seen(seen.rows, {})
    if item.by_cell:
        return seen.coded(item.rule.field) if coded else seen.column(item.rule.field)
    data = seen.frame(item.columns, coded, item.blanked(seen.rows.form))
    doubt = seen.doubt(item.columns) if item.kind.grouped else None
    if doubt is not None:
        data[DOUBT] = doubt
    return data


def answer(item: Compiled, check: Any, data: Any) -> np.ndarray:
    """What a Check says, True where wrong. Raises AnalysisError if it could not run."""
    import numpy as np
    import pandas as pd

    try:
        passed = told_by(check, data)
    except Exception as error:
        raise could_not_run(item, type(error).__name__) from error
    if not isinstance(passed, pd.Series) or passed.dtype != bool or not passed.index.equals(data.index):
        raise could_not_run(item, "it did not answer yes or no for every row")
    return ~np.asarray(passed, dtype=bool)


def could_not_run(item: Compiled, why: str) -> AnalysisError:
    """The error of a rule that is itself at fault. The cause's own text may hold data, so only its name is told."""
    return AnalysisError(
        f"rule {item.rule.id!r} could not run ({why}): no data were judged by it",
        str(item.rule.place),
        "'trialkit check' tells what is wrong with a rule.",
    )
