"""Presets that a report declares, and what they change: decimals, p-values, the order and the layout of tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.test_report_page import SNAPSHOT, frames, results_of, study_of, texts
from trialkit.model import AnalysisSpec, Display, ReportSpec, Study, tree_of
from trialkit.model.preset import Preset
from trialkit.report import check_report
from trialkit.report.numbers import p_value, statistic
from trialkit.report.page import compose
from trialkit.report.table import TableModel

OWN = Preset("own", percent=0, mean=1, sd=2, quantile=1, extreme=1, relative=False, p=3, mark=0.15, baseline_p=True)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0004, "<0.001*"), (0.0014, "0.001*"), (0.1499, "0.150*"), (0.15, "0.150"), (0.99, "0.990"), (0.991, ">0.99"),
     (None, "NE")],
)  # fmt: skip
def test_p_with_the_decimals_and_the_mark_of_a_preset(p: float | None, text: str) -> None:
    assert p_value(p, OWN) == text


def test_decimals_may_be_counted_from_none() -> None:
    def printed(preset: Preset) -> list[str]:
        return [statistic(stat, 12.345, preset, 1) for stat in ("mean", "sd", "median", "min")]

    assert printed(OWN) == ["12.3", "12.35", "12.3", "12.3"]
    assert printed(Preset("other")) == ["12.35", "12.345", "12.35", "12.3"]
    assert printed(Preset("third", extreme=1)) == ["12.35", "12.345", "12.35", "12.35"]


def spec(name: str, dataset: str, method: str, params: dict, **more: object) -> AnalysisSpec:
    return AnalysisSpec(name, name, dataset, "all", method, params=tree_of(params), **more)  # type: ignore[arg-type]


def with_tests() -> Study:
    """The made-up study with tests of what it counts."""
    study = study_of(3)
    added = [
        spec("age_test", "people", "k_samples", {"variable": "age", "tests": ["anova"]}),
        spec("sex_test", "people", "chi_square", {"variable": "sex", "versus": "all"}),
        spec("any_test", "events", "fisher", {}),
        spec("system_test", "events", "fisher", {}, by=("system",)),
        spec("term_test", "events", "fisher", {}, by=("system", "term")),
    ]
    return replace(study, analyses=study.analyses | {one.id: one for one in added})


def table(display: Display) -> TableModel:
    study = with_tests()
    wanted = {name: one for name, one in study.analyses.items() if name in display.analyses}
    study = replace(study, analyses=wanted)
    report = ReportSpec("r", "R", displays={display.id: display}, presets={"own": OWN})
    results = results_of(study, frames(3))
    rows = results.rows[results.rows["analysis"].isin(list(wanted))]
    (shown,) = compose(replace(results, rows=rows), study, report, SNAPSHOT, "trialkit x").shown
    return next(part for part in shown.parts if isinstance(part, TableModel))


def test_characteristics_one_statistic_a_line_with_their_tests() -> None:
    """Ages by hand: F = 8 / 54 on 2 and 21, p = (1 + 2 F / 21) ** -10.5 = 0.863."""
    names = ("ages", "sexes", "age_test", "sex_test")
    params = tree_of({"apart": "true", "n_first": ["sex"]})
    made = table(Display("d", "characteristics_table", "1", "T", names, preset="own", params=params))
    assert [line.stub for line in made.lines] == [
        "Age, years", "n", "Mean", "SD", "Median", "Min", "Max", "Sex", "n", "Female", "Male"
    ]  # fmt: skip
    assert made.heads[-1].label == "p"
    ages, sexes = made.lines[1], made.lines[8]
    assert [cell.full for cell in ages.cells] == ["8", "8", "8", "24", "0.863"]
    assert [cell.full for cell in sexes.cells][:-1] == ["8", "8", "8", "24"]
    assert [cell.full for line in made.lines for cell in line.cells[-1:] if cell.full] == [
        "0.863", sexes.cells[-1].full
    ]  # fmt: skip
    assert texts(made)["Min"][:-1] == ["20.0", "21.0", "22.0", "20.0"]


def test_no_p_where_nobody_in_the_two_arms_has_the_term() -> None:
    names = ("events", "any_test", "system_test", "term_test")
    params = tree_of({"order": "inner", "by": "A", "any_label": "Any"})
    made = table(Display("d", "incidence_table", "1", "T", names, preset="own", params=params))
    assert [line.stub for line in made.lines][:2] == ["Any", "Gut"]
    assert [line.stub for line in made.lines if line.indent == 0] == ["Any", "Gut", "Nerves"]
    p = {line.stub: [bool(cell.full) for cell in line.cells[6:]] for line in made.lines}
    assert (p["Apathy"], p["Zest"], p["Nausea"]) == ([False, True], [True, False], [True, True])


def test_the_order_of_the_terms() -> None:
    """In Gut one has Apathy (arm B) and one has Zest (arm A): by A it is Zest, by B Apathy that comes first."""

    def order(**params: str) -> list[str]:
        made = table(Display("d", "incidence_table", "1", "T", ("events",), params=tree_of(params)))
        return [line.stub for line in made.lines if line.stub in ("Apathy", "Zest", "Gut", "Nerves")]

    assert order() == ["Gut", "Apathy", "Zest", "Nerves"]
    assert order(order="inner", by="A") == ["Gut", "Zest", "Apathy", "Nerves"]
    assert order(order="inner", by="B") == ["Gut", "Apathy", "Zest", "Nerves"]


MISTAKES = [
    ({"own": replace(OWN, p=0)}, "own", ("ages",), "has 0 decimals for p"),
    ({"own": replace(OWN, mean=-1)}, "own", ("ages",), "has -1 decimals for mean"),
    ({"own": replace(OWN, mark=2.0)}, "own", ("ages",), "marks p-values below 2"),
    ({"csr": OWN}, "csr", ("ages",), "is one that every study has"),
    ({"own": OWN}, "owm", ("ages",), "there is no preset 'owm'"),
    ({"own": replace(OWN, baseline_p=False)}, "own", ("ages", "age_test"), "shows the test 'age_test'"),
    ({}, "", ("ages", "age_test"), "shows the test 'age_test'"),
]


@pytest.mark.parametrize(("presets", "named", "analyses", "said"), MISTAKES)
def test_mistakes(presets: dict[str, Preset], named: str, analyses: tuple[str, ...], said: str) -> None:
    display = Display("d", "characteristics_table", "1", "T", analyses, preset=named)
    report = ReportSpec("r", "R", displays={"d": display}, presets=presets)
    (error,) = check_report(replace(with_tests(), reports={"r": report}))
    assert said in error.message


def test_a_preset_that_admits_them_shows_tests_at_baseline() -> None:
    display = Display("d", "characteristics_table", "1", "T", ("ages", "age_test"), preset="own")
    report = ReportSpec("r", "R", displays={"d": display}, presets={"own": OWN})
    assert check_report(replace(with_tests(), reports={"r": report})) == []
