"""From an analysis file to its rows: what falls away is in the ledger, what does not fit is refused with a place."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.small_tables import table
from trialkit.analyze import analyze, check_analyses
from trialkit.analyze.check import COLUMN_PARAMS
from trialkit.analyze.prepare import Shared, with_arm
from trialkit.derive.run import Derived, Ledger
from trialkit.errors import AnalysisError
from trialkit.methods import METHODS
from trialkit.model import AnalysisSpec, Arm, Dataset, Population, Protocol, Results, Study, StudyHeader, tree_of
from trialkit.model.analysis import Step
from trialkit.model.study import Approval
from trialkit.spec.build import build
from trialkit.spec.text import read_yaml

PEOPLE = """
S  A  N
1  P  4
2  Q  5
3  Q  6
"""
VISITS = """
S  V       W  X  Y  Z
1  week_1  a  1  1  1
1  week_2  .  1  1  2
2  .       a  1  1  3
2  week_2  b  1  1  4
3  .       .  1  1  5
3  week_1  b  1  1  6
9  .       a  1  1  7
"""
ANALYSIS = """
id: x
title: X
dataset: visits
population: all
"""


def study(analysis: str, population: str = "{id: all, label: Everybody, dataset: people, arm: A}") -> Study:
    approval = Approval("b", "r", date(2026, 1, 1))
    protocol = Protocol("1", "t", approval, {"P": Arm("P", "P", True), "Q": Arm("Q", "Q")}, {})
    spec = build(AnalysisSpec, read_yaml(ANALYSIS + analysis, "x.yaml"))
    empty: dict[str, Any] = {}
    return Study(
        Path(), StudyHeader("x", "X"), {"1": protocol}, empty,
        {name: Dataset(name, name, name, "S", ("S",)) for name in ("people", "visits")}, empty,
        {"all": build(Population, read_yaml(population, "populations.yaml"))}, {"x": spec}, empty, empty, "",
    )  # fmt: skip


def run(made: Study) -> Results:
    frames = {"people": table(PEOPLE), "visits": table(VISITS)}
    for at, frame in enumerate(frames.values()):
        frame["_src"] = range(100 * at, 100 * at + len(frame))
    return analyze(made, Derived(frames, Ledger().frame(), {}), frames["people"], "s", "t")


def test_rows_without_a_level_are_in_the_ledger() -> None:
    """Each row is lost once, by the first level it lacks; subject 9 is lost before, with the population."""
    made = run(study("method: summary\nby: [V, W]\nparams: {variables: Z}"))
    ledger = made.ledger
    assert ledger["step"].tolist() == ["population Everybody", "by V, W", "by V, W"]
    assert ledger["reason"].tolist() == ["subject not in population Everybody", "no value in V", "no value in W"]
    assert [made.sets[i].sources for i in ledger["set_id"]] == [(106,), (102, 104), (101,)]
    totals = ledger.groupby("order").agg(i=("rows_in", "first"), o=("rows_out", "first"), lost=("lost", "sum"))
    assert totals.to_numpy().tolist() == [[7, 6, 1], [6, 3, 3]]
    counted = made.rows[(made.rows["stat"] == "n") & (made.rows["value"] > 0)]
    assert sorted(source for i in counted["set_id"] for source in made.sets[i].sources) == [100, 103, 105]


def test_the_arm_is_not_written_into_the_data_set() -> None:
    """A column of the arm's name in the analyzed rows gives way to the population's arm, in the analysis alone."""
    own, people = table("S A Z\n2 x 1\n1 y 2\n2 z 3"), table(PEOPLE)
    made = with_arm(own, "S", people, "S", "A")
    assert made["A"].tolist() == ["Q", "P", "Q"] and made["Z"].tolist() == [1, 2, 3]
    assert own["A"].tolist() == ["x", "y", "z"]


def test_an_analysis_by_nothing_has_no_such_step() -> None:
    made = run(study("method: summary\nparams: {variables: Z}"))
    assert made.ledger["step"].tolist() == ["population Everybody"]


def test_more_groups_than_a_result_row_has_places_for() -> None:
    four = study("method: incidence\nby: [V, W]\nparams: {within: [X, Y]}")
    assert check_analyses(four) == []
    assert (run(four).rows["group4"] == "Y").any()
    five = study("method: incidence\nby: [V, W]\nparams: {within: [X, Y, Z]}")
    (found,) = check_analyses(five)
    words = "analysis 'x' groups its numbers by 5 columns; a result row has places for 4"
    assert words in found.text
    assert found.place.startswith("x.yaml:")
    with pytest.raises(AnalysisError, match=words):
        run(five)


@pytest.mark.parametrize(
    ("analysis", "population", "place"),
    [
        ("where: {Z: {above: abc}}\n", "{id: all, label: E, dataset: people, arm: A}", "x.yaml:6"),
        ("", "{id: all, label: E, dataset: people, arm: A, where: {N: abc}}", "populations.yaml:1"),
    ],
)
def test_a_condition_that_does_not_fit_its_column(analysis: str, population: str, place: str) -> None:
    made = study(analysis + "method: summary\nparams: {variables: Z}", population)
    with pytest.raises(AnalysisError, match="has the value 'abc', which is not a number") as raised:
        run(made)
    assert raised.value.place == place


def test_an_analysis_that_fits_is_not_found() -> None:
    made = study("method: summary\nparams: {variables: Z}")
    assert check_analyses(made) == []
    wrong = replace(made.analyses["x"], params=read_yaml("{variable: Z}", "x.yaml"))
    (found,) = check_analyses(replace(made, analyses={"x": wrong}))
    assert "Did you mean 'variables'?" in found.text


@pytest.mark.parametrize(("named", "wrong"), [("event: C", True), ("censor: C", False), ("event: X", False)])
def test_a_censoring_indicator_is_not_taken_for_an_event(named: str, wrong: bool) -> None:
    """0 is an event in the column that ``time_to_event`` makes; named as an event it would turn the data around."""
    made = study(f"method: kaplan_meier\nparams: {{time: T, {named}}}")
    step = Step("time_to_event", tree_of({"time": "T", "censor": "C", "date": "D", "start": "V"}))
    visits = replace(made.datasets["visits"], steps=(step,))
    found = check_analyses(replace(made, datasets={**made.datasets, "visits": visits}))
    assert len(found) == wrong
    for error in found:
        assert "'C' is a censoring indicator (0 = event), not an event indicator" in error.text
        assert "'censor'" in error.text and error.place.startswith("x.yaml:")


OTHER_WORDS = ("levels", "any_label", "crossed", "dose", "visits", "averages", "delta_arms", "cause", "distribution")
"""Parameters of methods that hold words and no column of their own."""


@pytest.mark.parametrize("name", METHODS)
def test_a_parameter_that_may_name_a_column_is_known(name: str) -> None:
    """A method is given the columns its parameters name: one that is not known would not be there."""
    worded = [at.name for at in fields(METHODS[name].params) if "str" in str(at.type) and "Literal" not in str(at.type)]
    assert set(worded) <= {*COLUMN_PARAMS, *OTHER_WORDS}


def test_analyses_that_choose_the_same_rows_share_them_and_each_has_its_ledger() -> None:
    made = study("method: summary\nby: [V]\nparams: {variables: Z}")
    one = made.analyses["x"]
    specs = [one, replace(one, id="y", method="counts"), replace(one, id="z", by=())]
    frames = {name: frame.assign(_src=range(len(frame))) for name, frame in
              {"people": table(PEOPLE), "visits": table(VISITS)}.items()}  # fmt: skip
    ledger, shared = Ledger(), Shared(specs)
    first, second, other = (shared.prepared(made, spec, frames, ledger) for spec in specs)
    assert first is second and other is not first
    steps = {name: [row["step"] for row in ledger.rows if row["of"] == f"analysis {name}"] for name in "xyz"}
    assert steps == {"x": ["population Everybody", "by V"], "y": steps["x"], "z": ["population Everybody"]}
    again = shared.prepared(made, one, frames, Ledger())
    assert again is not first
    assert again.frame.equals(first.frame)
