"""The study that ships, read once: it is never changed, and reading it takes a second."""

from __future__ import annotations

from functools import cache

from trialkit.locate import shipped_study
from trialkit.model import Study
from trialkit.spec import load_study


@cache
def shipped() -> Study:
    """The study that ships, as loaded."""
    return load_study(shipped_study())
