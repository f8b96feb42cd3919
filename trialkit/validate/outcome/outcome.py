"""The outcome of a check: what every output format is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from trialkit.model import Finding, Study, Table
from trialkit.validate.outcome.fold import Fold, folded
from trialkit.validate.outcome.sites import sites_of


@dataclass(frozen=True)
class Outcome:
    """Findings in order, what was checked, and as of which day.

    ``tables`` are the forms of the submission; ``known`` the forms of which anything was there to compare with,
    ``before`` those accepted earlier. ``note`` says what became of the files. ``hidden`` tells that values were
    taken out.
    """

    study: Study
    findings: tuple[Finding, ...]
    files: int
    rows: int
    as_of: date | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    note: str = ""
    hidden: bool = False
    sited: Mapping[str, str] | None = None

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """The findings folded by cause, in order; each finding is in exactly one."""
        return tuple(folded(self.findings, self.study, self.tables, self.sites))

    @cached_property
    def sites(self) -> dict[str, str]:
        """Subject -> site: as given (``sited``), else as far as the submission tells it."""
        return sites_of(self.study, self.tables) if self.sited is None else dict(self.sited)

    def site(self, finding: Finding) -> str:
        """The finding's site: its own, or that of its subject; "" if neither is known."""
        return finding.site or self.sites.get(finding.subject, "")
