"""The protocol in force beside the rows: through across, over time, and not in what a form alone can tell."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.validate_tables import agrees, drawn, form, judged, study, table
from trialkit.model import Table
from trialkit.validate import across, check, check_rules, schema
from trialkit.validate.schema import checks_of

CAP = "r: {kind: range, field: N, args: {max: {parameter: cap}}}"
DOSES = form("f", CAP, key=("K",), site="")
PEOPLE = form("g", key=("S",))
STUDY = study(DOSES, PEOPLE, roster="g")
DOSE = "K | S | D | N\n1 | a | 2026-03-05 | 8\n2 | b | 2026-03-05 | 8\n3 | a | 2026-02-05 | 8"


def accepted(given: Table) -> pd.DataFrame:
    """As the store hands rows out."""
    return given.frame.assign(_row=given.rows, _unread="", _file=given.file)


def test_a_submission_is_judged_by_the_version_of_the_roster_site() -> None:
    doses, people = table(DOSES, drawn(DOSE)), table(PEOPLE, drawn("S | Q\na | 1\nb | 2"))
    current = {"f": accepted(doses), "g": accepted(people)}
    (found,) = across({"f": doses}, current, {}, STUDY)
    assert (found.rule, found.line, found.subject) == ("r", 2, "a")
    assert across({"f": doses}, {"f": accepted(doses)}, {}, STUDY) == []


def test_a_corrected_site_makes_accepted_rows_wrong() -> None:
    doses = table(DOSES, drawn(DOSE))
    old, new = table(PEOPLE, drawn("S | Q\na | 1\nb | 2")), table(PEOPLE, drawn("S | Q\na | 1\nb | 1"))
    previous = {"f": accepted(doses), "g": accepted(old)}
    (found,) = across({"g": new}, previous | {"g": accepted(new)}, previous, STUDY)
    assert (found.rule, found.form, found.line, found.subject) == ("r", "f", 3, "b")


def test_a_form_alone_does_not_answer_for_the_protocol() -> None:
    assert check(table(DOSES, drawn(DOSE))) == []
    assert "r" not in checks_of(schema(DOSES))
    fixed = form("f", CAP.replace("{parameter: cap}", "6"))
    assert "r" in checks_of(schema(fixed))
    assert len(check(table(fixed, drawn(DOSE)))) == 3


def test_a_rule_from_row_to_row_is_in_the_schema() -> None:
    of = form("f", "r: {kind: gap, field: D, args: {min: 2, unit: days}}")
    made = checks_of(schema(of))["r"]
    frame = table(of, drawn("S | D\na | 2026-02-02\nb | 2026-02-02\na | 2026-02-03")).frame
    assert made(frame[["D", "S"]]).check_output.tolist() == [True, True, False]


def test_the_day_the_data_are_judged_as_of() -> None:
    of = form("f", "r: {kind: clock, field: E, args: {from: D, max: 15, unit: days, due: true}}", key=("K",))
    given = table(of, drawn("K | S | D | E\n1 | a | 2026-02-01 |\n2 | a | 2026-02-02 |"))
    found = across({"f": given}, {"f": given.frame}, {}, study(of), as_of=date(2026, 2, 17))
    assert [finding.line for finding in found] == [2]
    assert across({"f": given}, {"f": given.frame}, {}, study(of)) == []


def test_the_last_day_before_a_new_version_and_its_first() -> None:
    agrees(
        "{kind: range, field: N, args: {max: {parameter: cap}}}",
        """
        S | Q | D          | N | wrong
        a | 1 | 2026-02-28 | 7 |
        a | 1 | 2026-03-01 | 7 | x
        a | 2 | 2026-01-31 | 99 |
        a | 2 | 2026-02-01 | 11 | x
        """,
    )


def test_the_key_of_a_finding_outlives_the_order_of_the_rows() -> None:
    of = form("f", "r: {kind: rolling, field: N, args: {at: H, max: 10}}", key=("K",))
    rows = drawn(
        "K | S | H | N\n1 | a | 2026-02-10T08:00 | 6\n2 | b | 2026-02-10T08:00 | 6\n"
        "3 | a | 2026-02-10T09:00 | 6\n4 | b | 2026-02-10T09:00 | 6"
    )
    keys = [sorted(f.key for f in check(table(of, order)) if f.rule == "r") for order in (rows, rows[::-1])]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2


@pytest.mark.parametrize(
    "rule",
    [
        "{{kind: range, field: {0}, args: {{max: today}}}}",
        "{{kind: compare, field: {0}, args: {{op: at_most, value: today}}}}",
    ],
)
@pytest.mark.parametrize(("field", "late"), [("D", "2026-03-02"), ("H", "2026-03-02T00:00:00"), ("P", "2026-04")])
def test_no_day_after_the_one_the_data_are_judged_as_of(rule: str, field: str, late: str) -> None:
    last = "2026-03-01T23:59:59" if field == "H" else "2026-03-01"
    text = f"S | {field} | wrong\na | {last} |\na | {late} | x\na | |"
    found = agrees(rule.format(field), text, as_of=date(2026, 3, 1))
    ends = ("is after the day the data were checked (checked on 2026-03-01)", "(the day of the check is 2026-03-01)")
    assert found[0].say.endswith(ends)
    agrees(rule.format(field), text.replace("x", ""))  # without a day it is unknown


def test_today_is_a_day_and_no_number() -> None:
    for rule in (
        "{kind: range, field: N, args: {max: today}}",
        "{kind: compare, field: T, args: {op: equal, value: today}}",
    ):
        with pytest.raises(AssertionError):
            judged(rule, drawn("S | N | T\na | 1 | x"))


def test_an_example_names_its_day() -> None:
    rule = """r:
  kind: range
  field: D
  args: {max: today}
  examples:
    fires: {as_of: 2026-03-01, row: {D: 2026-03-02}}
    silent: {as_of: 2026-03-01, row: {D: 2026-03-01}}
"""
    assert check_rules(study(form("f", rule, example={"K": "1", "S": "a", "Q": "1", "D": "2026-01-01"}))) == []
    unnamed = rule.replace("fires: {as_of: 2026-03-01, ", "fires: {")
    (error,) = check_rules(study(form("f", unnamed, example={"K": "1", "S": "a", "Q": "1", "D": "2026-01-01"})))
    assert "must raise r; it raises nothing" in error.message
