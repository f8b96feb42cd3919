"""Bytes -> cells -> typed cells: files are read strictly, nothing is guessed, every cell is accounted for."""

from trialkit.intake.belonging import assign
from trialkit.intake.reading import FORMATS, read
from trialkit.intake.typing import parse

__all__ = ["FORMATS", "assign", "parse", "read"]
