"""Time zones: time that passed is counted in UTC where two moments are subtracted; days are those of the site."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.validate_tables import agrees, drawn, form, judged, table
from trialkit.errors import StudyErrors
from trialkit.locate import shipped_study
from trialkit.spec import load_study
from trialkit.validate import check
from trialkit.validate.axis import Stretch
from trialkit.validate.zones import in_utc

EAST = "America/New_York"  # the clock goes from 02:00 to 03:00 on 8 March 2026 and back on 1 November
GAP = "{kind: gap, field: H, args: {min: 24, unit: hours}}"


def test_a_gap_over_the_night_in_which_an_hour_lacks() -> None:
    rows = """
    S | Q | D          | H                | wrong
    a | 1 | 2026-03-07 | 2026-03-07T09:00 |
    a | 1 | 2026-03-08 | 2026-03-08T09:00 | x
    b | 1 | 2026-03-07 | 2026-03-07T09:00 |
    b | 1 | 2026-03-08 | 2026-03-08T10:00 |
    c | 2 | 2026-03-07 | 2026-03-07T09:00 |
    c | 2 | 2026-03-08 | 2026-03-08T09:00 |
    d | 1 | 2026-03-09 | 2026-03-09T09:00 |
    d | 1 | 2026-03-10 | 2026-03-10T09:00 |
    """
    agrees(GAP, rows, zone=EAST)
    plain = drawn(rows.replace("| wrong", "|").replace("| x", "|"))
    assert judged(GAP, [{name: cell for name, cell in row.items() if name} for row in plain]) == []


def test_an_hour_that_comes_twice_is_either() -> None:
    rule = "{kind: clock, field: J, args: {from: H, max: 1, unit: hours}}"
    rows = """
    S | Q | D          | H                | J                | wrong
    a | 1 | 2026-11-01 | 2026-11-01T00:50 | 2026-11-01T01:40 |
    b | 1 | 2026-11-01 | 2026-11-01T00:50 | 2026-11-01T02:00 | x
    c | 1 | 2026-11-01 | 2026-11-01T01:40 | 2026-11-01T02:30 |
    d | 1 | 2026-11-02 | 2026-11-02T01:40 | 2026-11-02T02:30 |
    """
    agrees(rule, rows, zone=EAST)


def test_a_moment_of_another_form_is_of_the_same_site() -> None:
    rule = "{kind: exists, field: H, args: {form: g, match: [S], on: {H: {field: J, within: 24, unit: hours}}}}"
    rows = """
    S | Q | D          | H                | wrong
    a | 1 | 2026-03-08 | 2026-03-08T10:30 | x
    b | 1 | 2026-03-08 | 2026-03-08T10:00 |
    """
    others = {"g": "S | J\na | 2026-03-07T09:00\nb | 2026-03-07T09:00"}
    agrees(rule, rows, others=others, zone=EAST)


def test_days_are_those_of_the_calendar() -> None:
    rule = "{kind: gap, field: H, args: {min: 1, unit: days}}"
    agrees(rule, "S | Q | D | H | wrong\na | 1 | | 2026-03-07T23:50 |\na | 1 | | 2026-03-08T00:10 |", zone=EAST)


def test_hours_need_the_site_so_a_form_alone_does_not_answer() -> None:
    for zone, told in ((False, 1), (True, 0)):
        of = form("f", f"r: {GAP.replace('24', '25')}", local=zone)
        rows = drawn("S | H\na | 2026-03-07T09:00\na | 2026-03-08T09:00")
        assert len(check(table(of, rows))) == told


def test_an_hour_that_lacks_is_the_leap() -> None:
    days = np.array([20520 + 2.5 / 24, np.nan])  # 8 March 2026, 02:30
    made = in_utc(Stretch(days, days), np.array([EAST, None], dtype=object))
    assert np.allclose(made.low[:1] * 24 - 20520 * 24, 7)
    assert np.isnan(made.low[1])


def test_a_zone_that_does_not_exist_is_told_at_its_line(tmp_path: Path) -> None:
    for name in ("schemas", "analysis", "synthetic_data/scenarios"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    path = tmp_path / "schemas" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("America/Chicago", "America/Chikago"), encoding="utf-8")
    line = next(n for n, one in enumerate(text.splitlines(), start=1) if "Chicago" in one)
    with pytest.raises(StudyErrors) as caught:
        load_study(tmp_path)
    (error,) = caught.value.errors
    assert error.place == f"schemas/study.yaml:{line}"
    assert "there is no time zone 'America/Chikago'" in error.message and "America/Chicago" in error.hint
