"""The values of a SAS transport file: IBM floating point numbers, blank-padded text, dates by their format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EPOCH = "1960-01-01"
FARTHEST = 1e11
"""Seconds or days from 1960 that are beyond any date that can be kept."""
MISSING = (*b"._", *range(ord("A"), ord("Z") + 1))
"""First byte of a missing number (., ._ and .A to .Z); the others are zero."""
_DATES = re.compile(r"(?:DATE|DDMMYY|MMDDYY|YYMMDD|JULIAN|WEEKDAT[EX]|WORDDAT[EX]|[EB]8601DA|IS8601DA)")
_MOMENTS = re.compile(r"(?:DATETIME|DATEAMPM|MDYAMPM|[EB]8601D[TXZN]|IS8601D[TZ])")


@dataclass(frozen=True)
class Variable:
    """A column: where its values stand in an observation (bytes), and the name of its SAS format."""

    name: str
    numeric: bool
    at: int
    length: int
    form: str


def column(cells: np.ndarray, variable: Variable, encoding: str, declared: str, name: str) -> pd.Series[Any]:
    """A variable's values from bytes of shape (rows, width): float64, datetime64[ns], or text.

    Raises IntakeError for text that is not of the encoding, and for a date out of range.
    """
    import numpy as np

    raw = cells[:, variable.at : variable.at + variable.length]
    if not variable.numeric:
        return _texts(raw, variable, encoding, declared, name)
    blank = np.flatnonzero((raw == ord(" ")).all(axis=1))
    if len(blank):
        said = f"column {variable.name!r} of record {blank[0] + 1} is blank where a number must be"
        raise IntakeError(said, name, "The file is damaged: send it again, in binary mode.")
    odd = np.flatnonzero(unwritten(raw))
    if len(odd):
        said = f"column {variable.name!r} of record {odd[0] + 1} holds a number as SAS does not write it"
        raise IntakeError(said, name, "The file is damaged: send it again, in binary mode.")
    values = numbers(raw)
    unit = unit_of(variable.form)
    return dates(values, unit, variable.name, name) if unit else _series(values)


def unit_of(form: str) -> str:
    """What a number shown by a SAS format counts since 1960: "D" days, "s" seconds, "" if it is no date."""
    return "s" if _MOMENTS.match(form) else "D" if _DATES.match(form) else ""


def numbers(raw: np.ndarray) -> np.ndarray:
    """IBM floating point numbers, shape (rows, 2 to 8 bytes), as float64; missing values as NaN.

    The first byte is the sign and the exponent of 16 (excess 64), the rest the fraction.
    """
    import numpy as np

    whole = np.zeros((len(raw), 8), dtype=np.uint8)
    whole[:, : raw.shape[1]] = raw
    bits = whole.view(">u8").astype(np.uint64).ravel()
    fraction = bits & np.uint64((1 << 56) - 1)
    exponent = (whole[:, 0] & 0x7F).astype(np.int64)
    sizes = np.ldexp(fraction.astype(np.float64), 4 * (exponent - 64) - 56)
    signed = np.where(whole[:, 0] & 0x80, -sizes, sizes)
    return np.where((fraction == 0) & np.isin(whole[:, 0], MISSING), np.nan, signed)


def unwritten(raw: np.ndarray) -> np.ndarray:
    """Which numbers, bytes of shape (rows, 2 to 8), are neither zero, nor missing, nor have a fraction that begins with
    a hexadecimal digit other than 0. Other programs read such numbers otherwise."""
    import numpy as np

    nothing = ~raw[:, 1:].any(axis=1)
    whole = nothing & (((raw[:, 0] & 0x7F) == 0) | np.isin(raw[:, 0], MISSING))
    return np.asarray(~whole & (raw[:, 1] < 0x10))


def _series(values: Any) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values)


def dates(values: np.ndarray, unit: str, variable: str, name: str) -> pd.Series[Any]:
    """Days or seconds since 1960 as datetime64[ns]. Raises IntakeError, with the record, for one out of range."""
    import numpy as np
    import pandas as pd

    near = np.where(np.abs(values) < FARTHEST, values, np.nan)  # pandas raises for numbers that are no time at all
    made = pd.to_datetime(pd.Series(near), unit=unit, origin=EPOCH, errors="coerce")  # type: ignore[call-overload]
    lost = np.flatnonzero(made.isna().to_numpy() & ~np.isnan(values))
    if len(lost):
        raise IntakeError(
            f"column {variable!r} of record {lost[0] + 1} holds a date out of range",
            name,
            "Correct it at source; dates lie between 1678 and 2261.",
        )
    return made.astype("datetime64[ns]")  # type: ignore[no-any-return]


def _texts(raw: np.ndarray, variable: Variable, encoding: str, declared: str, name: str) -> pd.Series[Any]:
    """Text without the blanks (or NULs) that fill it up; a blank cell is missing."""
    import numpy as np
    import pandas as pd

    cells = np.ascontiguousarray(raw).view(f"S{variable.length}").ravel().tolist()
    known: dict[bytes, str | None] = {}
    for number, cell in enumerate(cells, 1):
        if cell not in known:
            known[cell] = _text(cell, number, variable, encoding, declared, name) or None
    return pd.Series([known[cell] for cell in cells], dtype=object)


def _text(cell: bytes, number: int, variable: Variable, encoding: str, declared: str, name: str) -> str:
    try:
        return cell.rstrip(b" ").decode(encoding)
    except UnicodeDecodeError as error:
        raise IntakeError(
            f"column {variable.name!r} of record {number}: byte 0x{cell[error.start]:02X} is not {declared} text",
            name,
            "Export it in the declared encoding, or declare its own as 'encoding' in the form's layout.",
        ) from None
