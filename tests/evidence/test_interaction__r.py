"""Tests of interaction: the F test against R 4.2.2 (car, stratum:arm), the likelihood ratio against statsmodels."""

from __future__ import annotations

from typing import Any

import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["interaction"]


@pytest.mark.parametrize("fit", ["cows_complete|day2", "cows_complete|day7", "cows_dropout|day2", "cows_dropout|day7"])
def test_gaussian(fit: str, other: Any, read: Any, tools: Any, deviation: Any) -> None:
    name, day = fit.split("|day")
    frame, values = read(name), other["ancova"][fit]["type3"]
    inputs = tools.inputs(frame[frame["day"] == int(day)], "arm", ARMS)
    found = tools.found(METHOD.run(inputs, METHOD.params("chg", ("stratum",), ("base",))))
    i = values["term"].index("stratum:arm")
    for stat, key in (("f", "F"), ("df", "df"), ("p", "p")):
        given = found.value(f"interaction_{stat}", variable="stratum")
        deviation("interaction", tools.near(given, values[key][i], 1e-9))
    assert found.value("interaction_df_residual", variable="stratum") == values["df"][values["term"].index("Residuals")]


def test_binomial_against_statsmodels(read: Any, tools: Any) -> None:
    import statsmodels.formula.api as smf

    frame = read("adverse")
    inputs = tools.inputs(frame, "arm", ARMS)
    params = METHOD.params("responder", ("sex", "stratum"), ("base",), ("stratum",), family="binomial")
    found = tools.found(METHOD.run(inputs, params))
    for name, small in (("sex", "base + C(stratum) + C(sex) + C(arm)"), ("stratum", "base + C(stratum) + C(arm)")):
        fits = [
            smf.logit(f"responder ~ {f}", frame).fit(disp=0, tol=1e-12) for f in (small, f"{small} + C({name}):C(arm)")
        ]
        chisq = 2 * float(fits[1].llf - fits[0].llf)
        tools.near(found.value("interaction_chisq", variable=name), chisq, 1e-7, scale=1.0)
        assert found.value("interaction_df", variable=name) == 2


def test_no_test_is_an_error_row(read: Any, tools: Any) -> None:
    inputs = tools.inputs(read("adverse").assign(one="x"), "arm", ARMS)
    found = tools.found(METHOD.run(inputs, METHOD.params("conc", ("one", "sex"))))
    assert "one level" in found.row("interaction_p", variable="one").error
    assert 0 < found.value("interaction_p", variable="sex") < 1
    with pytest.raises(MethodError, match="at least one"):
        METHOD.run(inputs, METHOD.params("conc", ()))
