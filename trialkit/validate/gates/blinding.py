"""The gate for blinding: nothing in a blinded transfer may tell the arm."""

from __future__ import annotations

from collections.abc import Mapping

from trialkit.intake.column_stop import column_stop
from trialkit.model import Cells, Finding, Form


def blinding(cells: Cells, form: Form, forms: Mapping[str, Form]) -> list[Finding]:
    """A stop finding for each column of a file that is blinded in its form, or has the name of one blinded elsewhere.

    For transfers that somebody blinded may see (ICH E6(R3), section 4.1); a file of the unblinded role is not asked.
    """
    revealing = {name: f"of form {one.id!r}" for one in forms.values() for name in _blinded(one)}
    revealing |= dict.fromkeys(_blinded(form), "of this form")
    spared = {name for name, field in form.fields.items() if not field.blinded}
    return [
        _stop(cells, form, name, revealing[name])
        for name in map(str, cells.frame.columns)
        if name in revealing and name not in spared
    ]


def _blinded(form: Form) -> list[str]:
    return [name for name, field in form.fields.items() if field.blinded]


def _stop(cells: Cells, form: Form, name: str, where: str) -> Finding:
    say = f"column {name!r} tells, or could tell, the arm (blinded field {where}), and this is a blinded transfer"
    fix = "Send this file by the unblinded route, and restrict who can open it."
    return column_stop(cells, form, "blinding", name, say, fix)
