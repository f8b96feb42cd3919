"""Stopping rules on numbers of subjects: a boundary, the count that stands against it, and whether it is reached.

Of n subjects x have had what a rule watches. A boundary is a number of subjects, or a share: with a beta(a, b) prior
the share p has the posterior beta(a + x, b + n - x), and the rule is reached where

    P(p > share) = 1 - I(share; a + x, b + n - x) >= certainty

with I the regularized incomplete beta function. Its boundary is the smallest x with which it would be reached among
the n, which grows with n.

Source: Gelman et al. (2013) Bayesian Data Analysis, section 2.4; Thall and Simon (1994) Biometrics 50, 337-349.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import betaincc

from trialkit.methods._columns import labels, once
from trialkit.methods._groups import Group, groups, row_units
from trialkit.methods.base import Inputs, MethodError, Row


@dataclass(frozen=True)
class Rule:
    """A rule: the level of the rule column it watches, and its boundary: a count, or a share with its certainty."""

    level: str
    at_least: int = 0
    share: float = 0.0
    certainty: float = 0.0
    prior: tuple[float, ...] = (1.0, 1.0)
    applies: Literal["all", "arms"] = "all"


@dataclass(frozen=True)
class Params:
    """Parameters of ``stopping_bounds``.

    Attributes:
        variable: column that names the rule a row is about; a row says that its subject has had it.
        rules: the rules in order: `level` and either `at_least` (subjects) or `share`, `certainty` and `prior`
            (a, b); `applies` says whether it looks at all subjects together or at each arm.
    """

    variable: str
    rules: tuple[Rule, ...]


def run(inputs: Inputs, params: Params) -> list[Row]:
    """Per rule, and per arm and total: n with a row, N; where the rule applies boundary, posterior and reached.

    Raises MethodError for a rule with two boundaries or none, a share, certainty or prior that is none, a rule that is
    named twice, and rows of a rule that nobody declared.
    """
    for rule in params.rules:
        _check(rule)
    named = [rule.level for rule in params.rules]
    found = labels(inputs.frame, params.variable)
    strange = sorted({text for text in found if text} - set(named))
    if strange or len(set(named)) < len(named):
        raise MethodError(f"{params.variable} holds {strange}, rules are declared for {named}; name each rule once")
    unit, made = row_units(inputs), list[Row]()
    every = Group("", np.ones(len(inputs.frame), bool), np.ones(len(inputs.universe), bool))
    arms = groups(replace(inputs, total=None)) if inputs.arms else []
    whole = replace(every, label=inputs.total or "")
    for rule in params.rules:
        rows = np.flatnonzero(found == rule.level)
        for group in [*arms, whole]:
            one_arm = group is not whole
            made += _one(rule, rows, unit, group, params.variable, (rule.applies == "arms") == one_arm)
    return made


def _check(rule: Rule) -> None:
    if bool(rule.at_least) == bool(rule.share) or rule.at_least < 0:
        raise MethodError(f"rule {rule.level!r} needs one boundary: 'at_least' subjects, or 'share' with 'certainty'")
    if rule.share and not (0 < rule.share < 1 and 0 < rule.certainty < 1):
        raise MethodError(f"rule {rule.level!r}: 'share' and 'certainty' must lie between 0 and 1")
    if len(rule.prior) != 2 or min(rule.prior) <= 0:
        raise MethodError(f"rule {rule.level!r}: 'prior' is {list(rule.prior)}; write two numbers above 0")


def _one(
    rule: Rule, rows: np.ndarray, unit: np.ndarray, group: Group, variable: str, applies: bool
) -> Iterator[Row]:  # fmt: skip
    at = rows[group.units[unit[rows]]]
    people, of = once(unit[at]), np.flatnonzero(group.units)
    x, n = len(people), len(of)
    blank = Row("n", arm=group.label, groups=((variable, rule.level),), rows=at, units=people)
    yield blank.but(value=float(x))
    yield blank.but(stat="N", value=float(n), rows=None, units=of)
    if not applies:
        return
    if rule.share:
        yield blank.but(stat="posterior", value=posterior(rule, x, n), rows=None, units=of)
    bound = boundary(rule, n)
    yield blank.but(stat="boundary", value=bound, text="" if bound is not None else "none", rows=None, units=of)
    yield blank.but(stat="reached", value=float(bound is not None and x >= bound))


def posterior(rule: Rule, x: int, n: int) -> float:
    """P(share of subjects > the rule's share), from 0 to 1, after x of n."""
    a, b = rule.prior
    return float(betaincc(a + x, b + n - x, rule.share))


def boundary(rule: Rule, n: int) -> float | None:
    """The smallest number of n subjects with which the rule is reached; None if not even all of them would do."""
    if rule.at_least:
        return float(rule.at_least)
    # the posterior grows with the count: found by halving
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        if posterior(rule, middle, max(n, middle)) >= rule.certainty:
            high = middle
        else:
            low = middle + 1
    return float(low) if low <= n else None
