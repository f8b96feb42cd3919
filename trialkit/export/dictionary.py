"""The data dictionary, generated from a study's forms.

``python -m trialkit.export.dictionary OUT_DIR --study DIR`` writes it, and the visit schedule beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from trialkit.errors import TrialkitError
from trialkit.export.fields import code_lists, field_table
from trialkit.export.markdown import NOTHING, anchor, code, codes, heading, paragraph, prose, table
from trialkit.export.schedule import visit_schedule
from trialkit.locate import shipped_study
from trialkit.model.form import Form, Rule, RuleKind
from trialkit.model.study import Study
from trialkit.model.tree import Tree
from trialkit.spec import load_study
from trialkit.spec.lock import verify

INTRODUCTION = """\
Generated from the study's content; do not edit.

A field that is required, or has allowed values, is checked without a rule being written for it. The ids of these
checks are `FORM.FIELD.present`, `FORM.FIELD.codes`, `FORM.FIELD.range` and `FORM.FIELD.pattern`; `FORM.key.unique` says
that no two records share a key. They are major queries; that a key field is missing is critical. A rule stated under
one of these ids takes its place. A *stop* refuses the whole upload, a *query* asks for an answer, a *listing* only
shows the row. A *blinded* field could tell the arm; the value of an *identifying* field is never shown in a finding.
"""

MODES = {
    "cumulative": "cumulative: an upload holds all records and stands in place of those before",
    "incremental": "incremental: an upload holds new or changed records and is laid over those before",
}
FAULTS: dict[RuleKind, str] = {
    "present": "the value is missing",
    "codes": "the value is not one of those allowed",
    "range": "the value lies outside its range",
    "pattern": "the text does not have the form it must have",
    "compare": "the comparison does not hold",
    "computed": "the value is not what the formula gives",
    "unique": "another record has the same values",
    "exists": "the other form has no such record",
    "in_force": "nothing that was in force on that date allows it",
    "window": "the date lies outside its window",
    "sequence": "the dates do not follow the order of the visits",
    "gap": "the time between two records is too short or too long",
    "coverage": "a record that must be there is missing",
    "rolling": "the sum over a moving time is too large",
    "change": "the value changed more than it may, or not at all",
    "overlap": "two intervals of the subject overlap",
    "together": "several limits were passed within a time",
    "clock": "a time limit was not kept",
    "previous": "the value is not that of the last upload",
}
"""What is wrong where a rule of a kind fires, for rules that have no words of their own."""


def data_dictionary(study: Study) -> str:
    """Every form with its fields and rules, and every code list they use, as Markdown.

    The same study gives the same text, whatever the day and place.
    """
    head = [f"# Data dictionary\n\n{prose(study.header.title)} ({prose(study.id)})\n"]
    head += [f"> {paragraph(study.header.notice)}\n"] if study.header.notice else []
    forms = [_form(study, form) for form in study.forms.values()]
    return "\n".join([*head, INTRODUCTION, _overview(study), *forms, *code_lists(study.forms)])


def write_documents(study: Study, out: Path) -> list[Path]:
    """Write data-dictionary.md and visit-schedule.md into ``out`` (made if it is not there); the paths written."""
    out.mkdir(parents=True, exist_ok=True)
    pages = {"data-dictionary.md": data_dictionary(study), "visit-schedule.md": visit_schedule(study)}
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    return [out / name for name in pages]


def _overview(study: Study) -> str:
    rows = [
        (f"[{prose(f.title)}](#{anchor('form', f.id)})", code(f.id), f.kind, str(len(f.fields)), str(len(f.rules)))
        for f in study.forms.values()
    ]
    return heading(2, "Forms") + "\n" + table(("form", "id", "kind", "fields", "rules"), rows)


def _form(study: Study, form: Form) -> str:
    parts = [heading(2, form.title, anchor("form", form.id))]
    parts += [paragraph(form.description) + "\n"] if form.description else []
    parts += [table(("", ""), _facts(study, form)), heading(3, "Fields"), field_table(form)]
    parts += [heading(3, "Rules"), _rules(form)] if form.rules else []
    return "\n".join(parts)


def _facts(study: Study, form: Form) -> Iterator[tuple[str, str]]:
    """What a form is, by whom, when and how it is filled; one (name, words) each."""
    yield "id", f"{code(form.id)}, version {prose(form.version)}, {form.kind}"
    yield "one record for each", codes(form.key) or NOTHING
    roles = {"subject": form.subject, "visit": form.visit, "site": form.site, "date": form.date}
    yield "roles", ", ".join(f"{role} {code(name)}" for role, name in roles.items() if name) or NOTHING
    yield "due at", _due(study, form)
    yield "uploads", MODES[form.mode]
    yield "files", codes(form.files or (f"{form.id}.*",))
    text = form.layout
    yield (
        "text files",
        f"{code(text.delimiter)} between cells, decimal mark {code(text.decimal)}, {prose(text.encoding)}",
    )
    if form.source:
        yield "source", prose(form.source)


def _due(study: Study, form: Form) -> str:
    if not study.protocols:
        return NOTHING
    due = [prose(visit.label) for visit in study.protocol.visits.values() if form.id in visit.forms]
    return (", ".join(due) or "no visit, as it occurs") + f" (protocol {prose(study.protocol.version)})"


def _rules(form: Form) -> str:
    rows = [
        (
            code(rule.id),
            f"{rule.severity} {rule.finding_class}",
            code(rule.field) or NOTHING,
            _said(rule),
            prose(rule.when.words()),
            f"{rule.kind} {_arguments(rule.args)}".strip(),
        )
        for rule in form.rules.values()
    ]
    return table(("rule", "weight", "field", "what is wrong", "when", "how it is checked"), rows)


def _said(rule: Rule) -> str:
    return prose(rule.say or FAULTS[rule.kind]) + (f" (why: {prose(rule.why)})" if rule.why else "")


def _arguments(args: Tree) -> str:
    """A rule's arguments, in one line as they stand in the content."""
    return code(_flow(args)) if args.value else ""


def _flow(tree: Tree) -> str:
    if isinstance(tree.value, dict):
        inner = ", ".join(f"{key}: {_flow(item)}" for key, item in tree.value.items())
        return f"{{{inner}}}"
    if isinstance(tree.value, tuple):
        return f"[{', '.join(map(_flow, tree.value))}]"
    return tree.value or ""


def main(arguments: list[str]) -> int:
    """Write both documents of a study; the exit code (0, or that of the mistake in the study, told in words)."""
    parser = argparse.ArgumentParser(prog="python -m trialkit.export.dictionary", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="the folder to write into")
    parser.add_argument("--study", type=Path, default=None, help="the study folder (the one that ships if left out)")
    asked = parser.parse_args(arguments)
    try:
        study = load_study(asked.study or shipped_study())
        verify(study)
    except TrialkitError as error:
        print(f"error: {error.text}", file=sys.stderr)
        return error.exit_code
    print(*write_documents(study, asked.out), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
