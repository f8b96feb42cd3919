"""The rule kinds, one file each. A kind is a small mask function with its words."""

from __future__ import annotations

from trialkit.validate.kind import Kind
from trialkit.validate.rules import (
    change,
    clock,
    codes,
    compare,
    computed,
    coverage,
    exists,
    gap,
    in_force,
    overlap,
    pattern,
    present,
    previous,
    range,
    rolling,
    sequence,
    together,
    unique,
    window,
)
from trialkit.validate.rules.formulas import FORMULAS, Formula

RULE_KINDS: dict[str, Kind] = {
    "present": present.KIND,
    "codes": codes.KIND,
    "range": range.KIND,
    "pattern": pattern.KIND,
    "unique": unique.KIND,
    "compare": compare.KIND,
    "computed": computed.KIND,
    "exists": exists.KIND,
    "in_force": in_force.KIND,
    "window": window.KIND,
    "rolling": rolling.KIND,
    "gap": gap.KIND,
    "sequence": sequence.KIND,
    "overlap": overlap.KIND,
    "clock": clock.KIND,
    "change": change.KIND,
    "coverage": coverage.KIND,
    "together": together.KIND,
    "previous": previous.KIND,
}

__all__ = ["FORMULAS", "RULE_KINDS", "Formula"]
