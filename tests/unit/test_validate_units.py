"""Units by declared factors, grades by tables of cuts: each against published or computed values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.shipped import shipped
from trialkit.methods._clinical import Grades, grade, r_value
from trialkit.model import Field, Form, Quantity, Table
from trialkit.model.form import Rule
from trialkit.model.units import Unit
from trialkit.spec.build import convert
from trialkit.spec.text import read_yaml
from trialkit.spec.units import measure_problems
from trialkit.validate import check
from trialkit.validate.rules import range as in_range

FIELDS = """
K: {label: Record}
T: {label: Test, codes: [A, B]}
U: {label: Unit}
N: {label: Number, type: decimal, min: 10, max: 40, unit_in: U, quantity_in: T}
L: {label: Limit, type: decimal, unit_in: U, quantity_in: T}
"""
QUANTITIES = {
    "A": Quantity("A", "C", {"F": Unit("F", 5 / 9, -160 / 9)}),
    "B": Quantity("B", "ng/mL", {"nmol/L": Unit("nmol/L", 0.3985)}),
}


def table(rows: str, rules: str = "{}") -> Table:
    """Lines "T U N L" as a table of native values; "-" is missing."""
    fields = convert(dict[str, Field], read_yaml(FIELDS, "f.yaml"))
    measured = {n: Field(**{**f.__dict__, "quantities": QUANTITIES}) if f.unit_in else f for n, f in fields.items()}
    form = Form("f", "F", "1", measured, ("K",), rules=convert(dict[str, Rule], read_yaml(rules, "r.yaml")))
    cells = [[None if cell == "-" else cell for cell in line.split()] for line in rows.strip().splitlines()]
    frame = pd.DataFrame(cells, columns=["T", "U", "N", "L"], dtype=object)
    frame = frame.assign(K=[str(n) for n in range(len(frame))], N=frame.N.astype(float), L=frame.L.astype(float))
    return Table(form, frame, np.arange(2, len(frame) + 2), "f.csv", "0")


def told(rows: str, rules: str = "{}") -> list[tuple[int, str, str]]:
    return [(one.line, one.rule, one.value) for one in check(table(rows, rules))]


def test_bounds_are_in_the_base_unit_and_the_finding_shows_what_was_recorded() -> None:
    assert told("A F 98.6 -\nA C 37 -\nA C 98.6 -\nA F 37 -") == [(4, "f.N.range", "98.6"), (5, "f.N.range", "37")]


def test_mitragynine_in_nanomoles() -> None:
    """398.5 g/mol: 81.9 nmol/L is 32.6 ng/mL; 100.5 nmol/L would be above 40 ng/mL only by guess."""
    assert told("B nmol/L 81.9 -\nB nmol/L 100.3 -\nB nmol/L 100.5 -") == [(4, "f.N.range", "100.5")]


def test_a_unit_that_is_not_declared_is_one_finding_and_its_value_unknown() -> None:
    found = told("B F 98.6 -\nA K 1 1\nA - 1 1\n- C 30 1")
    assert found == [(2, "f.U.declared", "F"), (3, "f.U.declared", "K")]
    one = check(table("B F 98.6 -"))[0]
    assert "allowed for B: ng/mL, nmol/L" in one.say


def test_two_values_are_compared_in_their_base_units() -> None:
    rule = "{r: {kind: compare, field: N, args: {op: at_most, field: L}}}"
    assert told("A F 77 76\nA F 77 77", rule) == [(2, "r", "77")]


def test_a_required_value_of_unknown_unit_is_not_missing() -> None:
    rule = "{r: {kind: present, field: N}}"
    assert told("A K 30 -\nA C - -", rule) == [(2, "f.U.declared", "K"), (3, "r", "")]


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("N: {label: N, type: decimal, unit_in: U}", "both what is measured"),
        ("N: {label: N, type: decimal, unit_in: X, quantity: A}", "no field 'X'"),
        ("N: {label: N, unit_in: U, quantity: A}", "only numbers"),
        ("N: {label: N, type: decimal, unit_in: U, quantity: C}", "no quantity 'C'"),
        ("N: {label: N, type: decimal, unit_in: U, quantity_in: U}", "no codes"),
    ],
)
def test_how_units_are_declared_badly(field: str, word: str) -> None:
    fields = convert(dict[str, Field], read_yaml("U: {label: U}\n" + field, "f.yaml"))
    form = Form("f", "F", "1", fields, ("U",))
    assert any(word in error.text for error in measure_problems(form, fields["N"], QUANTITIES))


@pytest.fixture(scope="module")
def factors(request: pytest.FixtureRequest) -> dict[str, Quantity]:

    forms = shipped().forms
    return forms["labs"].fields["LBORRES"].quantities | forms["vital_signs"].fields["TEMP"].quantities


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "base"),
    [
        ("temperature", "F", 212, 100.0),
        ("BILI", "mg/dL", 1.2, 20.52),
        ("CREAT", "mg/dL", 1.0, 88.4),
        ("GLUC", "mg/dL", 126, 6.994),
        ("ALT", "ukat/L", 0.75, 45.0),
        ("HGB", "g/dL", 12.0, 120.0),
        ("ALB", "g/dL", 3.5, 35.0),
        ("PLAT", "10^3/uL", 150, 150.0),
        ("K", "mEq/L", 3.5, 3.5),
    ],
)
def test_the_declared_factors_give_published_values(
    factors: dict[str, Quantity], quantity: str, unit: str, value: float, base: float
) -> None:
    """SI conversions as printed in clinical tables: glucose 126 mg/dL is 7.0 mmol/L, creatinine 1 mg/dL 88.4 umol/L."""
    found = factors[quantity].unit(unit)
    assert found is not None
    assert value * found.factor + found.offset == pytest.approx(base, rel=1e-3)


def graded(table: Grades, *rows: tuple[float, float, float]) -> list[float]:
    parts = [np.array(part, dtype=float) for part in zip(*rows, strict=True)]
    return list(grade(parts, table))


def test_grades_change_above_the_multiples_of_the_upper_limit() -> None:
    """CTCAE v5.0, ALT increased: over 1 x, 3 x, 5 x and 20 x ULN; the cut itself is the grade before it."""
    alt = Grades(high={"1": "1 ULN", "2": "3 ULN", "3": "5 ULN", "4": "20 ULN"})
    values = [45, 46, 135, 136, 225, 226, 900, 901]
    assert graded(alt, *((value, 7, 45) for value in values)) == [0, 1, 1, 2, 2, 3, 3, 4]


def test_grades_below_cuts_that_are_numbers_and_a_grade_left_out() -> None:
    """CTCAE v5.0, hypokalemia: below LLN is grade 1, below 3.0 mmol/L 3, below 2.5 grade 4; hyperkalemia above."""
    potassium = Grades(low={"1": "1 LLN", "3": "3.0", "4": "2.5"}, high={"1": "1 ULN", "2": "5.5", "3": "6.0"})
    rows = [(v, 3.5, 5.1) for v in (3.5, 3.4, 3.0, 2.9, 2.4, 5.2, 5.6, 6.1)]
    assert graded(potassium, *rows) == [0, 1, 1, 3, 4, 1, 2, 3]


def test_a_missing_limit_makes_the_grade_unknown() -> None:
    platelets = Grades(low={"1": "1 LLN", "2": "75"})
    assert np.isnan(graded(platelets, (60, np.nan, 400), (np.nan, 150, 400))).all()
    assert graded(Grades(low={"2": "75"}), (60, np.nan, np.nan)) == [2]


def test_r_value_by_hand() -> None:
    """ALT 400 of 40 and ALP 150 of 100: (10) / (1.5) = 6.67, at least 5: hepatocellular."""
    assert r_value([np.array([part]) for part in (400.0, 40.0, 150.0, 100.0)], (), ())[0] == pytest.approx(6.667, 1e-3)


def test_a_value_that_fits_in_another_unit_is_asked_about() -> None:
    field = Field("N", "N", type="decimal", min=32, max=43, unit_in="U", quantity="A", quantities=QUANTITIES)
    form = Form("f", "F", "1", {"K": Field("K", "K"), "N": field}, ("K",))
    rule = Rule("f.N.range", "range", "N")
    asked = "Check the value and its unit at source: in F it would be 36.5 C."
    assert in_range.fix(form, rule, in_range.Args(), "97.7") == asked
    assert in_range.fix(form, rule, in_range.Args(), "9.77") == "Check the value at source and correct it."
    assert in_range.fix(form, rule, in_range.Args(), "") == "Check the value at source and correct it."
