"""The gates a file passes before its cells are read as values."""

from __future__ import annotations

from trialkit.model.finding import Finding
from trialkit.model.form import Form
from trialkit.model.study import Study
from trialkit.model.table import Cells

IDENTIFIERS = ".file.identifiers"
"""How the id of a finding ends that says that a file may tell who somebody is."""


def at_the_gates(study: Study, cells: Cells, form: Form, blinded: bool) -> list[Finding]:
    """What the gates say of a file; if one is a stop, nothing of the file may be looked at further, or told."""
    from trialkit.validate.gates.blinding import blinding
    from trialkit.validate.gates.identifiers import identifiers

    return [*identifiers(cells, form), *(blinding(cells, form, study.forms) if blinded else ())]


def may_be_kept(name: str, data: bytes, findings: list[Finding]) -> bool:
    """Whether a refused file may be kept: not if it holds, or could hold, what identifies somebody."""
    from trialkit.intake import plain_pieces
    from trialkit.validate.gates.identifiers import suspicious

    of_file = [finding for finding in findings if finding.file == name and finding.finding_class == "stop"]
    if any(finding.rule.endswith(IDENTIFIERS) for finding in of_file):
        return False
    return not any(suspicious(piece) for piece in plain_pieces(data))
