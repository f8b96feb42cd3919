"""The table of checks, generated: each check of a study's list, what carries it out, and the examples that prove it.

``python -m trialkit.export.checks FILE --study DIR`` writes it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from trialkit.errors import TrialkitError
from trialkit.export.dictionary import FAULTS
from trialkit.export.markdown import NOTHING, code, codes, heading, prose, table
from trialkit.locate import shipped_study
from trialkit.model import Check, Example, Form, Rule, Study
from trialkit.spec import load_study
from trialkit.validate.checklist import rules_for
from trialkit.validate.compiled import rules_of
from trialkit.validate.gates import GATES

INTRODUCTION = """\
Generated from the study's content; do not edit.

Each check of `schemas/checklist.yaml` with the rules or gates that carry it out, or the reason why none does. A stated
rule has an example that raises it and one that does not: the cells that differ from the form's clean row.
`trialkit check` runs them all. Rules that follow from a field (`present`, `codes`, `range`, `pattern`) and from a key
have no examples of their own: their kinds are tested in the package.
"""
SHOWN = 6
"""Of more implied rules of one check than this, the first are named and the others counted."""

Known = Mapping[str, tuple[Form, Rule]]


def check_table(study: Study) -> str:
    """Every check of the study's list as Markdown: a summary, then each with its rules, words and examples."""
    known = {rule.id: (form, rule) for form in study.forms.values() for rule in rules_of(form).values()}
    checks = study.checklist.values()
    parts = [heading(1, f"Checks of {study.id}"), INTRODUCTION, _summary(study)]
    for domain in dict.fromkeys(check.domain for check in checks):
        parts.append(heading(2, domain or "Other"))
        parts += [part for check in checks if check.domain == domain for part in _check(check, known)]
    return "\n".join(parts)


def _summary(study: Study) -> str:
    checks = study.checklist.values()
    by_rules, by_gates = (sum(bool(getattr(check, name)) for check in checks) for name in ("rules", "gates"))
    reasons = [check for check in checks if check.reason]
    rules = {name for form in study.forms.values() for name in form.rules}
    rows = [
        ("checks", str(len(study.checklist))),
        ("carried out by rules", str(by_rules)),
        ("carried out by gates", str(by_gates)),
        ("not carried out, with a reason", f"{len(reasons)}: {', '.join(code(check.id) for check in reasons)}"),
        ("stated rules", str(len(rules))),
    ]
    return table(("", ""), rows)


def _check(check: Check, known: Known) -> Iterator[str]:
    yield heading(3, f"{check.id}: {check.words}", check.id)
    yield f"Severity {check.severity}.\n"
    if check.reason:
        yield f"Not carried out: {prose(check.reason)}\n"
    for gate in check.gates:
        yield f"Gate {code(gate)}: {prose(GATES[gate])}\n"
    found = [known[name] for name in rules_for(check, list(known))]
    stated = [(form, rule) for form, rule in found if rule.id in form.rules]
    implied = [rule.id for form, rule in found if rule.id not in form.rules]
    if implied:
        more = f" and {len(implied) - SHOWN} more" if len(implied) > SHOWN else ""
        yield f"Follows from the fields: {codes(implied[:SHOWN])}{more}.\n"
    if stated:
        yield table(("rule", "what is wrong", "raised by", "not raised by"), (_row(*item) for item in stated))


def _row(form: Form, rule: Rule) -> tuple[str, str, str, str]:
    said = prose(rule.say or FAULTS[rule.kind])
    if rule.examples is None:
        return code(rule.id), said, NOTHING, NOTHING
    return code(rule.id), said, _example(form, rule.examples.fires), _example(form, rule.examples.silent)


def _example(form: Form, example: Example) -> str:
    """The rows of an example: those of the form, of its last upload, and of other forms."""
    own = [example.row, *example.rows]
    parts = [_cells(row) for row in own if row] or ["the clean row"]
    parts += [f"before: {_cells(row)}" for row in example.before]
    parts += [f"{prose(name)}: {_cells(row)}" for name, rows in example.tables.items() for row in rows]
    return "; ".join(parts)


def _cells(row: Mapping[str, str]) -> str:
    return ", ".join(f"{prose(name)} {code(cell) or 'empty'}" for name, cell in row.items()) or "the clean row"


def main(arguments: list[str]) -> int:
    """Write the table of a study; the exit code (0, or that of the mistake in the study, told in words)."""
    parser = argparse.ArgumentParser(prog="python -m trialkit.export.checks", description=__doc__)
    parser.add_argument("out", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument("--study", type=Path, default=None, help="the study folder (the one that ships if left out)")
    asked = parser.parse_args(arguments)
    try:
        study = load_study(asked.study or shipped_study())
    except TrialkitError as error:
        print(f"error: {error.text}", file=sys.stderr)
        return error.exit_code
    asked.out.write_text(check_table(study), encoding="utf-8", newline="")
    print(asked.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
