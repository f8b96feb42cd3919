"""A report for those who may not know the arms: nothing that tells an arm is read, so nothing of it can be written."""

from __future__ import annotations

from dataclasses import replace

from trialkit.model.record import Snapshot
from trialkit.model.study import Study
from trialkit.model.table import Tables


def blinded(study: Study, tables: Tables, snapshot: Snapshot) -> tuple[Study, Tables, Snapshot]:
    """The same with every value of a blinded field missing, and every analysis without arms.

    What is derived from such a field is missing too (``derive.hiding``); what stands on it, and a method that needs
    arms, is reported as not computed.
    """
    frames = dict(tables.frames)
    for name, frame in frames.items():
        hidden = [f.name for f in study.forms[name].fields.values() if f.blinded and f.name in frame.columns]
        if hidden:
            frames[name] = frame.assign(**{column: frame[column].where(frame[column].isna()) for column in hidden})
    return (
        replace(
            study,
            populations={name: replace(one, arm="") for name, one in study.populations.items()},
            analyses={name: replace(one, arm="") for name, one in study.analyses.items()},
            listings={name: replace(one, arm="") for name, one in study.listings.items()},
        ),
        replace(tables, frames=frames, blind=True),
        replace(snapshot, masked=True),
    )
