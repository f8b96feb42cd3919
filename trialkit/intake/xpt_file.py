"""SAS transport (XPT version 5) -> native values with their record number; a cut-off file is refused.

Layout: 80-byte records; library header, member header, namestrs of 140 (or 136) bytes, observations, blank padding
(SAS technical support document TS-140). The format does not say how many observations there are: a file that was
cut exactly between two observations, at the end of an 80-byte record, looks whole and cannot be told from one.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.intake.content import Content, check_names, records
from trialkit.intake.decoding import encoding_name
from trialkit.intake.xpt_values import Variable, column
from trialkit.model import Layout
from trialkit.spec.layouts import DETECT
from trialkit.words import many

if TYPE_CHECKING:
    import numpy as np

RECORD = 80
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_LIBRARY_8 = b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_NAMES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_ROWS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_HINT = "Send the whole file again, in binary mode."


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The one member of a transport file: numbers as float64, dates by the variable's SAS format, text.

    Text is decoded in the layout's encoding. Blank text and SAS's missing values are missing. Raises IntakeError
    if the file is damaged, cut off, or of version 8, for text of another encoding and a date out of range.
    """
    import pandas as pd

    _check(data, name)
    declared = layout.encoding.replace(DETECT, "utf-8")
    encoding = encoding_name(declared)
    variables = _variables(data, name, encoding)
    cells = _cells(data[data.index(_ROWS) + RECORD :], sum(v.length for v in variables), name)
    frame = {v.name: column(cells, v, encoding, declared, name) for v in variables}
    return records(pd.DataFrame(frame, index=pd.RangeIndex(len(cells))))


def _check(data: bytes, name: str) -> None:
    """The headers in their order, and whole records."""
    if data.startswith(_LIBRARY_8):
        raise IntakeError("this is SAS transport version 8", name, "Export it as version 5 (XPORT engine).")
    if not data.startswith(_LIBRARY[: min(len(data), len(_LIBRARY))]) or len(data) < RECORD:
        raise IntakeError("this is not a SAS transport file: its first record is no library header", name, _HINT)
    if len(data) % RECORD:
        size = f"{many(len(data), 'byte is', 'bytes are')} not a multiple of {RECORD}"
        raise IntakeError(f"the file is truncated: {size}", name, _HINT)
    if data.count(_MEMBER) != 1:
        found = "no data set" if _MEMBER not in data else "more than one data set"
        raise IntakeError(f"the file holds {found}", name, "Send one file per data set, whole.")
    at = data.index(_MEMBER)
    for header, what in ((_NAMES, "the list of variables"), (_ROWS, "the observations")):
        at = data.find(header, at)
        if at < 0:
            raise IntakeError(f"the file is truncated before {what}", name, _HINT)


def _variables(data: bytes, name: str, encoding: str) -> list[Variable]:
    """The variables in file order. Raises IntakeError if their list is damaged."""
    first = data.index(_NAMES)
    count = _number(data, first + 54, "variables", name)
    length = _number(data, data.index(_MEMBER) + 74, "bytes of a variable's entry", name)
    start = first + RECORD
    if not count or length not in (136, 140) or start + count * length > data.index(_ROWS):
        raise IntakeError("the list of variables is damaged", name, _HINT)
    entries = [data[at : at + length] for at in range(start, start + count * length, length)]
    try:
        check_names([entry[8:16].decode(encoding).rstrip(" \0") for entry in entries], name)
    except UnicodeDecodeError:
        raise IntakeError("a variable's name is not text of the declared encoding", name, _HINT) from None
    ends = accumulate(_whole(entry, 4) for entry in entries)
    return [_variable(entry, end, encoding, name) for entry, end in zip(entries, ends, strict=True)]


def _variable(entry: bytes, end: int, encoding: str, name: str) -> Variable:
    kind, length, at = _whole(entry, 0), _whole(entry, 4), _whole(entry, 84, 4)
    if kind not in (1, 2) or at != end - length or not (2 <= length <= 8 or (kind == 2 and length)):
        raise IntakeError("the list of variables is damaged", name, _HINT)
    form = entry[56:64].decode("latin-1").strip(" \0").upper()
    return Variable(entry[8:16].decode(encoding).rstrip(" \0"), kind == 1, at, length, form)


def _number(data: bytes, at: int, what: str, name: str) -> int:
    """Four digits of a header."""
    digits = data[at : at + 4]
    if not digits.isdigit():
        raise IntakeError(f"the header is damaged: it does not tell the number of {what}", name, _HINT)
    return int(digits)


def _whole(entry: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(entry[at : at + size], "big")


def _cells(body: bytes, width: int, name: str) -> np.ndarray:
    """The observations as bytes, shape (rows, width). Raises IntakeError if the last one is cut in two."""
    import numpy as np

    rows = row_count(body, width)
    if rows * width > len(body):
        raise IntakeError("the file is truncated: its last observation is cut off", name, _HINT)
    return np.frombuffer(body, dtype=np.uint8, count=rows * width).reshape(rows, width)


def row_count(body: bytes, width: int) -> int:
    """How many observations of ``width`` bytes lie in the records after the header; the last may be cut off.

    What follows the last one is blank and shorter than a record. Where that leaves a choice (rows of text alone,
    80 bytes or less, blank to the end of the file), blank rows are taken for padding.
    """
    filled = -(-len(body.rstrip(b" ")) // width)
    least = (len(body) - RECORD) // width + 1 if body else 0
    return max(filled, least)
