"""What every format says of two protocol versions in the same words."""

from __future__ import annotations

from trialkit.queries.protocols import Amended
from trialkit.queries.protocols.declared import NONE, TOUCHED, Judged
from trialkit.words import many


def total(found: Amended) -> str:
    """The verdict in one line."""
    if not found.found and not found.unmatched:
        return "no difference"
    counts = many(len(found.found), "difference")
    if not found.declared:
        return (
            f"{counts}; {found.new.version} does not supersede {found.old.version}, so no declared list goes with them"
        )
    undeclared = sum(one.match == NONE for one in found.found)
    return f"{counts}, {undeclared} not declared; {len(found.unmatched)} declared without a difference of content"


def reasons(one: Judged) -> list[str]:
    """The reason of a difference in words, and how sure it is."""
    if one.match == NONE:
        return ["NOT DECLARED: no declared change covers it"]
    said = "perhaps declared (the values are not named)" if one.match == TOUCHED else "declared"
    return [f"{said}: {reason}" for reason in one.reasons]
