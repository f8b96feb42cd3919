"""Findings as a person, a program or a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from itertools import groupby

from trialkit.model import Finding

SCHEMA = "trialkit.findings/1"
SHOWN = 5
CLASSES = ("stop", "query", "listing")
_RANK = {"critical": 0, "major": 1, "minor": 2}
_COLORS = {"critical": "31;1", "major": "33;1", "minor": "36;1", "dim": "2", "bold": "1"}
_DETAIL = re.compile(r"(.+) \(([^()]+)\)\Z", re.DOTALL)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def human(
    findings: Sequence[Finding], total_files: int, total_rows: int, color: bool = False, note: str = "",
    shown: int = SHOWN,
) -> str:  # fmt: skip
    """Findings grouped by rule, worst first, each with place, value and what to do; then one line of totals.

    Of more than ``shown`` findings of a rule the first are told and the others counted. ``note`` ends the last line.
    """
    ordered = sorted(findings, key=_order)
    blocks = ["\n".join(_rule(list(group), shown, color)) for _, group in groupby(ordered, key=_group)]
    return "\n".join([*blocks, summary(findings, total_files, total_rows, note)]) + "\n"


def _group(finding: Finding) -> tuple[int, int, str, str]:
    return CLASSES.index(finding.finding_class), _RANK[finding.severity], finding.form, finding.rule


def _order(finding: Finding) -> tuple[tuple[int, int, str, str], Finding]:
    return _group(finding), finding


def _rule(group: list[Finding], shown: int, color: bool) -> Iterator[str]:
    """One rule: what is said once for all, each place, why and fix once for all that share them."""
    told = group[:shown]
    for (why, fix), alike in groupby(told, key=lambda f: (f.why, f.fix)):
        for stem, same in groupby(alike, key=lambda f: _parts(f.say)[0]):
            first = group[0]
            head = _paint(f"{first.finding_class}[{first.rule}] {first.severity}", first.severity, color)
            yield f"{head}: {_paint(printable(stem), 'bold', color)}"
            for finding in same:
                yield from _shown(finding)
        yield from (f"   = {name}: {printable(text)}" for name, text in (("why", why), ("fix", fix)) if text)
    if len(group) > len(told):
        yield f"   ... and {len(group) - len(told):,} more of {group[0].rule}"


def _shown(finding: Finding) -> Iterator[str]:
    """A place, and what was found there beyond the sentence."""
    yield f"  --> {printable(place(finding))}"
    stem, detail = _parts(finding.say)
    said = f" {finding.value} " in f" {stem} " or repr(finding.value) in stem
    more = ", ".join(filter(None, [f"value {finding.value}" if finding.value and not said else "", detail]))
    if more:
        yield f"   |  {printable(more)}"


def _parts(say: str) -> tuple[str, str]:
    """The sentence, and the last words in brackets, which tell of the one row."""
    found = _DETAIL.match(say)
    return (found[1], found[2]) if found else (say, "")


def place(finding: Finding) -> str:
    """Where: ``file:line  field  subject · site · visit``, as far as each is known."""
    number = finding.line if finding.numbering == "line" else f"record {finding.line}"
    file = f"{finding.file}:{number}" if finding.line else finding.file
    who = [finding.subject, f"site {finding.site}" if finding.site else "", finding.visit]
    return "  ".join(filter(None, [file, finding.field, " · ".join(filter(None, who))]))


def printable(text: str) -> str:
    """Data cannot move the cursor: what does not print is shown as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _paint(text: str, how: str, color: bool) -> str:
    return f"\x1b[{_COLORS[how]}m{text}\x1b[0m" if color else text


def summary(findings: Sequence[Finding], total_files: int, total_rows: int, note: str = "") -> str:
    """One line: how many findings of each class, in how many files (of accepted rows too), and what was checked."""
    counts: Counter[str] = Counter(finding.finding_class for finding in findings)
    kinds = ", ".join(f"{counts[name]:,} {name}" for name in CLASSES if name != "listing" or counts[name])
    files = len({finding.file for finding in findings})
    head = f"{_many(len(findings), 'finding')} ({kinds}) in {_many(files, 'file')}" if findings else "0 findings"
    checked = f"{_many(total_files, 'file')}, {_many(total_rows, 'row')} checked"
    return " · ".join(filter(None, [head, checked, note]))


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def as_json(findings: Sequence[Finding], total_files: int, total_rows: int, color: bool = False, note: str = "") -> str:
    """One JSON object: schema, totals, and every finding with all its parts, in order."""
    counts: Counter[str] = Counter(finding.finding_class for finding in findings)
    content = {
        "schema": SCHEMA,
        "files": total_files,
        "rows": total_rows,
        "counts": {name: counts[name] for name in CLASSES},
        "findings": [_plain(finding) for finding in sorted(findings)],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _plain(finding: Finding) -> dict[str, str | int]:
    """A finding's parts; ``finding_class`` is called class, as in the study content."""
    return {"class" if name == "finding_class" else name: part for name, part in asdict(finding).items()}


def as_csv(findings: Sequence[Finding], total_files: int, total_rows: int, color: bool = False, note: str = "") -> str:
    """One line a finding. A cell a spreadsheet would take for a formula begins with an apostrophe."""
    names = ["class" if part.name == "finding_class" else part.name for part in fields(Finding)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(names)
    writer.writerows([[_safe(part) for part in _plain(finding).values()] for finding in sorted(findings)])
    return out.getvalue()


def _safe(part: str | int) -> str | int:
    return f"'{part}" if isinstance(part, str) and part.startswith(_FORMULA) else part


FINDING_FORMATS: dict[str, Callable[..., str]] = {"human": human, "json": as_json, "csv": as_csv}
"""Format -> function(findings, total_files, total_rows, color=False, note="") -> text."""
