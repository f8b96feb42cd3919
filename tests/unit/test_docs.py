"""Documentation that says what the code does: method pages, links, the generated reference of derivation steps.

Works in a checkout and in a copy of which only tests and docs are there: a link into a folder that the copy does not
have is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialkit.derive.reference import ARGUMENTS, arguments, meaning, reference
from trialkit.methods import METHODS, Inputs, Method
from trialkit.methods.stopping_bounds import Rule
from trialkit.methods.summary import FURTHER
from trialkit.model.analysis import AnalysisSpec
from trialkit.spec.build import build
from trialkit.spec.text import read_yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CHECKED = {".md", ".yaml", ".json", ".py", ""}
"""Endings of link targets that must exist; pictures are checked elsewhere."""


# ---- links --------------------------------------------------------------------------------------------------------


def documents(root: Path) -> list[Path]:
    """The front page, where there is one, and every page under docs."""
    return [p for p in [root / "README.md", *sorted((root / "docs").rglob("*.md"))] if p.is_file()]


def broken(root: Path) -> Iterator[str]:
    """Relative links that lead nowhere, or out of the project."""
    for page in documents(root):
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            path = target.partition("#")[0]
            if re.match(r"[a-z]+:", target) or not path or Path(path).suffix not in CHECKED:
                continue
            place = (page.parent / path).resolve()
            inside = place.is_relative_to(root.resolve())
            if not inside or (not place.exists() and _here(root, place)):
                yield f"{page.relative_to(root).as_posix()}: {target}"


def _here(root: Path, place: Path) -> bool:
    """Whether this copy has the top folder of a place, or is a whole checkout."""
    return (root / "trialkit").is_dir() or (root / place.relative_to(root.resolve()).parts[0]).exists()


def test_every_relative_link_leads_somewhere() -> None:
    assert len(documents(ROOT)) > 10
    assert list(broken(ROOT)) == []


@pytest.mark.parametrize(
    "text",
    ["[a](gone.md)", "[a](../tests/gone.py#x)", "[a](none/)", "x [a](b.md) and [c](gone.yaml)", "[a](../../o.md)"],
)
def test_planted_broken_link_is_found(tmp_path: Path, text: str) -> None:
    for folder in ("docs", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "docs" / "b.md").write_text(
        "[b](b.md#here) [web](https://example.org/x.md) ![p](p.png)\n```\n[x](x.md)\n```\n"
    )
    assert list(broken(tmp_path)) == []
    (tmp_path / "docs" / "a.md").write_text(text)
    assert len(list(broken(tmp_path))) == 1


# ---- method pages -------------------------------------------------------------------------------------------------


def page(name: str) -> str:
    """The page of a method."""
    return (DOCS / "methods" / f"{name}.md").read_text(encoding="utf-8")


def parameter_table(text: str) -> dict[str, str]:
    """Rows ``| `name` | default | ...`` of the section "Parameters": default by name."""
    section = text.partition("## Parameters\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) \|", section, re.MULTILINE))


def default(parameter: Field[Any]) -> str:
    """A parameter's default as a page writes it: required, none, or the value as YAML."""
    if parameter.default_factory is not MISSING:
        return "none" if not parameter.default_factory() else repr(parameter.default_factory())
    if parameter.default is MISSING:
        return "required"
    value = parameter.default
    if value in (None, "", ()):
        return "none"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_method_page_states_every_parameter_with_its_default(method: Method) -> None:
    assert parameter_table(page(method.name)) == {p.name: default(p) for p in fields(method.params)}


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_method_page_links_its_evidence(method: Method) -> None:
    evidence = f"tests/evidence/test_{method.name}__{method.evidence}.py"
    if method.evidence != "unproven":
        assert f"](../../{evidence})" in page(method.name)
        assert (ROOT / evidence).is_file()


SECTIONS = ("Formula", "Parameters", "Rows", "Conventions and traps", "What it refuses", "Evidence")


@pytest.mark.parametrize("name", METHODS)
def test_a_method_page_has_its_sections(name: str) -> None:
    found = re.findall(r"^## (.+)$", page(name), re.MULTILINE)
    assert [section for section in found if section in SECTIONS] == list(SECTIONS)


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_the_example_of_a_method_page_is_an_analysis(method: Method) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page(method.name), re.MULTILINE | re.DOTALL)
    spec = build(AnalysisSpec, read_yaml(example, f"{method.name}.md"))
    assert spec.method == method.name
    assert build(method.params, spec.params)


def test_the_list_of_methods_is_complete() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \|[^|]+\| (\w+) \| ([^|]+) \|$", page("README"), re.MULTILINE)
    assert rows == [(m.name, m.name, m.evidence, m.deviation) for m in METHODS.values()]


