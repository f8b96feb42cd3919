"""The pages of the mixed models hold the equations that the code cites, and the code computes what they name."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import trialkit
from trialkit.methods import METHODS
from trialkit.methods.mmrm import METHODS_DF, STRUCTURES
from trialkit.model import Estimand, tree_of
from trialkit.report.displays import DISPLAYS
from trialkit.spec.build import build

PACKAGE = Path(trialkit.__file__).parent / "methods"
PAGES = Path(__file__).parents[2] / "docs" / "methods"
LABEL = re.compile(r"eq:[a-z0-9-]+")


def cited(folder: Path) -> dict[str, set[str]]:
    """Labels by the file of code that cites them."""
    files = sorted((folder / "mmrm").glob("*.py")) + sorted((folder / "lmm").glob("*.py"))
    return {f"{p.parent.name}/{p.name}": set(LABEL.findall(p.read_text(encoding="utf-8"))) for p in files}


def labelled(page: str) -> set[str]:
    """Labels that stand at the end of an equation: an indented line that ends with one in brackets."""
    return set(re.findall(r"^ {4}\S.*\((eq:[a-z0-9-]+)\)$", page, re.MULTILINE))


def test_every_equation_cited_in_the_code_is_on_the_page() -> None:
    there = labelled((PAGES / "mmrm.md").read_text(encoding="utf-8"))
    found = cited(PACKAGE)
    assert len(there) == 16
    assert {name: labels - there for name, labels in found.items() if labels - there} == {}
    assert set().union(*found.values()) == there


def test_a_missing_equation_is_found() -> None:
    page = "    a = b    (eq:one)\ntext (eq:two)\n"
    assert labelled(page) == {"eq:one"}


@pytest.mark.parametrize("method", ["mmrm", "lmm"])
def test_the_page_states_the_evidence(method: str) -> None:
    page = (PAGES / f"{method}.md").read_text(encoding="utf-8")
    assert METHODS[method].evidence == "r"
    assert "Evidence" in page


def test_the_page_names_every_structure_and_df_method() -> None:
    page = (PAGES / "mmrm.md").read_text(encoding="utf-8")
    for name in (*STRUCTURES, *METHODS_DF):
        assert re.search(rf"\b{name}\b", page), name


# ---- the examples on the pages run --------------------------------------------------------------------------------

HOW_TO = PAGES.parent / "how-to" / "mixed-model.md"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def made_up() -> pd.DataFrame:
    """Three arms at three days, under the names of all pages."""
    rng = np.random.default_rng(4)
    i, j = np.divmod(np.arange(60 * 3), 3)
    own = rng.standard_normal(60)
    arm = np.array(["placebo", "low", "high"], dtype=object)[i % 3]
    day = np.array(["D1", "D2", "D3"], dtype=object)[j]
    y = own[i] + rng.standard_normal(60)[i] * j + rng.standard_normal(len(i))
    return pd.DataFrame(
        {
            "id": i, "SUBJECT": i, "visit": day, "AVISIT": day, "arm": arm, "TRT": arm, "time": j + 0.1 * own[i],
            "stratum": (i // 3) % 2, "STRATUM": (i // 3) % 2, "base": own[i] ** 2, "BASE": own[i] ** 2,
            "change": y, "CHG": y,
        }
    ).astype({"stratum": str, "STRATUM": str})  # fmt: skip


@pytest.mark.parametrize("page", [PAGES / "mmrm.md", PAGES / "lmm.md", HOW_TO], ids=lambda p: p.stem)
def test_python_on_the_pages_runs(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = blocks(page, "python")
    assert found
    for code in found:
        exec(compile(code, page.name, "exec"), {"frame": made_up()})


def test_yaml_on_the_pages_binds() -> None:
    """Parameters of analyses and displays are those of the methods and kinds; estimands have their five attributes."""
    analysis, estimands, displays = (yaml.safe_load(text) for text in blocks(HOW_TO, "yaml"))
    params = build(METHODS["mmrm"].params, tree_of(analysis["params"]))
    assert params.covariance == ("us", "toeph", "ar1h")
    assert params.averages["Days 1 to 7"][6] == "DAY 7"
    assert analysis["estimand"] in estimands
    build(Estimand, tree_of(estimands["cows_treatment_policy"]), "cows_treatment_policy")
    for display in displays.values():
        assert "mmrm" in DISPLAYS[display["kind"]].needs
        build(DISPLAYS[display["kind"]].params, tree_of(display.get("params", {})))
    (random,) = (yaml.safe_load(text) for text in blocks(PAGES / "lmm.md", "yaml"))
    texts = {k: [str(v) for v in value] if isinstance(value, list) else value for k, value in random["params"].items()}
    assert build(METHODS["lmm"].params, tree_of(texts)).times == (1.0, 7.0)
