"""Which examples of a form's rules can be judged together by a rule, as if each were judged alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialkit.model import Example, Form
from trialkit.validate.compiled import Compiled
from trialkit.validate.laid import said

Pool = tuple[int, ...]
"""The numbers of some examples."""


def pools_of(item: Compiled, form: Form, roster: str, examples: Sequence[Example], of: Iterable[int]) -> list[Pool]:
    """Those of these examples that have the same there where the rule looks; each alone if it looks at its own rows."""
    pools: dict[tuple[object, ...], list[int]] = {}
    for i in of:
        pools.setdefault(_seen_by(item, form, roster, examples[i], i), []).append(i)
    return [tuple(pool) for pool in pools.values()]


def _seen_by(item: Compiled, form: Form, roster: str, example: Example, i: int) -> tuple[object, ...]:
    """What the rule may look at beside a row of the example: other forms, their sites, the last upload, the day."""
    if item.kind.grouped or item.asks({form.id}):
        return (i,)
    names = {*item.sees, roster} if item.sees or not form.site else set()
    tables = tuple((name, said(example.tables[name])) for name in sorted(names & example.tables.keys()))
    return (tables, said(example.before), example.as_of) if item.beyond else (tables,)


def concerned(item: Compiled, form: Form, example: Example) -> bool:
    """Whether the rule could answer otherwise than on the form's clean row, which raises nothing.

    A rule of one row can only if a field it looks at is changed in some row; one that looks from row to row, if
    there are several; one that looks at other forms, only if one of them is there.
    """
    if item.kind.several and not example.rows:
        return False
    if not form.example or (example.as_of and item.beyond):
        return True
    if (example.rows or example.before) and (item.kind.grouped or item.beyond):
        return True
    if item.sees:
        return item.asks({form.id, *example.tables})
    clean, rows = form.example, (example.row, *example.rows)
    changed = {name for row in rows for name, cell in row.items() if clean.get(name, "") != cell}
    return bool(changed & {*item.columns, *item.needs})