# ---- what a method returns is on its page -------------------------------------------------------------------------

ARMS = ("a", "b", "c")
VISITS = ("v0", "v1", "v2")
EVENT: dict[str, Any] = {"time": "t", "event": "e"}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "summary": [{"variables": ("x",), "probabilities": (0.9,)}, {"variables": ("t",), "statistics": FURTHER}],
    "counts": [{"variables": ("kind",)}],
    "incidence": [{"within": ("kind",)}],
    "accrual": [{"time": "t", "group": "kind", "planned": 9, "planned_days": 3}],
    "fisher": [{"variable": "kind"}],
    "chi_square": [{"variable": "kind"}],
    "proportions": [{"variable": "kind", "null": 0.4}, {"variable": "kind", "odds_ratio": "exact"}],
    "mantel_haenszel": [{"variable": "kind", "strata": ("half",), "exact": True}],
    "cmh": [{"variable": "kind"}],
    "wilcoxon": [{"variable": "x"}, {"variable": "x", "strata": ("half",)}],
    "t_test": [{"variable": "x"}],
    "k_samples": [{"variable": "x", "tests": ("kruskal", "anova", "welch", "bartlett", "tukey")}],
    "paired": [{"variable": "x", "other": "y", "threshold": 5.0}],
    "agreement": [{"variable": "kind", "other": "half"}],
    "cronbach_alpha": [{"variables": ("x", "y", "t")}],
    "rates": [{"count": "y", "exposure": "t"}],
    "logistic": [{"response": "kind", "covariates": ("x",)}],
    "ancova": [
        {"response": "y", "covariates": ("x",), "factors": ("kind",), "dose": {"a": 0.0, "b": 1.0, "c": 2.0}},
        {"response": "y", "factors": ("kind",), "crossed": ("kind",), "tests": ("I", "II", "III")},
    ],
    "regression": [{"response": "y", "predictor": "x", "errors": "cluster", "line_points": 2, "parts": 2}],
    "stopping_bounds": [
        {"variable": "kind", "rules": tuple(Rule(kind, share=0.1, certainty=0.5) for kind in ("one", "two"))},
    ],
    "interaction": [
        {"response": "y", "subgroups": ("half",)},
        {"response": "kind", "subgroups": ("half",), "family": "binomial"},
    ],
    "mmrm": [
        {"response": "y", "visit": "visit", "covariates": ("x",), "factors": ("kind",), "averages": {"all": VISITS}},
        {"response": "y", "visit": "split", "covariance": ("us", "cs"), "df": "satterthwaite", "robust": "CR2"},
    ],
    "gee": [
        {"response": "y", "visit": "visit", "covariates": ("x",)},
        {"response": "band", "visit": "visit", "family": "binomial"},
        {"response": "y", "visit": "visit", "time": "t"},
    ],
    "reference_imputation": [
        {"response": "gap", "visit": "visit", "delta_arms": ("b",), "deltas": (1.0,), "strategies": ("JR",)},
        {"response": "gap", "visit": "visit", "inference": "bayes", "imputations": 2, "strategies": ("JR",)},
    ],
    "lmm": [{"response": "y", "time": "t", "covariates": ("x",), "times": (1.0,)}],
    "kaplan_meier": [{**EVENT, "times": (1.0, 3.0), "quantiles": (0.25, 0.5), "follow_up": True}],
    "log_rank": [
        *({**EVENT, "compare": c} for c in ("overall", "trend")),
        {**EVENT, "compare": "reference", "multiplicity": "holm"},
    ],
    "cox": [{**EVENT, "covariates": ("x",), "robust": True, "baseline": (2.0,), "concordance": True}],
    "nelson_aalen": [EVENT],
    "max_combo": [EVENT],
    "proportional_hazards": [{**EVENT, "factors": ("kind",)}],
    "cox_subgroups": [{**EVENT, "subgroups": ("kind",)}],
    "rmst": [{**EVENT, "tau": 6.0}],
    "milestone": [{**EVENT, "times": (4.0,)}],
    "landmark": [{**EVENT, "landmark": 1.0}],
    "cumulative_incidence": [{**EVENT, "reason": "kind", "times": (3.0,)}],
    "gray": [{**EVENT, "reason": "kind"}],
    "fine_gray": [{**EVENT, "reason": "kind", "cause": "one"}],
    "cause_specific": [{**EVENT, "reason": "kind"}],
    "mean_cumulative": [{**EVENT, "start": "zero", "times": (3.0,)}],
    "andersen_gill": [{**EVENT, "start": "zero", "covariates": ("x",)}],
    "negative_binomial": [{"count": "y", "exposure": "t", "covariates": ("x",)}],
    "turnbull": [{"left": "t", "right": "later", "times": (3.0, 4.5)}],
    "accelerated_failure": [{**EVENT, "covariates": ("x",)}],
    "piecewise_exponential": [{**EVENT, "cuts": (4.0,)}],
    "multiplicity": [{"hypotheses": (), "how": "holm"}],
}
"""Parameters under which a method returns all its statistics. A method without an entry fails the test below."""


