"""previous: against the last accepted upload: a value changed without a reason, a record gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.model import Condition, Form, Rule
from trialkit.validate.kind import Kind, Problem, unfit, unknown_fields
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs, problems_of
from trialkit.validate.words import cell_said

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Args:
    """The record with the same key in the last accepted upload had the same value in the rule's field (or in each of
    ``fields``), unless ``reason`` is filled. A value that was missing may be filled in; one that is taken out changed.
    With ``form`` the reason is a field of that form, whose matched row (``match``, ``where``) names the changed field
    in its field ``named``.

    ``gone: true`` in place of that gives the records that are gone from a cumulative form this rule's id, class,
    severity and words.
    """

    fields: tuple[str, ...] = ()
    reason: str = ""
    form: str = ""
    match: dict[str, str] = attribute(default_factory=dict)
    where: Condition = attribute(default_factory=Condition)
    named: str = ""
    gone: bool = False


def compared(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields whose change is a finding."""
    return () if args.gone else args.fields or (rule.field,)


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (*form.key, *(args.match or {form.subject: ""})) if args.form else form.key


def looks(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields that may be missing and must be read."""
    return (*compared(form, rule, args), *((args.reason,) if args.reason and not args.form else ()))


def beyond(form: Form, rule: Rule, args: Args) -> bool:
    """It asks for the last upload."""
    return True


def _old(rows: Rows, names: tuple[str, ...]) -> pd.DataFrame:
    """What each row's record held before, missing where it was not there or its key stood for several records."""
    key = list(rows.form.key)
    assert rows.before is not None
    before = rows.before.dropna(subset=key)
    before = before[~before.duplicated(key, keep=False)]
    held = before[[*key, *(name for name in names if name not in key)]]
    return rows.frame[key].merge(held, on=key, how="left")[list(names)]


def changes(rows: Rows, rule: Rule, args: Args) -> dict[str, np.ndarray]:
    """For each field the rows whose value is not what it was."""
    names = compared(rows.form, rule, args)
    if rows.before is None or not names:
        return {}
    old = _old(rows, names)
    return {
        name: old[name].notna().to_numpy()
        & ~(rows.frame[name].to_numpy() == old[name].to_numpy())
        & ~_explained(rows, args, name)
        for name in names
    }


def _explained(rows: Rows, args: Args, name: str) -> np.ndarray:
    """Where the reason is given, or may be."""
    import numpy as np

    if args.reason and not args.form:
        return rows.frame[args.reason].notna().to_numpy()
    found = np.zeros(len(rows), dtype=bool)
    if args.form in rows.others:
        form, other = rows.forms[args.form], rows.others[args.form]
        holds, unknown = args.where.masks(other)
        named = other[args.named].isna() | (other[args.named] == name)
        told = other[(holds | unknown) & named & other[args.reason].notna()]
        found[pairs(rows, told, matching(rows.form, form, args.match))[0]] = True
    return found


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where a value changed and no reason is given."""
    import numpy as np

    return np.logical_or.reduce([np.zeros(len(rows), dtype=bool), *changes(rows, rule, args).values()])


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return "changed since the last upload" + (" without a reason" if args.reason else "")


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """What it was before; nothing of fields that may identify."""
    found, fields = changes(rows, rule, args), rows.form.fields
    shown = {name: where for name, where in found.items() if not fields[name].identifying}
    old = _old(rows, tuple(shown)) if shown else None
    said = []
    for position in positions.tolist():
        names = [name for name, where in shown.items() if where[position]]
        assert old is not None or not names
        cells = [f"{fields[name].label} was {cell_said(old[name].iloc[position])}" for name in names]  # type: ignore[index]
        said.append(", ".join(cells))
    return said


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    if not args.reason:
        return "Confirm the new value at source, or correct it."
    if args.form:
        return "Record the reason for the change, or put the old value back."
    return f"Give the reason for the change in {form.fields[args.reason].label}, or correct the value."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from unknown_fields(form, (*args.fields, *((args.reason,) if args.reason and not args.form else ())))
    yield from _log(form, forms, args) if args.form else ()
    if not form.key:
        yield f"form {form.id!r} has no key: its records cannot be found again", ""
    if args.gone and (rule.field or args.fields or args.reason):
        yield "a record that is gone has no field", "Make two rules: one with 'gone: true', one with the fields."
    if args.gone and form.mode != "cumulative":
        yield f"form {form.id!r} is {form.mode}: a record that is not sent again is not gone", ""
    if not args.gone and not args.fields and not rule.field:
        yield "the rule names no field that may not change", "Add a line 'field: ...', or 'fields' in args."
    for name in args.fields or ((rule.field,) if rule.field else ()):
        if name in form.key:
            yield f"{name!r} is part of the key: it cannot change within a record", ""


def _log(form: Form, forms: Mapping[str, Form], args: Args) -> Iterator[Problem]:
    yield from problems_of(form, forms, args.form, args.match)
    if not (args.reason and args.named):
        yield "a form of reasons needs 'reason' and 'named', two of its fields", ""
    elif args.form in forms:
        yield from unknown_fields(forms[args.form], (args.reason, args.named))
        yield from unfit(forms[args.form], args.where, "'where'")


KIND = Kind(
    "previous", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, needs_field=False,
    looks=looks, beyond=beyond,
)  # fmt: skip
