"""The visit schedule: every protocol version with its visits, forms due, and what else it fixes."""

from __future__ import annotations

from collections.abc import Iterator

from trialkit.export.amendment import differences
from trialkit.export.markdown import NOTHING, anchor, bullets, code, heading, paragraph, prose, table
from trialkit.export.protocol import contents
from trialkit.model.study import Protocol, Study, Visit

DUE = "✓"
INTRODUCTION = """\
Generated from the study's content; do not edit.

The newest protocol version stands first. A site follows the version it adopted last;
`trialkit explain protocol --site SITE --date YYYY-MM-DD` says which one that was on a day. A window is counted in days
from the visit's day: `-2 to +3` is from two days before to three days after, `0` the day itself.
"""


def visit_schedule(study: Study) -> str:
    """Every protocol version as Markdown: approval, adoption, visits by forms, arms, parameters, what changed.

    The same study gives the same text, whatever the day and place.
    """
    head = [f"# Visit schedule\n\n{prose(study.header.title)} ({prose(study.id)})\n"]
    head += [f"> {paragraph(study.header.notice)}\n"] if study.header.notice else []
    versions = newest_first(study)
    head += [INTRODUCTION, heading(2, "Approvals"), _approvals(versions), heading(2, "Adoption by the sites")]
    return "\n".join([*head, _adoption(study, versions), *(_version(study, p) for p in versions)])


def newest_first(study: Study) -> list[Protocol]:
    """All versions: the newest, the one it supersedes and so on; then those outside that line, as they are listed."""
    line: dict[str, Protocol] = {}
    version = study.protocol.version if study.protocols else ""
    while version and version not in line:
        line[version] = study.protocols[version]
        version = line[version].supersedes
    return list((line | {v: p for v, p in study.protocols.items() if v not in line}).values())


def window(visit: Visit) -> str:
    """A visit's window in days around its own: "-2 to +3", "0 to +1", "0"."""
    if not (visit.early or visit.late):
        return "0"
    return f"{-visit.early} to {visit.late and f'+{visit.late}'}"


def _approvals(versions: list[Protocol]) -> str:
    rows = [
        (
            f"[{prose(p.version)}](#{anchor('version', p.version)})",
            prose(p.supersedes) or NOTHING,
            prose(p.irb.board),
            prose(p.irb.reference),
            str(p.irb.approved_on),
            str(p.irb.expires_on or "no date"),
            prose(p.consent) or NOTHING,
        )
        for p in versions
    ]
    return table(("protocol", "supersedes", "board", "reference", "approved", "last day", "consent form"), rows)


def _adoption(study: Study, versions: list[Protocol]) -> str:
    names = [p.version for p in reversed(versions)]
    rows = [
        (code(site.id), prose(site.name) or NOTHING, *(str(site.adopted.get(name, NOTHING)) for name in names))
        for site in study.header.sites.values()
    ]
    if not rows:
        return "The study names no site.\n"
    return table(("site", "name", *(prose(f"version {name}") for name in names)), rows)


def _version(study: Study, protocol: Protocol) -> str:
    parts = [heading(2, f"Protocol {protocol.version}", anchor("version", protocol.version))]
    parts += [paragraph(text) + "\n" for text in (protocol.title, protocol.summary) if text]
    parts += list(_amendment(study, protocol))
    parts += [heading(3, "Visits and forms"), _matrix(study, protocol), *_elsewhere(study, protocol)]
    return "\n".join([*parts, *contents(protocol)])


def _amendment(study: Study, protocol: Protocol) -> Iterator[str]:
    """What the amendment says it changed, and what is not as it was."""
    if protocol.changes:
        yield heading(3, "Changes, as stated")
        yield bullets(map(paragraph, protocol.changes))
    if protocol.supersedes:
        found = differences(study.protocols[protocol.supersedes], protocol)
        yield heading(3, f"Changes, compared with version {protocol.supersedes}")
        rows = [(d.kind, code(d.id) or NOTHING, prose(d.change)) for d in found]
        yield table(("what", "id", "change"), rows) if rows else "No visit, parameter or other entry is different.\n"


def _matrix(study: Study, protocol: Protocol) -> str:
    """Forms down, visits across, as schedules of assessments are read."""
    visits = list(protocol.visits.values())
    due = [form for form in study.forms.values() if any(form.id in visit.forms for visit in visits)]
    rows = [
        ("id", *(code(visit.id) for visit in visits)),
        ("day", *(NOTHING if visit.day is None else str(visit.day) for visit in visits)),
        ("window in days", *(window(visit) for visit in visits)),
    ]
    rows += [(prose(form.title), *(DUE if form.id in visit.forms else "" for visit in visits)) for form in due]
    return table(("", *(prose(visit.label) for visit in visits)), rows, centered=True)


def _elsewhere(study: Study, protocol: Protocol) -> Iterator[str]:
    listed = {form for visit in protocol.visits.values() for form in visit.forms}
    others = [prose(form.title) for form in study.forms.values() if form.id not in listed]
    if others:
        yield f"At no visit of this version, as they occur: {'; '.join(others)}.\n"
