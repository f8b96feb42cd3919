"""Kappa against R 4.2.2 (formula), tolerance 1e-9; its standard error against statsmodels (second program)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.evidence.test_paired__r import pairs
from trialkit.methods import METHODS, MethodError

METHOD = METHODS["agreement"]
BANDS = [-1, 4, 12, 24, 36, 48]


def rated(read: Any) -> pd.DataFrame:
    return pairs(read)[["base", "first"]].apply(
        lambda x: pd.cut(x, BANDS, labels=["1", "2", "3", "4", "5"]).astype(str)
    )


def test_kappa(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs, values = tools.inputs(rated(read), None, ()), other["agreement"]
    found = tools.found(METHOD.run(inputs, METHOD.params("base", "first", ("1", "2", "3", "4", "5"))))
    table = np.array(values["table_by_row"]).reshape(5, 5)
    assert found.value("agreement", variable="base") == np.trace(table) / table.sum()
    for stat in ("kappa", "kappa_linear", "kappa_quadratic"):
        deviation("agreement", tools.near(found.value(stat, variable="base"), values[stat], 1e-9))


def test_standard_error_against_statsmodels(other: Any, read: Any, tools: Any) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    inputs = tools.inputs(rated(read), None, ())
    found = tools.found(METHOD.run(inputs, METHOD.params("base", "first", ("1", "2", "3", "4", "5"))))
    table = np.array(other["agreement"]["table_by_row"]).reshape(5, 5)
    for stat, weights in (("kappa", None), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
        second = cohens_kappa(table, wt=weights)
        tools.near(found.value(f"{stat}_se", variable="base"), float(second.std_kappa), 1e-9)
        tools.near(found.value(f"{stat}_ci_low", variable="base"), float(second.kappa_low), 1e-9)


def test_refusals(tools: Any) -> None:
    frame = pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"]})
    inputs = tools.inputs(frame, None, ())
    with pytest.raises(MethodError, match="two categories or more"):
        METHOD.run(inputs, METHOD.params("a", "b"))
    with pytest.raises(MethodError, match="'x', which is not among"):
        METHOD.run(inputs, METHOD.params("a", "b", ("y", "z")))
    found = tools.found(METHOD.run(inputs, METHOD.params("a", "b", ("x", "y"))))
    assert "one and the same category" in found.row("kappa", variable="a").error