def small_trial() -> Inputs:
    """24 subjects in three arms; no two columns repeat each other."""
    n = range(24)
    frame = pd.DataFrame(
        {
            "s": [f"s{i}" for i in n],
            "arm": [ARMS[i % 3] for i in n],
            "x": [float(i * 7 % 11) for i in n],
            "y": [float(i * 5 % 13) for i in n],
            "kind": ["one" if i * i % 5 < 2 else "two" for i in n],
            "t": [1.0 + i * 11 % 9 for i in n],
            "e": [float(i % 4 > 0) for i in n],
            "zero": [0.0 for _ in n],
            "half": ["one" if i % 7 < 3 else "two" for i in n],
            "later": [1.0 + i * 11 % 9 + i % 3 for i in n],
        }
    )
    return Inputs(frame, frame, "s", "arm", ARMS, "a", "all")


def repeated_trial() -> Inputs:
    """60 subjects in three arms at three visits; of ``split`` no subject has both the third and the fourth visit."""
    i, j = np.divmod(np.arange(60 * 3), 3)
    rng = np.random.default_rng(7)
    own, slope = rng.standard_normal((2, 60))
    frame = pd.DataFrame(
        {
            "s": [f"s{k}" for k in i],
            "arm": [ARMS[k % 3] for k in i],
            "x": own[i] ** 2,
            "y": own[i] + slope[i] * j + rng.standard_normal(len(i)),
            "kind": np.where(i % 2, "one", "two"),
            "t": j.astype(float),
            "visit": [VISITS[k] for k in j],
            "band": np.where((i * 7 + j * 5) % 11 < 5, "low", "high"),
            "gap": np.where((j == 2) & (i % 5 == 0), np.nan, own[i] + slope[i] * j + rng.standard_normal(len(i))),
            "split": ["v3" if k == 2 and subject % 4 > 1 else VISITS[k] for subject, k in zip(i, j, strict=True)],
        }
    )
    return Inputs(frame, frame.drop_duplicates("s"), "s", "arm", ARMS, "a", "all")


def two_hypotheses() -> Inputs:
    """Two hypotheses with their p-values."""
    frame = pd.DataFrame({"hypothesis": ["one", "two"], "p": [0.01, 0.2]})
    return Inputs(frame, frame, "hypothesis")


TRIALS = dict.fromkeys(("mmrm", "lmm", "gee", "reference_imputation"), repeated_trial) | {
    "multiplicity": two_hypotheses
}
"""The sample of a method that needs several rows per subject, or p-values."""


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_method_page_names_every_statistic(method: Method) -> None:
    trial = TRIALS.get(method.name, small_trial)()
    rows = [row for more in VARIANTS[method.name] for row in method.run(trial, method.params(**more))]
    returned, text = {row.stat for row in rows}, page(method.name)
    assert len(returned) > 2
    assert [stat for stat in sorted(returned) if f"`{stat}`" not in text] == []


WITHOUT_ROWS = {("accrual", "planned"), ("multiplicity", "p"), ("multiplicity", "p_adjusted")}
"""Numbers that no rows are behind: of a plan, and of other results (whose rows the analysis enters)."""


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_every_number_of_a_method_names_the_rows_behind_it(method: Method) -> None:
    trial = TRIALS.get(method.name, small_trial)()
    rows = [row for more in VARIANTS[method.name] for row in method.run(trial, method.params(**more))]
    bare = {(method.name, row.stat) for row in rows if row.value is not None and row.rows is None and row.units is None}
    assert bare == {one for one in WITHOUT_ROWS if one[0] == method.name}


# ---- derivation steps ---------------------------------------------------------------------------------------------


def test_the_reference_of_derivation_steps_is_the_generated_one() -> None:
    assert (DOCS / "reference" / "derivation-steps.md").read_text(encoding="utf-8") == reference()


def test_every_argument_of_a_step_has_a_meaning_and_every_meaning_an_argument() -> None:
    there = list(arguments())
    assert all(meaning(owner, key) for owner, key in there)
    used = {f"{owner}.{key}" if f"{owner}.{key}" in ARGUMENTS else key for owner, key in there}
    assert set(ARGUMENTS) == used


def test_an_argument_nobody_explained_is_found() -> None:
    with pytest.raises(KeyError):
        meaning("filter", "speed")
