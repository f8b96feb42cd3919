"""Moments written with an offset from UTC: turned into what the clock of their site showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from trialkit.model.finding import Finding
from trialkit.model.form import Form
from trialkit.model.study import Study
from trialkit.model.table import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_SAY = "the time is written with an offset from UTC, and the time zone of its site is not known"
_FIX = "Write the local time of the site without an offset, or state the site's time zone in the study."
Frames = Mapping[str, "pd.DataFrame"]


def local_times(
    study: Study, tables: dict[str, Table], findings: list[Finding], accepted: Frames
) -> tuple[dict[str, Table], list[Finding]]:
    """The tables with every such moment as the local time of its site, and the findings without those it settles.

    The site is the row's own, or the one that the roster, of these files or as ``accepted``, gives the subject. A
    moment without a known zone stays unread; its finding says what is missing.
    """
    roster = study.header.roster
    known = tables[roster].frame if roster in tables else accepted.get(roster)
    sites = _sites(study.forms[roster], known) if roster and known is not None else {}
    made, settled, unsettled = {}, set(), set()
    for name, table in tables.items():
        made[name], done, left = _localized(study, table, sites)
        settled |= {(table.file, field, line) for field, line in done}
        unsettled |= {(table.file, field, line) for field, line in left}
    kept = [finding for finding in findings if _of(finding) not in settled]
    return made, [replace(f, say=_SAY, fix=_FIX) if _of(f) in unsettled else f for f in kept]


def _of(finding: Finding) -> tuple[str, str, int] | None:
    """The cell of a finding that says it could not be read."""
    return (finding.file, finding.field, finding.line) if finding.rule.endswith(".unread") else None


def _sites(form: Form, frame: pd.DataFrame) -> dict[str, str]:
    pairs = frame[[form.subject, form.site]].dropna().drop_duplicates()
    single = pairs[~pairs[form.subject].duplicated(keep=False)]
    return dict(zip(single[form.subject], single[form.site], strict=True))


Places = list[tuple[str, int]]


def _localized(study: Study, table: Table, sites: dict[str, str]) -> tuple[Table, Places, Places]:
    """(the table, cells that are local times now, cells whose zone is not known): field and line of each."""
    frame, unread, done, left = table.frame, dict(table.unread), [], []  # type: ignore[var-annotated]
    for field in table.form.fields.values():
        bad = unread.get(field.name)
        if field.type != "datetime" or bad is None or table.raw is None or field.name not in table.raw:
            continue
        column, still = frame[field.name].copy(), bad.copy()
        for row in bad.nonzero()[0].tolist():
            moment = _with_offset(str(table.raw[field.name].iloc[row]))
            if moment is None:
                continue
            zone = _zone(study, table, row, sites)
            (done if zone else left).append((field.name, int(table.rows[row])))
            if zone:
                column.iloc[row] = _there(moment, zone)
                still[row] = False
        frame = frame.assign(**{field.name: column})
        unread[field.name] = still
    unread = {name: mask for name, mask in unread.items() if mask.any()}
    return replace(table, frame=frame, unread=unread), done, left


def _with_offset(text: str) -> datetime | None:
    """A moment of ISO 8601 with an offset (or Z); None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip(" "))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and "T" in text else None


def _zone(study: Study, table: Table, row: int, sites: dict[str, str]) -> str:
    form, frame = table.form, table.frame
    own = frame[form.site].iloc[row] if form.site else sites.get(frame[form.subject].iloc[row]) if form.subject else ""
    site = study.header.sites.get(own) if isinstance(own, str) else None
    return site.timezone if site else ""


def _there(moment: datetime, zone: str) -> np.datetime64:
    """What the clock of the zone showed."""
    import numpy as np

    return np.datetime64(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None), "ns")
