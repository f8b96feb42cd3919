"""A study: a folder of content, read once, never changed by the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from trialkit.model.analysis import AnalysisSpec, Dataset, Estimand, Population, ReportSpec
from trialkit.model.form import Form
from trialkit.model.tree import NOWHERE, Tree, Where


@dataclass(frozen=True)
class Approval:
    """An ethics approval of one protocol version."""

    board: str
    reference: str
    approved_on: date
    expires_on: date | None = None


@dataclass(frozen=True)
class Arm:
    """A treatment arm; ``id`` is the value found in the data."""

    id: str
    label: str
    control: bool = False
    ratio: int = 1
    description: str = ""


@dataclass(frozen=True)
class Visit:
    """A planned visit: day (there is no day 0 unless the protocol numbers one), window in days, forms due."""

    id: str
    label: str
    day: int | None = None
    early: int = 0
    late: int = 0
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A number or word the protocol fixes (a cap, a threshold), with unit and source."""

    id: str
    value: str
    unit: str = ""
    label: str = ""
    source: str = ""


@dataclass(frozen=True)
class Protocol:
    """One protocol version as the board approved it. An amendment is a new file."""

    version: str
    title: str
    irb: Approval
    arms: dict[str, Arm]
    visits: dict[str, Visit]
    supersedes: str = ""
    summary: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Site:
    """A site and the day it adopted each protocol version."""

    id: str
    name: str = ""
    adopted: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyHeader:
    """``schemas/study.yaml``. ``notice`` is printed on top of every display (synthetic data, draft ...)."""

    id: str
    title: str
    notice: str = ""
    sponsor: str = ""
    sites: dict[str, Site] = field(default_factory=dict)
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Study:
    """All content of a study folder. ``digest`` is the SHA-256 over every content file, name and bytes."""

    root: Path
    header: StudyHeader
    protocols: dict[str, Protocol]
    forms: dict[str, Form]
    datasets: dict[str, Dataset]
    estimands: dict[str, Estimand]
    populations: dict[str, Population]
    analyses: dict[str, AnalysisSpec]
    reports: dict[str, ReportSpec]
    scenarios: dict[str, Tree]
    digest: str
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def protocol(self) -> Protocol:
        """The newest protocol version (the one no other supersedes)."""
        old = {p.supersedes for p in self.protocols.values()}
        return next(p for p in reversed(self.protocols.values()) if p.version not in old)

    @property
    def arms(self) -> dict[str, Arm]:
        """The arms of the newest protocol, in its order."""
        return self.protocol.arms

    @property
    def control(self) -> str:
        """The control arm's id, "" if the protocol names none."""
        return next((arm.id for arm in self.arms.values() if arm.control), "")
