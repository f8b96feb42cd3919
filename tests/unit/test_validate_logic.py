"""No cascades, one finding per wrong cell, identity that lasts, and agreement with the pandera schema."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialkit.errors import AnalysisError
from trialkit.model import Condition, Field, Form, Rule, Table, Test, tree_of
from trialkit.validate import check, schema

ITEMS = {f"I{n}": Field(f"I{n}", f"Item {n}", "integer", codes={"0": "", "1": "", "4": ""}) for n in range(1, 4)}
FORM = Form(
    "scale",
    "Scale",
    "1",
    {
        "S": Field("S", "Subject", pattern=r"s\d+"),
        "V": Field("V", "Visit", codes={"day 1": "", "day 2": ""}),
        "Q": Field("Q", "Site"),
        **ITEMS,
        "T": Field("T", "Total", "integer", min=0, max=12),
        "D": Field("D", "Day", "date", required=True),
    },
    ("S", "V"),
    subject="S",
    visit="V",
    site="Q",
    rules={
        "scale.sum": Rule(
            "scale.sum", "computed", "T", tree_of({"formula": "sum", "of": list(ITEMS)}), why="it matters"
        ),
        "scale.when": Rule(
            "scale.when", "present", "T", when=Condition((Test("I1", "at_least", ("1",)),)), severity="minor"
        ),
    },
)


def table(rows: list[dict], form: Form = FORM, file: str = "scale.csv", start: int = 2) -> Table:
    """Rows over a clean one; the cell "??" could not be read."""
    clean = {"S": "s1", "V": "day 1", "Q": "07", "I1": 1.0, "I2": 0.0, "I3": 4.0, "T": 5.0, "D": "2026-02-03"}
    full = [{name: (clean | row).get(name) for name in form.fields} for row in rows]
    unread = {name: np.array([row[name] == "??" for row in full]) for name in form.fields}
    columns = {}
    for name, field in form.fields.items():
        cells = pd.Series([None if row[name] == "??" else row[name] for row in full], dtype="object")
        columns[name] = (
            pd.to_datetime(cells).astype("datetime64[ns]") if field.type == "date"
            else cells.astype("float64") if field.type == "integer" else cells
        )  # fmt: skip
    raw = pd.DataFrame([{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in full])
    return Table(form, pd.DataFrame(columns), np.arange(start, start + len(full)), file, "0", unread=unread, raw=raw)


def told(rows: list[dict], form: Form = FORM) -> list[tuple[int, str]]:
    return sorted((finding.line, finding.rule) for finding in check(table(rows, form)))


def test_a_clean_row_is_clean() -> None:
    assert told([{}]) == []


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ({"I2": 3.0}, ["scale.I2.codes"]),  # the sum reads a cell already found wrong: silent
        ({"I2": "??"}, []),  # intake has told of it; the sum is unknown
        ({"I2": None}, []),  # a missing part
        ({"T": 99.0}, ["scale.T.range"]),  # out of range, not also a wrong sum
        ({"T": 6.0}, ["scale.sum"]),
        ({"T": None}, ["scale.when"]),
        ({"T": "??"}, []),
        ({"T": None, "I1": 0.0}, []),  # the condition does not hold
        ({"T": None, "I1": None}, []),  # ... is unknown
        ({"T": None, "I1": "??"}, []),
        ({"T": None, "I1": 9.0}, ["scale.I1.codes"]),  # ... stands on a cell that is wrong itself
        ({"D": None}, ["scale.D.present"]),
        ({"D": "??"}, []),
        ({"S": "x", "T": 6.0}, ["scale.S.pattern", "scale.sum"]),  # two cells, two findings
    ],
)
def test_one_finding_per_wrong_cell_and_no_cascade(row: dict, rules: list[str]) -> None:
    assert told([row]) == [(2, rule) for rule in rules]


def test_of_two_rules_on_one_cell_the_first_is_told_and_a_listing_hides_nothing() -> None:
    flag = Rule("scale.flag", "range", "T", tree_of({"max": 4}), finding_class="listing")
    later = Rule("scale.later", "range", "T", tree_of({"max": 10}))
    form = replace(FORM, rules=FORM.rules | {"scale.flag": flag, "scale.later": later})
    assert told([{"T": 99.0}], form) == [(2, "scale.T.range")]
    assert told([{"T": 11.0}], form) == [(2, "scale.later")]
    assert told([{"T": 6.0}], form) == [(2, "scale.flag"), (2, "scale.sum")]


def test_duplicates_are_not_told_of_keys_that_are_wrong_themselves() -> None:
    assert told([{"V": "day 9"}, {"V": "day 9"}]) == [(2, "scale.V.codes"), (3, "scale.V.codes")]
    assert told([{}, {"I1": 4.0, "T": 8.0}]) == [(3, "scale.key.unique")]


def test_a_field_the_file_lacks_is_unknown() -> None:
    whole = table([{}, {"T": 6.0, "V": "day 2"}])
    assert check(replace(whole, frame=whole.frame.drop(columns=["I2", "D"]), raw=None)) == []


def test_place_words_and_value() -> None:
    (found,) = check(table([{}, {"S": "s2", "T": 6.0}]))
    assert (found.form, found.file, found.line, found.numbering, found.field) == ("scale", "scale.csv", 3, "line", "T")
    assert (found.subject, found.site, found.visit, found.value) == ("s2", "07", "day 1", "6.0")
    assert found.say == "Total 6.0 is not the sum of Item 1, Item 2 and Item 3 (expected 5)"
    assert found.why == "it matters"
    assert found.fix


def test_native_values_are_told_without_point_zero_and_dates_as_iso() -> None:
    form = replace(FORM, rules={"d": Rule("d", "range", "D", tree_of({"min": "2026-03-01"}))})
    native = replace(table([{"T": 13.0}], form), raw=None, numbering="record")
    day, total = check(native)
    assert (day.value, total.value, total.numbering) == ("2026-02-03", "13", "record")
    assert total.say == "Total 13 is outside 0 to 12"
    assert "2026-02-03" in day.say


def test_a_value_that_may_identify_is_never_told() -> None:
    fields = {
        **FORM.fields,
        "S": replace(FORM.fields["S"], identifying=True),
        "V": replace(FORM.fields["V"], identifying=True),
        "I1": replace(FORM.fields["I1"], identifying=True),
    }
    found = check(table([{"S": "John Roe", "V": "Johnny"}, {"T": 6.0}, {}, {}], replace(FORM, fields=fields)))
    assert {f.rule for f in found} == {"scale.S.pattern", "scale.V.codes", "scale.sum", "scale.key.unique"}
    words = repr(found)
    assert "John" not in words
    assert "expected" not in words
    assert "s1" not in words


def test_a_wrong_code_is_told_with_the_nearest_one() -> None:
    (found,) = check(table([{"V": "Day 1"}]))
    assert found.say == "Visit 'Day 1' is not an allowed value; allowed: day 1, day 2"
    assert found.fix.startswith("Did you mean 'day 1'?")


WRONG = [{"S": "s1", "T": 6.0}, {"S": "s2", "I1": 9.0}, {"S": "s3"}, {"S": "s4", "D": None}]


def keys(given: Table) -> dict[str, str]:
    return {f"{finding.rule} {finding.subject}": finding.key for finding in check(given)}


def test_a_query_keeps_its_key_over_row_order_lines_file_and_notation() -> None:
    first = keys(table(WRONG))
    assert len(first) == len(set(first.values())) == 3
    assert keys(table(WRONG[::-1], file="again.csv", start=40)) == first
    assert keys(replace(table(WRONG), raw=None)) == first
    assert keys(table([row | {"Q": "08"} for row in WRONG])) == first


def test_the_key_tells_records_fields_and_rules_apart() -> None:
    found = check(table([{"T": 6.0}, {"V": "day 2", "T": 6.0}, {"S": "s2", "T": 6.0, "D": None}]))
    assert len({finding.key for finding in found}) == len(found) == 4


def test_duplicates_have_keys_of_their_own() -> None:
    found = check(table([{"T": 6.0}, {"T": 6.0}, {"T": 6.0}]))
    assert len(found) == 5
    assert len({finding.key for finding in found}) == 5


def test_findings_come_in_order() -> None:
    found = check(table(WRONG * 2))
    assert found == sorted(found)
    assert [f.line for f in found] == sorted(f.line for f in found)


# ---- the schema


def failing(frame: pd.DataFrame, form: Form = FORM) -> set[tuple[str, int]]:
    """(rule, row) of a lazy pandera validation."""
    try:
        schema(form).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        assert cases["index"].notna().all(), cases
        return {(str(rule), int(row)) for rule, row in zip(cases["check"], cases["index"], strict=True)}
    return set()


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "S": st.sampled_from(["s1", "s2", "x", None]),
        "V": st.sampled_from(["day 1", "day 2", "day 3", None]),
        "I1": st.sampled_from([0.0, 1.0, 4.0, 7.0, None]),
        "I2": st.sampled_from([0.0, 1.0, None]),
        "T": st.sampled_from([0.0, 5.0, 6.0, -1.0, 13.0, None]),
        "D": st.sampled_from(["2026-02-03", None]),
    },
)


# pandera gathers failure cases by concatenating empty frames, which pandas warns of; not ours to mend
@pytest.mark.filterwarnings("ignore:The behavior of DataFrame concatenation:FutureWarning")
@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6))
def test_the_schema_finds_the_same_rows_as_check(rows: list[dict]) -> None:
    made = table(rows)
    found = check(made)
    by_schema = failing(made.frame)
    by_check = {(finding.rule, finding.line - 2) for finding in found}
    assert by_check <= by_schema
    # what only the schema tells are cells, or relations of cells, that check has already told of
    assert {row for _, row in by_schema} == {row for _, row in by_check}
    single = ("present", "codes", "range", "pattern")
    alone = {case for case in by_schema if case[0].endswith(single)}
    assert alone == {case for case in by_check if case[0].endswith(single)}


def test_the_schema_is_strict_and_does_not_coerce() -> None:
    frame = table([{}]).frame
    with pytest.raises(pandera.errors.SchemaErrors):
        schema(FORM).validate(frame.assign(extra=1), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors):
        schema(FORM).validate(frame.drop(columns="T"), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors):
        schema(FORM).validate(frame.assign(T=frame["T"].astype(str)), lazy=True)
    pd.testing.assert_frame_equal(schema(FORM).validate(frame.assign(T=5), lazy=True), frame.assign(T=5))


def test_the_schema_takes_any_index() -> None:
    frame = table([{}, {"S": "s2", "T": 6.0}, {"S": "s3"}]).frame.set_axis([7, 30, 2])
    assert failing(frame) == {("scale.sum", 30)}


def test_the_checks_of_the_schema_are_what_check_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from trialkit.validate import masks

    def broken(form: Form) -> pa.DataFrameSchema:
        made = schema(form)
        made.checks[0]._check_fn = lambda frame: "perhaps"
        return made

    monkeypatch.setattr(masks, "schema", broken)
    with pytest.raises(AnalysisError, match="could not run") as caught:
        check(table([{}]))
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("value", ["False", "false", "0"])
def test_no_validation_while_pandera_is_switched_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", value)
    with pytest.raises(AnalysisError, match="PANDERA_VALIDATION_ENABLED"):
        check(table([{}]))


def test_no_validation_inside_a_context_that_switches_it_off() -> None:
    from pandera.config import config_context

    with config_context(validation_enabled=False), pytest.raises(AnalysisError):
        check(table([{}]))


def test_an_empty_table_is_clean() -> None:
    one = table([{}])
    assert check(replace(one, frame=one.frame[:0], rows=one.rows[:0], raw=None, unread={})) == []


def test_a_hundred_thousand_rows_are_quick() -> None:
    count = 100_000
    frame = table([{}]).frame.loc[[0] * count].reset_index(drop=True)
    frame["S"] = [f"s{n}" for n in range(count)]
    frame.loc[::100, "T"] = 6.0
    big = Table(FORM, frame, np.arange(2, count + 2), "scale.csv", "0")
    check(table([{}]))
    start = time.process_time()
    found = check(big)
    assert len(found) == 1000
    assert time.process_time() - start < 2.0  # about 0.1 s on one idle core
