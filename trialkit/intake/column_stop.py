"""The finding that a column makes a file impossible to take."""

from __future__ import annotations

from trialkit.model import Cells, Finding, Form, finding_key


def column_stop(
    cells: Cells, form: Form, rule: str, name: str, say: str, fix: str, *, line: int = 0, of: tuple[str, ...] = ()
) -> Finding:
    """A critical stop on a column of a file, under the rule ``<form>.file.<rule>``.

    It is told at ``line``; without one at the header of a text file, at no record of a typed one. ``of`` is what
    tells it from other stops on the column.
    """
    whole = f"{form.id}.file.{rule}"
    return Finding(
        form=form.id,
        file=cells.file,
        line=line or (1 if cells.numbering == "line" else 0),
        field=name,
        rule=whole,
        finding_class="stop",
        severity="critical",
        say=say,
        fix=fix,
        numbering=cells.numbering,
        key=finding_key(whole, form.id, "", "", name, of),
    )
