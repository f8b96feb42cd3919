"""Two protocol versions side by side: what differs, what was declared, approvals, sites and re-consent."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.model.study import Protocol, Study
from trialkit.queries.protocols.declared import Judged, judge, unmatched
from trialkit.queries.protocols.differences import differences
from trialkit.spec.lock import locked

__all__ = ["Amended", "Side", "amended"]

UNLOCKED = "not locked"


@dataclass(frozen=True)
class Side:
    """One version: what names and approves it, the hash on record in the lock, and its adoption by sites."""

    version: str
    title: str
    board: str
    reference: str
    approved_on: str
    expires_on: str
    consent: str
    lock: str
    adopted: dict[str, str]


@dataclass(frozen=True)
class Amended:
    """Two versions compared. ``declared`` is False if the new one does not follow from the old by 'supersedes':
    there is no list to compare with then. ``unmatched`` are declared changes without a difference."""

    study: str
    notice: str
    old: Side
    new: Side
    declared: bool
    found: tuple[Judged, ...]
    unmatched: tuple[str, ...]
    reconsent: tuple[str, ...]

    def __bool__(self) -> bool:
        """True if the content differs."""
        return bool(self.found)


def amended(study: Study, old: Protocol, new: Protocol) -> Amended:
    """Compare two versions of a study."""
    way = _way(study, old, new)
    changes = tuple(change for protocol in way for change in protocol.changes)
    found = judge(differences(old, new), changes)
    return Amended(
        study=f"{study.id}: {study.header.title}",
        notice=study.header.notice,
        old=_side(study, old),
        new=_side(study, new),
        declared=bool(way),
        found=found,
        unmatched=unmatched(found, changes),
        reconsent=tuple(_reconsent(study, old, new)),
    )


def _way(study: Study, old: Protocol, new: Protocol) -> list[Protocol]:
    """The amendments that lead from the old version to the new one, oldest first; empty if none do."""
    way: list[Protocol] = []
    at: Protocol | None = new
    while at is not None and at.version != old.version and at not in way:
        way.append(at)
        at = study.protocols.get(at.supersedes)
    return way[::-1] if at is not None and at.version == old.version else []


def _side(study: Study, p: Protocol) -> Side:
    adopted = {s.id: str(s.adopted[p.version]) if p.version in s.adopted else "" for s in study.header.sites.values()}
    return Side(
        version=p.version,
        title=p.title,
        board=p.irb.board,
        reference=p.irb.reference,
        approved_on=str(p.irb.approved_on),
        expires_on=str(p.irb.expires_on or ""),
        consent=p.consent,
        lock=locked(study.root).get(p.place.file, UNLOCKED),
        adopted=adopted,
    )


def _reconsent(study: Study, old: Protocol, new: Protocol) -> list[str]:
    """Who must sign again, as far as the content tells: by consent form and adoption."""
    if not new.consent or old.consent == new.consent:
        return []
    before = f"consent form {old.consent}" if old.consent else "an earlier consent form"
    lines = [f"Subjects who signed {before} and are seen after their site adopted {new.version}: form {new.consent}."]
    for site in study.header.sites.values():
        day = site.adopted.get(new.version)
        lines.append(f"Site {site.id}: {f'from {day}' if day else f'not yet, it has not adopted {new.version}'}.")
    timing = [p for p in new.parameters.values() if "consent form" in p.label.lower()]
    return [*lines, *(f"{p.label}: {p.value} {p.unit}".rstrip() + "." for p in timing)]
