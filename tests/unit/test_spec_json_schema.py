"""The committed JSON Schemas are the generated ones, and every content file conforms to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trialkit.locate import shipped_study
from trialkit.spec import read_yaml
from trialkit.spec.json_schema import KINDS, json_schema

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json-schema"
FILES = {
    "study": "schemas/study.yaml", "protocol": "schemas/protocols/*.yaml", "form": "schemas/[fi]*s/*.yaml",
    "checks": "schemas/checks/*.yaml", "shared": "schemas/shared/*.yaml", "checklist": "schemas/checklist.yaml",
    "codelists": "schemas/codelists.yaml", "dataset": "analysis/datasets/*.yaml", "mapping": "schemas/mappings/*.yaml",
    "analysis": "analysis/analyses/*.yaml", "report": "analysis/reports/*.yaml",
    "estimands": "analysis/estimands.yaml", "populations": "analysis/populations.yaml",
    "units": "schemas/units.yaml", "display": "analysis/displays/*.yaml", "listing": "analysis/listings/*.yaml",
}  # fmt: skip
NEED_NOT_BE = ("listing",)
"""Kinds of content that the shipped study may be without."""


@pytest.mark.parametrize("kind", KINDS)
def test_committed_is_generated(kind: str) -> None:
    assert json.loads((DOCS / f"{kind}.json").read_text(encoding="utf-8")) == json_schema(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_content_conforms(kind: str) -> None:
    files = sorted(shipped_study().glob(FILES[kind]))
    assert files or kind in NEED_NOT_BE
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    conforms = jsonschema.Draft202012Validator(schema)
    for path in files:
        conforms.validate(read_yaml(path.read_text(encoding="utf-8"), path.name).plain())


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("form", {"id": "a"}),
        (
            "form",
            {"id": "a", "title": "A", "version": "1", "key": ["X"], "fields": {"X": {"label": "X", "typ": "text"}}},
        ),
        ("analysis", {"id": "a", "title": "A", "dataset": "d", "population": "p", "method": "m", "role": "main"}),
    ],
)
def test_wrong_content_does_not_conform(kind: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json_schema(kind))
