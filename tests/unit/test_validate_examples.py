"""Examples judged together raise what each raises by itself: the road of the bench against that of an upload."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.validate_tables import study
from trialkit.intake import parse
from trialkit.model import Cells, Example, Form, Study, Table
from trialkit.spec.build import build
from trialkit.spec.text import read_yaml
from trialkit.validate import RULE_KINDS, check, check_rules
from trialkit.validate.bench import Bench
from trialkit.validate.collect import beside_others
from trialkit.validate.examples import _of
from trialkit.validate.kept import gone
from trialkit.validate.laid import Shelf
from trialkit.validate.plan import Plan
from trialkit.validate.rows import Rows, rows_of
from trialkit.validate.rules.match import pairs

PEOPLE = """
id: people
title: People
version: "1"
key: [S]
subject: S
site: Q
fields: {S: Subject, Q: Site, D: {label: Entry, type: date}, A: {label: Age, type: integer, min: 18}}
example: {S: s1, Q: "1", D: 2026-02-01, A: 40}
"""
VISITS = """
id: visits
title: Visits
version: "1"
mode: cumulative
key: [S, D]
subject: S
date: D
fields:
  S: {label: Subject, pattern: 's\\d'}
  D: {label: Day, type: date}
  N: {label: Number, type: integer, min: 0, max: 20}
  M: {label: Other, codes: ["0", "1"]}
  W: {label: Why}
example: {S: s1, D: 2026-02-03, N: 1, M: "1", W: x}
rules:
  cap:
    {kind: range, field: N, args: {max: {parameter: cap}}, examples: {fires: {row: {N: 11}, tables: {people: [{}]}},
    silent: {row: {N: 11}, tables: {people: [{Q: "9"}]}}}}
  late:
    {kind: range, field: D, args: {max: today}, examples: {fires: {row: {D: 2026-02-04}, as_of: 2026-02-03}, silent: {
    row: {D: 2026-02-04}, as_of: 2026-02-04}}}
  known:
    {kind: exists, field: S, args: {form: people}, examples: {fires: {row: {S: s2}, tables: {people: [{}]}}, silent: {
    row: {S: s2}, tables: {people: [{}, {S: s2}]}}}}
  entry:
    {kind: compare, field: D, args: {op: on_or_after, form: people, field: D}, examples: {fires: {row: {D: 2026-01-31},
    tables: {people: [{}]}}, silent: {tables: {people: [{}]}}}}
  once:
    {kind: unique, args: {fields: [W]}, examples: {fires: {rows: [{S: s2, N: 2}]}, silent: {rows: [{S: s2, N: 2, W: y}
    ]}}}
  first:
    {kind: exists, field: S, when: {M: "0"}, args: {form: visits, where: {M: "1"}}, examples: {fires: {row: {M: "0"}},
    silent: {row: {M: "0"}, rows: [{D: 2026-02-05, N: 2, W: y}]}}}
  same:
    {kind: previous, field: N, examples: {fires: {row: {N: 4}, before: [{N: 3}]}, silent: {row: {N: 3}, before: [{N: 3
    }]}}}
  wrong.type: {kind: present, field: W, examples: {fires: {row: {N: many, W: ""}}, silent: {row: {N: 21}}}}
  wrong.gone: {kind: present, field: M, examples: {fires: {before: [{}, {S: s2}]}, silent: {row: {S: t, M: "7"}}}}
  wrong.more: {kind: pattern, field: W, args: {pattern: "[xy]"}, examples: {fires: {row: {W: z, N: 21}}, silent: {}}}
  wrong.many: {kind: unique, args: {fields: [N]}, examples: {fires: {}, silent: {rows: [{D: 2026-02-04}, {S: s3}]}}}
