"""check_rules: badly made rules are told with their place, and examples must behave."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialkit.model import Form, Study, StudyHeader
from trialkit.spec.build import build
from trialkit.spec.text import read_yaml
from trialkit.validate import check_rules

FORM = """
id: scale
title: Scale
version: "1"
key: [S]
subject: S
fields:
  S: {label: Subject, pattern: 's\\d'}
  N: {label: Number, type: integer, min: 0, max: 9}
  M: {label: Other, type: integer, codes: ["0", "1"]}
  T: {label: Text}
  D: {label: Day, type: date}
  F: {label: Final, type: integer}
example: {S: s1, N: 1, M: 1, T: x, D: 2026-02-03, F: 2}
rules:
  r: RULE
"""
OTHER = """
id: people
title: People
version: "1"
key: [S]
subject: S
fields:
  S: {label: Subject}
  D: {label: Entry, type: date}
example: {S: s1, D: 2026-02-01}
"""
SUM = "kind: computed, field: F, args: {formula: sum, of: [N, M]}"


def study(text: str) -> Study:
    forms = [build(Form, read_yaml(words, name)) for words, name in ((text, "scale.yaml"), (OTHER, "people.yaml"))]
    empty: dict = {}
    return Study(
        Path(), StudyHeader("x", "X"), empty, {f.id: f for f in forms}, empty, empty, empty, empty, empty, empty, ""
    )


def errors(rule: str, **replaced: str) -> list[str]:
    text = FORM.replace("RULE", "{" + rule + "}")
    for old, new in replaced.items():
        text = text.replace({"example": "F: 2}"}.get(old, old), new)
    return [error.text for error in check_rules(study(text))]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("kind: present", "needs the field"),
        ("kind: present, field: Nn", "Did you mean 'N'?"),
        ("kind: present, field: N, args: {iff: {M: 1}}", "Did you mean 'if'?"),
        ("kind: present, field: N, args: {unless: {Mm: 1}}", "Did you mean 'M'?"),
        ("kind: present, field: N, when: {M: {contains: 2}}", "'contains' in 'when' looks into text, and 'M'"),
        ("kind: present, field: N, when: {M: {above: often}}", "'often' in 'when' is not a value of the integer field"),
        ("kind: present, field: N, when: {Mm: 1}", "Did you mean 'M'?"),
        ("kind: codes, field: T", "has no codes"),
        ("kind: codes, field: N, args: {codes: [one]}", "code 'one' of the integer field 'N' is not a number"),
        ("kind: codes, field: D, args: {codes: [2026-01-01]}", "codes cannot be checked on the date field"),
        ("kind: range, field: D", "neither min nor max"),
        ("kind: range, field: T, args: {min: 1}", "a range cannot be checked on the text field"),
        ("kind: range, field: D, args: {min: 5}", "'5' is not a value of the date field"),
        ("kind: range, field: N, args: {min: 5, max: 4}", "min 5 is above max 4"),
        ("kind: pattern, field: T", "has no pattern"),
        ("kind: pattern, field: T, args: {pattern: 'a('}", "'a(' is not a regular expression"),
        ("kind: pattern, field: N, args: {pattern: a}", "a pattern cannot be checked on the integer field"),
        ("kind: compare, field: N, args: {op: after}", "a field or a value"),
        ("kind: compare, field: N, args: {op: afterwards, field: M}", "'afterwards' is not one of the choices"),
        ("kind: compare, field: N, args: {op: less, field: D}", "'N' is integer and 'D' of form 'scale' is date"),
        ("kind: compare, field: N, args: {op: less, value: many}", "'many' is not a value of the integer field"),
        ("kind: compare, field: N, args: {op: less, field: Q}", "there is no field 'Q' in form 'scale'"),
        ("kind: compare, field: D, args: {op: after, form: peple, field: D}", "Did you mean 'people'?"),
        ("kind: compare, field: D, args: {op: after, form: people, field: E}", "no field 'E' in form 'people'"),
        (
            "kind: compare, field: D, args: {op: after, form: people, field: D, match: [T]}",
            "no field 'T' in form 'people'",
        ),
        ("kind: compare, field: D, args: {op: after, form: people, field: D, match: {D: S}}", "cannot be compared"),
        ("kind: compare, field: T, args: {op: equal, value: x, tolerance: 1}", "a tolerance"),
        ("kind: computed, field: F, args: {formula: sun, of: [N]}", "Did you mean 'sum'?"),
        ("kind: computed, field: F, args: {of: [N]}", "'formula' is missing"),
        ("kind: computed, field: T, args: {formula: sum, of: [N]}", "only a number can be computed"),
        ("kind: computed, field: F, args: {formula: sum, of: [N, T]}", "cannot be made of the text field 'T'"),
        ("kind: computed, field: F, args: {formula: ratio, of: [N]}", "ratio takes 2 fields, found 1"),
        ("kind: computed, field: F, args: {formula: sum, of: [N], cuts: [1]}", "takes no cuts"),
        ("kind: computed, field: F, args: {formula: bands, of: [N], cuts: [1, 2], scores: [0, 1]}", "one score more"),
        ("kind: computed, field: F, args: {formula: bands, of: [N], cuts: [2, 1], scores: [0, 1, 2]}", "do not ascend"),
        ("kind: unique, args: {fields: [Z]}", "there is no field 'Z'"),
        ("kind: exists, args: {form: nobody}", "there is no form 'nobody'"),
        ("kind: exists, args: {form: people, on: {D: {op: after, field: X}}}", "no field 'X' in form 'people'"),
        ("kind: exists, args: {form: people, where: {X: 1}}", "no field 'X' in form 'people'"),
        ("kind: exists, args: {form: people, where: {D: soon}}", "'soon' in 'where' is not a value of the date field"),
        (
            "kind: compare, field: D, args: {op: after, form: people, field: D, where: {D: {above: 5}}}",
            "'5' in 'where' is not a value of the date field 'D'",
        ),
    ],
)
def test_a_badly_made_rule_is_told_with_its_place(rule: str, said: str) -> None:
    (text,) = errors(rule)
    assert said in text
    assert text.startswith("scale.yaml:")


def test_a_bad_pattern_of_a_field_is_told() -> None:
    (text,) = errors("kind: present, field: T", **{"'s\\d'": "'s('"})
    assert "scale.S.pattern" in text
    assert text.startswith("scale.yaml:8")


FIRES = SUM + ", examples: {fires: {%s}, silent: {%s}}"


def test_examples_that_behave() -> None:
    assert errors(FIRES % ("row: {F: 3}", "row: {F: 2}")) == []
    assert errors(FIRES % ("row: {F: 3, M: 3}, also: []", "row: {}")) != []


@pytest.mark.parametrize(
    ("fires", "silent", "said"),
    [
        ("row: {F: 2}", "row: {}", "'fires' of rule 'r' must raise r; it raises nothing"),
        ("row: {F: 3, S: x}", "row: {}", "'fires' of rule 'r' must raise r; it raises r, scale.S.pattern"),
        ("row: {F: 3}, also: [scale.S.pattern]", "row: {}", "must raise r, scale.S.pattern; it raises r"),
        ("row: {F: 3}", "row: {F: 3}", "'silent' of rule 'r' must raise nothing; it raises r"),
        ("row: {F: 3}", "row: {N: 10}", "'silent' of rule 'r' must raise nothing; it raises scale.N.range"),
        ("row: {F: 3}", "row: {N: much}", "'silent' of rule 'r' must raise nothing"),  # a cell that cannot be read
        ("row: {F: 3}", "row: {Ff: 3}", "an example row has 'Ff'"),
        ("row: {F: 3}", "tables: {peple: [{}]}", "there is no form 'peple'"),
        ("row: {F: 3}", "tables: {people: [{Q: 1}]}", "an example row has 'Q', no field of form 'people'"),
    ],
)
def test_examples_that_do_not_behave(fires: str, silent: str, said: str) -> None:
    (text,) = errors(FIRES % (fires, silent))
    assert said in text
    assert text.startswith("scale.yaml:")


def test_an_example_may_raise_further_rules_by_design() -> None:
    assert errors(FIRES % ("row: {F: 3, S: x}, also: [scale.S.pattern]", "row: {}")) == []


def test_examples_with_further_rows_and_other_forms() -> None:
    key = "kind: unique, args: {fields: [T]}, examples: {fires: {rows: [{S: s2}]}, silent: {rows: [{S: s2, T: y}]}}"
    assert errors(key) == []
    entry = (
        "kind: compare, field: D, args: {op: on_or_after, form: people, field: D}, examples: "
        "{fires: {row: {D: 2026-01-31}, tables: {people: [{}, {S: s2}]}}, silent: {tables: {people: [{}]}}}"
    )
    assert errors(entry) == []


def test_the_example_row_of_a_form_must_be_clean() -> None:
    (text,) = errors("kind: present, field: T", example="F: many}")
    assert "the example row of form 'scale' is not clean" in text


def test_the_page_on_rule_kinds_names_every_kind_argument_and_formula() -> None:
    from trialkit.spec.build import content_fields
    from trialkit.validate import FORMULAS, RULE_KINDS

    page = (Path(__file__).parents[2] / "docs" / "reference" / "rule-kinds.md").read_text(encoding="utf-8")
    sections = {part.split("\n")[0]: part for part in page.split("\n## ")}
    for name, kind in RULE_KINDS.items():
        missing = [argument for argument in content_fields(kind.args) if f"`{argument}`" not in sections[name]]
        assert missing == [], name
    assert [formula for formula in FORMULAS if f"| `{formula}` |" not in page] == []
