"""Bytes -> cells -> typed cells: files are read strictly, nothing is guessed, every cell is accounted for."""

from trialkit.intake.belonging import assign
from trialkit.intake.detecting import decimal_of
from trialkit.intake.mapped import mapping_of, renamed, told_in_their_words
from trialkit.intake.parsing import parse
from trialkit.intake.reading import FORMATS, cells_of, read
from trialkit.intake.source import ZIP, Source, plain_pieces, sources_in

__all__ = [
    "FORMATS", "ZIP", "Source", "assign", "cells_of", "decimal_of", "mapping_of", "parse", "plain_pieces", "read",
    "renamed", "sources_in", "told_in_their_words",
]  # fmt: skip