"""


def made(visits: str = VISITS) -> Study:
    return study(*(build(Form, read_yaml(text, "f.yaml")) for text in (PEOPLE, visits)), roster="people")


def uploaded(form: Form, rows: tuple[dict[str, str], ...]) -> tuple[Table, set[str]]:
    """Rows laid over the clean row as a file of their own, and what reading it finds."""
    full = [form.example | row for row in rows]
    cells = pd.DataFrame({name: [row.get(name, "") for row in full] for name in form.fields}, dtype="object")
    table, found = parse(Cells("f.csv", "", "csv", cells, np.arange(2, len(full) + 2)), form)
    return table, {finding.rule for finding in found}


def by_itself(study: Study, form: Form, example: Example) -> set[str]:
    """What the example raises as a file that is handed in beside those of the other forms."""
    table, raised = uploaded(form, (example.row, *example.rows))
    others = {name: uploaded(study.forms[name], rows)[0].frame for name, rows in example.tables.items()}
    before = uploaded(form, example.before)[0].frame if example.before else None
    given, plan = {form.id: table.frame, **others}, Plan(study, example.as_of)
    found = [*check(table), *beside_others(rows_of(table), given, study.forms, plan, before)]
    if before is not None and form.mode == "cumulative":
        found += gone(table, before)
    return raised | {finding.rule for finding in found}


def differing(study: Study) -> list[str]:
    """The examples of a study that raise something else together than by themselves."""
    examples = {form.id: _of(form) for form in study.forms.values()}
    shelf, found = Shelf(study, examples), []
    for form in study.forms.values():
        verdicts = Bench(form, study, examples[form.id], shelf).verdicts()
        for example, together in zip(examples[form.id], verdicts, strict=True):
            alone = by_itself(study, form, example)
            found += [] if alone == together else [f"{form.id}, {example.place}: alone {alone}, together {together}"]
    return found


def test_together_as_by_themselves() -> None:
    assert differing(made()) == []


def test_examples_that_behave_and_those_that_do_not() -> None:
    told = [error.message for error in check_rules(made())]
    assert told == [
        "example 'fires' of rule 'wrong.type' must raise wrong.type; it raises visits.N.unread, wrong.type",
        "example 'silent' of rule 'wrong.type' must raise nothing; it raises visits.N.range",
        "example 'fires' of rule 'wrong.gone' must raise wrong.gone; it raises visits.records.kept",
        "example 'silent' of rule 'wrong.gone' must raise nothing; it raises visits.M.codes, visits.S.pattern",
        "example 'fires' of rule 'wrong.more' must raise wrong.more; it raises visits.N.range, wrong.more",
        "example 'fires' of rule 'wrong.many' must raise wrong.many; it raises nothing",
        "example 'silent' of rule 'wrong.many' must raise nothing; it raises once, wrong.many",
    ]


def test_an_unclean_example_row_is_told_of_every_rule() -> None:
    (told,) = check_rules(made(VISITS.replace("N: 1, M", "N: 21, M")))
    assert "the example row of form 'visits' is not clean: it raises visits.N.range" in told.message


def test_a_rule_that_cannot_run_is_told_of_the_examples_that_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for all examples together it stops, and then for each by itself."""
    whole = RULE_KINDS["range"].mask

    def mask(rows: Rows, *rest: Any) -> np.ndarray:
        if "N" in rows.frame and (rows.frame["N"] == 21).any():
            raise ZeroDivisionError
        return whole(rows, *rest)

    monkeypatch.setitem(RULE_KINDS, "range", replace(RULE_KINDS["range"], mask=mask))
    told = [error.message for error in check_rules(made()) if "could not run" in error.message]
    assert told == ["rule 'visits.N.range' could not run (ZeroDivisionError): no data were judged by it"] * 2
    assert len(check_rules(made())) == 7


def test_no_kind_that_hides_cells_looks_from_row_to_row() -> None:
    """So that what one example hides is never hidden from another."""
    assert [kind.name for kind in RULE_KINDS.values() if kind.single and kind.grouped] == []


@pytest.mark.parametrize("columns", [["text"], ["number"], ["day"], ["text", "number"], ["day", "text", "number"]])
def test_rows_are_matched_as_a_join_matches_them(columns: list[str]) -> None:
    """Pairs of filled and equal cells in the order of the rows, for tables small and large, empty ones too."""
    random = np.random.default_rng(7)

    def frame(count: int) -> pd.DataFrame:
        days = np.array(["2026-01-01", "2026-01-02", "NaT"], dtype="datetime64[ns]")
        texts = np.array(["a", "b", "c", None], dtype=object)
        return pd.DataFrame(
            {
                "text": pd.Series(random.choice(texts, count), dtype=object),
                "number": pd.Series(random.choice([1.0, 2.0, np.nan], count), dtype="float64"),
                "day": pd.Series(random.choice(days, count), dtype="datetime64[ns]"),
            }
        )

    for count, more in [(0, 0), (0, 9), (9, 0), (5, 4), (40, 30), (90, 5)]:
        left, right = frame(count), frame(more)
        both = left.assign(here=range(count)).dropna(subset=columns).merge(
            right.assign(there=range(more)).dropna(subset=columns)[[*columns, "there"]], on=columns
        )  # fmt: skip
        found = pairs(Rows(made().forms["visits"], left), right, {name: name for name in columns})
        assert list(zip(*found, strict=True)) == sorted(zip(both["here"], both["there"], strict=True))
