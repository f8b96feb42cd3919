"""Records of the last accepted upload that a new cumulative upload no longer has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from trialkit.model import Finding, Form, Rule, Table, finding_key
from trialkit.validate.compiled import compile_rule
from trialkit.validate.rows import rows_accepted
from trialkit.validate.words import open_texts, texts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def gone(table: Table, before: pd.DataFrame) -> Iterator[Finding]:
    """One finding for each record that is no longer there, at line 0: the file as a whole.

    A rule of kind previous with ``gone: true`` gives it id, class, severity and words.

    A record whose key is not fully known, before or now, cannot be said to be gone.
    """
    form, old = table.form, rows_accepted(table.form, before)
    if not form.key or any(name not in table.frame for name in form.key):
        return
    positions = _missing(old.frame, table.frame, list(form.key), table.unread)
    records = list(zip(*(texts(old.frame[name], positions) for name in form.key), strict=True))
    shown = list(zip(*(open_texts(old, name, positions) for name in form.key), strict=True))
    roles = [
        texts(old.frame[name], positions) if name else [""] * len(positions) for name in (form.subject, form.visit)
    ]
    seen = [open_texts(old, name, positions) for name in (form.subject, form.site, form.visit)]
    rule = _rule(form)
    for n, record in enumerate(records):
        said = ", ".join(filter(None, shown[n]))
        yield Finding(
            form=form.id,
            file=table.file,
            line=0,
            field="",
            rule=rule.id,
            finding_class=rule.finding_class,
            severity=rule.severity,
            say=f"{rule.say}{f': {said}' if said else ''}",
            why=rule.why,
            fix=rule.fix,
            subject=seen[0][n],
            site=seen[1][n],
            visit=seen[2][n],
            numbering=table.numbering,
            key=finding_key(rule.id, form.id, roles[0][n], roles[1][n], "", record),
        )


def _rule(form: Form) -> Rule:
    """The stated rule on records that are gone, or the one that every cumulative form implies."""
    implied = Rule(
        f"{form.id}.records.kept",
        "previous",
        severity="critical",
        say="a record that was accepted before is gone",
        why="the form is cumulative: a record that is left out is a record that is deleted",
        fix="Send the record again, or confirm with a reason that it was deleted.",
    )
    stated = (rule for rule in form.rules.values() if rule.kind == "previous" and compile_rule(form, rule).args.gone)
    rule = next(stated, implied)
    return replace(rule, say=rule.say or implied.say, fix=rule.fix or implied.fix, why=rule.why or implied.why)


def _missing(old: pd.DataFrame, new: pd.DataFrame, key: list[str], unread: dict[str, np.ndarray]) -> np.ndarray:
    """Positions of old records with a full key that no new record has; none if some new key could not be read."""
    import numpy as np

    if any(unread[name].any() for name in key if name in unread):
        return np.array([], dtype="int64")
    first = old[key].dropna().drop_duplicates()
    marked = first.assign(_at=first.index).merge(new[key].drop_duplicates(), on=key, how="left", indicator=True)
    return np.sort(marked.loc[marked["_merge"] == "left_only", "_at"].to_numpy(dtype="int64"))
