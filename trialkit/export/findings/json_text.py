"""Findings as JSON: every finding with all its parts, and the causes that join them."""

from __future__ import annotations

import json

from trialkit.export.findings.shared import causes, counted, plain
from trialkit.validate.outcome import Outcome

SCHEMA = "trialkit.findings/1"


def as_json(outcome: Outcome) -> str:
    """One JSON object: schema, totals, every finding in order, and what was folded.

    A finding's ``cause`` is the key of the cause it shares with others, "" if it stands alone.
    """
    of = causes(outcome)
    content = {
        "schema": SCHEMA,
        "files": outcome.files,
        "rows": outcome.rows,
        "as_of": str(outcome.as_of or ""),
        "counts": counted(outcome.findings),
        "findings": [plain(finding) | {"cause": of.get(id(finding), ("", ""))[0]} for finding in outcome.findings],
        "causes": [
            {"key": fold.key, "cause": fold.cause, "say": fold.say, "fix": fold.fix, "findings": len(fold.members)}
            for fold in outcome.folds
            if fold.cause
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
