"""A form as a pandera schema, for our own collector and for anybody's pipeline."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trialkit.errors import AnalysisError
from trialkit.model import Form
from trialkit.validate.axis import NUMBERS
from trialkit.validate.compiled import Compiled, compiled
from trialkit.validate.judge import fails
from trialkit.validate.rows import Rows, numbered

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

DOUBT = "_doubt"
"""Column beside the form's own: rows with a cell that may not be judged. Without it there are none."""
_ON = ("true", "True", "1")


def schema(form: Form) -> pa.DataFrameSchema:
    """The form's single-form rules as a pandera ``DataFrameSchema`` without coercion, columns strict.

    Each rule is one ``Check`` whose name and error are the rule's id; a rule on one cell stands at its column, a
    rule on several at the frame. Typed frames go in: text, numbers (float64 or any numeric type), dates
    (datetime64). Rules that look at other forms are not in it. Raises StudyError if a rule does not fit its kind.
    """
    import pandera.pandas as pa

    alone = [item for item in compiled(form) if not item.cross]
    columns = {
        name: pa.Column(
            dtype=None,
            checks=[_type_check(form, name), *(_check(form, i) for i in alone if i.by_cell and i.rule.field == name)],
            nullable=True,
            required=True,
            coerce=False,
            title=field.label,
        )
        for name, field in form.fields.items()
    }
    checks = [_check(form, item) for item in alone if not item.by_cell]
    return pa.DataFrameSchema(columns, checks=checks, strict=True, coerce=False, name=form.id, title=form.title)


def checks_of(made: pa.DataFrameSchema) -> dict[str, pa.Check]:
    """Every Check of a schema by its name."""
    found = [check for column in made.columns.values() for check in column.checks] + list(made.checks)
    return {str(check.name): check for check in found}


def told_by(check: pa.Check, data: Any) -> Any:
    """What the function of a Check says of a column or frame. Called, the Check would say the same, and copy every
    row that fails beside it, which nobody here looks at."""
    return check._check_fn(data)


def _check(form: Form, item: Compiled) -> pa.Check:
    import pandera.pandas as pa

    return pa.Check(_passes(form, item), name=item.rule.id, error=item.rule.id, ignore_na=False)


def _passes(form: Form, item: Compiled) -> Callable[[Any], pd.Series[bool]]:
    """The rule as a function of a frame (or of its own column): True where it passes, on the same index."""

    def passes(data: Any) -> pd.Series[bool]:
        import pandas as pd

        frame = data.to_frame(item.rule.field) if isinstance(data, pd.Series) else data
        doubt = frame[DOUBT].to_numpy() if DOUBT in frame else None
        wrong = fails(item, Rows(form, numbered(frame), doubt=doubt))
        return pd.Series(~wrong, index=data.index, dtype=bool)

    return passes


def _type_check(form: Form, name: str) -> pa.Check:
    import pandera.pandas as pa

    kind, rule = form.fields[name].type, f"{form.id}.{name}.type"

    def right(column: pd.Series[Any]) -> bool:
        from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

        number, day = is_numeric_dtype(column), is_datetime64_any_dtype(column)
        wanted = number if kind in NUMBERS else day if kind in ("date", "datetime") else not (number or day)
        return bool(wanted or column.isna().all())

    return pa.Check(right, name=rule, error=rule, ignore_na=False)


def refuse_if_off() -> None:
    """Raises AnalysisError if pandera is told not to look at data: it would accept anything."""
    off = os.environ.get("PANDERA_VALIDATION_ENABLED", "True") not in _ON
    from pandera.config import get_config_context

    if off or not get_config_context().validation_enabled:
        raise AnalysisError(
            "validation is switched off (PANDERA_VALIDATION_ENABLED): bad data would be accepted",
            hint="Unset PANDERA_VALIDATION_ENABLED and run again.",
        )
