"""The gate for identifiers: a file that may tell who somebody is goes back, and nothing of it is repeated or kept.

It looks at column names and at every text, and errs on the side of refusing: what is refused by mistake is let in by
an entry under ``identifiers`` of the form, with a reason. What no pattern can see (a rare diagnosis, a name that is
not common) it does not find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from trialkit.intake.column_stop import column_stop
from trialkit.model import Cells, Field, Finding, Form, finding_key
from trialkit.model.allowance import Identifier
from trialkit.model.texts import by_number
from trialkit.validate.gates.column_names import announced, words
from trialkit.validate.gates.value_patterns import has_day, kinds_in, looks_like
from trialkit.validate.words import cell_text

if TYPE_CHECKING:
    import pandas as pd

OLDEST = 89
"""Years. A higher age may identify (45 CFR 164.514(b)(2)(i)(C))."""
_WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\w{2,9}[./-]\d{2,4}")
_PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?|\d{4}-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?)?|\d{1,2}:\d{2}(?::\d{2})?")
"""A number, date or time as files have them: none of the looks fits it."""
_BIRTH: Identifier = "date of birth"
_DAY: Identifier = "date in free text"


def identifiers(cells: Cells, form: Form) -> list[Finding]:
    """A stop finding for each column and kind of identifier seen in a file of a form, by its first line; and for each
    kind seen in a part of the file that is kept with it and not read.

    A date in free text is a query for its cell, not a stop. No finding holds a value.
    """
    columns = [finding for name in map(str, cells.frame.columns) for finding in _column(cells, form, name)]
    return [*columns, *_aside(cells, form)]


def _aside(cells: Cells, form: Form) -> Iterator[Finding]:
    for part, texts in cells.aside.items():
        for kind, told in kinds_in(_unplain(list(texts), None)).items():
            if told:
                say = f"the part {part!r} of the file, which is not read, holds what looks like {_article(kind)} {kind}"
                fix = "Remove that part and send the file again; nothing of this file was kept."
                yield column_stop(cells, form, "identifiers", "", say, fix, of=(kind, part))


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


def suspicious(data: bytes) -> bool:
    """Whether bytes that could not be read as a table may hold an identifier: such bytes are not kept."""
    return any(True for _ in looks_like(data.decode("latin-1").replace("\0", "")))


def _column(cells: Cells, form: Form, name: str) -> Iterator[Finding]:
    allowed = form.identifiers[name].allow if name in form.identifiers else ()
    column = cells.frame[name]
    said = tuple(announced(name))
    for kind in said:
        if kind not in allowed and (kind != _BIRTH or name not in form.fields):
            yield _stop(cells, form, name, kind, 0, f"the name of column {name!r} says that it holds a {kind}")
    for kind, rows in _seen(column, form, name, _BIRTH in said):
        if kind in allowed:
            continue
        if kind == _DAY:
            yield from (_query(cells, form, name, row) for row in rows)
        else:
            yield _seen_stop(cells, form, name, kind, rows)


def _seen(column: pd.Series[Any], form: Form, name: str, birth: bool) -> Iterator[tuple[Identifier, list[int]]]:
    """The kinds of identifiers among a column's values, and the rows of each; ``birth``: it is one of birth dates."""
    texts = _texts(column)
    found = kinds_in(_unplain(texts, form.fields.get(name)))
    if name in form.fields and _free(form, name):
        found[_DAY] = {text for text in texts if has_day(text)}
    if birth:
        found[_BIRTH] = found.get(_BIRTH, set()) | {text for text in texts if _WHOLE_DAY.match(text)}
    for kind, told in found.items():
        if told:
            yield kind, _rows(column, told)
    if birth and _moments(column):
        yield _BIRTH, _filled(column)
    if "age" in words(name):
        old = _old(column)
        if old:
            yield "age over 89", old


def _unplain(texts: list[str], field: Field | None) -> list[str]:
    """The texts that are neither a code or of the pattern of their field, nor a plain number, date or time."""
    declared = [re.compile(field.pattern).fullmatch] if field and field.pattern else []
    left = [text for text in texts if text not in field.codes] if field and field.codes else texts
    for known in (*declared, _PLAIN.fullmatch):
        left = list(filterfalse(known, left))
    return left


def _free(form: Form, name: str) -> bool:
    """Whether a field takes any text."""
    field = form.fields[name]
    return field.type == "text" and not (field.codes or field.pattern) and name not in form.key


def _texts(column: pd.Series[Any]) -> list[str]:
    import numpy as np
    from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

    if is_numeric_dtype(column) or is_datetime64_any_dtype(column):
        return []
    places, distinct = by_number(column)
    there = np.bincount(places + 1, minlength=len(distinct) + 1)[1:] > 0
    texts = list(filter(None, distinct[there].tolist()))
    return texts if set(map(type, texts)) <= {str} else [text for text in texts if isinstance(text, str)]


def _rows(column: pd.Series[Any], texts: set[str]) -> list[int]:
    import numpy as np

    return [int(row) for row in np.flatnonzero(column.isin(texts).to_numpy())]


def _moments(column: pd.Series[Any]) -> bool:
    from pandas.api.types import is_datetime64_any_dtype

    return bool(is_datetime64_any_dtype(column) and column.notna().any())


def _filled(column: pd.Series[Any]) -> list[int]:
    import numpy as np

    return [int(row) for row in np.flatnonzero(column.notna().to_numpy())]


def _old(column: pd.Series[Any]) -> list[int]:
    """The rows with an age above ``OLDEST`` that is one (no placeholder like 999)."""
    import numpy as np
    import pandas as pd

    ages = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return [int(row) for row in np.flatnonzero((ages > OLDEST) & (ages < 130))]


def _seen_stop(cells: Cells, form: Form, name: str, kind: Identifier, rows: list[int]) -> Finding:
    more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    say = f"this cell{more} of column {name!r} looks like {_article(kind)} {kind}"
    return _stop(cells, form, name, kind, int(cells.rows[rows[0]]), say)


def _stop(cells: Cells, form: Form, name: str, kind: Identifier, line: int, say: str) -> Finding:
    fix = (
        "Remove it at source and send the file again; nothing of this file was kept. If it is none, allow it in the "
        "form under 'identifiers', with a reason."
    )
    return column_stop(cells, form, "identifiers", name, say, fix, line=line, of=(kind,))


def _query(cells: Cells, form: Form, name: str, row: int) -> Finding:
    rule = f"{form.id}.{name}.free_text"
    subject, site, visit = (_cell(cells, role, row) for role in (form.subject, form.site, form.visit))
    record = tuple(_cell(cells, part, row) for part in form.key)
    return Finding(
        form=form.id,
        file=cells.file,
        line=int(cells.rows[row]),
        field=name,
        rule=rule,
        finding_class="query",
        severity="major",
        say="this free text holds a whole date, which may identify the subject",
        fix="Rephrase it without the date, or with the study day.",
        subject=subject,
        site=site,
        visit=visit,
        numbering=cells.numbering,
        key=finding_key(rule, form.id, subject, visit, name, record),
    )


def _cell(cells: Cells, name: str, row: int) -> str:
    """A cell that names the record, as text."""
    cell = cells.cell(name, row) if name in cells.frame else None
    return cell if isinstance(cell, str) else "" if cell is None else cell_text(cell)
