"""present: the cell must be filled. A cell that could not be read counts as filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Form, Rule
from trialkit.validate.kind import Kind
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Args:
    """No arguments; ``when`` says which rows are meant."""


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the cell is missing."""
    return rows.frame[rule.field].isna().to_numpy()


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return f"is missing where {rule.when.words()}" if rule.when else "is missing"


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Enter the value at source."


KIND = Kind("present", Args, mask, say, stage=0, fix=fix, single=True, presence=True)
