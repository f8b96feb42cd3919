"""Findings of one cause told as one. Nothing is hidden: a fold holds all its findings, in order.

A cause is looked for in this order, and a finding belongs to the first that explains it: a column that is wrong as a
whole, a record whose cells are shifted, a subject with the same fault in record after record, one thing that is not
on record anywhere, a site that writes a value wrongly all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from trialkit.model import Finding, Study, Table
from trialkit.model.form import FindingClass, Severity
from trialkit.validate.outcome.causes import CAUSES, Cause, Seen
from trialkit.validate.outcome.words import named

CLASSES: tuple[FindingClass, ...] = ("stop", "query", "listing")
SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")


@dataclass(frozen=True)
class Fold:
    """Findings of one cause (``cause`` is "" for a finding by itself), in order; ``key`` outlives the upload."""

    key: str
    cause: str
    say: str
    fix: str
    members: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The first finding, which stands for the others."""
        return self.members[0]

    @cached_property
    def finding_class(self) -> FindingClass:
        """The gravest class among them."""
        return min((member.finding_class for member in self.members), key=CLASSES.index)

    @cached_property
    def severity(self) -> Severity:
        """The worst severity among them."""
        return min((member.severity for member in self.members), key=SEVERITIES.index)

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """Worst first, then by form and rule."""
        return CLASSES.index(self.finding_class), SEVERITIES.index(self.severity), self.lead.form, self.lead.rule


def folded(
    findings: Sequence[Finding],
    study: Study,
    tables: Mapping[str, Table] | None = None,
    sites: Mapping[str, str] | None = None,
) -> list[Fold]:
    """Every finding in exactly one fold, worst first.

    ``tables`` tell how many records a file has; without them no column is called wrong as a whole. ``sites`` give the
    site of a subject where the finding does not.
    """
    seen = Seen(study, tables or {}, sites or {})
    left, made = sorted(findings), []
    for find in CAUSES:
        causes = list(find(left, seen))
        made += [_fold(cause) for cause in causes]
        taken = {id(member) for cause in causes for member in cause.members}
        left = [finding for finding in left if id(finding) not in taken]
    made += [Fold(finding.key, "", named(study, finding), finding.fix, (finding,)) for finding in left]
    return sorted(made, key=lambda fold: (fold.rank, fold.members))


def _fold(cause: Cause) -> Fold:
    return Fold(cause.key, cause.name, cause.say, cause.fix, tuple(sorted(cause.members)))


def by_rule(folds: Sequence[Fold]) -> Iterator[list[Fold]]:
    """Folds with the same weight, form and rule together, worst first; folds of several rules by themselves."""
    key: Callable[[Fold], tuple[object, ...]] = lambda fold: (fold.rank, fold.key if fold.cause else "")  # noqa: E731
    for _, group in groupby(sorted(folds, key=key), key=key):
        yield list(group)
