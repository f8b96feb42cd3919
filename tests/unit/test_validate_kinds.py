"""Every rule kind: where it fires, where it is silent, and what is unknown to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trialkit.errors import AnalysisError
from trialkit.model import Field, Form, Rule, Table
from trialkit.spec.build import condition, convert
from trialkit.spec.text import read_yaml
from trialkit.validate import RULE_KINDS, check, rules_of
from trialkit.validate.collect import beside_others
from trialkit.validate.rows import rows_of

DTYPES = {"integer": "float64", "decimal": "float64", "date": "datetime64[ns]", "datetime": "datetime64[ns]"}
FIELDS = """
S: {label: Subject}
N: {label: Number, type: decimal}
M: {label: Other number, type: decimal}
K: {label: Third number, type: integer}
T: {label: Text}
W: {label: Further text}
D: {label: Day, type: date}
E: {label: Other day, type: date}
H: {label: Moment, type: datetime}
P: {label: Partial day, type: partial_date}
C: {label: Clock, type: time}
"""


def form(rules: str = "", name: str = "f", key: tuple[str, ...] = (), **more: object) -> Form:
    fields = convert(dict[str, Field], read_yaml(FIELDS, "fields.yaml"))
    made = convert(dict[str, Rule], read_yaml(rules, "f.yaml")) if rules else {}
    return Form(name, name.title(), "1", fields, key, rules=made, subject="S", **more)  # type: ignore[arg-type]


def rule(text: str) -> str:
    return f"r: {text}"


def table(of: Form, *rows: dict[str, object]) -> Table:
    """Rows as a Table; the cell "??" is one that could not be read, a cell left out is missing."""
    columns, unread = {}, {}
    for name, field in of.fields.items():
        cells = [row.get(name) for row in rows]
        unread[name] = np.array([cell == "??" for cell in cells])
        known = [None if cell == "??" else cell for cell in cells]
        dtype = DTYPES.get(field.type, "object")
        made = pd.to_datetime(pd.Series(known, dtype="object")) if dtype.startswith("date") else pd.Series(known)
        columns[name] = made.astype(dtype)
    raw = pd.DataFrame({n: ["" if r.get(n) is None else str(r.get(n)) for r in rows] for n in of.fields})
    lines = np.arange(2, len(rows) + 2)
    return Table(of, pd.DataFrame(columns), lines, f"{of.id}.csv", "0", unread=unread, raw=raw)


def lines(found: list) -> list[int]:
    return [finding.line for finding in found]


WITHIN = [
    # rule, rows that fire, rows that are silent
    ("{kind: present, field: N}", [{}], [{"N": 0}, {"N": "??"}]),
    (
        "{kind: present, field: N, when: {T: [a, b]}}",
        [{"T": "a"}, {"T": "b"}],
        [{"T": "c"}, {}, {"T": "??"}, {"T": "a", "N": 1}, {"T": "a", "N": "??"}],
    ),
    ("{kind: present, field: N, when: {M: {above: 1}}}", [{"M": 2}], [{"M": 1}, {}, {"M": "??"}]),
    ("{kind: present, field: N, when: {T: {missing: true}}}", [{}], [{"T": "x"}, {"T": "??"}]),
    ("{kind: codes, field: N, args: {codes: ['0', '2.0']}}", [{"N": 1}, {"N": 3}], [{"N": 2}, {}, {"N": "??"}]),
    ("{kind: codes, field: T, args: {codes: ['01', NA]}}", [{"T": "1"}], [{"T": "01"}, {"T": "NA"}, {}, {"T": "??"}]),
    (
        "{kind: range, field: N, args: {min: 18, max: 65}}",
        [{"N": 17.999}, {"N": 66}],
        [{"N": 18}, {"N": 65}, {}, {"N": "??"}],
    ),
    ("{kind: range, field: N, args: {max: -0.5}}", [{"N": 0}], [{"N": -0.5}, {"N": -9}]),
    (
        "{kind: range, field: D, args: {min: 2026-01-02}}",
        [{"D": "2026-01-01"}],
        [{"D": "2026-01-02"}, {}, {"D": "??"}],
    ),
    (
        "{kind: range, field: P, args: {min: 2026-02-10}}",
        [{"P": "2025"}, {"P": "2026-01"}, {"P": "2026-02-09"}],
        [{"P": "2026"}, {"P": "2026-02"}, {"P": "2026-02-10"}, {}],
    ),
    (
        "{kind: pattern, field: T, args: {pattern: 'A[0-9]'}}",
        [{"T": "A1 "}, {"T": "xA1"}, {"T": ""}],
        [{"T": "A1"}, {}, {"T": "??"}],
    ),
    (
        "{kind: compare, field: E, args: {op: on_or_after, field: D}}",
        [{"D": "2026-01-02", "E": "2026-01-01"}],
        [
            {"D": "2026-01-02", "E": "2026-01-02"},
            {"D": "2026-01-02"},
            {"E": "2026-01-01"},
            {"D": "??", "E": "2026-01-01"},
            {"D": "2026-01-02", "E": "??"},
        ],
    ),
    (
        "{kind: compare, field: E, args: {op: after, field: D}}",
        [{"D": "2026-01-02", "E": "2026-01-02"}],
        [{"D": "2026-01-02", "E": "2026-01-03"}],
    ),
    (
        "{kind: compare, field: E, args: {op: before, field: D}}",
        [{"D": "2026-01-02", "E": "2026-01-02"}],
        [{"D": "2026-01-02", "E": "2026-01-01"}],
    ),
    (
        "{kind: compare, field: E, args: {op: on_or_before, field: D, tolerance: 2}}",
        [{"D": "2026-01-02", "E": "2026-01-05"}],
        [{"D": "2026-01-02", "E": "2026-01-04"}],
    ),
    (  # a day is all of its moments
        "{kind: compare, field: H, args: {op: on_or_after, field: D}}",
        [{"D": "2026-01-02", "H": "2026-01-01T23:59"}],
        [{"D": "2026-01-02", "H": "2026-01-02T00:00"}, {"D": "2026-01-02", "H": "2026-01-02T10:00"}],
    ),
    (
        "{kind: compare, field: D, args: {op: on_or_after, field: H}}",
        [{"D": "2026-01-01", "H": "2026-01-02T00:30"}],
        [{"D": "2026-01-02", "H": "2026-01-02T10:00"}],
    ),
    (
        "{kind: compare, field: D, args: {op: after, field: P}}",
        [{"D": "2026-02-10", "P": "2026-02-10"}, {"D": "2026-01-31", "P": "2026-02"}],
        [{"D": "2026-02-10", "P": "2026-02"}, {"D": "2026-02-10", "P": "2026"}, {"D": "2026-02-10", "P": "2025"}],
    ),
    ("{kind: compare, field: C, args: {op: less, value: '10:00'}}", [{"C": "10:00"}], [{"C": "09:59"}, {}]),
    ("{kind: compare, field: N, args: {op: equal, field: M}}", [{"N": 1, "M": 2}], [{"N": 0.3, "M": 0.1 + 0.2}, {}]),
    (
        "{kind: compare, field: N, args: {op: equal, field: M, tolerance: 0.5}}",
        [{"N": 1, "M": 1.6}],
        [{"N": 1, "M": 1.5}],
    ),
    ("{kind: compare, field: N, args: {op: not_equal, field: M}}", [{"N": 1, "M": 1}], [{"N": 1, "M": 2}, {"N": 1}]),
    ("{kind: compare, field: N, args: {op: greater, value: 3}}", [{"N": 3}], [{"N": 3.1}, {}]),
    ("{kind: compare, field: N, args: {op: at_least, field: M}}", [{"N": 1, "M": 2}], [{"N": 2, "M": 2}]),
    ("{kind: compare, field: N, args: {op: at_most, field: M}}", [{"N": 3, "M": 2}], [{"N": 2, "M": 2}]),
    (
        "{kind: compare, field: T, args: {op: equal, field: W}}",
        [{"T": "a", "W": "b"}],
        [{"T": "a", "W": "a"}, {"T": "a"}],
    ),
    ("{kind: compare, field: T, args: {op: not_equal, value: x}}", [{"T": "x"}], [{"T": "y"}, {}]),
    (
        "{kind: computed, field: N, args: {formula: sum, of: [M, K]}}",
        [{"N": 4, "M": 1, "K": 2}],
        [
            {"N": 3, "M": 1, "K": 2},
            {"N": 4, "M": 1},
            {"M": 1, "K": 2},
            {"N": 9, "M": "??", "K": 2},
            {"N": "??", "M": 1, "K": 1},
        ],
    ),
    (
        "{kind: computed, field: N, args: {formula: mean, of: [M, K]}}",
        [{"N": 3, "M": 1, "K": 2}],
        [{"N": 1.5, "M": 1, "K": 2}],
    ),
    (
        "{kind: computed, field: N, args: {formula: product, of: [M, K]}}",
        [{"N": 3, "M": 1, "K": 2}],
        [{"N": 2, "M": 1, "K": 2}],
    ),
    (
        "{kind: computed, field: N, args: {formula: ratio, of: [M, K], tolerance: 0.01}}",
        [{"N": 0.5, "M": 1, "K": 3}],
        [{"N": 0.33, "M": 1, "K": 3}, {"N": 5, "M": 1, "K": 0}],
    ),
    (
        "{kind: computed, field: N, args: {formula: difference, of: [E, D]}}",
        [{"N": 2, "D": "2026-02-28", "E": "2026-03-01"}],
        [{"N": 1, "D": "2026-02-28", "E": "2026-03-01"}, {"N": 1, "D": "2026-02-28"}],
    ),
    (
        "{kind: computed, field: N, args: {formula: bands, of: [M], cuts: [80, 100, 120], scores: [0, 1, 2, 4]}}",
        [{"N": 1, "M": 80}, {"N": 0, "M": 81}, {"N": 2, "M": 100}, {"N": 2, "M": 121}, {"N": 3, "M": 130}],
        [{"N": 0, "M": 80}, {"N": 1, "M": 81}, {"N": 1, "M": 100}, {"N": 2, "M": 120}, {"N": 4, "M": 121}, {"N": 4}],
    ),
]


@pytest.mark.parametrize(("text", "fires", "silent"), WITHIN, ids=[text for text, _, _ in WITHIN])
def test_a_rule_fires_and_is_silent(text: str, fires: list[dict], silent: list[dict]) -> None:
    rows = table(form(rule(text)), *fires, *silent)
    assert lines(check(rows)) == list(range(2, len(fires) + 2))


def test_every_kind_is_tried_here() -> None:
    tried = {text.split("kind: ")[1].split(",")[0] for text, _, _ in WITHIN}
    own = {name for name in RULE_KINDS if (Path(__file__).parent / f"test_validate_{name}.py").is_file()}
    assert tried | own | {"unique", "exists"} == set(RULE_KINDS)


def test_unique_names_the_first_line_and_leaves_unread_keys_alone() -> None:
    of = form(key=("S", "N"))
    rows = table(
        of,
        {"S": "a", "N": 1}, {"S": "b", "N": 1}, {"S": "a", "N": 1.0}, {"S": "a", "N": 1},
        {"S": "a", "N": "??"}, {"S": "a", "N": "??"}, {"S": "b", "N": 2},
    )  # fmt: skip
    found = [finding for finding in check(rows) if finding.rule == "f.key.unique"]
    assert lines(found) == [4, 5]
    assert all("first on line 2" in finding.say and finding.field == "" for finding in found)
    assert len({finding.key for finding in found}) == 2


def test_unique_of_named_fields() -> None:
    rows = table(form(rule("{kind: unique, args: {fields: [T]}}")), {"T": "x"}, {"T": "y"}, {"T": "x"}, {}, {})
    assert lines(check(rows)) == [4]


ACROSS = [
    # rule on f, rows of g, rows of f that fire, that are silent
    (
        "{kind: exists, field: S, args: {form: g}}",
        [{"S": "a"}, {}],
        [{"S": "b"}],
        [{"S": "a"}, {}, {"S": "??"}],
    ),
    ("{kind: exists, field: S, args: {form: g, match: {T: W}}}", [{"W": "x"}], [{"T": "y"}], [{"T": "x"}, {}]),
    (
        "{kind: exists, field: S, args: {form: g, match: [S, N]}}",
        [{"S": "a", "N": 1}],
        [{"S": "a", "N": 2}],
        [{"S": "a", "N": 1}],
    ),
    ("{kind: exists, field: S, args: {form: g, must: false}}", [{"S": "a"}], [{"S": "a"}], [{"S": "b"}, {}]),
    (
        "{kind: exists, field: S, args: {form: g, on: {D: {op: on_or_after, field: E}}}}",
        [{"S": "a", "E": "2026-01-05"}, {"S": "a", "E": "2026-01-09"}, {"S": "b"}],
        [{"S": "a", "D": "2026-01-04"}, {"S": "c", "D": "2026-01-04"}],
        [{"S": "a", "D": "2026-01-05"}, {"S": "a"}, {"S": "b", "D": "2026-01-01"}],
    ),
    (
        "{kind: exists, field: S, args: {form: g, must: false, on: {D: {op: after, field: E}}}}",
        [{"S": "a", "E": "2026-01-05"}, {"S": "b"}],
        [{"S": "a", "D": "2026-01-06"}],
        [{"S": "a", "D": "2026-01-05"}, {"S": "a", "D": "2026-01-04"}, {"S": "b", "D": "2026-01-06"}],
    ),
    (
        "{kind: exists, field: S, args: {form: g, where: {T: y}}}",
        [{"S": "a", "T": "y"}, {"S": "b", "T": "n"}, {"S": "c"}],
        [{"S": "b"}],
        [{"S": "a"}, {"S": "c"}],
    ),
    (
        "{kind: compare, field: D, args: {op: on_or_after, form: g, field: E, pick: first}}",
        [{"S": "a", "E": "2026-01-05"}, {"S": "a", "E": "2026-01-03"}, {"S": "b"}],
        [{"S": "a", "D": "2026-01-02"}],
        [
            {"S": "a", "D": "2026-01-03"},
            {"S": "b", "D": "2020-01-01"},
            {"S": "c", "D": "2020-01-01"},
            {"S": "a"},
            {"S": "??", "D": "2020-01-01"},
        ],
    ),
    (
        "{kind: compare, field: D, args: {op: on_or_after, form: g, field: E, pick: last}}",
        [{"S": "a", "E": "2026-01-05"}, {"S": "a", "E": "2026-01-03"}],
        [{"S": "a", "D": "2026-01-04"}],
        [{"S": "a", "D": "2026-01-05"}],
    ),
    (
        "{kind: compare, field: N, args: {op: equal, form: g, field: M}}",
        [{"S": "a", "M": 1}, {"S": "a", "M": 2}, {"S": "b", "M": 1}, {"S": "b"}],
        [{"S": "a", "N": 1}, {"S": "b", "N": 2}],
        [{"S": "b", "N": 1}],
    ),
    (
        "{kind: compare, field: N, args: {op: equal, form: g, field: M, pick: any}}",
        [{"S": "a", "M": 1}, {"S": "a", "M": 2}, {"S": "b", "M": 1}, {"S": "b"}],
        [{"S": "a", "N": 3}],
        [{"S": "a", "N": 1}, {"S": "a", "N": 2}, {"S": "b", "N": 7}, {"S": "c", "N": 7}],
    ),
    (
        "{kind: compare, field: N, args: {op: equal, form: g, field: M, where: {T: y}}}",
        [{"S": "a", "M": 1, "T": "n"}, {"S": "a", "M": 2, "T": "y"}],
        [{"S": "a", "N": 1}],
        [{"S": "a", "N": 2}],
    ),
]


@pytest.mark.parametrize(("text", "other", "fires", "silent"), ACROSS, ids=[item[0] for item in ACROSS])
def test_a_rule_looks_at_another_form(text: str, other: list[dict], fires: list[dict], silent: list[dict]) -> None:
    f, g = form(rule(text)), form(name="g")
    rows, others = rows_of(table(f, *fires, *silent)), {"g": table(g, *other).frame}
    found = sorted(beside_others(rows, others, {"f": f, "g": g}))
    assert lines(found) == list(range(2, len(fires) + 2))
    assert check(table(f, *fires, *silent)) == []


def test_a_form_that_was_not_handed_in_is_unknown_an_empty_one_is_not() -> None:
    f, g = form(rule("{kind: exists, field: S, args: {form: g}}")), form(name="g")
    rows = rows_of(table(f, {"S": "a"}))
    assert beside_others(rows, {}, {"f": f, "g": g}) == []
    assert len(beside_others(rows, {"g": table(g).frame}, {"f": f, "g": g})) == 1


def test_compare_tells_the_value_it_was_compared_with() -> None:
    f = form(rule("{kind: compare, field: D, args: {op: on_or_after, form: g, field: E, pick: first}, say: too early}"))
    g = form(name="g")
    others = {"g": table(g, {"S": "a", "E": "2026-01-05"}, {"S": "a", "E": "2026-01-03"}).frame}
    (found,) = beside_others(rows_of(table(f, {"S": "a", "D": "2026-01-01"})), others, {"f": f, "g": g})
    assert found.say == "too early (G: Other day 2026-01-03)"


def test_implied_rules_and_their_replacement() -> None:
    fields = {
        "S": Field("S", "Subject", pattern="s.*"),
        "N": Field("N", "Number", "integer", required=True, min=1, max=3),
        "T": Field("T", "Text", codes={"a": "A"}),
    }
    own = Rule("f.N.range", "range", "N", severity="minor", say="odd number")
    of = Form("f", "F", "1", fields, ("S",), rules={own.id: own})
    assert list(rules_of(of)) == [
        "f.S.present",
        "f.S.pattern",
        "f.N.present",
        "f.N.range",
        "f.T.codes",
        "f.key.unique",
    ]
    (found,) = check(table(of, {"S": "s1", "N": 9}))
    assert (found.rule, found.severity, found.say) == ("f.N.range", "minor", "odd number")
    (missing, number) = check(table(of, {"N": None}))
    assert {missing.rule, number.rule} == {"f.S.present", "f.N.present"}
    assert {missing.severity, number.severity} == {"critical", "major"}


def test_args_that_break_at_run_time_are_the_rules_own_fault() -> None:
    of = form(rule("{kind: codes, field: N, args: {codes: [secret-code]}}"))
    with pytest.raises(AnalysisError) as caught:
        check(table(of, {"N": 1}))
    assert caught.value.exit_code == 4
    assert "rule 'r' could not run (ValueError)" in caught.value.text
    assert "secret" not in caught.value.text
    assert caught.value.place.startswith("f.yaml")


def test_a_condition_is_read_as_the_study_writes_it() -> None:
    made = condition(read_yaml("{T: [a], N: {at_least: 2}}", "x"))
    of = form()
    of = Form(**{**of.__dict__, "rules": {"r": Rule("r", "present", "M", when=made)}})
    assert lines(check(table(of, {"T": "a", "N": 2}, {"T": "a", "N": 1}, {"T": "b", "N": 2}))) == [2]
