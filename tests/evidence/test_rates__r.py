"""Rates, their differences and ratios against R 4.2.2 (poisson.test and formulas), tolerance 1e-9."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trialkit.methods import METHODS, MethodError

ARMS = ("placebo", "low", "high")
METHOD = METHODS["rates"]


def run(inputs: Any, tools: Any, count: str, **more: Any) -> Any:
    return tools.found(METHOD.run(inputs, METHOD.params(count, "exposure_days", **more)))


def test_rates_of_arms(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    for count, key in (("n_ae", "events"), ("any_ae", "subjects_with_event_per_exposure")):
        for how, interval in (("exact", "exact_ci"), ("byar", "byar"), ("wald", "wald_log")):
            found = run(inputs, tools, count, interval=how)
            for arm, values in other["rates"]["by_arm"].items():
                of = values[key]
                expected = {"events": of["events"], "exposure": of["exposure"], "rate": of["rate"]}
                expected |= {"ci_low": of[interval][0], "ci_high": of[interval][1]}
                for stat, value in expected.items():
                    deviation("rates", tools.near(found.value(stat, arm), value, 1e-9))


def test_differences_and_ratios(other: Any, read: Any, tools: Any, deviation: Any) -> None:
    inputs = tools.inputs(read("adverse"), "arm", ARMS)
    for difference, ratio, key in (("score", "exact", "exact_ci"), ("wald", "wald", "wald_log")):
        found = run(inputs, tools, "n_ae", difference=difference, ratio=ratio)
        times = run(inputs, tools, "n_ae", difference=difference, ratio=ratio, per=100.0)
        for pair, values in other["rates"]["versus"].items():
            rd, rr, where = values["rate_difference"], values["rate_ratio"], pair.split(" - ")
            expected = {"rate_difference": rd["est"], "rate_difference_se": rd["se"], "rate_ratio": rr["est"]}
            expected |= {"rate_difference_ci_low": rd[difference][0], "rate_difference_ci_high": rd[difference][1]}
            expected |= {"rate_ratio_ci_low": rr[key][0], "rate_ratio_ci_high": rr[key][1], "exact_p": rr["exact_p"]}
            for stat, value in expected.items():
                deviation("rates", tools.near(found.value(stat, *where), value, 1e-9))
                scale = 100 if "difference" in stat else 1
                tools.near(times.value(stat, *where), value * scale, 1e-9)


def test_no_events(tools: Any) -> None:
    """Zero of T = 10: the exact upper limit is -log(0.025) / 10; without events a difference has no score limits."""
    frame = pd.DataFrame({"arm": list("ppqq"), "n_ae": [0, 0, 2, 1], "exposure_days": [4.0, 6, 5, 5]})
    found = run(tools.inputs(frame, "arm", ("p", "q")), tools, "n_ae")
    assert found.value("ci_low", "p") == 0 and abs(found.value("ci_high", "p") - 0.3688879454113936) < 1e-12
    assert found.row("rate_ratio", "q", "p").text == found.row("rate_ratio_ci_high", "q", "p").text == "NE"
    low, high = (found.value(f"rate_difference_ci_{end}", "q", "p") for end in ("low", "high"))
    assert -0.1 < low < 0.3 < high
    none = run(tools.inputs(frame.assign(n_ae=0), "arm", ("p", "q")), tools, "n_ae")
    assert none.row("rate_difference_ci_low", "q", "p").text == "NE"
    for wrong, words in (({"n_ae": 1.5}, "whole"), ({"exposure_days": 0.0}, "positive")):
        with pytest.raises(MethodError, match=words):
            run(tools.inputs(frame.assign(**wrong), "arm", ("p", "q")), tools, "n_ae")
