"""What new files are judged against: the accepted rows, and of the forms that are sent what they are to be held to.

Two findings speak of a step from one state to the next and not of a state: a record is gone, and an accepted row of
another form has become wrong. So that they do not vanish because the same step is looked at again, or the next one,
a form that is sent is compared with what it was before its records went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, select

from trialkit.store import engine as database
from trialkit.store.frames import form_frame
from trialkit.store.merge import merged
from trialkit.store.records import Standing, StoredUpload
from trialkit.store.schema import FINDINGS
from trialkit.store.uploads import all_uploads, last_submission, live

if TYPE_CHECKING:
    import pandas as pd

GONE = "records.kept"
"""The rule, within a form, by which a record that was accepted is missed."""

Chain = Sequence[StoredUpload]


def standing(root: Path, engine: Engine, sent: Mapping[str, str]) -> Standing:
    """See ``Store.standing``. Raises SnapshotError if a file is missing or has changed."""

    def ask(connection: Connection) -> tuple[list[StoredUpload], dict[str, set[int]], int]:
        missed = {form: _missed(connection, form) for form in sent}
        return all_uploads(connection), missed, last_submission(connection)

    stored, missed, number = database.read(engine, root, ask)
    chains: dict[str, list[Chain]] = {form: [chain] for form, chain in live(stored).items()}
    for form in sent:
        chains[form] = _held_to(form, stored, sent[form], missed[form])
    frames = {form: _frame(root, parts) for form, parts in sorted(chains.items()) if parts}
    return Standing(frames, number)


def _missed(connection: Connection, form: str) -> set[int]:
    """The submissions that were the first to miss a record of the form, whether it has come back since or not."""
    rule = FINDINGS.c.body.contains(f'"rule":"{form}.{GONE}"', autoescape=True)
    first = select(func.min(FINDINGS.c.submission)).where(FINDINGS.c.form == form, rule).group_by(FINDINGS.c.key)
    return set(connection.execute(first).scalars())


def _held_to(form: str, stored: Sequence[StoredUpload], sha256: str, missed: set[int]) -> list[Chain]:
    """The chains of uploads whose records the file is held to, oldest first: those before the submissions that first
    missed one, and the form's present one, or that before this very file."""
    chain = live(stored).get(form, [])
    again = bool(chain) and chain[-1].upload.sha256 == sha256
    limits = sorted(missed - {chain[-1].submission} if again else missed)
    chains = [_before(form, [one for one in stored if one.submission < limit]) for limit in limits]
    present = _before(form, [one for one in stored if one.number < chain[-1].number]) if again else chain
    return [part for part in (*chains, present) if part]


def _before(form: str, stored: Sequence[StoredUpload]) -> Chain:
    return live(stored).get(form, [])


def _frame(root: Path, parts: Sequence[Chain]) -> pd.DataFrame:
    """The rows of all parts, a later record in place of the earlier one; never more than two parts at a time."""
    frame = form_frame(root, parts[0])
    for part in parts[1:]:
        frame = merged([frame, form_frame(root, part)], parts[-1][-1].key)
    return frame
