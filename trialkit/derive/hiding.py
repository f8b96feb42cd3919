"""While the arms are hidden: what a step makes of a hidden field is hidden too, whatever the step would say of a
missing value.

A sum over doses that cannot be read is not 0, and a product that cannot be compared is not another one. So hidden
columns are followed through the steps by name, from the content alone and never from the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trialkit.derive.base import Loss, Outcome
from trialkit.derive.frames import with_columns
from trialkit.model.analysis import Step
from trialkit.model.study import Study
from trialkit.model.tree import Tree

if TYPE_CHECKING:
    import pandas as pd

UNTOLD = "cannot be told while the arms are hidden"
MADE = ("into", "flag")
"""The arguments that name a column the step makes."""


@dataclass(frozen=True)
class Hidden:
    """What of a table is hidden: columns by name, and whether it cannot be told which rows it has."""

    columns: frozenset[str] = frozenset()
    rows: bool = False

    def touches(self, names: Iterable[str]) -> bool:
        """Whether something that names these columns depends on what is hidden."""
        return self.rows or not self.columns.isdisjoint(names)


SEEN = Hidden()
"""Nothing is hidden."""


def is_untold(error: str) -> bool:
    """Whether this is said of what is kept back, and not of what went wrong."""
    return error.endswith(UNTOLD)


def of_form(study: Study, form: str) -> Hidden:
    """The blinded fields of a form."""
    return Hidden(frozenset(name for name, field in study.forms[form].fields.items() if field.blinded))


Of = Callable[[str], Hidden]
"""What is hidden of a form or data set, by its name."""


def depends(step: Step, own: Hidden, of: Of) -> bool:
    """Whether what a step does, and not only what it takes as it is, stands on something hidden; ``own`` is what was
    hidden before it, ``of`` tells it of the tables the step looks into."""
    return _there(step, own, of).touches(_read(step.args))


def after(step: Step, before: pd.DataFrame, outcome: Outcome, own: Hidden, of: Of) -> Hidden:
    """What is hidden after a step; ``own`` and ``of`` as in ``depends``.

    Where hidden columns decide which rows stay or are added, ``rows`` is set.
    """
    there = _there(step, own, of)
    looks = any(True for _ in _under(step.args, "from"))
    old = {str(name) for name in before.columns}
    fetched = {new: source for new, source in _fetched(step.args) if new in outcome.frame.columns}
    taken = {new for new, source in fetched.items() if source in there.columns}
    stays = {name for name in own.columns if name in outcome.frame.columns and (looks or name not in fetched)}
    if not depends(step, own, of):
        return Hidden(frozenset(stays | taken), own.rows)
    made = {str(name) for name in outcome.frame.columns if name not in old} | set(_made(step.args))
    return Hidden(frozenset(stays | taken | made), own.rows or not made or _moved(before, outcome))


def _there(step: Step, own: Hidden, of: Of) -> Hidden:
    """What is hidden of all that a step sees."""
    seen = [own, *(of(name) for name in _under(step.args, "from"))]
    return Hidden(frozenset().union(*(one.columns for one in seen)), any(one.rows for one in seen))


def veiled(before: pd.DataFrame, outcome: Outcome, own: Hidden, hidden: Hidden) -> Outcome:
    """The outcome with hidden columns missing; without a row from where on it cannot be told which there are."""
    frame = outcome.frame
    gone = {name: frame[name].where(frame[name].isna()) for name in sorted(hidden.columns) if name in frame.columns}
    if hidden.rows and not own.rows:
        return Outcome(with_columns(frame, gone).iloc[:0], (Loss(UNTOLD, before),) if len(before) else ())
    return replace(outcome, frame=with_columns(frame, gone))


def _moved(before: pd.DataFrame, outcome: Outcome) -> bool:
    return bool(outcome.lost or outcome.added) or len(before) != len(outcome.frame)


def _read(args: Tree) -> Iterator[str]:
    """Every name that decides: all text of the arguments but columns that are made or only fetched."""
    for key, tree in _pairs(args):
        if key in (*MADE, "from", "columns", "constant"):
            continue
        yield from names_in(tree)


def _pairs(args: Tree) -> Iterator[tuple[str, Tree]]:
    if isinstance(args.value, dict):
        yield from args.value.items()
    elif args.value is not None:
        yield "", args


def names_in(tree: Tree) -> Iterator[str]:
    """All text of some arguments, keys too, but columns that are made."""
    value = tree.value
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from names_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in MADE:
                yield key
                yield from names_in(item)


def _fetched(args: Tree) -> Iterator[tuple[str, str]]:
    """(new, old) of the columns that a step takes as they are."""
    columns = args.value.get("columns") if isinstance(args.value, dict) else None
    if columns is not None and isinstance(columns.value, dict):
        yield from ((new, item.value) for new, item in columns.value.items() if isinstance(item.value, str))
    elif columns is not None:
        yield from ((name, name) for name in names_in(columns))


def _made(args: Tree) -> Iterator[str]:
    for name in MADE:
        yield from _under(args, name)


def _under(tree: Tree, wanted: str) -> Iterator[str]:
    """The text under a key, at any depth."""
    value: Any = tree.value
    if isinstance(value, tuple):
        for item in value:
            yield from _under(item, wanted)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == wanted and isinstance(item.value, str):
                yield item.value
            yield from _under(item, wanted)
