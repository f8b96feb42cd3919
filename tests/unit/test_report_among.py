"""Which rows behind a number have an event, and where that cannot be said."""

from __future__ import annotations

from trialkit.model import Set, set_of
from trialkit.report.among import events_among
from trialkit.report.rows import Number, Rows


def number(stat: str, value: float, behind: str, level: str = "", by: str = "") -> Number:
    groups = (("PARAM", level),) if level else ()
    return Number("km", "m", by, groups, "A", "", "", "", None, stat, value, "", "", "", "", behind)


def sets(**members: tuple[int, ...]) -> dict[str, Set]:
    return {name: set_of(map(str, sources), sources)[1] for name, sources in members.items()}


def test_events_within_the_rows_of_a_number_are_found_and_those_of_other_rows_are_not() -> None:
    made = sets(arm=(1, 2, 3), mine=(1, 3), other=(7,))
    rows = Rows((number("median", 4.0, "arm"), number("events", 2.0, "mine"), number("events", 1.0, "other")))
    assert events_among(rows, made, [("km", "arm")]) == {("km", "arm"): ("mine",)}


def test_a_sum_of_events_that_are_not_one_a_row_says_nothing() -> None:
    rows = Rows((number("rate", 4.0, "arm"), number("events", 5.0, "mine")))
    assert events_among(rows, sets(arm=(1, 2, 3), mine=(1, 3)), [("km", "arm")]) == {}


def test_events_are_those_of_the_same_level_and_a_set_of_two_levels_says_nothing() -> None:
    made = sets(one=(1, 2), two=(1, 2, 3), first=(1,), second=(2,))
    rows = [number("median", 4.0, "one", "X", "PARAM"), number("median", 4.0, "two", "Y", "PARAM")]
    rows += [number("events", 1.0, "first", "X", "PARAM"), number("events", 1.0, "second", "Y", "PARAM")]
    found = events_among(Rows(tuple(rows)), made, [("km", "one"), ("km", "two")])
    assert found == {("km", "one"): ("first",), ("km", "two"): ("second",)}
    shared = Rows((*rows, number("median", 4.0, "one", "Y", "PARAM")))
    assert events_among(shared, made, [("km", "one")]) == {}
