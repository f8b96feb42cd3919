"""Findings: anything wrong with data, in words, with an identity that outlives the upload."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

from trialkit.model.form import FindingClass, Severity


@dataclass(frozen=True, order=True)
class Finding:
    """One wrong cell, record or file.

    ``line`` is the file line (header = 1) of a text file, or the record number (first = 1) of a typed one;
    ``numbering`` says which ("line" or "record"). ``value`` is "" for a field that may identify. ``say`` tells what
    is wrong and what was allowed, ``why`` what hangs on it, ``fix`` the one thing to do.
    """

    form: str
    file: str
    line: int
    field: str
    rule: str
    finding_class: FindingClass
    severity: Severity
    say: str
    fix: str
    value: str = ""
    why: str = ""
    subject: str = ""
    site: str = ""
    visit: str = ""
    numbering: str = "line"
    key: str = ""


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in their order (form, file, line, field, rule ...): as ``sorted``, without comparing them by pairs."""
    return sorted(findings, key=_everything)


_everything = attrgetter(*(attribute.name for attribute in fields(Finding)))


def finding_key(rule: str, form: str, subject: str, visit: str, field: str, record: tuple[str, ...]) -> str:
    """The query's identity: the same rule on the same cell of the same record, in any upload (16 hex digits)."""
    text = "\x1f".join((rule, form, subject, visit, field, *record))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
