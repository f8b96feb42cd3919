"""Snapshot -> analysis data sets: every row with its source, every lost row in the ledger."""

from trialkit.derive.run import Derived, check_steps, derive
from trialkit.derive.steps import STEPS

__all__ = ["STEPS", "Derived", "check_steps", "derive"]
