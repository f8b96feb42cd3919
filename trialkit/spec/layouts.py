"""Whether a form's files can be read as it declares: encoding, delimiter, decimal mark, date formats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from trialkit.errors import StudyError
from trialkit.model.form import Field, Form

DETECT = "detect"
"""What a layout says to have the encoding, delimiter or decimal mark found in the file."""
SAS_DAYS = "sasdate"
"""The format of a date in a typed file that is a number of days since 1960-01-01."""
_MOMENT = datetime(2026, 11, 23, 13, 45)
_MIDNIGHT = datetime(2026, 11, 23)


def layout_problems(form: Form) -> Iterator[StudyError]:
    """Everything in the form's layout and formats that no file could be read by, each at its line."""
    layout, place = form.layout, form.place.at("layout")
    problem = encoding_problem(layout.encoding) if layout.encoding != DETECT else ""
    if problem:
        yield StudyError(problem, str(place.at("encoding")), "Write for example utf-8, latin-1 or windows-1252.")
    wrong = len(layout.delimiter) != 1 or layout.delimiter.isalnum() or layout.delimiter in '"\r\n\0'
    if wrong and layout.delimiter != DETECT:
        hint = "Write one sign, for example ',' or ';' (a tab as \"\\t\")."
        yield StudyError(f"{layout.delimiter!r} cannot separate cells", str(place.at("delimiter")), hint)
    if layout.decimal not in (".", ",", DETECT):
        yield StudyError(
            f"{layout.decimal!r} is no decimal mark", str(place.at("decimal")), "Write '.', ',' or detect."
        )
    for field in form.fields.values():
        problem = format_problem(field)
        if problem:
            hint = "Write for example '%d.%m.%Y' (date) or '%d.%m.%Y %H:%M' (datetime)."
            yield StudyError(f"field {field.name!r}: {problem}", str(field.place.at("format")), hint)


def encoding_problem(name: str) -> str:
    """What is wrong with a text encoding's name, "" if nothing is."""
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return f"there is no text encoding {name!r}"
    return ""


def format_problem(field: Field) -> str:
    """What is wrong with a field's format, "" if nothing is."""
    if not field.format:
        return ""
    if field.type not in ("date", "datetime"):
        return f"a field of type {field.type} has no format"
    if field.format == SAS_DAYS and field.type == "date":
        return ""
    try:
        whole = datetime.strptime(_MOMENT.strftime(field.format), field.format)
        day = datetime.strptime(_MIDNIGHT.strftime(field.format), field.format)
    except ValueError:
        return f"{field.format!r} is not a format that can be read"
    if day != _MIDNIGHT:
        return f"the format {field.format!r} does not tell the day, month and year"
    if whole != (_MOMENT if field.type == "datetime" else _MIDNIGHT):
        return f"the format {field.format!r} " + ("has no" if field.type == "datetime" else "has a") + " time of day"
    return ""
