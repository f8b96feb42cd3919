"""How a field's cells are made. Each generator reads its arguments from the scenario and returns cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Tree
from trialkit.simulate.generators import following, measures, plain, product, scores, times
from trialkit.simulate.generators.base import Cells, Generator, Making, Numbers, numbers_of, text_of
from trialkit.spec import build

GENERATORS: dict[str, Generator] = (
    plain.GENERATORS
    | times.GENERATORS
    | scores.GENERATORS
    | measures.GENERATORS
    | product.GENERATORS
    | following.GENERATORS
)
"""Generator by the name used in a scenario: its arguments and its function."""


def generator_of(tree: Tree) -> tuple[Callable[[Any, Making], Cells], Any]:
    """``{kind: {arguments}}`` as a generator and its arguments. Raises StudyError with the place."""
    if not isinstance(tree.value, dict) or len(tree.value) != 1:
        raise StudyError("a field is made by one line '{kind: {...}}'", str(tree.where))
    ((kind, args),) = tree.value.items()
    if kind not in GENERATORS:
        raise StudyError(f"unknown generator {kind!r}", str(tree.where), did_you_mean(kind, GENERATORS))
    cls, run = GENERATORS[kind]
    return run, build(cls, replace(args, value={}) if args.value is None else args)


def derived(tree: Tree) -> bool:
    """Whether the generator's cells follow from other cells of the row alone."""
    return isinstance(tree.value, dict) and next(iter(tree.value), "") in scores.DERIVED


__all__ = ["GENERATORS", "Cells", "Making", "Numbers", "derived", "generator_of", "numbers_of", "text_of"]
