"""Badly made rules of the further kinds are told in words; the reference page's examples are well made."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.validate_tables import form, study
from trialkit.model import Form, Rule, Study, StudyHeader
from trialkit.spec.build import build
from trialkit.spec.text import read_yaml
from trialkit.validate import RULE_KINDS, check_rules
from trialkit.validate.bind import binding

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rule-kinds.md"


def told(rule: str, roster: str = "", **more: object) -> list[str]:
    of = form("f", f"r: {rule}", **more)
    return [error.text for error in binding(of, study(of, form("g"), roster=roster))]


BAD = [
    ("{kind: range, field: N, args: {max: {parameter: kap}}}", "no protocol has a parameter 'kap'"),
    ("{kind: range, field: N, args: {max: {parameter: kap}}}", "Did you mean 'cap'?"),
    ("{kind: range, field: N, args: {max: {param: cap}}}", "expected a number or {parameter: name}"),
    ("{kind: gap, field: H, args: {min: {parameter: pause}, unit: days}}", "is in hours, the rule counts days"),
    ("{kind: range, field: D, args: {max: {parameter: cap}}}", "parameter 'cap' is '10'"),
    ("{kind: compare, field: T, args: {op: equal, value: {parameter: cap}}}", "not compared with text"),
    ("{kind: compare, field: N, args: {op: less, value: 1, times: -1}}", "'times' is a positive number"),
    ("{kind: present, field: N, args: {unless: {M: often}}}", "'often' in 'unless' is not a value"),
    ("{kind: in_force, field: T}", "a register of the protocol or a form, one of the two"),
    ("{kind: in_force, field: T, args: {register: protocl}}", "Did you mean 'protocol'?"),
    ("{kind: in_force, args: {register: protocol}}", "needs the field it checks"),
    ("{kind: in_force, field: T, args: {form: gg, from: D}}", "Did you mean 'g'?"),
    ("{kind: in_force, field: T, args: {form: g}}", "Give 'from', 'to' or 'where'"),
    ("{kind: in_force, field: T, args: {form: g, from: N}}", "cannot be compared"),
    ("{kind: in_force, field: T, args: {form: g, from: D, on: X}}", "there is no field 'X' in form 'f'"),
    ("{kind: window, field: T, args: {from: D}}", "'T' is text: time is counted between dates or moments"),
    ("{kind: window, field: D, args: {form: g, from: X}}", "there is no field 'X' in form 'g'"),
    ("{kind: window, field: D, args: {from: E, unit: hours}}", "windows of the protocol's visits are in days"),
    ("{kind: window, field: D, args: {from: E, early: 2}}", "Leave out 'early' and 'late'"),
    ("{kind: rolling, field: T, args: {max: 1, at: H}}", "only numbers are summed"),
    ("{kind: rolling, field: N, args: {max: 1}}", "'D' has no time of day"),
    ("{kind: rolling, field: N, args: {max: 1, at: H, within: 0}}", "a time 'within' above zero"),
    ("{kind: rolling, field: N, args: {max: much, at: H}}", "max 'much' is not a number"),
    ("{kind: gap, field: H}", "neither min nor max"),
    ("{kind: gap, field: H, args: {min: -1}}", "min '-1' is not a number of at least zero"),
    ("{kind: gap, field: H, args: {min: 1, by: [X]}}", "there is no field 'X' in form 'f'"),
    ("{kind: gap, field: H, args: {min: 1, unit: weeks}}", "'weeks' is not one of the choices"),
    ("{kind: gap, field: H, args: {min: 1, where: {N: x}}}", "'x' in 'where' is not a value"),
    ("{kind: sequence, field: D, args: {order: E}}", "the order is a number or a visit"),
    ("{kind: overlap, field: D, args: {its_start: D}}", "Add 'form: ID'"),
    ("{kind: overlap, field: D, args: {form: g}}", "Add 'its_start: FIELD'"),
    ("{kind: overlap, field: D, args: {end: T}}", "'T' is text"),
    ("{kind: clock, field: H, args: {from: J}}", "neither min nor max"),
    ("{kind: clock, field: H, args: {from: J, min: 1, due: true}}", "what is due needs a limit"),
    ("{kind: change, field: N}", "needs a step 'max' or 'percent', or a 'statistic'"),
    ("{kind: change, field: N, args: {statistic: repeat}}", "Did you mean 'repeated'?"),
    ("{kind: change, field: N, args: {statistic: digits, fields: [N, M]}}", "a statistic of one field, found 2"),
    ("{kind: change, field: N, args: {statistic: digits, share: 1}}", "from 0 to below 1"),
    ("{kind: change, field: N, args: {statistic: constant, max: 1}}", "a statistic takes no step"),
    ("{kind: change, field: N, args: {statistic: run, reaching: true}}", "a statistic takes no step"),
    ("{kind: change, field: N, args: {statistic: low}}", "'cut' and the statistic low do not go together"),
    ("{kind: change, field: N, args: {statistic: run, cut: 1}}", "'cut' and the statistic run do not go together"),
    ("{kind: change, field: N, args: {max: 1, cut: 1}}", "'fields' and 'cut' belong to a statistic"),
    ("{kind: present, field: N, args: {all: [NN]}}", "no field 'NN'"),
    ("{kind: exists, field: T, args: {form: g, on: {T: {field: W, apart: 5}}}}", "only numbers are so far apart"),
    ("{kind: exists, field: N, args: {form: g, on: {N: {field: M, apart: -5}}}}", "apart '-5' is not a number"),
    ("{kind: change, field: T, args: {max: 1}}", "only a number changes by an amount"),
    ("{kind: change, field: N, args: {max: 1, against: base}}", "go together"),
    ("{kind: coverage, args: {form: g}}", "one of 'day', 'point' and 'visit: true'"),
    ("{kind: coverage, args: {form: g, day: D}}", "the days go from"),
    ("{kind: coverage, args: {form: g, point: T}}", "Add 'values: [...]'"),
    ("{kind: coverage, args: {form: g, visit: true}}", "'form' and 'point' go together"),
    ("{kind: coverage, args: {form: g, match: [S], point: TT, visit: true}}", "there is no field 'TT'"),
    ("{kind: coverage, args: {visit: true, but: [gg]}}", "there is no form 'gg'"),
    ("{kind: previous, field: N, args: {form: g, match: [S]}}", "needs 'reason' and 'named'"),
    ("{kind: previous, field: N, args: {form: g, match: [S], named: TT, reason: W}}", "there is no field 'TT'"),
    ("{kind: change, field: N, args: {statistic: weekend}}", "only dates have a weekend"),
    ("{kind: change, field: N, args: {max: 1, form: g}}", "'form' belongs to a statistic"),
    ("{kind: change, field: N, args: {statistic: zeros, form: g, fields: [N]}}", "has no 'fields'"),
    ("{kind: exists, field: S, args: {form: g, match: [S], current: {TT: consent}}}", "there is no field 'TT'"),
    ("{kind: together, field: N, args: {all: {a: {field: N, value: 1}}}}", "two criteria or more"),
    (
        "{kind: together, field: N, args: {all: {a: {field: N, value: 1}, b: {field: N}}}}",
        "criterion 'b' needs a number",
    ),
    ("{kind: together, field: N, args: {all: {a: {field: N, value: 1}, b: {}}}}", "criterion 'b' says nothing"),
    (
        "{kind: together, field: N, args: {all: {a: {form: g, where: {T: x}}, b: {field: N, value: 1}}}}",
        "criterion 'a' cannot be of another form here",
    ),
    ("{kind: together, field: N, args: {all: {a: {field: T, value: 1}, b: {field: N, value: 1}}}}", "Use 'where'"),
    ("{kind: previous, field: N}", "form 'f' has no key"),
    ("{kind: exists, args: {form: g, on: {H: {field: J}}}}", "Give it 'op', 'within' or 'apart'"),
    ("{kind: exists, args: {form: g, on: {N: {field: M, within: 1}}}}", "'N' is decimal: time is counted"),
    (
        "{kind: computed, field: N, args: {formula: bands_down, of: [M], cuts: [1, 2], scores: [0, 1, 2]}}",
        "descend",
    ),
    ("{kind: computed, field: N, args: {formula: ratio, of: [M, L], missing: left_out}}", "without one of its parts"),
    ("{kind: computed, field: N, args: {formula: sum, of: [M, L], missing: left_out}}", "go together"),
    ("{kind: computed, field: N, args: {formula: sum, of: [M], take: [X], form: g}}", "no field 'X' in form 'g'"),
]


@pytest.mark.parametrize(("rule", "said"), BAD, ids=[rule for rule, _ in BAD])
def test_a_badly_made_rule_is_told_in_words(rule: str, said: str) -> None:
    assert any(said in text for text in told(rule)), told(rule)
    assert all(text.startswith("f.yaml:1  ") for text in told(rule))


def test_what_previous_needs() -> None:
    assert "is part of the key" in told("{kind: previous, field: K}", key=("K",))[0]
    assert "names no field" in told("{kind: previous}", key=("K",))[0]
    assert "has no field" in told("{kind: previous, field: N, args: {gone: true}}", key=("K",))[0]
    assert "is incremental" in told("{kind: previous, args: {gone: true}}", key=("K",), mode="incremental")[0]


def test_where_the_version_in_force_cannot_be_known() -> None:
    rule = "{kind: range, field: N, args: {max: {parameter: cap}}}"
    assert told(rule) == []
    assert "has no site" in told(rule, site="")[0]
    assert told(rule, site="", roster="g") == []
    assert "has no 'date'" in told(rule, date="")[0]
    assert "names no 'date'" in told("{kind: in_force, field: T, args: {register: consent}}", date="")[0]


def test_a_roster_must_tell_subject_and_site() -> None:
    from trialkit.spec.references import problems

    def said(roster: str, **more: object) -> list[str]:
        made: Study = study(form("g", **more), form("h"), roster=roster)
        return [error.message for error in problems(made) if "roster" in error.message or "gg" in error.message]

    assert said("g") == []
    assert "does not say which field is subject and site" in said("g", site="")[0]
    assert said("gg") == ["there is no form 'gg'"]


def test_the_examples_of_the_reference_page_are_well_made() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    tried = set()
    for block in blocks:
        texts = [line for line in block.splitlines() if line.startswith("{kind:")] or [block]
        for text in texts:
            tree = read_yaml(text, "page.yaml")
            mapping = tree.value["rules"].value["ae.dates.order"] if "rules" in tree.value else tree
            rule = build(Rule, mapping, "r")
            build(RULE_KINDS[rule.kind].args, rule.args)
            tried.add(rule.kind)
    assert set(RULE_KINDS) - tried <= {"codes", "pattern", "unique"}


FORM = """
id: visits
title: Visits
version: "1"
key: [S]
subject: S
site: Q
date: D
fields:
  S: {label: Subject}
  Q: {label: Site}
  D: {label: Day, type: date}
  N: {label: Number, type: decimal}
example: {S: s1, Q: "1", D: 2026-02-10, N: 5}
rules:
  cap: {kind: range, field: N, args: {max: {parameter: cap}}, examples: {fires: {row: {N: 11}}, silent: {}}}
  same: {kind: previous, field: N, examples: {fires: {row: {N: 6}, before: [{N: 5}]}, silent: {before: [{N: 5}]}}}
  kept: {kind: previous, args: {gone: true}, examples: {fires: {before: [{}, {S: s2}]}, silent: {before: [{}]}}}
"""


def test_examples_see_the_protocol_and_the_last_upload() -> None:
    of = build(Form, read_yaml(FORM, "visits.yaml"))
    assert [error.text for error in check_rules(study(of))] == []
    wrong = build(Form, read_yaml(FORM.replace("fires: {row: {N: 6}", "fires: {row: {N: 5}"), "visits.yaml"))
    assert "must raise same; it raises nothing" in check_rules(study(wrong))[0].text
    bare = replace(study(of), header=StudyHeader("x", "X"))
    assert "must raise cap; it raises nothing" in check_rules(bare)[0].text
