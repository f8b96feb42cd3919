"""The causes that make many findings out of one mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from trialkit.model import Field, Finding, Study, Table, finding_key
from trialkit.validate.outcome import likeness
from trialkit.validate.outcome.words import (
    field_label,
    judges_a_cell,
    listed,
    parts,
    plain_fix,
    rule_of,
    sentence,
)
from trialkit.words import many

COLUMN_LEAST, COLUMN_SHARE = 10, 0.5
"""A column is wrong as a whole if a rule fires on it so often, and in so large a part of the file's records."""
RECORD_LEAST = 3
"""A record is shifted if so many of its cells are wrong by themselves and most of them hold a neighbor's values."""
SAME_LEAST = 3
"""The same fault of a subject, or of a value that is nowhere on record, is one from so many records on."""
Part = TypeVar("Part", bound=Hashable)

SITE_LEAST = 5
"""A site writes a value wrongly all the time from so many records on, of two subjects or more."""


@dataclass(frozen=True)
class Cause:
    """Findings with one cause, and what is said of all of them."""

    name: str
    key: str
    say: str
    fix: str
    members: list[Finding]


@dataclass(frozen=True)
class Seen:
    """What is known beside the findings: content, the submitted tables, each subject's site."""

    study: Study
    tables: Mapping[str, Table]
    sites: Mapping[str, str]

    def field(self, finding: Finding) -> Field | None:
        """The field the finding points at."""
        form = self.study.forms.get(finding.form)
        return form.fields.get(finding.field) if form else None

    def knows(self, finding: Finding) -> bool:
        """Whether the finding is about a field, or the records, of a form of the study."""
        return finding.form in self.study.forms and (not finding.field or self.field(finding) is not None)

    def place_of(self, finding: Finding) -> int:
        """The position of the finding's field among those of its form, -1 for the record as a whole."""
        return ["", *self.study.forms[finding.form].fields].index(finding.field) - 1

    def records(self, finding: Finding) -> int:
        """How many records the finding's file has, 0 if that is not known."""
        table = self.tables.get(finding.form)
        return len(table.frame) if table is not None and table.file == finding.file else 0


def _groups(
    findings: Sequence[Finding], seen: Seen, key: Callable[[Finding], Part | None]
) -> Iterator[tuple[tuple[str, str, Part], list[Finding]]]:
    """Findings of one form and file with the same key, in order.

    Left out are those whose key is None, those that refuse the file, and those of no field of the study.
    """
    made: dict[tuple[str, str, Part], list[Finding]] = {}
    for finding in findings:
        if not finding.line or finding.finding_class == "stop" or not seen.knows(finding):
            continue
        if (part := key(finding)) is not None:
            made.setdefault((finding.form, finding.file, part), []).append(finding)
    yield from made.items()


def columns(findings: Sequence[Finding], seen: Seen) -> Iterator[Cause]:
    """A rule fires on most records of a file, and not of one subject: the column is wrong, or columns are shifted."""
    wrong = []
    for _, group in _groups(findings, seen, lambda f: (f.rule, f.field)):
        records, (_, most) = seen.records(group[0]), Counter(f.subject for f in group).most_common(1)[0]
        of_many = not group[0].subject or most <= COLUMN_SHARE * len(group)
        if records and of_many and len(group) >= max(COLUMN_LEAST, COLUMN_SHARE * records):
            wrong.append(group)
    for together in _neighbors(wrong, seen):
        yield _column(together[0], seen) if len(together) == 1 else _shifted(together, seen)


def _neighbors(wrong: list[list[Finding]], seen: Seen) -> Iterator[list[list[Finding]]]:
    """Columns wrong by themselves that stand side by side, together."""
    wrong = sorted(wrong, key=lambda group: (group[0].form, group[0].file, seen.place_of(group[0])))
    chain: list[list[Finding]] = []
    for group in wrong:
        if chain and _side_by_side(chain[-1][0], group[0], seen):
            chain.append(group)
            continue
        if chain:
            yield chain
        chain = [group]
    if chain:
        yield chain


def _side_by_side(one: Finding, other: Finding, seen: Seen) -> bool:
    same = (one.form, one.file) == (other.form, other.file)
    cells = judges_a_cell(seen.study, one) and judges_a_cell(seen.study, other)
    return same and cells and seen.place_of(other) - seen.place_of(one) <= 1


def _column(group: list[Finding], seen: Seen) -> Cause:
    lead, rule = group[0], rule_of(seen.study, group[0])
    label = field_label(seen.study, lead.form, lead.field)
    share = f"{len(group):,} of {many(seen.records(lead), 'record')}"
    own = sentence(seen.study, seen.study.forms[lead.form], rule) if rule else f"{label} cannot be read"
    say, fix = f"{own}: so in {share}", "Find the one cause of it in the export, mend it there and send the file again."
    if not judges_a_cell(seen.study, lead):
        return Cause("column", _key("column", lead, lead.rule), say, fix, group)
    field, others = seen.study.forms[lead.form].fields[lead.field], seen.study.forms[lead.form].fields.values()
    other = likeness.other_field([finding.value for finding in group], field, others)
    if likeness.only_spelling(group, field):
        say = f"{label} is written in other letters or with blanks, in {share}"
    elif other:
        say = f"the column {label} holds the values of {other.label}, in {share}"
        fix = "Put the values into the column they belong to and send the file again."
    return Cause("column", _key("column", lead, lead.rule), say, fix, group)


