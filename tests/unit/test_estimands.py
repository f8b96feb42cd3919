"""Strategies for intercurrent events: which rows of an analysis they keep, lose or change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.small_tables import dataset, shown, table
from trialkit.analyze import check_analyses
from trialkit.analyze.prepare import Prepared, prepare
from trialkit.derive.run import Ledger
from trialkit.errors import AnalysisError
from trialkit.model import AnalysisSpec, Arm, Dataset, Estimand, Population, Protocol, Study, StudyHeader, tree_of
from trialkit.model.analysis import Events, Strategy
from trialkit.model.study import Approval
from trialkit.spec import build
from trialkit.spec.references import problems

PEOPLE = "S A\n1 P\n2 Q\n3 Q"
VISITS = """
S D          V  R
1 2026-02-01 10 Y
1 2026-02-02 9  Y
1 2026-02-03 8  Y
2 2026-02-01 12 N
2 .          11 Y
3 .          7  Y
"""
EVENTS = """
S E      WHEN
1 rescue 2026-02-02
1 rescue 2026-02-03
2 rescue 2026-02-09
1 left   2026-02-01
"""


def study(same_day: str = "before", **strategies: str) -> Study:
    protocol = Protocol(
        "1", "t", Approval("b", "r", date(2026, 1, 1)), {"P": Arm("P", "P", True), "Q": Arm("Q", "Q")}, {}
    )
    spec = {"id": "x", "title": "X", "dataset": "visits", "population": "all", "method": "counts", "estimand": "e",
            "date": "D"}  # fmt: skip
    events = Events("events", "E", "WHEN", same_day)  # type: ignore[arg-type]
    estimand = Estimand("e", "E", "p", "t", "v", "s", strategies, events)  # type: ignore[arg-type]
    empty: dict[str, Any] = {}
    return Study(
        Path(), StudyHeader("x", "X"), {"1": protocol}, empty,
        {name: Dataset(name, name, name, "S", ("S",)) for name in ("people", "visits", "events")}, {"e": estimand},
        {"all": build(Population, tree_of({"id": "all", "label": "All", "dataset": "people", "arm": "A"}))},
        {"x": build(AnalysisSpec, tree_of(spec))}, empty, empty, "",
    )  # fmt: skip


def prepared(made: Study, **changes: Any) -> tuple[Prepared, pd.DataFrame]:
    frames = {"people": table(PEOPLE), "visits": table(VISITS), "events": table(EVENTS)}
    for frame in frames.values():
        frame["_src"] = range(len(frame))
    ledger = Ledger()
    done = prepare(made, replace(made.analyses["x"], **changes), frames, ledger)
    return done, ledger.frame()


def rows(made: Study, **changes: Any) -> list[str]:
    return shown(prepared(made, **changes)[0].frame, "S", "V").splitlines()


ALL = ["1 10", "1 9", "1 8", "2 12", "2 11", "3 7"]


def test_treatment_policy_keeps_all() -> None:
    assert rows(study(rescue="treatment policy")) == ALL


@pytest.mark.parametrize("strategy", ["hypothetical", "while on treatment"])
def test_what_came_after_the_first_event_is_lost_and_so_is_a_row_without_a_date(strategy: Strategy) -> None:
    """The row of subject 3 without a date stays: there is no event it could lie after."""
    done, ledger = prepared(study(rescue=strategy))
    assert shown(done.frame, "S", "V").splitlines() == ["1 10", "1 9", "2 12", "3 7"]
    told = ledger[ledger["lost"] > 0]
    assert told[["order", "step", "lost"]].to_numpy().tolist() == [[3, f"rescue: {strategy}", 1]] * 2
    assert told["reason"].tolist() == [
        f"after rescue, which the estimand handles as {strategy}", "no date to put it before or after rescue",
    ]  # fmt: skip


def test_the_day_of_the_event_itself_may_count_as_after() -> None:
    assert rows(study("after", rescue="hypothetical")) == ["1 10", "2 12", "3 7"]


def test_two_events_are_two_steps_in_their_order() -> None:
    _, ledger = prepared(study(rescue="hypothetical", left="hypothetical"), by=("R",))
    assert ledger[["order", "step"]].drop_duplicates().to_numpy().tolist() == [
        [2, "population All"], [3, "rescue: hypothetical"], [4, "left: hypothetical"], [5, "by R"],
    ]  # fmt: skip


def test_a_composite_keeps_the_rows_and_counts_them_as_failures() -> None:
    done, _ = prepared(study(rescue="composite"), failure={"R": "N", "V": "99"})
    assert shown(done.frame, "S", "V", "R").splitlines()[:4] == ["1 10 Y", "1 9 Y", "1 99 N", "2 12 N"]
    assert len(done.frame) == len(ALL)


def test_a_failure_must_be_of_the_columns_kind() -> None:
    with pytest.raises(AnalysisError, match="'many' in 'failure' is not a number"):
        prepared(study(rescue="composite"), failure={"V": "many"})


def told(made: Study, **changes: Any) -> list[str]:
    spec = replace(made.analyses["x"], params=tree_of({"variables": ["V"]}), **changes)
    return [error.message for error in check_analyses(replace(made, analyses={"x": spec}))]


def test_an_analysis_that_cannot_follow_its_estimand_is_told() -> None:
    assert told(study(rescue="hypothetical")) == []
    assert "by which date its rows lie before or after rescue" in told(study(rescue="hypothetical"), date="")[0]
    assert told(study(rescue="treatment policy"), date="") == []
    assert "has a principal stratum" in told(study(rescue="principal stratum"))[0]
    assert "counts as is not said" in told(study(rescue="composite"))[0]
    assert "no strategy is composite" in told(study(rescue="hypothetical"), failure={"R": "N"})[0]


def test_a_data_set_that_dates_its_own_events_needs_no_date() -> None:
    made = study(rescue="composite")
    tte = dataset(
        {"time_to_event": {"time": "T", "censor": "C", "date": "D", "start": "S", "events": [], "censors": []}}
    )
    made = replace(made, datasets=made.datasets | {"visits": replace(tte, id="visits")})
    assert told(made, date="") == []


def test_events_must_be_a_data_set_of_the_study() -> None:
    made = study(rescue="hypothetical")
    wrong = replace(made.estimands["e"], events=Events("event", "E", "WHEN"))
    assert "there is no data set 'event'" in [e.message for e in problems(replace(made, estimands={"e": wrong}))]
