"""The page before it is HTML: totals, findings, completeness, and the protocol versions in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trialkit import __version__
from trialkit.report.quality.findings import Block, blocks
from trialkit.report.templating import template_text
from trialkit.validate.outcome import Fold, Outcome
from trialkit.validate.outcome.completeness import Filled, completeness
from trialkit.validate.outcome.fold import SEVERITIES
from trialkit.validate.outcome.words import form_title
from trialkit.words import many

NO_SITE = "no single site"


@dataclass(frozen=True)
class Count:
    """A line of a table of totals: causes by severity (stops and queries), and listings."""

    name: str
    records: int
    severities: tuple[int, ...]
    listed: int

    @property
    def asked(self) -> int:
        """All that ask for an answer."""
        return sum(self.severities)


@dataclass(frozen=True)
class Complete:
    """A form's fields, how completely they are filled."""

    id: str
    title: str
    records: int
    fields: tuple[tuple[Filled, int], ...]

    @property
    def gaps(self) -> int:
        """Cells that are missing though they are needed, or could not be read."""
        return sum(needed + filled.unread for filled, needed in self.fields)


@dataclass(frozen=True)
class Version:
    """A site: the protocol version in force on the day, since when, its approval, and all it adopted."""

    site: str
    name: str
    version: str
    since: str
    approved_until: str
    lapsed: bool
    adopted: str


@dataclass(frozen=True)
class Page:
    """Everything the template prints."""

    study: str
    notice: str
    day: str
    verdict: str
    note: str
    hidden: bool
    total: Count
    findings: int
    sites: tuple[Count, ...]
    forms: tuple[Count, ...]
    groups: tuple[tuple[str, str, tuple[Block, ...]], ...]
    complete: tuple[Complete, ...]
    versions: tuple[Version, ...]
    facts: tuple[tuple[str, str], ...]
    css: str


def compose(outcome: Outcome) -> Page:
    """The page of an outcome."""
    study, folds = outcome.study, outcome.folds
    return Page(
        study=f"{study.id}: {study.header.title}",
        notice=study.header.notice,
        day=str(outcome.as_of or ""),
        verdict=_verdict(outcome),
        note=outcome.note,
        hidden=outcome.hidden,
        total=_count("All", outcome.rows, folds),
        findings=len(outcome.findings),
        sites=tuple(_by_site(outcome)),
        forms=tuple(_by_form(outcome)),
        groups=tuple(_groups(outcome)),
        complete=tuple(_complete(outcome)),
        versions=tuple(_versions(outcome)),
        facts=tuple(_facts(outcome)),
        css=template_text("report.css") + template_text("quality.css"),
    )


def _verdict(outcome: Outcome) -> str:
    classes = Counter(fold.finding_class for fold in outcome.folds)
    if classes["stop"]:
        return f"{many(classes['stop'], 'reason')} to refuse the upload. Nothing of it can be stored as it is."
    if classes["query"]:
        return f"The upload can be stored. {many(classes['query'], 'query', 'queries')} to be answered."
    return "The upload can be stored. No query." if outcome.rows else "No record was read."


def _count(name: str, records: int, folds: Sequence[Fold]) -> Count:
    asked = Counter(fold.severity for fold in folds if fold.finding_class != "listing")
    listed = sum(fold.finding_class == "listing" for fold in folds)
    return Count(name, records, tuple(asked[severity] for severity in SEVERITIES), listed)


def _by_site(outcome: Outcome) -> Iterator[Count]:
    found: dict[str, list[Fold]] = {site: [] for site in outcome.study.header.sites}
    for fold in outcome.folds:
        sites = {outcome.site(member) for member in fold.members}
        found.setdefault(next(iter(sites)) if len(sites) == 1 else "", []).append(fold)
    for site in sorted(found, key=lambda name: (not name, name)):
        yield _count(f"Site {site}" if site else NO_SITE.capitalize(), 0, found[site])


def _by_form(outcome: Outcome) -> Iterator[Count]:
    forms = list(dict.fromkeys([*outcome.tables, *(fold.lead.form for fold in outcome.folds)]))
    made = []
    for form in forms:
        records = len(outcome.tables[form].frame) if form in outcome.tables else 0
        folds = [fold for fold in outcome.folds if fold.lead.form == form]
        made.append(_count(form_title(outcome.study, form) or "Files of no form", records, folds))
    clean = [count for count in made if not count.asked and not count.listed]
    found = [count for count in made if count not in clean]
    yield from sorted(found, key=lambda count: ([-n for n in count.severities], -count.listed, count.name))
    if clean:
        yield _count(f"{many(len(clean), 'form')} without a finding", sum(count.records for count in clean), ())


def _groups(outcome: Outcome) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    """(heading, severity, blocks): what refuses the upload, queries by severity, listings."""
    headings = {"stop": "Why the upload is refused", "listing": "To be looked at"}

    def weight(block: Block) -> tuple[str, str]:
        heading = headings.get(block.finding_class) or f"{block.severity.capitalize()} queries"
        return heading, "" if block.finding_class == "listing" else block.severity

    for (heading, severity), group in groupby(blocks(outcome), key=weight):
        yield heading, severity, tuple(group)


def _complete(outcome: Outcome) -> Iterator[Complete]:
    missing = Counter((f.form, f.field) for f in outcome.findings if _is_missing(outcome, f.form, f.rule))
    for number, (form, group) in enumerate(groupby(completeness(outcome.tables), key=lambda filled: filled.form), 1):
        fields = tuple((filled, missing[form, filled.field]) for filled in group)
        yield Complete(f"form-{number}", form_title(outcome.study, form), fields[0][0].records if fields else 0, fields)


def _is_missing(outcome: Outcome, form: str, rule: str) -> bool:
    known = outcome.study.forms.get(form)
    stated = known.rules.get(rule) if known else None
    return stated.kind == "present" if stated else rule.endswith(".present")


def _versions(outcome: Outcome) -> Iterator[Version]:
    for site in outcome.study.header.sites.values():
        protocol = outcome.study.in_force(site.id, outcome.as_of) if outcome.as_of else None
        last = protocol.irb.expires_on if protocol else None
        adopted = sorted(site.adopted.items(), key=lambda pair: pair[1])
        yield Version(
            site=site.id,
            name=site.name,
            version=protocol.version if protocol else "none yet",
            since=str(site.adopted[protocol.version]) if protocol else "",
            approved_until=str(last or "no date") if protocol else "",
            lapsed=bool(last and outcome.as_of and outcome.as_of > last),
            adopted=", ".join(f"{version} from {day}" for version, day in adopted),
        )


def _facts(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield "Judged as of", str(outcome.as_of or "no day")
    yield "What became of it", outcome.note or "not stored"
    yield "Content of the study (SHA-256)", outcome.study.digest
    yield "Software", f"trialkit {__version__}"
    for table in outcome.tables.values():
        yield table.file, f"{table.form.title}, {many(len(table.frame), 'record')}, SHA-256 {table.sha256}"
