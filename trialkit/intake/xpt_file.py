"""SAS transport (XPT version 5) -> native values with their record number; a cut-off file is refused.

Layout: 80-byte records; library header, member header, namestrs of 140 (or 136) bytes, observations, blank padding
(SAS technical support document TS-140).
"""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from trialkit.errors import IntakeError
from trialkit.intake.content import Content, check_names, records
from trialkit.model import Layout

if TYPE_CHECKING:
    import pandas as pd

RECORD = 80
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_LIBRARY_8 = b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_NAMES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_ROWS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_DATES = re.compile(r"(?:DATE|DDMMYY|MMDDYY|YYMMDD|JULIAN|E8601DA|IS8601DA)")
_TIMES = re.compile(r"(?:DATETIME|E8601DT|IS8601DT)")
_HINT = "Send the whole file again, in binary mode."


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The one member of a transport file. Raises IntakeError if it is damaged, cut off, or of version 8."""
    import pandas as pd

    _check(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader: Any = pd.read_sas(io.BytesIO(data), format="xport", iterator=True, encoding="latin-1")
            fields = [(str(f["name"]), str(_text(f["nform"])).strip().upper()) for f in reader.fields]
            check_names([field for field, _ in fields], name)
            frame = reader.read()
    except IntakeError:
        raise
    except Exception as error:
        raise IntakeError(f"this is not a whole SAS transport file ({error})", name, _HINT) from None
    return records(pd.DataFrame({field: _column(frame[field], form) for field, form in fields}))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _column(column: pd.Series[Any], form: str) -> pd.Series[Any]:
    """Numbers as float64, dates by the variable's SAS format; blank text is missing."""
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    if not is_numeric_dtype(column):
        text = column.astype(object).str.rstrip(" ")
        return text.where(text.notna() & (text != ""), None)
    column = column.where(column.abs() > 1e-70, 0.0).where(column.notna()).astype("float64")
    if _TIMES.match(form):
        return pd.to_datetime(column, unit="s", origin="1960-01-01", errors="coerce").astype("datetime64[ns]")
    if _DATES.match(form):
        return pd.to_datetime(column, unit="D", origin="1960-01-01", errors="coerce").astype("datetime64[ns]")
    return column


def _check(data: bytes, name: str) -> None:
    """The headers in their order, whole records, and no observation cut in two."""
    if data.startswith(_LIBRARY_8):
        raise IntakeError("this is SAS transport version 8", name, "Export it as version 5 (XPORT engine).")
    if not data.startswith(_LIBRARY[: min(len(data), len(_LIBRARY))]) or len(data) < RECORD:
        raise IntakeError("this is not a SAS transport file: its first record is no library header", name, _HINT)
    if len(data) % RECORD:
        raise IntakeError(f"the file is truncated: {len(data):,} bytes are not a multiple of {RECORD}", name, _HINT)
    if data.count(_MEMBER) != 1:
        found = "no data set" if _MEMBER not in data else "more than one data set"
        raise IntakeError(f"the file holds {found}", name, "Send one file per data set, whole.")
    for header, what in ((_NAMES, "the list of variables"), (_ROWS, "the observations")):
        if header not in data:
            raise IntakeError(f"the file is truncated before {what}", name, _HINT)
    _check_observations(data, name)


def _check_observations(data: bytes, name: str) -> None:
    """The last observation must be whole: what remains after the whole ones is blank padding of one record."""
    names, start = data.index(_NAMES), data.index(_ROWS) + RECORD
    count = int(data[names + 54 : names + 58])
    length = int(data[data.index(_MEMBER) + 74 : data.index(_MEMBER) + 78])
    width = sum(_length(data, names + RECORD + i * length) for i in range(count))
    body = data[start:]
    rest = len(body) % width if width else 0
    tail = body[len(body) - rest :] if rest else b""
    if tail.strip(b" ") or (rest >= RECORD and width > rest):
        raise IntakeError("the file is truncated: its last observation is cut off", name, _HINT)


def _length(data: bytes, at: int) -> int:
    """The length of a variable's value, from its namestr (bytes 4-5, big-endian)."""
    return int.from_bytes(data[at + 4 : at + 6], "big")
