"""Bytes -> cells -> typed cells: files are read strictly, nothing is guessed, every cell is accounted for."""

from trialkit.intake.belonging import assign
from trialkit.intake.parsing import parse
from trialkit.intake.reading import FORMATS, read

__all__ = ["FORMATS", "assign", "parse", "read"]
