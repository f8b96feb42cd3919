"""The examples of derivations: each gives the rows it says and loses the rows it says; the page shows them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.derivation_cases import Case, chapters, made, page, wanted
from tests.small_tables import dataset, run
from trialkit.derive import check_steps
from trialkit.derive.steps import STEPS
from trialkit.errors import AnalysisError

CASES = [case for cases in chapters().values() for case in cases]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "derivations.md"


def test_there_are_many_and_no_two_have_one_name() -> None:
    assert len({case.title for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_an_example_holds(case: Case) -> None:
    rows, lost = made(case)
    assert rows == wanted(case)
    assert lost == case.lost


@pytest.mark.skipif(not PAGE.parent.is_dir(), reason="documents are not part of the wheel")
def test_the_page_shows_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


MISTAKES = [
    ({"visit_window": {"into": "A", "number": "N", "day": "DY", "windows": []}}, "there is no window"),
    (
        {"visit_window": {"into": "A", "number": "N", "day": "DY", "windows": [
            {"visit": "X", "number": "1", "target": "5", "from": "1", "to": "8"},
            {"visit": "Y", "number": "2", "target": "9", "from": "8", "to": "9"}]}},
        "the windows of 'X' and 'Y' overlap",
    ),
    (
        {"visit_window": {"into": "A", "number": "N", "day": "DY", "windows": [
            {"visit": "X", "number": "1", "target": "9", "from": "1", "to": "8"}]}},
        "the target of 'X' lies outside its window",
    ),
    ({"choose": {"into": "A", "by": [], "order": {}}}, "no order says which record counts"),
    ({"impute_date": {"into": "A", "flag": "F", "of": "D", "whole": "true"}}, "needs 'toward'"),
    ({"impute_date": {"into": "A", "flag": "F", "of": "D", "toward": "T", "whole": "true", "most": "day"}},
     "only its day"),
    ({"sum": {"into": "A", "of": {}}}, "no column is added up"),
    ({"sum": {"into": "A", "of": {"V": "1"}, "divisor": "0"}}, "divided by 0"),
    ({"round": {"into": "A", "of": "V", "decimals": "-1"}}, "cannot be rounded to -1"),
    ({"first_filled": {"into": "A", "of": ["V"]}}, "nothing to choose from"),
    ({"band": {"into": "A", "column": "V", "cuts": ["5", "3"], "labels": ["a", "b", "c"]}}, "do not grow"),
    ({"band": {"into": "A", "column": "V", "cuts": ["3", "5"], "labels": ["a", "b"]}}, "2 cuts make 3 bands"),
    ({"area": {"into": "A", "value": "V", "time": "T", "needed": ["1"]}}, "needs two times or more"),
    ({"area": {"into": "A", "value": "V", "time": "T", "needed": ["1", "2"], "bridge": "-1"}}, "cannot be bridged"),
    ({"collapse": {"by": ["S"], "totals": [{"into": "A", "how": "sum"}]}}, "of which column"),
    ({"unpivot": {"names": "N", "values": "V", "columns": {}}}, "no column to make rows of"),
    ({"unpivot": {"names": "N", "values": "V", "columns": {"A": "x", "B": "x"}}}, "two columns have one name in N"),
    ({"grade": {"into": "G", "value": "V", "lower": "L", "upper": "H", "by": "T",
                "grades": [{"of": "ALT", "high": {"1": "one ULN"}}]}}, "no grade with a cut"),
    ({"in_force": {"columns": {"A": "A"}, "match": {}, "date": "D", "since": "D", "from": "a",
                   "between": {"AGE": ["A"]}}}, "'between' of AGE names 1 column"),
    ({"collapse": {"by": ["S"], "totals": [{"into": "A", "how": "first", "column": "V"}]}}, "in which order"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "said"), MISTAKES)
def test_a_step_that_cannot_work_is_told_without_rows(step: dict, said: str) -> None:
    from tests.small_tables import study

    (error,) = check_steps(study(dataset(step), a=["S"]))
    assert said in error.text


REFUSED = [
    ({"impute_date": {"into": "A", "flag": "F", "of": "D"}}, "S D\n1 soon", "is no date in the form"),
    ({"impute_date": {"into": "A", "flag": "F", "of": "D"}}, "S D\n1 2026-02-30x", "is no date in the form"),
    ({"impute_date": {"into": "A", "flag": "F", "of": "D", "toward": "T"}}, "S D T\n1 2026-02 x", "dates are needed"),
    ({"area": {"into": "A", "value": "V", "time": "T", "needed": ["1", "2"]}}, "S T V\n1 1 2\n1 1 3",
     "at one time: 1, 1"),
    ({"band": {"into": "A", "column": "V", "cuts": ["1"], "labels": ["a", "b"]}}, "S V\n1 x", "numbers are needed"),
    ({"flag": {"into": "A", "where": {"V": {"contains": "1"}}}}, "S V\n1 21", "'contains' looks into text"),
    ({"sum": {"into": "A", "of": {"V": "1"}}}, "S V\n1 x", "numbers are needed"),
    ({"round": {"into": "A", "of": "V"}}, "S V\n1 x", "numbers are needed"),
    ({"first_filled": {"into": "A", "of": ["V", "W"]}}, "S V W\n1 x 2", "cannot be compared"),
    ({"unpivot": {"names": "N", "values": "V", "columns": {"A": "a", "B": "b"}}}, "S A B\n1 1 x", "cannot be compared"),
    ({"recurrent": {"start": "A", "stop": "B", "event": "E", "from": "a", "time": "T", "until": "U"}}, "S T U\n1 7 5",
     "an event at 7 lies outside the time at risk, which goes to 5"),
    ({"recurrent": {"start": "A", "stop": "B", "event": "E", "from": "a", "time": "T", "until": "U"}},
     "S T U\n1 1 5\n1 2 5", "a subject stands twice"),
    ({"time_between": {"into": "H", "start": "A", "end": "B"}}, "S A B\n1 1 2", "A is not a date column"),
    ({"in_force": {"columns": {"U": "U"}, "match": {"T": "T"}, "date": "D", "since": "D", "from": "a"}},
     "S T D U\n1 ALT 2026-01-01 1\n2 ALT 2026-01-01 2", "two rows in force for ALT"),
    ({"convert": {"into": "C", "value": "V", "unit": "U", "form": "a", "field": "V"}}, "S V U\n1 1 g",
     "is no field with units"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "rows", "said"), REFUSED)
def test_rows_that_do_not_fit_a_step_are_refused(step: dict, rows: str, said: str) -> None:
    with pytest.raises(AnalysisError) as told:
        run({"a": rows}, dataset(step))
    assert said in told.value.text


def test_every_new_step_has_an_example() -> None:
    used = {name for case in CASES for step in case.do for name in step}
    assert {
        "visit_window",
        "choose",
        "impute_date",
        "emergent",
        "append",
        "collapse",
        "band",
        "quotient",
        "in_force",
        "grade",
        "time_between",
        "days_later",
        "across",
        "unpivot",
        "cross",
        "recurrent",
        "restricted",
        "area",
        "sum",
        "round",
        "first_filled",
    } <= used
    assert used <= STEPS.keys()
