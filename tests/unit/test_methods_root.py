"""The root finder: known roots to the tolerance asked for, and what it refuses."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from trialkit.methods._root import root


@pytest.mark.parametrize(
    ("f", "low", "high", "wanted"),
    [
        (lambda x: x * x - 2, 0.0, 5.0, math.sqrt(2)),
        (lambda x: math.cos(x) - x, 0.0, 1.0, 0.7390851332151607),
        (lambda x: math.exp(x) - 1e6, -50.0, 50.0, math.log(1e6)),
        (lambda x: 1.0 if x > 0.3 else -1.0, 0.0, 1.0, 0.3),
        (lambda x: x**9, -1.0, 2.0, 0.0),
        (lambda x: x - 1, 1.0, 2.0, 1.0),
    ],
)
def test_roots_are_found_to_the_tolerance(f, low: float, high: float, wanted: float) -> None:  # type: ignore[no-untyped-def]
    assert root(f, low, high, xtol=1e-14, rtol=1e-15) == pytest.approx(wanted, abs=3e-14, rel=3e-15)


def test_few_evaluations_are_enough_where_the_function_is_smooth() -> None:
    asked = []

    def f(x: float) -> float:
        asked.append(x)
        return math.tanh(x - 0.7) + 0.1 * (x - 0.7)

    root(f, -9.0, 8.0, xtol=1e-14)
    assert len(asked) < 20


def test_ends_of_one_sign_and_what_is_no_number_are_refused() -> None:
    with pytest.raises(ValueError, match="same sign"):
        root(lambda x: x * x + 1, -1.0, 1.0)
    with pytest.raises(ValueError, match="no value"):
        root(lambda x: math.nan if abs(x) < 0.9 else x, -1.0, 1.0)
    with pytest.raises(RuntimeError, match="3 steps"):
        root(lambda x: x**3 - 0.1, -5.0, 9.0, most=3)


def test_methods_do_not_load_what_only_a_root_would_need() -> None:
    names = ("proportions", "rates", "cox", "gee", "logistic", "negative_binomial", "imputation.method")
    code = "; ".join(["import sys", *(f"import trialkit.methods.{name}" for name in names)])
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; print('scipy.optimize' in sys.modules)"], capture_output=True, text=True
    )
    assert told.stdout.strip() == "False", told.stderr
