"""The comparison behind all evidence can fail, also where numbers are small."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("found", "expected", "scale"),
    [
        (3.4e-6, 3.5e-6, 0.0),
        (1e-12, 2e-12, 0.0),
        (0.0, 1e-12, 0.0),
        (1e-200, 2e-200, 0.0),
        (2e-9, 0.0, 0.0),
        (1e-6, 0.0, 1.0),
        (float("nan"), 1.0, 0.0),
        (None, 0.0, 0.0),
        (0.0, None, 0.0),
    ],
)
def test_a_deviation_is_seen(found: float | None, expected: float | None, scale: float, tools: Any) -> None:
    with pytest.raises(AssertionError):
        tools.near(found, expected, 1e-9, scale=scale)


@pytest.mark.parametrize(
    ("found", "expected", "scale", "deviation"),
    [
        (3.5e-6, 3.5e-6, 0.0, 0.0),
        (1e-12, 0.0, 1.0, 1e-12),
        (1e-10, 0.0, 0.0, 1e-10),
        (2.0, 2.0 + 2e-10, 0.0, 1e-10),
        (None, None, 0.0, 0.0),
    ],
)
def test_rounding_is_let_pass(
    found: float | None, expected: float | None, scale: float, deviation: float, tools: Any
) -> None:
    assert tools.near(found, expected, 1e-9, scale=scale) == pytest.approx(deviation, rel=1e-6)