def _shifted(together: list[list[Finding]], seen: Seen) -> Cause:
    lead, last = together[0][0], together[-1][0]
    labels = list(dict.fromkeys(field_label(seen.study, group[0].form, group[0].field) for group in together))
    most = max(len(group) for group in together)
    say = (
        f"the columns {listed(labels)} are wrong in {most:,} of {many(seen.records(lead), 'record')}: "
        "they seem to be shifted or exchanged"
    )
    if len(labels) == 1:
        say = f"the column {labels[0]} is wrong in {most:,} of {many(seen.records(lead), 'record')}"
    fix = "Compare the columns of the file with the form, mend the export and send the file again."
    members = [finding for group in together for finding in group]
    return Cause("column", _key("column", lead, last.field), say, fix, members)


def record(findings: Sequence[Finding], seen: Seen) -> Iterator[Cause]:
    """Several cells of a record are wrong by themselves and hold what belongs one column beside."""
    cell = lambda f: f.line if judges_a_cell(seen.study, f) else None  # noqa: E731
    for _, group in _groups(findings, seen, cell):
        fields = list(seen.study.forms[group[0].form].fields.values())
        moved = [f for f in group if likeness.from_beside(f.value, seen.place_of(f), fields)]
        if len(group) < RECORD_LEAST or 2 * len(moved) < len(group):
            continue
        ordered = sorted(group, key=seen.place_of)
        labels = [field_label(seen.study, f.form, f.field) for f in ordered]
        say = (
            f"{len(group)} cells of the record are wrong ({listed(labels, 12)}): they seem to be shifted by one column"
        )
        fix = "Compare the record with its source and put each value into its column."
        yield Cause("record", _key("record", group[0], ordered[0].key), say, fix, group)


def subject(findings: Sequence[Finding], seen: Seen) -> Iterator[Cause]:
    """The same fault of one subject in record after record."""

    def same(finding: Finding) -> Hashable | None:
        rule = rule_of(seen.study, finding)
        if not finding.subject:
            return None
        if likeness.looks_elsewhere(rule):
            known = likeness.by_subject_only(rule, seen.study.forms[finding.form])
            return (finding.rule, finding.subject, parts(finding.say)[1]) if known else None
        if finding.field == seen.study.forms[finding.form].subject:
            return (finding.rule, finding.subject, "")
        cell = judges_a_cell(seen.study, finding) and finding.value
        return (finding.rule, finding.subject, finding.value) if cell else None

    for (_, _, part), group in _groups(findings, seen, same):
        if len(group) >= SAME_LEAST:
            yield _repeated("subject", group, f"in {many(len(group), 'record')} of the subject", str(part))


def nowhere(findings: Sequence[Finding], seen: Seen) -> Iterator[Cause]:
    """One value (a lot, a kit) that another form does not know, whoever the subjects are."""

    def same(finding: Finding) -> Hashable | None:
        rule = rule_of(seen.study, finding)
        known = finding.value and likeness.by_value_only(rule)
        return (finding.rule, finding.value, parts(finding.say)[1]) if known else None

    for (_, _, part), group in _groups(findings, seen, same):
        if len(group) >= SAME_LEAST:
            yield _repeated("value", group, f"in {many(len(group), 'record')}", str(part))


def _repeated(name: str, group: list[Finding], where: str, part: str) -> Cause:
    stem, detail = parts(group[0].say)
    tail = f" ({detail})" if all(parts(f.say)[1] == detail for f in group) and detail else ""
    return Cause(name, _key(name, group[0], part), f"{stem}, {where}{tail}", group[0].fix, group)


def site(findings: Sequence[Finding], seen: Seen) -> Iterator[Cause]:
    """One site writes a value in other letters, or wrongly in the same way, all the time."""

    def same(finding: Finding) -> tuple[str, str, str] | None:
        field, where = seen.field(finding), finding.site or seen.sites.get(finding.subject, "")
        if field is None or not finding.value or not judges_a_cell(seen.study, finding):
            return None
        spelling = likeness.only_spelling([finding], field)
        return (finding.rule, where, "" if spelling else finding.value)

    for (_, _, part), group in _groups(findings, seen, same):
        if len(group) < SITE_LEAST or len({finding.subject for finding in group}) < 2:
            continue
        rule, where, value = part
        lead, label = group[0], field_label(seen.study, group[0].form, group[0].field)
        at = f"site {where} writes {label}" if where else f"{label} is written"
        how = f"as {value!r}" if value else "in other letters or with blanks"
        own = rule_of(seen.study, lead)
        form = seen.study.forms[lead.form]
        fix = plain_fix(form, own) if own else lead.fix
        said = f"{at} {how}, in {many(len(group), 'record')}"
        if own and ";" in (told := sentence(seen.study, form, own)):
            said += told[told.index(";") :]
        yield Cause("site", _key("site", lead, f"{rule}|{where}|{value}"), said, fix, group)


def _key(name: str, lead: Finding, part: str) -> str:
    """The identity of a cause: not the number of its findings, nor their lines."""
    return finding_key(f"fold.{name}", lead.form, "", "", lead.field, (part,))


CAUSES: tuple[Callable[[Sequence[Finding], Seen], Iterator[Cause]], ...] = (columns, record, subject, nowhere, site)
"""In the order they are looked for."""
