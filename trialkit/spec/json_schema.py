"""JSON Schema for editors, from the same dataclasses that read the content.

``python -m trialkit.spec.json_schema DIR`` writes one file per kind of content file.
"""

from __future__ import annotations

import json
import sys
from dataclasses import MISSING, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from trialkit.model.analysis import AnalysisSpec, Dataset, Display, Estimand, ListingSpec, Population, ReportSpec, Step
from trialkit.model.checklist import Check
from trialkit.model.condition import OPS, Condition
from trialkit.model.form import Form, Rule, SharedRule
from trialkit.model.mapping import Mapping
from trialkit.model.study import Protocol, StudyHeader
from trialkit.model.tree import Tree
from trialkit.model.units import Quantity
from trialkit.spec.build import content_fields

KINDS: dict[str, tuple[type, str]] = {
    "study": (StudyHeader, "one"),
    "protocol": (Protocol, "one"),
    "form": (Form, "one"),
    "mapping": (Mapping, "one"),
    "checks": (Rule, "table of tables"),
    "shared": (SharedRule, "table"),
    "checklist": (Check, "table"),
    "codelists": (str, "table of tables"),
    "units": (Quantity, "table"),
    "dataset": (Dataset, "one"),
    "analysis": (AnalysisSpec, "one"),
    "listing": (ListingSpec, "one"),
    "display": (Display, "one"),
    "report": (ReportSpec, "one"),
    "estimands": (Estimand, "table"),
    "populations": (Population, "table"),
}
"""Every kind of content file: its dataclass, and whether the file is one object or a table of them by id."""

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_NULL: dict[str, Any] = {"type": "null"}


def json_schema(kind: str) -> dict[str, Any]:
    """The schema (draft 2020-12) of a kind of content file. Scalars are read as text, so any scalar is allowed."""
    cls, shape = KINDS[kind]
    inner = _of(cls, keyed=shape != "one")
    if shape == "table of tables":
        inner = {"anyOf": [_table(inner), {"type": "array", "items": _SCALAR}]} if cls is str else _table(inner)
    body = _table(inner) if shape != "one" else inner
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"trialkit {kind}", **body}


def _table(inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": inner}


def _of(hint: Any, keyed: bool = False) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Tree:
        return {}
    if hint is Condition:
        return _condition()
    if hint is Step:
        return {"type": "object", "minProperties": 1, "maxProperties": 1}
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, UnionType):
        return {"anyOf": [_of(a) for a in args if a is not NoneType] + [_NULL]}
    if origin is tuple:
        items = _of(args[0])
        return {
            "anyOf": [{"type": "array", "items": items}, _NULL, *([_SCALAR] if args[0] in (str, int, float) else [])]
        }
    if origin is dict:
        return _mapping(args[1])
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint, keyed)
    return _scalar(hint)


def _scalar(hint: Any) -> dict[str, Any]:
    if hint is bool:
        return {"enum": [True, False, "true", "false"]}
    if hint in (int, float):
        return {"type": ["number", "string"]}
    if hint is date:
        return {"type": "string", "format": "date"}
    return {"type": [*_SCALAR["type"], "null"]}


def _mapping(value: Any) -> dict[str, Any]:
    inner = _of(value, keyed=True)
    if is_dataclass(value) and isinstance(value, type) and "label" in content_fields(value):
        inner = {"anyOf": [inner, _SCALAR]}
    short = [{"type": "array", "items": _SCALAR}] if value is str else []
    return {"anyOf": [_table(inner), _NULL, *short]}


def _object(cls: type, keyed: bool) -> dict[str, Any]:
    content = content_fields(cls)
    own = next((name for name in ("id", "name", "version") if name in content), "") if keyed else ""
    required = [
        key
        for key, (attribute, _) in content.items()
        if attribute.default is MISSING and attribute.default_factory is MISSING and key != own
    ]
    made: dict[str, Any] = {"type": "object", "additionalProperties": False}
    made["properties"] = {key: _of(hint) for key, (_, hint) in content.items()}
    return made | ({"required": required} if required else {})


def _condition() -> dict[str, Any]:
    values = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
    tests = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(OPS, values)}
    return {"anyOf": [_table({"anyOf": [values, tests]}), _NULL]}


def write(folder: Path) -> list[Path]:
    """Write every schema into a folder; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind}.json" for kind in KINDS]
    for path in paths:
        path.write_text(json.dumps(json_schema(path.stem), indent=2) + "\n", encoding="utf-8")
    return paths


if __name__ == "__main__":
    write(Path(sys.argv[1]))
