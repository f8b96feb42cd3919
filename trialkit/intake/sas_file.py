"""SAS data sets (SAS7BDAT) -> native values with their record number.

The format is not published. pyreadstat reads it; what it would pass over is checked here: that the file is as long as
its header says, that as many rows came out as the header counts, and that pandas reads the same numbers.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError
from trialkit.intake.content import Content, check_names, records
from trialkit.intake.csv_file import LONGEST_CELL
from trialkit.intake.xpt_values import dates, unit_of
from trialkit.model import Layout
from trialkit.spec.layouts import DETECT
from trialkit.words import many

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MAGIC = b"\0" * 12 + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_SHORTEST = 288
_HINT = "Send the whole file again, in binary mode; or export it as XPT or CSV."


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of a SAS data set: numbers as float64, dates by the variable's SAS format, text.

    Text is decoded by the encoding the file names, or the layout's if it names none. Special missing values are
    missing. Raises IntakeError if the file is damaged, cut off or longer than its header says.
    """
    import pandas as pd

    _check_header(data, name)
    frame, meta = _read(data, name, layout)
    if meta.number_rows != len(frame):
        said = f"the file holds {many(len(frame), 'row')} and says it has {meta.number_rows}"
        raise IntakeError(said, name, _HINT)
    check_names([str(column) for column in frame], name)
    seconded = _second(data, frame, name)
    formats = meta.original_variable_types
    made = {str(column): _column(frame[column], str(formats.get(column) or ""), name) for column in frame}
    notes: tuple[str, ...] = (f"the file names the encoding {meta.file_encoding}",) if meta.file_encoding else ()
    notes += () if seconded else ("a second program could not read the file, to compare",)
    return records(pd.DataFrame(made, index=pd.RangeIndex(len(frame))), notes)


def _check_header(data: bytes, name: str) -> None:
    """The magic number, and a length that is the header and whole pages."""
    if not data.startswith(MAGIC):
        raise IntakeError("this is not a SAS data set: its first bytes are not those of one", name, _HINT)
    if len(data) < _SHORTEST:
        raise IntakeError("the file is cut off in its header", name, _HINT)
    wide, order = data[32] == 0x33, "<" if data[37] == 1 else ">"
    at = 196 + 4 * (data[35] == 0x33)
    header, page = struct.unpack_from(f"{order}II", data, at)
    (pages,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", data, at + 8)
    if not (1024 <= header <= len(data) and 1024 <= page <= 1 << 24):
        raise IntakeError("the header is damaged: its sizes cannot be", name, _HINT)
    if header + page * pages != len(data):
        said = f"the file has {many(len(data), 'byte')}, by its header it must have {header + page * pages:,}"
        raise IntakeError(said, name, _HINT)


def _read(data: bytes, name: str, layout: Layout) -> tuple[pd.DataFrame, Any]:
    import warnings

    import pyreadstat

    encoding = None if data[70] else layout.encoding.replace(DETECT, "utf-8")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it warns of what it changed, for example the name of a second column
            frame, meta = pyreadstat.read_sas7bdat(
                io.BytesIO(data), disable_datetime_conversion=True, encoding=encoding
            )
    except Exception as error:
        # The C library reports through several kinds of exception; whatever it says, the file was not read whole.
        said = str(error).splitlines()[0][:120] if str(error) else "no reason given"
        raise IntakeError(f"this SAS data set cannot be read ({said})", name, _HINT) from None
    return frame, meta


def _second(data: bytes, frame: pd.DataFrame, name: str) -> bool:
    """Whether pandas, which shares no code with pyreadstat, reads the same; False if it cannot read the file.

    Raises IntakeError, with the record, where the two differ: pyreadstat ends a text at its first NUL.
    """
    import numpy as np
    from pandas.io.sas.sas7bdat import SAS7BDATReader

    reader: Any = SAS7BDATReader
    try:
        other = reader(io.BytesIO(data), convert_dates=False, blank_missing=False).read()
    except Exception:
        return False
    if other.shape != frame.shape:
        raise IntakeError(f"two programs find {len(frame):,} and {many(len(other), 'row')} in it", name, _HINT)
    for at, column in enumerate(frame):
        differs = _differences(frame.iloc[:, at], other.iloc[:, at])
        if differs.any():
            record = int(np.flatnonzero(differs)[0]) + 1
            said = f"two programs read column {str(column)!r} of record {record} differently"
            raise IntakeError(said, name, _HINT)
    return True


def _differences(ours: pd.Series[Any], theirs: pd.Series[Any]) -> np.ndarray:
    """The rows in which numbers are not the same, or a text holds a NUL."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if is_numeric_dtype(ours) and is_numeric_dtype(theirs):
        one, other = ours.to_numpy(dtype="float64"), theirs.to_numpy(dtype="float64")
        return np.asarray((one != other) & ~(np.isnan(one) & np.isnan(other)))
    plain = [isinstance(cell, bytes) and b"\0" in cell.rstrip(b" \0") for cell in theirs]
    same = is_numeric_dtype(ours) == is_numeric_dtype(theirs) or ours.isna().all() or theirs.isna().all()
    return np.array(plain, dtype=bool) if same else np.ones(len(ours), dtype=bool)


def _column(column: pd.Series[Any], form: str, name: str) -> pd.Series[Any]:
    """A column as float64, datetime64[ns] or text; blank text is missing."""
    import numpy as np
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    if not is_numeric_dtype(column):
        texts = [cell if isinstance(cell, str) and cell.strip(" ") else None for cell in column]
        for record, text in enumerate(texts, 1):
            if text is not None and ("\0" in text or len(text) > LONGEST_CELL):
                raise IntakeError(f"column {column.name!r} of record {record} holds no text", name, _HINT)
        return pd.Series(texts, dtype=object)
    values = column.astype("float64").to_numpy(dtype="float64")
    if np.isinf(values).any():
        raise IntakeError(f"column {column.name!r} holds an infinite number", name, _HINT)
    unit = unit_of(form.upper())
    return dates(values, unit, str(column.name), name) if unit else pd.Series(values)
