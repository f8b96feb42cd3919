"""Encoding, delimiter and decimal mark found in a file, where the layout says ``detect``: only if one reading is
possible. Where two are, the file is refused: a guess would be silent."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.intake.decoding import MARKS
from trialkit.model import Cells, Form, Layout
from trialkit.spec.layouts import DETECT

if TYPE_CHECKING:
    import pandas as pd

MARKS_OF = {".": "point", ",": "comma"}
ENOUGH = 2
"""So many numbers with the other decimal mark, and none with the declared one, are another way of writing, no slip."""
_FRACTION = {mark: re.compile(rf"\s*[+-]?\d*{re.escape(mark)}\d+(?:[eE][+-]?\d+)?\s*", re.ASCII) for mark in MARKS_OF}
_THOUSANDS = {mark: re.compile(rf"\s*[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+\s*", re.ASCII) for mark in MARKS_OF}


def encoding_of(data: bytes, name: str) -> str:
    """By the byte order mark, or UTF-8 if the bytes are that. Raises IntakeError for anything else."""
    marked = next((word for mark, word in MARKS if data.startswith(mark)), "")
    try:
        if not marked:
            data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"byte 0x{data[error.start]:02X} is not UTF-8; which older encoding it is of cannot be told"
        raise IntakeError(said, f"{name}:{line}", "Declare it as 'encoding' in the layout, or save as UTF-8.") from None
    return marked or "utf-8"


def delimiter_of(text: str, name: str, candidates: tuple[str, ...]) -> str:
    """The one sign that cuts every row into as many cells as the header, two at least. A file in which none of them
    stands has one column. Raises IntakeError if no sign does, or more than one."""
    there = [sign for sign in candidates if sign in text]
    if not there:
        return candidates[0]
    fits = [sign for sign in there if _cuts_evenly(text, sign)]
    if len(fits) == 1:
        return fits[0]
    found = f"{' and '.join(map(repr, fits))} both cut it evenly" if fits else "no sign cuts it evenly"
    raise IntakeError(f"what separates the cells cannot be told: {found}", f"{name}:1", "Declare 'delimiter'.")


def _cuts_evenly(text: str, sign: str) -> bool:
    try:
        widths = {len(row) for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=sign, strict=True) if row}
    except csv.Error:
        return False
    return len(widths) == 1 and widths != {1}


def decimal_of(cells: Cells, form: Form, layout: Layout) -> tuple[str, str]:
    """(the decimal mark of numbers in text, a note that tells it if it was detected).

    Raises IntakeError if the file writes the other mark than is declared, or if it has to be detected and both stand
    in it, or if the marks could as well part thousands.
    """
    if cells.native and not cells.stored:
        return layout.decimal.replace(DETECT, "."), ""
    seen = {mark: [text for text in _fractions(cells, form) if _FRACTION[mark].fullmatch(text)] for mark in MARKS_OF}
    if layout.decimal != DETECT:
        _check_declared(seen, layout.decimal, cells.file)
        return layout.decimal, ""
    there = [mark for mark, texts in seen.items() if texts]
    if len(there) > 1:
        said = f"numbers are written with a point ({seen['.'][0].strip()}) and with a comma ({seen[','][0].strip()})"
        raise IntakeError(
            f"the decimal mark cannot be told: {said}", cells.file, "Write all alike, or declare 'decimal'."
        )
    if not there:
        return ".", "no number has a decimal mark"
    mark = there[0]
    if all(_THOUSANDS[mark].fullmatch(text) for text in seen[mark]):
        said = f"{seen[mark][0].strip()!r} may be thousands or a fraction"
        raise IntakeError(f"the decimal mark cannot be told: {said}", cells.file, "Declare 'decimal' in the layout.")
    return mark, f"the decimal mark was found to be a {MARKS_OF[mark]}"


def _check_declared(seen: dict[str, list[str]], declared: str, file: str) -> None:
    other = "," if declared == "." else "."
    if not seen.get(declared) and len(seen[other]) >= ENOUGH:
        said = f"the file writes decimals with a {MARKS_OF[other]}, the layout says {MARKS_OF.get(declared, declared)}"
        raise IntakeError(said, file, "Export it in the declared way, or change 'decimal' in the layout.")


def _fractions(cells: Cells, form: Form) -> Iterator[str]:
    """The distinct texts of each column of decimal numbers that hold either mark."""
    for name, field in form.fields.items():
        if field.type == "decimal" and name in cells.frame and not field.identifying:
            column: pd.Series = cells.frame[name]
            yield from (t for t in column.dropna().unique() if isinstance(t, str) and ("." in t or "," in t))
