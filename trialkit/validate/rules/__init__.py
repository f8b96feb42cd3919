"""The rule kinds, one file each. A kind is a small mask function with its words."""

from __future__ import annotations

from trialkit.validate.kind import Kind
from trialkit.validate.rules import codes, compare, computed, exists, in_force, pattern, present, range, unique
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
}

__all__ = ["FORMULAS", "RULE_KINDS", "Formula"]
