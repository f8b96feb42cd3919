"""Delimited text -> text cells with their file line. Strict: what a reader would have to guess is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.intake.content import Content, check_names
from trialkit.intake.decoding import decode, encoding_name, line_at
from trialkit.intake.detecting import delimiter_of, encoding_of
from trialkit.intake.plain_csv import plain_rows
from trialkit.model import Layout
from trialkit.spec.layouts import DETECT
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd

LONGEST_CELL = 1_000_000
"""Characters. A longer cell is a quote that was never closed, or no table."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LONE_CR = re.compile(r"\r(?!\n)")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def content(data: bytes, name: str, layout: Layout) -> Content:
    """The rows of a delimited text file.

    Every cell is the text as written, quotes aside; a row's number is the file line its record starts on, so
    blank lines (skipped) and line breaks inside quotes do not shift it. A header alone is an empty table.

    Raises IntakeError with file and line.
    """
    import numpy as np

    encoding = encoding_of(data, name) if layout.encoding == DETECT else layout.encoding
    plain = layout.delimiter != DETECT and encoding_name(encoding) == "utf-8" and data.isascii()
    if plain and (fast := _fast(data, name, layout.delimiter)):  # the bytes are the text
        return replace(fast, notes=tuple(_notes(layout, encoding, layout.delimiter)))
    text = decode(data, name, encoding)
    _check_characters(text, name)
    delimiter = delimiter_of(text, name, tuple(DELIMITERS)) if layout.delimiter == DETECT else layout.delimiter
    notes = tuple(_notes(layout, encoding, delimiter))
    if not plain and (fast := _fast(text.encode(), name, delimiter)):
        return replace(fast, notes=notes)
    records, lines = _records(text, name, delimiter)
    if not records or lines[0] != 1:
        raise IntakeError("line 1 is blank; it must hold the column names", f"{name}:1", "Export the file again.")
    header = records.pop(0)
    _check_header(header, name, delimiter)
    _check_widths(records, lines[1:], len(header), name)
    return Content(_frame(header, records), np.array(lines[1:], dtype=np.int64), "line", False, notes)


def _notes(layout: Layout, encoding: str, delimiter: str) -> Iterator[str]:
    """What was detected, in words."""
    if layout.encoding == DETECT:
        yield f"the encoding was found to be {encoding}"
    if layout.delimiter == DETECT:
        yield f"the cells were found to be separated by a {DELIMITERS[delimiter]}"


def _fast(data: bytes, name: str, delimiter: str) -> Content | None:
    """The rows of a file (in UTF-8) that has no quote after line 1 and nothing wrong with it; None for any other."""
    import numpy as np

    try:
        first = data[: data.find(b"\n") + 1].decode().rstrip("\r\n")
        (header,) = csv.reader([first], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    frame = plain_rows(data, header, delimiter, LONGEST_CELL) if header else None
    if frame is None:
        return None
    _check_header(header, name, delimiter)
    return Content(frame, np.arange(2, len(frame) + 2, dtype=np.int64), "line", False)


def _frame(header: list[str], records: list[list[str]]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    cells = np.empty((0, len(header)), dtype=object)
    if records:
        cells = np.array(records, dtype=object, order="F")
    return pd.DataFrame(cells, columns=pd.Index(header, dtype=object), dtype=object)


def _check_characters(text: str, name: str) -> None:
    at = text.find("\0")
    if at >= 0:
        hint = "The file is damaged, or is not text. Export it again as CSV."
        raise IntakeError("the file holds a NUL character", f"{name}:{line_at(text, at)}", hint)
    for found in _LONE_CR.finditer(text) if "\r" in text else ():
        if text.count('"', 0, found.start()) % 2 == 0:
            raise IntakeError(
                "a line ends in a lone carriage return",
                f"{name}:{line_at(text, found.start())}",
                "Save the file with Windows (CR LF) or Unix (LF) line endings.",
            )


def _records(text: str, name: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """All records, blank lines left out, and the line each starts on."""
    records: list[list[str]] = []
    lines: list[int] = []
    before = csv.field_size_limit(LONGEST_CELL)
    # Lines end at LF only, so that the reader's own count is the file's.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    done = 0
    try:
        for record in reader:
            if record:
                records.append(record)
                lines.append(done + 1)
            done = reader.line_num
    except csv.Error as error:
        raise _mistake(str(error), text, name, delimiter, done + 1, reader.line_num) from None
    finally:
        csv.field_size_limit(before)
    return records, lines


def _mistake(said: str, text: str, name: str, delimiter: str, start: int, line: int) -> IntakeError:
    """The csv module's complaint about the record that starts on a line, in our words."""
    opened = _open_quote(text, start, delimiter)
    if "unexpected end" in said:
        hint = "Close the quote; a quote that belongs to the text is written twice."
        return IntakeError("the quote opened on this line is never closed", f"{name}:{opened or start}", hint)
    if "field larger" in said:
        hint = "Look for a quote on this line that is not closed." if opened else "This is no cell of a table."
        message = f"a cell is longer than {LONGEST_CELL:,} characters"
        return IntakeError(message, f"{name}:{opened or start}", hint)
    if "expected after" in said:
        since = "" if line == start else f" (its record starts on line {start})"
        hint = "A quote that belongs to the text is written twice; or an earlier quote was not closed."
        return IntakeError(f"there is text after a closing quote{since}", f"{name}:{line}", hint)
    return IntakeError(f"this is not delimited text: {said}", f"{name}:{line}", "Export the file again as CSV.")


def _open_quote(text: str, start: int, delimiter: str) -> int:
    """The line on which the quote stands that stays open in the record starting on a line, 0 if none does."""
    at = 0
    for _ in range(start - 1):
        at = text.index("\n", at) + 1
    while at < len(text):
        if text[at] == '"':
            closed = _QUOTED.match(text, at)
            if closed is None or closed.end() - at > LONGEST_CELL:
                return line_at(text, at)
            at = closed.end()
        ends = [end for end in (text.find(delimiter, at), text.find("\n", at)) if end >= 0]
        if not ends or text[min(ends)] == "\n":
            return 0
        at = min(ends) + 1
    return 0


def _check_header(header: list[str], name: str, delimiter: str) -> None:
    said = DELIMITERS.get(delimiter, repr(delimiter))
    for other, word in DELIMITERS.items():
        if len(header) == 1 and other != delimiter and other in header[0]:
            raise IntakeError(
                f"the header holds a {word}, but the form says that a {said} separates the cells",
                f"{name}:1",
                f"Export with a {said}, or change 'delimiter' in the form's layout.",
            )
    check_names(header, f"{name}:1")


def _check_widths(records: list[list[str]], lines: list[int], width: int, name: str) -> None:
    widths = list(map(len, records))
    wrong = [row for row, found in enumerate(widths) if found != width] if set(widths) - {width} else []
    if wrong:
        others = len(wrong) - 1
        more = f" ({others:,} more row{'s do' if others > 1 else ' does'} not fit)" if others else ""
        found = widths[wrong[0]]
        raise IntakeError(
            f"the row has {many(found, 'cell')}, the header has {width}{more}",
            f"{name}:{lines[wrong[0]]}",
            "Look for a delimiter inside a cell without quotes, or a missing or cut-off cell.",
        )
