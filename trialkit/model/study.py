"""A study: a folder of content, read once, never changed by the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from trialkit.model.analysis import AnalysisSpec, Dataset, Display, Estimand, ListingSpec, Population, ReportSpec
from trialkit.model.checklist import Check
from trialkit.model.condition import Condition
from trialkit.model.form import Form
from trialkit.model.mapping import Mapping
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
class Stratum:
    """A factor by which randomization is stratified, and its levels as they are found in the data."""

    id: str
    label: str
    levels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Medicine:
    """A class of medicines the protocol restricts. ``washout_days`` is how long before the first dose it must have
    ended, and after the last dose it must not begin; ``evidence`` says how well the interaction is known."""

    id: str
    label: str
    level: Literal["prohibited", "monitor", "rescue"]
    mechanism: str
    evidence: Literal["clinical", "in vitro", "animal", "case reports", "pharmacology", "assumed"]
    examples: tuple[str, ...] = ()
    washout_days: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class Trigger:
    """What holds a dose, or stops a subject or the study. ``where`` is the condition on a row of ``form``; without
    a form the words alone say it."""

    id: str
    label: str
    action: Literal["hold the dose", "stop the subject", "stop the study"]
    form: str = ""
    where: Condition = Condition()
    source: str = ""


@dataclass(frozen=True)
class Protocol:
    """One protocol version as the board approved it. An amendment is a new file.

    ``consent`` is the version of the consent form that goes with it, ``changes`` what an amendment changed.
    """

    version: str
    title: str
    irb: Approval
    arms: dict[str, Arm]
    visits: dict[str, Visit]
    supersedes: str = ""
    summary: str = ""
    consent: str = ""
    changes: tuple[str, ...] = ()
    strata: dict[str, Stratum] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    medicines: dict[str, Medicine] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    place: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Site:
    """A site, the day it adopted each protocol version, and the IANA name of the time zone its clocks show ("" if it
    is not told: hours are then counted as they are written)."""

    id: str
    name: str = ""
    adopted: dict[str, date] = field(default_factory=dict)
    timezone: str = ""


@dataclass(frozen=True)
class StudyHeader:
    """``schemas/study.yaml``. ``notice`` is printed on top of every display (synthetic data, draft ...).

    ``roster`` is the form that names each subject's site, for the forms that have no site of their own.
    """

    id: str
    title: str
    notice: str = ""
    sponsor: str = ""
    sites: dict[str, Site] = field(default_factory=dict)
    roster: str = ""
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
    checklist: dict[str, Check] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    displays: dict[str, Display] = field(default_factory=dict)
    listings: dict[str, ListingSpec] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The study's id, as its header has it."""
        return self.header.id

    @property
    def protocol(self) -> Protocol:
        """The newest protocol version (the one no other supersedes)."""
        old = {p.supersedes for p in self.protocols.values()}
        return next(p for p in reversed(self.protocols.values()) if p.version not in old)

    def in_force(self, site: str, day: date) -> Protocol | None:
        """The protocol version in force at a site on a day: of those it had adopted by then, the one adopted last.

        None before the first adoption. Raises KeyError for a site the study does not have. A lapsed approval does
        not change the version: see ``Protocol.irb``.
        """
        adopted = self.header.sites[site].adopted
        had = [version for version, on in adopted.items() if on <= day]
        return self.protocols[max(had, key=lambda version: adopted[version])] if had else None

    @property
    def arms(self) -> dict[str, Arm]:
        """The arms of the newest protocol, in its order."""
        return self.protocol.arms

    @property
    def control(self) -> str:
        """The control arm's id, "" if the protocol names none."""
        return next((arm.id for arm in self.arms.values() if arm.control), "")
