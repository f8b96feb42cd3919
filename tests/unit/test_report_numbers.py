"""How numbers are printed."""

from __future__ import annotations

import math

import pytest

from trialkit.report.numbers import (
    MINUS,
    PRESETS,
    collected,
    count,
    count_percent,
    fixed,
    interval,
    p_value,
    p_words,
    percent,
    statistic,
)

CSR, JOURNAL = PRESETS["csr"], PRESETS["journal"]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.125, 2, "0.13"),
        (-0.125, 2, f"{MINUS}0.13"),
        (2.5, 0, "3"),
        (-2.5, 0, f"{MINUS}3"),
        (1.005, 2, "1.01"),
        (14.499999999999998, 0, "15"),
        (-0.04, 1, "0.0"),
        (-0.0, 0, "0"),
        (1234567.891, 1, "1234567.9"),
        (None, 1, "NE"),
        (math.nan, 1, "NE"),
        (math.inf, 1, "NE"),
    ],
)
def test_half_goes_away_from_zero_and_there_is_no_negative_zero(value: float | None, places: int, text: str) -> None:
    assert fixed(value, places) == text


@pytest.mark.parametrize(
    ("n", "pct", "text"),
    [
        (33, 22.0, ("33", "(22.0%)")),
        (0, 0.0, ("0", "")),
        (150, 100.0, ("150", "(100%)")),
        (1, 0.04, ("1", "(<0.1%)")),
        (2999, 99.97, ("2999", "(>99.9%)")),
        (7, None, ("7", "")),
        (None, None, ("", "")),
    ],
)
def test_count_and_percent(n: float | None, pct: float | None, text: tuple[str, str]) -> None:
    assert count_percent(n, pct, CSR) == text


def test_presets_differ_in_decimals() -> None:
    assert (percent(22.45, CSR), percent(22.45, JOURNAL)) == ("22.5%", "22%")


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.5, "0.50"), (0.0349, "0.03"), (0.01, "0.01"), (0.0099, "0.010"), (0.0012, "0.001"), (0.00099, "<0.001"),
        (0.0, "<0.001"), (0.99, "0.99"), (0.991, ">0.99"), (1.0, ">0.99"), (None, "NE"),
    ],
)  # fmt: skip
def test_p_values(p: float | None, text: str) -> None:
    assert p_value(p) == text


def test_p_in_a_sentence() -> None:
    assert p_words(0.0001) == "p < 0.001"
    assert p_words(0.03) == "p = 0.03"


def test_interval_has_true_minus_signs() -> None:
    assert interval(fixed(-2.44, 1), fixed(-0.56, 1)) == f"({MINUS}2.4, {MINUS}0.6)"


@pytest.mark.parametrize(
    ("stat", "value", "decimals", "text"),
    [
        ("mean", 36.85, 0, "36.9"),
        ("sd", 10.0449, 0, "10.04"),
        ("median", 36.0, 0, "36.0"),
        ("min", 18.0, 0, "18"),
        ("max", 96.4, 1, "96.4"),
        ("mean", 80.0, 1, "80.00"),
        ("n", 12.0, 1, "12"),
        ("survival", 0.5, None, "50.0%"),
        ("hazard_ratio", 0.437, 0, "0.44"),
    ],
)
def test_each_statistic_has_its_decimals(stat: str, value: float, decimals: int | None, text: str) -> None:
    assert statistic(stat, value, CSR, decimals) == text


def test_limits_of_a_hazard_ratio_are_ratios() -> None:
    assert statistic("ci_low", 0.1349, CSR, 0, "cox") == "0.13"
    assert statistic("ci_low", 0.1349, CSR, 0, "ancova") == "0.1"


def test_values_as_collected() -> None:
    assert collected(110.0, None) == "110"
    assert collected(51.6, None) == "51.6"
    assert collected(-3.0, 0) == f"{MINUS}3"
    assert count(4.25) == "4.3"


@pytest.mark.parametrize(
    ("value", "said"), [(3e-14, "<1e−10"), (0.0, "<1e−10"), (2.4e-6, "2e−06"), (None, "NE"), (float("nan"), "NE")]
)
def test_sizes_close_to_zero(value: float | None, said: str) -> None:
    """Rounding noise is not printed: it differs between machines."""
    assert statistic("gradient_norm", value, PRESETS["csr"]) == said
