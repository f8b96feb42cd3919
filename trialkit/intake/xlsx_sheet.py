"""One worksheet's cells, row by row, each with its address; what is no stored value is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trialkit.errors import IntakeError
from trialkit.intake.archive import Archive
from trialkit.intake.csv_file import LONGEST_CELL
from trialkit.intake.xlsx_parts import written
from trialkit.intake.xlsx_values import Kind, Odd, value_of
from trialkit.intake.xml_part import parse_part

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})\Z", re.ASCII)
_DAMAGED = "Save the file again with a spreadsheet program."


@dataclass
class Rows:
    """The rows of a sheet that hold anything: row number, and column number (from 1) -> value; what hides or spans."""

    cells: list[tuple[int, dict[int, object]]] = field(default_factory=list)
    merged: str = ""
    hidden_rows: int = 0
    hidden_columns: int = 0
    formulas: str = ""


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class SheetReader:
    """Collects the cells of one sheet while its XML goes by."""

    def __init__(self, name: str, texts: list[str], kinds: list[Kind], since_1904: bool) -> None:
        self.rows, self.name, self.texts, self.kinds, self.since_1904 = Rows(), name, texts, kinds, since_1904
        self.row, self.row_digits, self.column, self.address = 0, "0", 0, ""
        self.line: dict[int, object] = {}
        self.kind, self.style, self.text = "n", "0", ""
        self.collecting = self.formula = self.stored = self.phonetic = False
        self.in_row = self.in_cell = False
        self.columns: dict[str, int] = {}
        self.known: dict[tuple[str, str], object] = {}

    def read(self, archive: Archive, part: str) -> Rows:
        """All rows of the sheet. Raises IntakeError with the cell's address."""
        parse_part(archive.chunks(part), self.name, self._start, self._end, self._data)
        return self.rows

    def _start(self, name: str, has: dict[str, str]) -> None:
        if name == "c":
            self._open_cell(has)
        elif name == "v" or name == "t":
            if name == "v" and self.stored:
                raise self._refused("holds two values")
            self.collecting = not self.phonetic
            self.stored = True
        elif name == "row":
            self._open_row(has)
        elif name == "f":
            self.formula = True
            self.rows.formulas = self.rows.formulas or self.address
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self.rows.merged = self.rows.merged or has.get("ref", "?")
        elif name == "col" and has.get("hidden") in ("1", "true"):
            self.rows.hidden_columns += 1

    def _data(self, data: str) -> None:
        if self.collecting:
            self.text += data

    def _end(self, name: str) -> None:
        if name == "v" or name == "t":
            self.collecting = False
        elif name == "c":
            self._close_cell()
            self.in_cell = False
        elif name == "row":
            self.in_row = False
            if self.line:
                self.rows.cells.append((self.row, self.line))
        elif name == "rPh":
            self.phonetic = False

    def _close_cell(self) -> None:
        """The cell's value; a number seen before in the same style is not worked out again."""
        value = self.known.get((self.text, self.style)) if self.kind == "n" and self.text else None
        if value is None:
            value = self._value(self.text)
        if value is not None:
            self.line[self.column] = value

    def _open_row(self, has: dict[str, str]) -> None:
        if self.in_row:
            raise IntakeError("a row of the sheet stands inside another", f"{self.name}:{self.row}", _DAMAGED)
        self.in_row = True
        told = has.get("r", str(self.row + 1))
        number = int(told) if told.isascii() and told.isdigit() and len(told) < 8 else 0
        if not self.row < number <= LAST_ROW:
            raise IntakeError(f"the rows of the sheet are out of order at row {told[:12]!r}", self.name, _DAMAGED)
        self.row, self.row_digits, self.column, self.line = number, str(number), 0, {}
        self.rows.hidden_rows += has.get("hidden") in ("1", "true")

    def _open_cell(self, has: dict[str, str]) -> None:
        if self.in_cell or not self.in_row:
            where = "inside another" if self.in_cell else "outside of any row"
            raise IntakeError(f"a cell of the sheet stands {where}", f"{self.name}:{self.row}", _DAMAGED)
        self.in_cell = True
        self.address = has.get("r") or f"{column_letters(self.column + 1)}{self.row}"
        column = self.columns.get(self.address.removesuffix(self.row_digits)) or self._column()
        if not self.column < column <= LAST_COLUMN:
            raise IntakeError("the cells of the sheet are out of order", f"{self.name}:{self.row}", _DAMAGED)
        self.column = column
        self.kind = has.get("t", "n")
        self.style = has.get("s", "0")
        self.text = ""
        self.formula = self.stored = False

    def _column(self) -> int:
        """The column of the cell's address, seen for the first time."""
        found = _ADDRESS.match(self.address)
        if not found or found[2] != self.row_digits:
            raise IntakeError(f"cell {self.address[:12]!r} stands in row {self.row}", self.name, _DAMAGED)
        number = 0
        for letter in found[1]:
            number = number * 26 + ord(letter) - 64
        self.columns[found[1]] = number
        return number

    def _value(self, text: str) -> object:
        if self.formula and not self.stored:
            hint = "Open the file in a spreadsheet program, let it compute, and save; or paste the values."
            raise self._refused("holds a formula without its result", hint)
        if self.kind == "s":
            return self._shared(text)
        if self.kind == "n":
            return self._number(text) if text else None
        if self.kind in ("str", "inlineStr"):
            return self._checked(written([text]))
        if self.kind == "e":
            raise self._refused(f"holds the error {text[:12]}", "Mend the formula at source, or empty the cell.")
        if self.kind == "b":
            return Odd("TRUE" if text == "1" else "FALSE", "a logical value")
        if self.kind == "d":
            return self._iso(text)
        raise self._refused(f"is of the kind {self.kind[:12]!r}, which is not known")

    def _number(self, text: str) -> object:
        digits = self.style
        if not (digits.isascii() and digits.isdigit() and len(digits) < 8 and int(digits) < len(self.kinds)):
            raise self._refused("has a style that is not in the file")
        try:
            value = value_of(text, self.kinds[int(digits)], self.since_1904)
        except ValueError:
            raise self._refused("holds a damaged number") from None
        self.known[text, digits] = value
        return value

    def _shared(self, text: str) -> str | None:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(self.texts)):
            raise self._refused("points to a text that is not in the file", _DAMAGED)
        return self._checked(self.texts[int(text)])

    def _checked(self, text: str) -> str | None:
        if "\0" in text or len(text) > LONGEST_CELL:
            what = "a NUL character" if "\0" in text else f"more than {LONGEST_CELL:,} characters"
            raise self._refused(f"holds {what}", "Correct it at source.")
        return text or None

    def _iso(self, text: str) -> object:
        from datetime import datetime

        try:
            return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None)
        except ValueError:
            raise self._refused(f"holds {text[:12]!r}, which is no date", _DAMAGED) from None

    def _refused(self, what: str, hint: str = _DAMAGED) -> IntakeError:
        return IntakeError(f"cell {self.address[:12]} {what}", f"{self.name}:{self.row}", hint)
