"""The verdict on each row, and the three-valued logic behind it, stated once.

A missing value passes a rule unless the rule is about presence. A cell that could not be read, or was already found
wrong by itself, makes every rule that looks at it unknown: not wrong. A ``when`` that is unknown does not apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.model.texts import filled
from trialkit.validate.compiled import Compiled
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


def fails(item: Compiled, rows: Rows) -> np.ndarray:
    """True where the row is wrong, as far as the typed frame alone can tell.

    A rule that applies to no row is not asked: most rules have a condition, and looking into other forms is dear.
    """
    asked = applies(item, rows)
    return item.kind.mask(rows, item.rule, item.args) & asked if asked.any() else asked


def applies(item: Compiled, rows: Rows) -> np.ndarray:
    """Where ``when`` holds and, but for rules about presence, every cell it reads is filled."""
    import numpy as np

    found = np.ones(len(rows), dtype=bool)
    if item.rule.when:
        found &= item.rule.when.masks(rows.frame)[0]
    if not item.kind.presence:
        for name in item.reads:
            found &= filled(rows.frame[name])
    return found


def known(item: Compiled, wrong: np.ndarray, hidden: Mapping[str, np.ndarray]) -> np.ndarray:
    """``wrong`` where every cell the rule looks at may be judged."""
    for name in item.needs:
        if name in hidden:
            wrong = wrong & ~hidden[name]
    return wrong


def hides(item: Compiled) -> bool:
    """Whether a cell this rule finds wrong is not to be trusted by later rules."""
    return item.kind.single and item.rule.finding_class != "listing"
