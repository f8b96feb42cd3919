"""Running one method on some rows of another's inputs, and the rows it gives back as rows of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from trialkit.methods.base import Inputs, Row


def narrowed(inputs: Inputs, at: np.ndarray, **columns: Any) -> Inputs:
    """The inputs with the rows at these positions only, and columns put in place of those of the same name."""
    frame = inputs.frame.iloc[at].reset_index(drop=True)
    return replace(inputs, frame=frame.assign(**columns))


Run = Callable[[Inputs, Any], list[Row]]
"""A method's ``run``."""


def run_on(run: Run, inputs: Inputs, at: np.ndarray, params: Any, **columns: Any) -> Iterator[Row]:
    """The rows of a method run on the narrowed inputs, with positions in the whole frame."""
    for row in run(narrowed(inputs, at, **columns), params):
        yield row if row.rows is None else row.but(rows=at[row.rows])
