"""Numbers with their nouns."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import trialkit
from trialkit.pipeline.study import CheckReport
from trialkit.words import many

NOUNS = "subject|row|record|point|event|finding|file|form|upload|observation|submission|snapshot|byte|step|column"


def test_one_has_no_plural_and_thousands_have_a_comma() -> None:
    assert [many(n, "row") for n in (0, 1, 1204)] == ["0 rows", "1 row", "1,204 rows"]
    assert [many(n, "query", "queries") for n in (1, 2)] == ["1 query", "2 queries"]


def test_what_was_checked_is_counted_in_words() -> None:
    assert CheckReport({"forms": 1, "analyses": 1, "data sets": 2}, ()).counted == "1 form, 1 analysis, 2 data sets"


def test_no_message_puts_a_plural_after_a_number_that_may_be_one() -> None:
    """A number computed in a message (``{len(x)} rows``) is written by ``many``, or it is one of several ("2 of 3")."""
    wrong = []
    for path in sorted(Path(trialkit.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(each.value) if isinstance(each, ast.Constant) else "" for each in node.values]
                for at, part in enumerate(node.values[:-1]):
                    several = at and parts[at - 1].endswith(" of ")
                    if counted(part) and re.match(rf" ({NOUNS})s\b", parts[at + 1]) and not several:
                        wrong.append(f"{path.name}:{node.lineno}: {ast.unparse(part)}{parts[at + 1][:20]}")
    assert wrong == []


def counted(part: ast.expr) -> bool:
    """Whether a part of a text is a call of len or sum."""
    value = part.value if isinstance(part, ast.FormattedValue) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("len", "sum")
