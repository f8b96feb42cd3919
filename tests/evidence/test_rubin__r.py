"""Rubin's rules against R 4.2.2 (checked there with mice 3.15), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trialkit.methods import MethodError
from trialkit.methods.rubin import pool

NAMES = {"estimate": "estimate", "within": "within", "between": "between", "total": "total", "df_rubin": "df_rubin",
         "df": "df_barnard_rubin", "t": "t", "p": "p", "ci_low": "lower", "ci_high": "upper", "riv": "riv",
         "lam": "lambda", "fmi": "fmi", "se": "se"}  # fmt: skip


@pytest.mark.parametrize("name", ["1", "2", "3", "4"])
def test_pooled(name: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    frame, values = read("rubin"), other["rubin"][name]
    some = frame[frame["set"] == int(name)]
    assert len(some) == values["M"]
    found = pool(some["estimate"].to_numpy(), some["se"].to_numpy(), values["df_complete"])
    for ours, key in NAMES.items():
        deviation("rubin", tools.near(getattr(found, ours), values[key], 1e-9))


def test_one_imputation_is_refused_and_equal_ones_add_nothing() -> None:
    with pytest.raises(MethodError, match="1 imputations"):
        pool(np.ones(1), np.ones(1), 10)
    found = pool(np.full(5, 2.0), np.full(5, 0.5), 1e6)
    assert found.between == 0 and found.se == 0.5 and found.df > 9e5
