"""The query list: one workbook, one sheet a site, one row a query, room for the answer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from trialkit.export.findings.human import fields_of, lines_of
from trialkit.export.findings.shared import printable, safe, summary
from trialkit.validate.outcome import Fold, Outcome
from trialkit.validate.outcome.allowed import allowed_words
from trialkit.validate.outcome.fold import SEVERITIES
from trialkit.validate.outcome.words import field_label, form_title, listed
from trialkit.words import many

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (
    ("Query", 18), ("Severity", 10), ("Kind", 8), ("Subject", 15), ("Visit", 12), ("Form", 22), ("Field", 24),
    ("Column", 12), ("File", 14), ("Line or record", 13), ("Findings", 9), ("Value", 22), ("What is wrong", 48),
    ("What is allowed", 34), ("Why it matters", 28), ("What to do", 40), ("Answer", 40), ("Answered by, on", 20),
)  # fmt: skip
WRAPPED = ("What is wrong", "What is allowed", "Why it matters", "What to do", "Answer")
NO_SITE = "No single site"
OVERVIEW = "Overview"
LONGEST = 31
LIMIT = 32_000
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FILLS = {"critical": "#F9D4CF", "major": "#FDEBC8", "minor": "#E3ECF3"}
HOW = (
    "One sheet a site. One row is one query; where one mistake caused several findings, they are one row, and "
    "'Findings' counts them.",
    "Write what was found at source into 'Answer'. Correct data where they are collected, not in this list.",
    "The code in 'Query' stays the same in every later list until the data are corrected. Leave it as it is.",
    "A text that begins with a sign a spreadsheet would compute with (= + - @) has an apostrophe before it.",
)


def as_query_list(outcome: Outcome) -> bytes:
    """An XLSX workbook. The same outcome gives the same bytes."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    plain_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, {"in_memory": True, **plain_text}) as book:
        day = outcome.as_of or datetime(1980, 1, 1).date()
        book.set_properties({"title": f"Queries of {outcome.study.id}", "created": datetime.combine(day, time())})
        sheets = _sheets(outcome)
        _overview(book, outcome, sheets)
        for name, folds in sheets.items():
            _sheet(book, name, folds, outcome)
    return out.getvalue()


def _sheets(outcome: Outcome) -> dict[str, list[Fold]]:
    """Sheet name -> its queries, sites in order, those of no single site last."""
    by_site: dict[str, list[Fold]] = {}
    for fold in outcome.folds:
        sites = {outcome.site(member) for member in fold.members}
        by_site.setdefault(next(iter(sites)) if len(sites) == 1 else "", []).append(fold)
    names = sheet_names([site for site in sorted(by_site) if site])
    made = {names[site]: by_site[site] for site in sorted(by_site) if site}
    return made | ({NO_SITE: by_site[""]} if "" in by_site else {})


def sheet_names(sites: Iterable[str]) -> dict[str, str]:
    """Site -> a name that a workbook takes, each different from all others whatever the letters' size."""
    names: dict[str, str] = {}
    taken = {OVERVIEW.lower(), NO_SITE.lower(), "history"}
    for site in sites:
        stem = _FORBIDDEN.sub("_", printable(f"Site {site}")).strip("'")[:LONGEST]
        name, number = stem, 2
        while name.lower() in taken:
            tail = f" ({number})"
            name, number = stem[: LONGEST - len(tail)] + tail, number + 1
        taken.add(name.lower())
        names[site] = name
    return names


def _overview(book: Workbook, outcome: Outcome, sheets: dict[str, list[Fold]]) -> None:
    sheet = book.add_worksheet(OVERVIEW)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 60, wrap)
    sheet.set_column(1, 4, 11)
    header = outcome.study.header
    lines = [f"{outcome.study.id}: {header.title}", header.notice, summary(outcome), *HOW]
    row = 0
    for text in filter(None, lines):
        sheet.write_string(row, 0, _text(text), bold if row == 0 else wrap)
        row += 1
    row += 1
    for column, word in enumerate(("Sheet", *map(str.capitalize, SEVERITIES), "All")):
        sheet.write_string(row, column, word, bold)
    for name, folds in sheets.items():
        row += 1
        sheet.write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string=_text(name))
        counts = [sum(fold.severity == severity for fold in folds) for severity in SEVERITIES]
        for column, count in enumerate([*counts, len(folds)], 1):
            sheet.write_number(row, column, count)


def _sheet(book: Workbook, name: str, folds: list[Fold], outcome: Outcome) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#1F3A52", "font_color": "#FFFFFF", "valign": "top", "border": 1})
    base: dict[str, Any] = {"valign": "top", "border": 1, "border_color": "#C8D0D8"}
    plain, wrap = book.add_format(base), book.add_format(base | {"text_wrap": True})
    fills = {severity: book.add_format(base | {"bg_color": fill, "bold": True}) for severity, fill in _FILLS.items()}
    answer = book.add_format(base | {"text_wrap": True, "bg_color": "#FFFFE8"})
    for column, (title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    for row, fold in enumerate(folds, 1):
        for column, ((title, _), cell) in enumerate(zip(COLUMNS, row_of(fold, outcome), strict=True)):
            style = answer if title.startswith("Answer") else wrap if title in WRAPPED else plain
            _write(sheet, row, column, cell, fills[fold.severity] if title == "Severity" else style)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(folds), 1), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: Worksheet, row: int, column: int, cell: str | int, style: Any) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell, style)
    elif cell:
        sheet.write_string(row, column, _text(cell), style)
    else:
        sheet.write_blank(row, column, None, style)


def row_of(fold: Fold, outcome: Outcome) -> Iterator[str | int]:
    """The cells of a query, in the order of COLUMNS."""
    lead, study = fold.lead, outcome.study
    names = fields_of(fold, study)
    yield from (fold.key, fold.severity, fold.finding_class, _shared(fold, "subject"), _shared(fold, "visit"))
    yield form_title(study, lead.form)
    yield listed([field_label(study, lead.form, name) for name in names])
    yield listed(names)
    yield lead.file
    yield listed(lines_of(fold), 20) if lead.line else "whole file"
    yield len(fold.members)
    yield listed(list(dict.fromkeys(member.value for member in fold.members if member.value)))
    allowed = allowed_words(study, lead) if len(names) == 1 or not names else ""
    say = fold.say.partition("; allowed: ")[0] if allowed else fold.say
    yield say[:1].upper() + say[1:]
    yield allowed
    yield lead.why[:1].upper() + lead.why[1:]
    yield fold.fix
    yield from ("", "")


def _shared(fold: Fold, name: str) -> str:
    """What all findings of the fold have in common, or how many they have."""
    found = list(dict.fromkeys(getattr(member, name) for member in fold.members if getattr(member, name)))
    return found[0] if len(found) == 1 else many(len(found), name) if found else ""


def _text(text: str) -> str:
    return safe(printable(text))[:LIMIT]
