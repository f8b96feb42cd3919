"""The result rows as CSV under the column names of cards, with all their digits."""

from __future__ import annotations

import csv
from io import StringIO

from trialkit.report.formats.ard import COLUMNS, records
from trialkit.report.formats.edition import Edition


def write(edition: Edition) -> bytes:
    """UTF-8, commas, lines that end with LF; an empty cell is none. A number has the digits that read back to it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records(edition):
        writer.writerow(["" if record[name] is None else record[name] for name in COLUMNS])
    return out.getvalue().encode("utf-8", "backslashreplace")
