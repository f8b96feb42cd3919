"""The rows a rule looks at, and what is known of where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trialkit.model import Form, Table
from trialkit.model.texts import category
from trialkit.validate.blank import without
from trialkit.validate.measured import measured

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from trialkit.validate.plan import Plan


@dataclass(frozen=True)
class Rows:
    """A form's typed rows (index 0..n-1) with what a rule or a sentence may need beside them.

    ``others`` are the typed rows of other forms by form id, ``forms`` their definitions. ``hidden`` marks, by
    field, cells a rule must not judge: unread, or already found wrong. ``lines`` is the file line or record number
    of each row, ``files`` its file; ``raw`` the text a person would find there.

    ``plan`` is what the protocol says (None: nothing is known of it), ``before`` the form's rows as last accepted
    (None: there are none). ``doubt`` marks rows that hold a cell the rule needs and may not judge.
    """

    form: Form
    frame: pd.DataFrame
    others: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    hidden: Mapping[str, np.ndarray] = field(default_factory=dict)
    lines: np.ndarray | None = None
    files: np.ndarray | None = None
    numbering: str = "line"
    raw: pd.DataFrame | None = None
    plan: Plan | None = None
    before: pd.DataFrame | None = None
    doubt: np.ndarray | None = None
    _coded: dict[str, pd.Series[Any]] = field(default_factory=dict, compare=False, repr=False)
    _blank: dict[tuple[str, bool], tuple[np.ndarray, pd.Series[Any]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, positions: np.ndarray) -> Rows:
        """The rows at these positions, without their origin."""
        frame = picked(self.frame, positions)
        return Rows(self.form, frame, self.others, self.forms, plan=self.plan, before=self.before)

    def beside(
        self,
        others: Mapping[str, pd.DataFrame],
        forms: Mapping[str, Form],
        plan: Plan | None = None,
        before: pd.DataFrame | None = None,
    ) -> Rows:
        """The same rows with all there is to look at beside them."""
        return replace(self, others=others, forms=forms, plan=plan, before=before)

    def shown(
        self, frame: pd.DataFrame, doubt: np.ndarray | None, coded: Mapping[str, pd.Series[Any]] | None = None
    ) -> Rows:
        """The same rows with these cells (``coded``: those of its texts that are known as categories), and in doubt."""
        return replace(self, frame=frame, doubt=doubt, _coded=dict(coded or {}), _blank={})

    def without(self, name: str, gone: np.ndarray, coded: bool = False) -> pd.Series[Any]:
        """A column (or as ``coded``) with these cells missing. It is made once for a mask, told by its identity."""
        of, made = self._blank.get((name, coded), (None, None))
        if of is not gone or made is None:
            made = without(self.coded(name) if coded else self.frame[name], gone)
            self._blank[name, coded] = gone, made
        return made

    @property
    def numbered(self) -> tuple[str, ...]:
        """The columns of text of which the categories are there already."""
        return tuple(self._coded)

    def coded(self, name: str) -> pd.Series[Any]:
        """A column; text as categories, in which each distinct text stands once."""
        import pandas as pd

        column = self.frame[name]
        if column.dtype != object:
            return column
        if name not in self._coded:
            codes, distinct = pd.factorize(column)
            self._coded[name] = category(codes, pd.Index(distinct, dtype=object), column.index)
        return self._coded[name]


def framed(columns: Mapping[str, pd.Series[Any]], index: pd.Index[Any]) -> pd.DataFrame:
    """A frame of these columns. They are shared, not copied: nothing here is ever changed in place."""
    import pandas as pd

    return pd.DataFrame(dict(columns), index=index, copy=False)


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with index 0..n-1; the same frame if it has it already."""
    import pandas as pd

    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.start == 0 and frame.index.step == 1
    if plain:
        return frame
    made = frame.copy(deep=False)
    made.index = pd.RangeIndex(len(frame))
    return made


def picked(frame: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    """The rows at these positions, with index 0..n-1."""
    return numbered(frame.iloc[positions])


def rows_of(table: Table) -> Rows:
    """An upload's rows. A field the file does not have is unknown in every row: intake has said so once."""
    import numpy as np

    hidden = {name: np.asarray(mask, dtype=bool) for name, mask in table.unread.items()}
    frame = numbered(table.frame)
    raw = None if table.raw is None else numbered(table.raw)
    frame, absent = _completed(table.form, frame)
    hidden |= {name: np.ones(len(frame), dtype=bool) for name in absent}
    frame, hidden, plain = _in_base(table.form, frame, hidden)
    raw = plain if raw is None and len(plain.columns) else raw
    files = np.broadcast_to(np.array(table.file, dtype=object), len(frame))
    lines = np.asarray(table.rows)
    coded = {name: column for name, column in table.coded.items() if name in frame}
    return Rows(
        table.form, frame, hidden=hidden, lines=lines, files=files, numbering=table.numbering, raw=raw, _coded=coded
    )


def rows_accepted(form: Form, frame: pd.DataFrame) -> Rows:
    """Rows already accepted; ``_row``, ``_file`` and ``_unread`` (names joined by blanks) tell their origin."""
    import numpy as np

    plain = numbered(frame)
    count = len(plain)
    lines = plain["_row"].to_numpy() if "_row" in plain else np.zeros(count, dtype="int64")
    files = plain["_file"].to_numpy(dtype=object) if "_file" in plain else np.full(count, "", dtype=object)
    hidden = _unread(form, plain["_unread"]) if "_unread" in plain else {}
    plain, absent = _completed(form, plain)
    hidden |= {name: np.ones(count, dtype=bool) for name in absent}
    plain, hidden, before = _in_base(form, plain, hidden)
    return Rows(form, plain, hidden=hidden, lines=lines, files=files, raw=before if len(before.columns) else None)


def _in_base(
    form: Form, frame: pd.DataFrame, hidden: Mapping[str, np.ndarray]
) -> tuple[pd.DataFrame, dict[str, np.ndarray], pd.DataFrame]:
    """(values in base units, the hidden cells with those of unknown unit, the columns that changed as they were)."""
    made, unclear, before = measured(form, frame)
    both = {name: mask | hidden[name] if name in hidden else mask for name, mask in unclear.items()}
    return made, {**hidden, **both}, before


def _unread(form: Form, words: pd.Series[Any]) -> dict[str, np.ndarray]:
    import numpy as np

    said = words.fillna("").to_numpy(dtype=object)
    sets = {text: set(text.split()) for text in set(said)}
    names = sorted(set().union(*sets.values()) & form.fields.keys()) if sets else []
    return {name: np.array([name in sets[text] for text in said], dtype=bool) for name in names}


def _completed(form: Form, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The form's fields in declared order, and those the frame did not have (added, all missing)."""
    absent = [name for name in form.fields if name not in frame]
    made = {name: frame[name] if name in frame else _nothing(form, name, len(frame)) for name in form.fields}
    return framed(made, frame.index), absent


def _nothing(form: Form, name: str, count: int) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    dtypes = {"integer": "float64", "decimal": "float64", "date": "datetime64[ns]", "datetime": "datetime64[ns]"}
    dtype = dtypes.get(form.fields[name].type, "object")
    nothing: Any = {"float64": np.nan, "object": None}.get(dtype, np.datetime64("NaT"))
    return pd.Series(np.full(count, nothing, dtype=dtype), dtype=dtype)
