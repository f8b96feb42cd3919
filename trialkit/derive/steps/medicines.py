"""The step that finds a medicine in the protocol's classes of restricted medicines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.derive.base import At, Outcome, StepKind

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Restricted:
    """The classes of the newest protocol's restricted medicines that name a medicine, a row for each of them."""

    name: str
    into: str
    level: str = ""
    evidence: str = ""
    mechanism: str = ""


def restricted(frame: pd.DataFrame, args: Restricted, at: At) -> Outcome:
    """Rows with the class in words, the study's level and how well the interaction is known.

    A medicine in two classes has two rows, and the second counts as a row in; a medicine in none has missing values.
    """
    import pandas as pd

    at.need(frame, [args.name])
    wanted = {args.level: "level", args.evidence: "evidence", args.mechanism: "mechanism"}
    made = [args.into, *filter(None, wanted)]
    rows = [
        (name, group.label, *(getattr(group, attribute) for column, attribute in wanted.items() if column))
        for group in at.lookup.medicines().values()
        for name in group.examples
    ]
    classes = pd.DataFrame(rows, columns=["restricted name", *made], dtype=object)
    plain = frame.drop(columns=[name for name in made if name in frame])
    both = plain.merge(classes, left_on=args.name, right_on="restricted name", how="left")
    return Outcome(both.drop(columns="restricted name"), added=len(both) - len(frame))


MEDICINES = {
    "restricted": StepKind(
        "restricted", Restricted, lambda a: f"{a.into}: the protocol's classes of restricted medicines with {a.name}",
        restricted,
    )
}  # fmt: skip
