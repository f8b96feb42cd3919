"""The pages of the mixed models hold the equations that the code cites, and the code computes what they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trialkit
from trialkit.methods import METHODS
from trialkit.methods.mmrm import METHODS_DF, STRUCTURES

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
