"""Adjusted p-values against R 4.2.2 p.adjust (1e-9), Dunnett's against emmeans (1e-3, as far as that goes), graphs and
gatekeeping against closed testing, enumerated."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.methods import METHODS, Inputs, MethodError
from trialkit.methods.multiplicity import adjusted, dunnett, fixed_sequence, graphical, serial_gatekeeping

NAMES = {"bonferroni": "bonferroni", "holm": "holm", "hochberg": "hochberg", "hommel": "hommel", "bh": "BH", "by": "BY"}


@pytest.mark.parametrize("how", NAMES)
def test_adjusted(how: str, other: Any, tools: Any, deviation: Any) -> None:
    values = other["multiplicity"]
    p = np.array(values["p"])
    for order in (np.arange(7), np.array([3, 0, 6, 2, 5, 1, 4])):
        for given, value in zip(adjusted(p[order], how), np.array(values[NAMES[how]])[order], strict=True):  # type: ignore[arg-type]
            deviation("multiplicity", tools.near(float(given), float(value), 1e-9))


def test_hommel_is_closed_testing_by_simes() -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        p = rng.random(5) ** 2
        expected = np.zeros(5)
        for size in range(1, 6):
            for some in combinations(range(5), size):
                s = np.sort(p[list(some)])
                simes = float((size * s / np.arange(1, size + 1)).min())
                expected[list(some)] = np.maximum(expected[list(some)], simes)
        assert np.abs(adjusted(p, "hommel") - expected).max() < 1e-12


def test_dunnett(other: Any, read: Any, tools: Any) -> None:
    frame, values = read("adverse"), other["multiplicity"]["dunnett"]
    groups = [frame.loc[frame["arm"] == arm, "conc"].to_numpy() for arm in ("placebo", "low", "high")]
    df = sum(len(g) for g in groups) - 3
    s2 = sum(((g - g.mean()) ** 2).sum() for g in groups) / df
    t = np.array([(g.mean() - groups[0].mean()) / np.sqrt(s2 * (1 / len(g) + 1 / len(groups[0]))) for g in groups[1:]])
    for given, value in zip(t, values["t"], strict=True):
        tools.near(float(given), value, 1e-9)
    p = dunnett(t, np.array([70.0, 70.0]), 70.0, df)
    for given, value in zip(p, values["p_mvt"], strict=True):
        tools.near(float(given), value, 1e-3)


def test_dunnett_of_one_arm_is_the_t_test_and_published_critical_values() -> None:
    """Dunnett (1964) Biometrics 20, 482: two-sided 5% points with 15 df: 2.44 of 2 arms, 2.61 of 3."""
    from scipy.stats import t as student

    for df in (5, 15, 200):
        p = dunnett(np.array([2.1]), np.array([10.0]), 20.0, df)
        assert abs(p[0] - 2 * student.sf(2.1, df)) < 1e-10
    for arms, critical in ((2, 2.44), (3, 2.61)):
        low, high = (
            dunnett(np.full(1, c), np.full(arms, 9.0), 9.0, 15)[0] for c in (critical - 0.005, critical + 0.005)
        )
        assert high < 0.05 < low


def closed(p: np.ndarray, w: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Adjusted p-values by testing every intersection with the weights the graph gives it, one removed at a time."""
    k, made = len(p), np.zeros(len(p))
    for size in range(1, k + 1):
        for some in combinations(range(k), size):
            own_w, own_g, left = w.copy(), g.copy(), set(range(k))
            for j in sorted(left - set(some)):
                left.discard(j)
                new_w, new_g = own_w.copy(), np.zeros((k, k))
                for a in left:
                    new_w[a] = own_w[a] + own_w[j] * own_g[j, a]
                    for b in left - {a}:
                        loop = 1 - own_g[a, j] * own_g[j, a]
                        new_g[a, b] = (own_g[a, b] + own_g[a, j] * own_g[j, b]) / loop if loop > 1e-12 else 0
                own_w, own_g = new_w, new_g
            ratios = [p[j] / own_w[j] for j in some if own_w[j] > 0]
            value = min([*ratios, 1.0])
            for j in some:
                made[j] = max(made[j], value)
    return made


def test_graphs_are_closed_tests() -> None:
    """Two primary and two secondary hypotheses (Bretz et al. 2009), and random graphs."""
    w = np.array([0.5, 0.5, 0, 0])
    g = np.array([[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]])
    rng = np.random.default_rng(2)
    for _ in range(25):
        p = rng.random(4) ** 3
        assert np.abs(graphical(p, w, g) - closed(p, w, g)).max() < 1e-12
    for _ in range(15):
        own = rng.random((4, 4)) * (1 - np.eye(4))
        own, p = own / own.sum(axis=1, keepdims=True), rng.random(4) ** 3
        start = rng.random(4)
        assert np.abs(graphical(p, start / start.sum(), own) - closed(p, start / start.sum(), own)).max() < 1e-10


def test_special_graphs() -> None:
    """Holm, a fixed sequence, and serial gatekeeping with the families as gates."""
    p = np.array([0.02, 0.001, 0.04])
    holm = graphical(p, np.full(3, 1 / 3), (1 - np.eye(3)) / 2)
    assert np.allclose(holm, adjusted(p, "holm"), atol=1e-15)
    chain = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0.0]])
    assert np.allclose(graphical(p, np.array([1.0, 0, 0]), chain), fixed_sequence(p), atol=1e-15)
    assert list(fixed_sequence(p)) == [0.02, 0.02, 0.04]
    first, second = serial_gatekeeping([np.array([0.01, 0.03]), np.array([0.001, 0.2])])
    assert np.allclose(first, [0.02, 0.03]) and np.allclose(second, [0.03, 0.2])
    with pytest.raises(MethodError, match="add up to more than 1"):
        graphical(p, np.array([1.0, 1.0, 0]), chain)
    with pytest.raises(MethodError, match="3 weights"):
        graphical(p, np.array([1.0]), chain)


def test_the_method_adjusts_in_the_order_given_and_decides() -> None:
    frame = pd.DataFrame({"hypothesis": ["a", "b", "c"], "p": [0.02, 0.01, 0.2]})
    method = METHODS["multiplicity"]
    rows = method.run(Inputs(frame, frame, "hypothesis"), method.params(hypotheses=()))
    assert [row.value for row in rows if row.stat == "p_adjusted"] == [0.02, 0.02, 0.2]
    assert [row.text for row in rows if row.stat == "decision"] == ["rejected", "rejected", "not rejected"]
    with pytest.raises(MethodError, match="no p-value for 'b'"):
        method.run(Inputs(frame.assign(p=[0.02, np.nan, 0.2]), frame, "hypothesis"), method.params(hypotheses=()))
